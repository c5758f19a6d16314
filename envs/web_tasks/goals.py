"""What the user wants: typed requirements, what fulfils them, and how a message changes them.

A goal is made from a target (a product, an order, a post), of which its requirements tell some
attributes. Attributes that a target has select it; the others (a quantity, a title) are free. A
message adds an attribute of the target, exchanges a value so that some target still has everything,
or strikes a requirement out.
"""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import USERS, below
from midcourse.envs.web_tasks.forum.pages import forum_of
from midcourse.envs.web_tasks.forum.wishes import (
    draw_of_post,
    forum_changes,
    forum_words,
    post_fits,
    right_points,
)
from midcourse.envs.web_tasks.requirements import (
    clear_constraint,
    clear_message,
    copy_constraint,
)
from midcourse.envs.web_tasks.shop.records import ORDERS
from midcourse.envs.web_tasks.shop.wishes import (
    draw_of_product,
    forgive,
    offers,
    product_fits,
    product_of,
    right_price,
    shop_changes,
    shop_words,
    two_judgements,
    undone_as_wanted,
)
from midcourse.envs.web_tasks.state import (
    ADDITION,
    CONSTRAINTS,
    POINTS,
    PRICE_OF,
    RETRACTION,
    REVISION,
)
from midcourse.envs.web_tasks.wishes import (
    ATTRIBUTES,
    BODY,
    CANCEL,
    CHEAPEST,
    COMMENT,
    FORUM_ACTS,
    FREE,
    PRICE,
    RETURN,
    SCORE,
    SUBSCRIBE,
    TEMPLATES,
    TOPIC,
    WORDS,
    WRITE,
)  # fmt: skip

TRIES = 4


# --- targets ---------------------------------------------------------------------------------


def targets(world, shared, act):
    """How many numbers targets may have."""
    if act in (WRITE, SUBSCRIBE):
        return 1
    if act >= FORUM_ACTS:
        return forum_of(world).posts
    return ORDERS if act in (CANCEL, RETURN) else shared.products


def item_of(world, act, target):
    """The product or post that a target is about; -1 if it cannot be a target of the act."""
    if act >= FORUM_ACTS:
        return target if forum_of(world).post[target].fresh == 0 else -1
    return product_of(world, act, target)


def can_be(world, shared, act, item, attributes):
    """Whether a target can be asked for by these attributes."""
    return act >= FORUM_ACTS or offers(world, shared, item, attributes)


def item_fits(world, shared, act, item, without):
    """Whether a target has all that the goal asks of it but for requirement `without`."""
    if act >= FORUM_ACTS:
        return post_fits(world, item, without)
    return product_fits(world, shared, item, without)


@rare
def draw_value(world, shared, what, item, stream):
    """A value of an attribute: the target's own where it has one."""
    if what >= TOPIC:
        return draw_of_post(world, what, item, stream)
    return draw_of_product(world, shared, what, item, stream)


@rare
def set_value(constraint, value):
    """Give a requirement its value, and the words that can be typed of it."""
    what = constraint.what
    constraint.value = value
    constraint.words[1] = 0
    if what in (WORDS, BODY, COMMENT):
        two_judgements(constraint, value)
    elif what >= TOPIC:
        forum_words(constraint, value)
    else:
        shop_words(constraint, value)


@rare
def lay_out_goal(world, shared, stream):
    """Draw a template's target, and the requirements that it fulfils."""
    goal = world.goal
    template = TEMPLATES[goal.template]
    goal.act = template[0]
    goal.count = 0
    for k in range(CONSTRAINTS):
        clear_constraint(goal.constraint[k])
    end = targets(world, shared, goal.act)
    at = below(world, stream, end)
    for _ in range(end):
        p = item_of(world, goal.act, at)
        if p >= 0 and can_be(world, shared, goal.act, p, template[1]):
            break
        at = at + 1 if at + 1 < end else 0
    goal.target = at
    for what in range(len(ATTRIBUTES)):
        if (template[1] >> what) & 1 != 0:
            add_constraint(world, shared, what, stream)


@rare
def add_constraint(world, shared, what, stream):
    """One more requirement, which the target fulfils."""
    goal = world.goal
    constraint = goal.constraint[goal.count]
    goal.count += 1
    constraint.what = what
    constraint.live = 1
    p = item_of(world, goal.act, goal.target)
    set_value(constraint, draw_value(world, shared, what, p, stream))


# --- messages --------------------------------------------------------------------------------


@rare
def amend(world, shared, kind):
    """A message of some kind changes the goal; False, and only draws were taken, if none can."""
    done = undone_as_wanted(world, shared)
    if kind == ADDITION:
        changed = add(world, shared)
    elif kind == RETRACTION:
        changed = retract(world)
    else:
        changed = revise(world, shared)
    if changed:
        forgive(world, shared, done)
    return changed


def note(world, kind, k):
    """Put a message down; the requirement as it was is what it holds now."""
    message = world.message[world.said]
    message.kind = kind
    message.place = k
    message.step = world.clock
    copy_constraint(message.old, world.goal.constraint[k])
    return message


@rare
def add(world, shared):
    """The goal was under-specified: one more requirement, which its target fulfils."""
    goal = world.goal
    open_ones = TEMPLATES[goal.template][2]
    for k in range(goal.count):
        if goal.constraint[k].live != 0:
            open_ones &= ~(1 << goal.constraint[k].what)
    count = 0
    for what in range(len(ATTRIBUTES)):
        count += (open_ones >> what) & 1
    if count == 0 or goal.count == CONSTRAINTS:
        return False
    skip = below(world, USERS, count)
    for what in range(len(ATTRIBUTES)):
        if (open_ones >> what) & 1 != 0:
            if skip == 0:
                message = note(world, ADDITION, goal.count)
                add_constraint(world, shared, what, USERS)
                copy_constraint(message.new, goal.constraint[goal.count - 1])
                world.said += 1
                return True
            skip -= 1
    return False


@rare
def retract(world):
    """The goal asked too much: a requirement falls away, but never what thing it is about."""
    goal = world.goal
    count = 0
    for k in range(goal.count):
        if goal.constraint[k].live != 0 and k != 0:
            count += 1
    if count == 0:
        return False
    skip = below(world, USERS, count)
    for k in range(goal.count):
        if goal.constraint[k].live != 0 and k != 0:
            if skip == 0:
                message = note(world, RETRACTION, k)
                goal.constraint[k].live = 0
                copy_constraint(message.new, goal.constraint[k])
                world.said += 1
                return True
            skip -= 1
    return False


@rare
def revise(world, shared):
    """A value was wrong: another one, for which some target fulfils the whole goal."""
    goal = world.goal
    first_tried = below(world, USERS, goal.count)
    for i in range(goal.count):
        k = first_tried + i if first_tried + i < goal.count else first_tried + i - goal.count
        constraint = goal.constraint[k]
        if constraint.live != 0:
            message = note(world, REVISION, k)
            free = (FREE >> constraint.what) & 1 != 0
            if revise_free(world, shared, constraint) if free else revise_target(world, shared, k):
                copy_constraint(message.new, constraint)
                world.said += 1
                return True
    clear_message(world.message[world.said])
    return False


@rare
def revise_free(world, shared, constraint):
    """Another value of what no target has."""
    p = item_of(world, world.goal.act, world.goal.target)
    for _ in range(4 * TRIES):
        value = draw_value(world, shared, constraint.what, p, USERS)
        if value != constraint.value:
            set_value(constraint, value)
            return True
    return False


@rare
def revise_target(world, shared, k):
    """Another value of requirement k, that of another target which fits the other requirements."""
    goal = world.goal
    constraint = goal.constraint[k]
    end = targets(world, shared, goal.act)
    at = below(world, USERS, end)
    for _ in range(end):
        p = item_of(world, goal.act, at)
        fit = p >= 0 and item_fits(world, shared, goal.act, p, k)
        if fit and can_be(world, shared, goal.act, p, 1 << constraint.what):
            for _ in range(TRIES):
                value = draw_value(world, shared, constraint.what, p, USERS)
                if value != constraint.value:
                    goal.target = at
                    set_value(constraint, value)
                    return True
        at = at + 1 if at + 1 < end else 0
    return False


# --- whether it is done ----------------------------------------------------------------------


@rare
def achieved(world, shared):
    """Whether the web, and the answer, are as the user wants them, and nothing else is changed."""
    done, right = shop_changes(world, shared)
    said, fine = forum_changes(world)
    if asks(world.goal.act):
        return done + said == 0 and right_answer(world, shared, world.answer_unit, world.answer)
    return done + said == 1 and right + fine == 1


def damage(world, shared):
    """What stands changed beyond what is wanted, on either site."""
    done, right = shop_changes(world, shared)
    said, fine = forum_changes(world)
    return done + said - min(1, right + fine)


def asks(act):
    """Whether an act is a question."""
    return act in (PRICE, CHEAPEST, SCORE)


@rare
def right_answer(world, shared, unit, value):
    """Whether a number answers the question."""
    if world.goal.act == SCORE:
        return unit == POINTS and right_points(world, value)
    return unit == PRICE_OF and right_price(world, shared, value)
