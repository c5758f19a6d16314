"""The loops that run a family's rules: a template, executed once for each family by `bind`.

The functions in the first half are what a family supplies; here they only state the signatures,
and `bind` puts the family's own in their place. The second half is the engine's: one world, a
batch, a reset, each over the same rules. Everything is scalar code over records, so that it runs
compiled and, with numba's compiler switched off, as plain Python, with equal results.

`world` is one record of the family's world dtype, `shared` the record that all worlds read.
"""
# ruff: noqa: D103, ARG001
# pyright: reportUnusedParameter=false, reportReturnType=false

from numba import prange

from midcourse.core.engine.record import (
    BY_CHANCE,
    BY_PROGRESS,
    BY_STEP,
    DISABLED,
    DRAWN,
    GOOD,
    NEXT_STEP,
    NOT_RUNNING,
    SAME_STEP,
)
from midcourse.core.engine.rng import EVENTS, below, draw, mix2


# --- supplied by the family -------------------------------------------------------------------


def lay_out(world, shared):
    """Write the task `world.task` into the record: every field of the family's own."""


def step(world, shared, action):
    """Take one action: move the state, write the reward terms, say whether the task is over."""


def legal(action, shared):
    """Whether an action lies in the action space."""
    return True


def observe(world, shared, frame):
    """Write the observation into a record."""


def mask(world, shared, frame):
    """Write 1 for each legal action and 0 for the others into `frame.action_mask`, int8."""


def disturb(world, shared, kind):
    """Let a disturbance strike; False if it cannot now, and then nothing has changed."""
    return False


def cost_to_go(world, shared):
    """Fewest actions to success from here; negative if there is no way."""
    return -1


def act(world, shared):
    """An action that begins a cheapest way to success."""
    return 0


def validate(world, shared):
    """Whether every index in the record is in range."""
    return True


# --- one world --------------------------------------------------------------------------------


def due(world, shared, event):
    if event.when == BY_STEP:
        return world.clock >= event.at
    remaining = cost_to_go(world, shared)
    return remaining >= 0 and (world.optimal - remaining) * 1000 >= event.at * world.optimal


def fire(world, shared):
    """Let every disturbance strike whose time has come; one that cannot yet waits."""
    for i in range(world.scheduled):
        event = world.schedule[i]
        if event.fired == 0 and due(world, shared, event) and disturb(world, shared, event.kind):
            event.fired = world.clock
            world.pending -= 1
            world.news += 1


def schedule_events(world, shared):
    """Draw this episode's disturbances: kinds without repetition, then their times."""
    world.scheduled = shared.requests
    world.pending = shared.requests
    world.optimal = cost_to_go(world, shared)
    taken = 0  # bit i: allowed[i] has been drawn
    left = shared.kinds
    for i in range(shared.requests):
        event = world.schedule[i]
        request = shared.request[i]
        event.kind = request.kind
        event.when = request.when
        event.at = request.at
        event.fired = 0
        if request.kind == DRAWN:
            if left == 0:
                taken = 0
                left = shared.kinds
            skip = below(world, EVENTS, left)
            for j in range(shared.kinds):
                if (taken >> j) & 1 == 0:
                    if skip == 0:
                        event.kind = shared.allowed[j]
                        taken |= 1 << j
                        left -= 1
                        break
                    skip -= 1
        if request.when == BY_CHANCE:
            event.when = BY_STEP
            event.at = 1 + below(world, EVENTS, max(1, world.optimal - 1))


def begin(world, shared, task):
    """Start the next episode of this world's seed; a negative task is drawn from the split."""
    low = mix2(world.seed[0], world.episode)
    world.key[0] = low
    world.key[1] = mix2(world.seed[1], low)
    for i in range(len(world.counters)):
        world.counters[i] = 0
    index = task
    if index < 0:
        if shared.tasks == 0:
            index = draw(world, EVENTS) >> 1
        else:
            index = below(world, EVENTS, shared.tasks)
    world.task = index
    low = mix2(shared.split_key[0], index)
    world.task_key[0] = low
    world.task_key[1] = mix2(shared.split_key[1], low)
    world.clock = 0
    world.limit = shared.step_limit
    world.running = 1
    world.terminated = 0
    world.truncated = 0
    world.success = 0
    world.news = 0
    world.pending = 0
    world.scheduled = 0
    world.optimal = -1
    for k in range(len(world.terms)):
        world.terms[k] = 0.0
    lay_out(world, shared)
    if shared.requests > 0:
        schedule_events(world, shared)


def advance(world, shared, action):
    """One step of one world, in place; its reward is the sum of its terms, in their order."""
    world.clock += 1
    world.news = 0
    for k in range(len(world.terms)):
        world.terms[k] = 0.0
    step(world, shared, action)
    # None strikes at the last step: nobody could answer it, and autoreset would erase it.
    if world.pending > 0 and world.terminated == 0 and world.clock < world.limit:
        fire(world, shared)
    if world.terminated != 0:
        world.running = 0
    elif world.clock >= world.limit:
        world.truncated = 1
        world.running = 0
    reward = 0.0
    for k in range(len(world.terms)):
        reward += world.terms[k]
    return reward


def seed_world(world, low, high):
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
    NOT_RUNNING, and nothing has changed, if the episode is over.
    """
    world = worlds[0]
    common = shared[0]
    if world.running == 0:
        return 0.0, False, False, False, NOT_RUNNING
    reward = advance(world, common, action)
    write_frame(world, common, frames[()])
    return reward, world.terminated != 0, world.truncated != 0, world.success != 0, world.news


def observe_one(worlds, shared, frames):
    write_frame(worlds[0], shared[0], frames[()])


def write_frame(world, shared, frame):
    observe(world, shared, frame)
    mask(world, shared, frame)
    for k in range(len(world.terms)):
        frame.reward_terms[k] = world.terms[k]


def cost_one(worlds, shared):
    return cost_to_go(worlds[0], shared[0])


def act_one(worlds, shared):
    return act(worlds[0], shared[0])


def validate_one(worlds, shared):
    """Whether the engine's fields and the family's are all in range."""
    world = worlds[0]
    good = world.clock >= 0 and world.clock <= world.limit
    good = good and world.limit == shared[0].step_limit
    good = good and world.running <= 1 and world.success <= 1
    good = good and world.terminated <= 1 and world.truncated <= 1
    good = good and world.running == 1 - max(world.terminated, world.truncated)
    good = good and world.scheduled <= len(world.schedule) and world.pending <= world.scheduled
    if good:
        waiting = 0
        for i in range(world.scheduled):
            event = world.schedule[i]
            good = good and event.when <= BY_PROGRESS and event.fired <= world.clock
            good = good and event.fired >= 0 and event.kind < 64
            if event.fired == 0:
                waiting += 1
        good = good and waiting == world.pending
    return good and validate(world, shared[0])


# --- a batch ----------------------------------------------------------------------------------


def reset_batch(worlds, shared, chosen, low, high, task):
    """Begin an episode in each chosen world; `low`, `high` and `task` are as in `reset_one`."""
    for i in range(len(worlds)):
        if chosen[i]:
            reset_one(worlds[i : i + 1], shared, low[i], high[i], task[i])


def observe_batch(worlds, shared, frames, masks, terms):
    """Observe every world; a mask or term array of length 0 is not wanted."""
    common = shared[0]
    for i in range(len(worlds)):
        world = worlds[i]
        observe(world, common, frames[i])
        if len(masks) > 0:
            mask(world, common, masks[i])
        if len(terms) > 0:
            for k in range(len(world.terms)):
                terms[i, k] = world.terms[k]


def step_range(
    first, last, worlds, shared, actions, mode, frames, masks, terms, rewards, flags, finals
):
    """Step the worlds from `first` to before `last`.

    `flags` has rows (terminated, truncated, success, disturbances that struck, ended). `finals`
    holds (frames, masks, terms) of the worlds that ended, written in mode SAME_STEP only.
    Returns (worlds ended, disturbances).
    """
    common = shared[0]
    ended = 0
    struck = 0
    for i in range(first, last):
        world = worlds[i]
        if mode == NEXT_STEP and world.running == 0:
            world.episode = (world.episode + 1) & 0xFFFFFFFF
            begin(world, common, -1)
            rewards[i] = 0.0
            flags[0, i] = 0
            flags[1, i] = 0
            flags[2, i] = 0
            flags[3, i] = 0
            flags[4, i] = 0
        else:
            rewards[i] = advance(world, common, actions[i])
            over = 1 - world.running
            flags[0, i] = world.terminated
            flags[1, i] = world.truncated
            flags[2, i] = world.success
            flags[3, i] = world.news
            flags[4, i] = over
            struck += world.news
            ended += over
            if mode == SAME_STEP and over == 1:
                observe(world, common, finals[0][i])
                if len(masks) > 0:
                    mask(world, common, finals[1][i])
                if len(terms) > 0:
                    for k in range(len(world.terms)):
                        finals[2][i, k] = world.terms[k]
                world.episode = (world.episode + 1) & 0xFFFFFFFF
                begin(world, common, -1)
        observe(world, common, frames[i])
        if len(masks) > 0:
            mask(world, common, masks[i])
        if len(terms) > 0:
            for k in range(len(world.terms)):
                terms[i, k] = world.terms[k]
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


def step_batch(worlds, shared, actions, mode, frames, masks, terms, rewards, flags, finals, chunks):
    """Step every world, or none if an action is bad; returns (first bad, ended, disturbances)."""
    bad = first_bad(worlds, shared, actions, mode)
    if bad != GOOD:
        return bad, 0, 0
    ended, struck = step_range(
        0, len(worlds), worlds, shared, actions, mode, frames, masks, terms, rewards, flags, finals
    )
    return bad, ended, struck


def step_parallel(
    worlds, shared, actions, mode, frames, masks, terms, rewards, flags, finals, chunks
):
    """`step_batch` on several threads, `chunks` runs of neighbouring worlds."""
    bad = first_bad(worlds, shared, actions, mode)
    if bad != GOOD:
        return bad, 0, 0
    ended = 0
    struck = 0
    n = len(worlds)
    for c in prange(chunks):
        first = n * c // chunks
        last = n * (c + 1) // chunks
        e, s = step_range(
            first, last, worlds, shared, actions, mode,
            frames, masks, terms, rewards, flags, finals,
        )  # fmt: skip
        ended += e
        struck += s
    return bad, ended, struck
