"""Every stop that says something of its own, tried in one state."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.rules import step
from midcourse.envs.web_tasks.state import FROM_NUMBERS, NO_UNIT, QUIET, STOP, THE_LIST

STOPS = 2  # place in the search's counts


@rare
def stop_succeeds(world, shared, actions, counts):
    """Whether some stop succeeds here; it then is the first of the actions."""
    now = world.now[0]
    for choice in range(now.elements):
        if first_of_its_kind(now, choice) and try_stop(world, shared, actions, choice, counts):
            return True
    for choice in range(FROM_NUMBERS, THE_LIST + 1):
        if try_stop(world, shared, actions, choice, counts):
            return True
    return False


def first_of_its_kind(now, e):
    """Whether no element before this one says the same: an answer is unit, value and caption."""
    element = now.element[e]
    if element.unit == NO_UNIT:
        return False  # as a stop without an answer
    for i in range(e):
        other = now.element[i]
        same = other.unit == element.unit and other.value == element.value
        if same and other.caption == element.caption:
            return False
    return True


@rare
def try_stop(world, shared, actions, choice, counts):
    """Stop, and undo that."""
    actions[0, 0] = STOP
    actions[0, 1] = choice
    step(world, shared, actions[0])
    counts[STOPS] += 1
    success = world.success != 0
    world.terminated = 0
    world.success = 0
    world.reply = QUIET
    world.answer_unit = 0
    world.answer_caption = 0
    world.answer = 0
    return success
