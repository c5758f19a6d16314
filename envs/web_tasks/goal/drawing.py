"""How a goal is laid out: a target for each of its parts, and requirements that it fulfils.

How a message changes a goal stands in `messages.py`.
"""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import below
from midcourse.envs.web_tasks.forum.wishes import (
    draw_of_post,
    forum_words,
)
from midcourse.envs.web_tasks.goal.requirements import (
    clear_constraint,
)
from midcourse.envs.web_tasks.goal.targets import (
    can_be,
    item_of,
    part_of,
    some_fits,
    target_of,
    targets,
)
from midcourse.envs.web_tasks.goal.wishes import (
    BODY,
    COMMENT,
    FIRST_ATTRIBUTE,
    FREE,
    KEY,
    NO_FLAW,
    NO_SUCH,
    TEMPLATES,
    TOPIC,
    WORDS,
    class_of,
)  # fmt: skip
from midcourse.envs.web_tasks.shop.wishes import draw_of_product, shop_words, two_judgements
from midcourse.envs.web_tasks.state import (
    CONSTRAINTS,
)
from midcourse.envs.web_tasks.tables.wishes import draw_of_row, row_words

TRIES = 4


@rare
def draw_value(world, shared, what, item, stream):
    """A value of an attribute: the target's own where it has one."""
    if what >= KEY:
        return draw_of_row(world, shared, what, item, stream)
    if what >= TOPIC:
        return draw_of_post(world, what, item, stream)
    return draw_of_product(world, shared, what, item, stream)


@rare
def set_value(world, constraint, value):
    """Give a requirement its value, and the words that can be typed of it."""
    what = constraint.what
    constraint.value = value
    constraint.words[1] = 0
    if what in (WORDS, BODY, COMMENT):
        two_judgements(constraint, value)
    elif what >= KEY:
        row_words(world, constraint, value)
    elif what >= TOPIC:
        forum_words(constraint, value)
    else:
        shop_words(constraint, value)


@rare
def lay_out_goal(world, shared, stream):
    """Draw a target for each part of the template, and the requirements that it fulfils."""
    goal = world.goal
    template = TEMPLATES[goal.template]
    goal.parts = 1
    goal.act[0] = template[0]
    goal.act[1] = 0
    goal.target[1] = 0
    goal.table = template[3]
    goal.field = template[4]
    if template[5] >= 0:
        goal.parts = 2
        goal.act[1] = template[5]
    goal.count = 0
    for k in range(CONSTRAINTS):
        clear_constraint(goal.constraint[k])
    for part in range(goal.parts):
        lay_out_part(world, shared, part, template[1], template[6], stream)


@rare
def lay_out_part(world, shared, part, asked, flaw, stream):
    """Draw a part's target, and its requirements."""
    goal = world.goal
    act = goal.act[part]
    goal.target[part] = draw_target(world, shared, act, asked, flaw, stream)
    its_class = class_of(act)
    for what in range(FIRST_ATTRIBUTE[its_class], FIRST_ATTRIBUTE[its_class + 1]):
        if (asked >> what) & 1 != 0:
            add_constraint(world, shared, what, stream)
    if flaw == NO_SUCH:
        make_impossible(world, shared, act, stream)


@rare
def draw_target(world, shared, act, asked, flaw, stream):
    """One of the targets that an act and these attributes allow, each as likely."""
    end = targets(world, shared, act)
    allowed = 0
    for at in range(end):
        p = item_of(world, act, at, flaw)
        if p >= 0 and can_be(world, shared, act, p, asked, flaw):
            allowed += 1
    skip = below(world, stream, max(1, allowed))
    for at in range(end):
        p = item_of(world, act, at, flaw)
        if p >= 0 and can_be(world, shared, act, p, asked, flaw):
            if skip == 0:
                return at
            skip -= 1
    return 0


@rare
def make_impossible(world, shared, act, stream):
    """Exchange what distinguishes the target for what another one has, so that none has it all."""
    goal = world.goal
    k = goal.count - 1
    while k > 0 and (FREE >> goal.constraint[k].what) & 1 != 0:
        k -= 1
    end = targets(world, shared, act)
    for _ in range(4 * TRIES):
        p = item_of(world, act, below(world, stream, end), NO_FLAW)
        if p >= 0:
            constraint = goal.constraint[k]
            set_value(world, constraint, draw_value(world, shared, constraint.what, p, stream))
            if not some_fits(world, shared, act, NO_FLAW):
                return


@rare
def add_constraint(world, shared, what, stream):
    """One more requirement, which the target fulfils."""
    goal = world.goal
    constraint = goal.constraint[goal.count]
    goal.count += 1
    constraint.what = what
    constraint.live = 1
    p = target_of(world, part_of(goal, what))
    set_value(world, constraint, draw_value(world, shared, what, p, stream))
