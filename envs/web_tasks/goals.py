"""What the user wants: typed requirements, what fulfils them, and whether it is done.

A goal has one part, or two of different classes (shop, forum, tables). Each is made from a target
(a product, an order, a post, a row), of which its requirements tell some attributes. Attributes
that a target has select it; the others (a quantity, a title) are free. How a message changes a goal
stands in `messages.py`.

Some goals cannot be fulfilled: nothing is as they say, or what is has not the state for it. Then
the right end is to say so, with the right reason, and to leave everything as it was.
"""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import below
from midcourse.envs.web_tasks.forum.pages import forum_of, is_own
from midcourse.envs.web_tasks.forum.wishes import (
    draw_of_post,
    forum_changes,
    forum_words,
    post_fits,
    right_points,
)
from midcourse.envs.web_tasks.requirements import (
    clear_constraint,
)
from midcourse.envs.web_tasks.shop.records import ORDERS
from midcourse.envs.web_tasks.shop.wishes import (
    draw_of_product,
    offers,
    product_fits,
    product_of,
    right_list,
    right_price,
    shop_changes,
    shop_words,
    two_judgements,
)
from midcourse.envs.web_tasks.state import (
    CONSTRAINTS,
    LIST,
    POINTS,
    PRICE_OF,
    REASON,
)
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.questions import right_entry
from midcourse.envs.web_tasks.tables.wishes import (
    can_be_row,
    draw_of_row,
    row_fits,
    row_words,
    table_changes,
)
from midcourse.envs.web_tasks.wishes import (
    BODY,
    CANCEL,
    COMMENT,
    CREATE,
    EDIT,
    FIRST_ATTRIBUTE,
    FORUM_ACTS,
    FREE,
    KEY,
    LETTER,
    MERGE,
    NO_FLAW,
    NO_REASON,
    NO_SUCH,
    OF_FORUM,
    OF_SHOP,
    OF_TABLES,
    RETURN,
    SCORE,
    SUBSCRIBE,
    TABLE_ACTS,
    TALLY,
    TEMPLATES,
    TOPIC,
    WORDS,
    WRITE,
    WRONG_STATE,
    asks,
    asks_for_list,
    class_of,
    class_of_attribute,
)  # fmt: skip

TRIES = 4


# --- targets ---------------------------------------------------------------------------------


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


def part_of(goal, what):
    """The part of the goal that an attribute is of."""
    return 0 if goal.parts == 1 or class_of(goal.act[0]) == class_of_attribute(what) else 1


@rare
def target_of(world, part):
    """The item that a part of the goal was made from, whether or not its state allows the act."""
    goal = world.goal
    p = item_of(world, goal.act[part], goal.target[part], NO_FLAW)
    return p if p >= 0 else item_of(world, goal.act[part], goal.target[part], WRONG_STATE)


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


# --- whether it is done ----------------------------------------------------------------------


@rare
def achieved(world, shared):
    """Whether the web, and the answer, are as the user wants them, and nothing else is changed."""
    sold, fine = shop_changes(world, shared)
    said, well = forum_changes(world)
    noted, good = table_changes(world, shared)
    changes = sold + said + noted
    why = reason(world, shared)
    if why != NO_REASON:
        return changes == 0 and world.answer_unit == REASON and world.answer == why
    if asks_for_list(world.goal.act[0]):
        return changes == 0 and world.answer_unit == LIST and right_list(world, shared)
    if asks(world.goal.act[0]):
        return changes == 0 and right_answer(
            world, shared, world.answer_caption, world.answer_unit, world.answer
        )
    if world.answer_unit == REASON or changes != world.goal.parts:
        return False
    return (
        part_done(world, OF_SHOP, sold, fine)
        and part_done(world, OF_FORUM, said, well)
        and part_done(world, OF_TABLES, noted, good)
    )


def part_done(world, its_class, done, right):
    """Whether what is changed of a class is what the goal wants there, once if it does."""
    wanted = 0
    for part in range(world.goal.parts):
        if class_of(world.goal.act[part]) == its_class:
            wanted = 1
    return done == wanted and right == wanted


@rare
def damage(world, shared):
    """What stands changed beyond what is wanted, on all sites."""
    sold, fine = shop_changes(world, shared)
    said, well = forum_changes(world)
    noted, good = table_changes(world, shared)
    return sold + said + noted - min(1, fine) - min(1, well) - min(1, good)


@rare
def right_answer(world, shared, caption, unit, value):
    """Whether a value of a caption answers the question."""
    act = world.goal.act[0]
    if act >= TABLE_ACTS:
        return right_entry(world, shared, caption, unit, value)
    if act == SCORE:
        return unit == POINTS and right_points(world, value)
    if asks_for_list(act):
        return False
    return unit == PRICE_OF and right_price(world, shared, value)
