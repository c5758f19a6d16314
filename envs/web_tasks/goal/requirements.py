"""The requirements of a goal, as fields of the record."""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import below
from midcourse.envs.web_tasks.goal.wishes import NO_ACT, class_of
from midcourse.envs.web_tasks.speech.words import LONGEST


@rare
def clear_constraint(constraint):
    """Make a requirement blank."""
    constraint.what = 0
    constraint.live = 0
    constraint.value = 0
    for k in range(LONGEST):
        constraint.words[k] = 0


@rare
def copy_constraint(to, source):
    """Copy a requirement."""
    to.what = source.what
    to.live = source.live
    to.value = source.value
    for k in range(LONGEST):
        to.words[k] = source.words[k]


@rare
def value_of(world, what):
    """What the goal asks of an attribute; -1 if nothing."""
    goal = world.goal
    for k in range(goal.count):
        if goal.constraint[k].live != 0 and goal.constraint[k].what == what:
            return goal.constraint[k].value
    return -1


@rare
def place_of(world, what):
    """Which requirement is about an attribute; -1 if none is."""
    goal = world.goal
    for k in range(goal.count):
        if goal.constraint[k].live != 0 and goal.constraint[k].what == what:
            return k
    return -1


def same_words(some, others):
    """Whether two texts are equal."""
    equal = True
    for k in range(LONGEST):
        equal = equal and some[k] == others[k]
    return equal


def draw_bit(world, offered, stream):
    """One of the numbers whose bits are set."""
    count = 0
    for bit in range(8):
        count += (offered >> bit) & 1
    skip = below(world, stream, max(1, count))
    for bit in range(8):
        if (offered >> bit) & 1 != 0:
            if skip == 0:
                return bit
            skip -= 1
    return 0


@rare
def act_of(world, its_class):
    """The act of the goal's part that is of some class; NO_ACT if none is."""
    goal = world.goal
    for part in range(goal.parts):
        if class_of(goal.act[part]) == its_class:
            return goal.act[part]
    return NO_ACT


@rare
def clear_message(message):
    """Make a message blank."""
    message.kind = 0
    message.place = 0
    message.step = 0
    clear_constraint(message.old)
    clear_constraint(message.new)
