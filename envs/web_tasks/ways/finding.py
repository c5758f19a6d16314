"""Elements of the page at hand, found by what they do."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.state import BUTTON, LINK, STOP

NONE = -1
FAR = 1 << 20  # no way


@rare
def field_of(world, field):
    """The element of a field of the form."""
    now = world.now[0]
    for e in range(now.elements):
        if now.element[e].field == field and now.element[e].role != LINK:
            return e
    return STOP


@rare
def link_to(world, kind, item):
    """The link to a page."""
    now = world.now[0]
    for e in range(now.elements):
        element = now.element[e]
        if element.role == LINK and element.effect == kind and element.argument == item:
            return e
    return STOP


@rare
def button(world, effect, other):
    """The button that does one thing or the other."""
    now = world.now[0]
    for e in range(now.elements):
        element = now.element[e]
        if element.role == BUTTON and (element.effect == effect or element.effect == other):
            return e
    return STOP
