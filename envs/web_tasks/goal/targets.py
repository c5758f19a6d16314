"""What a goal may be about: targets that acts allow, and whether they are as the goal says.

A goal has one part, or two of different classes (shop, forum, tables). Each is made from a target
(a product, an order, a post, a row), of which its requirements tell some attributes. Attributes
that a target has select it; the others (a quantity, a title) are free.

Some goals cannot be fulfilled: nothing is as they say, or what is has not the state for it. Then
the right end is to say so, with the right reason, and to leave everything as it was.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.forum.pages import forum_of, is_own
from midcourse.envs.web_tasks.forum.wishes import (
    post_fits,
)
from midcourse.envs.web_tasks.goal.wishes import (
    CANCEL,
    CREATE,
    EDIT,
    FORUM_ACTS,
    LETTER,
    MERGE,
    NO_FLAW,
    NO_REASON,
    NO_SUCH,
    RETURN,
    SUBSCRIBE,
    TABLE_ACTS,
    TALLY,
    WRITE,
    WRONG_STATE,
    class_of,
    class_of_attribute,
)  # fmt: skip
from midcourse.envs.web_tasks.shop.records import ORDERS
from midcourse.envs.web_tasks.shop.wishes import offers, product_fits, product_of
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.wishes import can_be_row, row_fits


def targets(world, shared, act):
    """How many numbers targets may have."""
    if act in (WRITE, SUBSCRIBE, LETTER, CREATE):
        return 1
    if act >= TABLE_ACTS:
        return world.now[0].rows
    if act >= FORUM_ACTS:
        return forum_of(world).posts
    return ORDERS if act in (CANCEL, RETURN) else shared.products


@rare
def item_of(world, act, target, flaw):
    """The product, post or row that a target is about; -1 if it cannot be a target of the act.

    `flaw` being WRONG_STATE, those are looked for whose state does not allow the act.
    """
    if act == CREATE:
        return target
    if act >= TABLE_ACTS:
        row = world.now[0].row[target]
        return target if row.table == world.goal.table and row.fresh == 0 else -1
    if act >= FORUM_ACTS:
        post = forum_of(world).post[target]
        return target if post.fresh == 0 and is_own(post) == (act == EDIT) else -1
    return product_of(world, act, target, flaw)


@rare
def can_be(world, shared, act, item, attributes, flaw):
    """Whether a target can be asked for by these attributes."""
    if act == MERGE:
        is_open = begun(world, shared, item).value[0] == 0
        return is_open if flaw != WRONG_STATE else not is_open
    if act >= FORUM_ACTS:
        return True
    return offers(world, shared, item, attributes)


def item_fits(world, shared, act, item, without):
    """Whether a target has all that the goal asks of it but for requirement `without`."""
    if act == CREATE:
        return True
    if act >= TABLE_ACTS:
        return row_fits(world, item, without)
    if act >= FORUM_ACTS:
        return post_fits(world, item, without)
    return product_fits(world, shared, item, without)


@rare
def some_fits(world, shared, act, flaw):
    """Whether any target is as the goal says; with `flaw`, one in the wrong state."""
    if act in (WRITE, SUBSCRIBE, LETTER, CREATE, TALLY):
        return flaw == NO_FLAW
    for at in range(targets(world, shared, act)):
        p = item_of(world, act, at, flaw)
        if p >= 0 and item_fits(world, shared, act, p, -1):
            if act < TABLE_ACTS:
                return True
            if can_be_row(world, shared, p, -1) != (flaw == WRONG_STATE):
                return True
    return False


@rare
def reason(world, shared):
    """Why the goal cannot be fulfilled; NO_REASON if it can."""
    goal = world.goal
    for part in range(goal.parts):
        act = goal.act[part]
        if not some_fits(world, shared, act, NO_FLAW):
            other = act in (CANCEL, RETURN, MERGE) and some_fits(world, shared, act, WRONG_STATE)
            return WRONG_STATE if other else NO_SUCH
    return NO_REASON


def part_of(goal, what):
    """The part of the goal that an attribute is of."""
    return 0 if goal.parts == 1 or class_of(goal.act[0]) == class_of_attribute(what) else 1


@rare
def target_of(world, part):
    """The item that a part of the goal was made from, whether or not its state allows the act."""
    goal = world.goal
    p = item_of(world, goal.act[part], goal.target[part], NO_FLAW)
    return p if p >= 0 else item_of(world, goal.act[part], goal.target[part], WRONG_STATE)
