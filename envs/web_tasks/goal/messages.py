"""How a message changes a goal.

It adds an attribute of a target, exchanges a value so that some target still has everything, or
strikes a requirement out.
"""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import USERS, below
from midcourse.envs.web_tasks.goal.drawing import add_constraint, draw_value, set_value
from midcourse.envs.web_tasks.goal.requirements import (
    clear_message,
    copy_constraint,
)
from midcourse.envs.web_tasks.goal.targets import (
    can_be,
    item_fits,
    item_of,
    part_of,
    target_of,
    targets,
)
from midcourse.envs.web_tasks.goal.wishes import (
    ATTRIBUTES,
    CHANGES,
    CREATE,
    FIRM,
    FREE,
    NO_FLAW,
    TABLE_ACTS,
    TEMPLATES,
)  # fmt: skip
from midcourse.envs.web_tasks.shop.done import forgive, undone_as_wanted
from midcourse.envs.web_tasks.state import (
    ADDITION,
    CONSTRAINTS,
    RETRACTION,
    REVISION,
)
from midcourse.envs.web_tasks.tables.done import forgive_merge, merged_as_wanted
from midcourse.envs.web_tasks.tables.wishes import can_be_row

TRIES = 4


@rare
def amend(world, shared, kind):
    """A message of some kind changes the goal; False, and only draws were taken, if none can."""
    undone = undone_as_wanted(world, shared)
    merged = merged_as_wanted(world, shared)
    if kind == ADDITION:
        changed = add(world, shared)
    elif kind == RETRACTION:
        changed = retract(world, shared)
    else:
        changed = revise(world, shared)
    if changed:
        forgive(world, shared, undone)
        forgive_merge(world, shared, merged)
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
def can_fall(world, shared, k):
    """Whether a requirement can fall away: not what a part is about, nor a row's last change."""
    goal = world.goal
    what = goal.constraint[k].what
    if goal.constraint[k].live == 0 or (FIRM >> what) & 1 != 0:
        return False
    leads = True
    for other in range(k):
        if part_of(goal, goal.constraint[other].what) == part_of(goal, what):
            leads = False
    if leads:
        return False
    if (CHANGES >> what) & 1 != 0:
        part = part_of(goal, what)
        p = goal.target[part]
        return goal.act[part] == CREATE or can_be_row(world, shared, p, k)
    return True


@rare
def retract(world, shared):
    """The goal asked too much: a requirement falls away."""
    goal = world.goal
    count = 0
    for k in range(goal.count):
        if can_fall(world, shared, k):
            count += 1
    if count == 0:
        return False
    skip = below(world, USERS, count)
    for k in range(goal.count):
        if can_fall(world, shared, k):
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
    goal = world.goal
    p = target_of(world, part_of(goal, constraint.what))
    for _ in range(4 * TRIES):
        value = draw_value(world, shared, constraint.what, p, USERS)
        if value != constraint.value:
            set_value(world, constraint, value)
            return True
    return False


@rare
def revise_target(world, shared, k):
    """Another value of requirement k, that of another target which fits the other requirements."""
    goal = world.goal
    constraint = goal.constraint[k]
    part = part_of(goal, constraint.what)
    act = goal.act[part]
    end = targets(world, shared, act)
    others = 0
    for at in range(end):
        p = item_of(world, act, at, NO_FLAW)
        if p >= 0 and may_replace(world, shared, act, p, k):
            others += 1
    skip = below(world, USERS, max(1, others))
    for i in range(2 * end):  # from a random one on, and round to it again
        at = i if i < end else i - end
        p = item_of(world, act, at, NO_FLAW)
        if p >= 0 and may_replace(world, shared, act, p, k):
            if skip <= 0:
                for _ in range(TRIES):
                    value = draw_value(world, shared, constraint.what, p, USERS)
                    if value != constraint.value:
                        goal.target[part] = at
                        set_value(world, constraint, value)
                        return True
            skip -= 1
    return False


@rare
def may_replace(world, shared, act, p, k):
    """Whether a target could be the goal's, were requirement k what it has."""
    if not item_fits(world, shared, act, p, k):
        return False
    if act >= TABLE_ACTS:
        return can_be_row(world, shared, p, -1)
    return can_be(world, shared, act, p, 1 << world.goal.constraint[k].what, NO_FLAW)
