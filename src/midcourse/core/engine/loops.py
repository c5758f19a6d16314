"""The compiled entry points: one world, or a batch of them, over one family's rules.

`bind` copies these functions once for each family, with the family's rules as their globals. It is
scalar code over records, so that it runs compiled and, with numba's compiler switched off, as
plain Python, with equal results. `worlds` is an array of records, `shared` an array of one.
"""

from numba import prange

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.episode import advance, begin, fields_in_range, waste
from midcourse.core.engine.record import (
    BAD_ACTION,
    DISABLED,
    GOOD,
    NEXT_STEP,
    NOT_RUNNING,
    SAME_STEP,
)
from midcourse.core.engine.rules import act, cost_to_go, legal, mask, observe, validate


def seed_world(world, low, high):
    """Take a seed, given by its lower and upper 32 bits."""
    world.seed[0] = low
    world.seed[1] = high
    world.episode = 0


def reset_one(worlds, shared, low, high, task):
    """Begin an episode: seeded if `low` is not negative, else the next of the seed at hand."""
    world = worlds[0]
    if low >= 0:
        seed_world(world, low, high)
    else:
        world.episode = (world.episode + 1) & 0xFFFFFFFF
    begin(world, shared[0], task)


def step_one(worlds, shared, action, frames):
    """Step one world and observe it.

    Returns (reward, terminated, truncated, success, disturbances that struck); the last is
    BAD_ACTION or NOT_RUNNING, and nothing has changed, if the action is outside the action space
    or the episode is over.
    """
    world = worlds[0]
    common = shared[0]
    if not legal(action, common):
        return 0.0, False, False, False, BAD_ACTION
    if world.running == 0:
        return 0.0, False, False, False, NOT_RUNNING
    reward = advance(world, common, action)
    write_frame(world, common, frames[()])
    return reward, world.terminated != 0, world.truncated != 0, world.success != 0, world.news


def refuse_one(worlds, shared, frames):
    """A step without an action in one world; returns as `step_one` does."""
    world = worlds[0]
    common = shared[0]
    if world.running == 0:
        return 0.0, False, False, False, NOT_RUNNING
    reward = waste(world, common)
    write_frame(world, common, frames[()])
    return reward, world.terminated != 0, world.truncated != 0, world.success != 0, world.news


def observe_one(worlds, shared, frames):
    """Observe one world into a frame of no dimension."""
    write_frame(worlds[0], shared[0], frames[()])


def write_frame(world, shared, frame):
    """Write everything that a user sees of a step: observation, mask, reward terms."""
    observe(world, shared, frame)
    mask(world, shared, frame)
    for k in range(len(world.terms)):
        frame.reward_terms[k] = world.terms[k]


def cost_one(worlds, shared):
    """The family's `cost_to_go` of one world."""
    return cost_to_go(worlds[0], shared[0])


def act_one(worlds, shared):
    """The family's `act` in one world."""
    return act(worlds[0], shared[0])


def validate_one(worlds, shared):
    """Whether the engine's fields and the family's are all in range."""
    if not fields_in_range(worlds[0], shared[0]):
        return False
    return validate(worlds[0], shared[0])


# --- a batch ----------------------------------------------------------------------------------


def reset_batch(worlds, shared, chosen, low, high, task):
    """Begin an episode in each chosen world; `low`, `high` and `task` are as in `reset_one`."""
    for i in range(len(worlds)):
        if chosen[i]:
            reset_one(worlds[i : i + 1], shared, low[i], high[i], task[i])


def write_views(world, common, i, frames, masks, sums):
    """Write world i's observation, mask and reward terms.

    `sums` has the reward in row 0 and the terms in the rows below. A mask array of length 0, or no
    row for terms, says that they are not wanted.
    """
    observe(world, common, frames[i])
    if len(masks) > 0:
        mask(world, common, masks[i])
    if len(sums) > 1:
        for k in range(len(world.terms)):
            sums[k + 1, i] = world.terms[k]


def observe_batch(worlds, shared, frames, masks, sums):
    """Observe every world."""
    common = shared[0]
    for i in range(len(worlds)):
        write_views(worlds[i], common, i, frames, masks, sums)


def begin_next(world, common):
    """Begin the next episode of a world's seed, on a drawn task."""
    world.episode = (world.episode + 1) & 0xFFFFFFFF
    begin(world, common, -1)


@rare
def end_and_begin(world, common, i, finals):
    """Write the last views of a world that ended, and begin its next episode."""
    frames, masks, sums = finals
    write_views(world, common, i, frames, masks, sums)
    begin_next(world, common)


def step_range(first, last, worlds, shared, actions, mode, views, flags, finals):
    """Step the worlds from `first` to before `last`.

    `views` is (frames, masks, sums), and so is `finals`, which takes those of the worlds that
    ended, in mode SAME_STEP only. `flags` has rows (terminated, truncated, success, disturbances
    that struck). Returns (worlds ended, disturbances).
    """
    common = shared[0]
    # Unpacked once: each array taken out of a tuple counts a reference, up and down.
    frames, masks, sums = views
    rewards = sums[0]
    ended = 0
    struck = 0
    for i in range(first, last):
        world = worlds[i]
        if mode == NEXT_STEP and world.running == 0:
            begin_next(world, common)
            rewards[i] = 0.0
        else:
            rewards[i] = advance(world, common, actions[i])
        over = 1 - world.running
        flags[0, i] = world.terminated
        flags[1, i] = world.truncated
        flags[2, i] = world.success
        flags[3, i] = world.news
        struck += world.news
        ended += over
        if mode == SAME_STEP and over == 1:
            end_and_begin(world, common, i, finals)
        # As `write_views` does; as a call it made a step 5 ns longer.
        observe(world, common, frames[i])
        if len(masks) > 0:
            mask(world, common, masks[i])
        if len(sums) > 1:
            for k in range(len(world.terms)):
                sums[k + 1, i] = world.terms[k]
    return ended, struck


def first_bad(worlds, shared, actions, mode):
    """Index of the first world that cannot take its action, or GOOD; -2 - i if i is over."""
    common = shared[0]
    for i in range(len(worlds)):
        if not legal(actions[i], common):
            return i
    if mode == DISABLED:
        for i in range(len(worlds)):
            if worlds[i].running == 0:
                return -2 - i
    return GOOD


def step_batch(worlds, shared, actions, mode, frames, masks, sums, flags):
    """Step every world, or none if an action is bad; not for mode SAME_STEP.

    Returns (first bad, ended, disturbances).
    """
    bad = first_bad(worlds, shared, actions, mode)
    if bad != GOOD:
        return bad, 0, 0
    views = (frames, masks, sums)
    n = len(worlds)
    ended, struck = step_range(0, n, worlds, shared, actions, mode, views, flags, views)
    return bad, ended, struck


def step_same(worlds, shared, actions, mode, views, flags, finals):
    """`step_batch` for mode SAME_STEP."""
    bad = first_bad(worlds, shared, actions, mode)
    if bad != GOOD:
        return bad, 0, 0
    n = len(worlds)
    ended, struck = step_range(0, n, worlds, shared, actions, mode, views, flags, finals)
    return bad, ended, struck


def step_parallel(worlds, shared, actions, mode, views, flags, finals, chunks):
    """A step in any mode on several threads, `chunks` runs of neighbouring worlds."""
    bad = first_bad(worlds, shared, actions, mode)
    if bad != GOOD:
        return bad, 0, 0
    ended = 0
    struck = 0
    n = len(worlds)
    for c in prange(chunks):
        first = n * c // chunks
        last = n * (c + 1) // chunks
        e, s = step_range(first, last, worlds, shared, actions, mode, views, flags, finals)
        ended += e
        struck += s
    return bad, ended, struck
