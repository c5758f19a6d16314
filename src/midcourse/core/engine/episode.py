"""One world's episode: how it begins, one step of it, and the disturbances that strike it."""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.record import AT_FIRST, BY_CHANCE, BY_PROGRESS, BY_STEP, DRAWN
from midcourse.core.engine.rng import EVENTS, below, draw, mix2
from midcourse.core.engine.rules import cost_to_go, disturb, lay_out, refuse, step


def due(world, shared, event):
    """Whether a disturbance's time has come."""
    if event.when == BY_STEP:
        return world.clock >= event.at
    if world.clock == 0:
        return False
    remaining = cost_to_go(world, shared)
    return remaining >= 0 and (world.optimal - remaining) * 1000 >= event.at * world.optimal


@rare
def fire(world, shared):
    """Let every disturbance strike whose time has come; one that cannot yet waits."""
    for i in range(world.scheduled):
        event = world.schedule[i]
        if event.fired == 0 and due(world, shared, event) and disturb(world, shared, event.kind):
            event.fired = world.clock if world.clock > 0 else AT_FIRST
            world.pending -= 1
            world.news += 1


def schedule_events(world, shared):
    """Draw this episode's disturbances: kinds without repetition, then their times."""
    world.scheduled = shared.requests
    world.pending = shared.requests
    world.optimal = cost_to_go(world, shared)
    taken = 0  # bit i: allowed[i] has been drawn
    left = shared.kinds
    # Half of the episode where nobody knows how long the way is.
    latest = world.optimal - 1 if world.optimal > 0 else world.limit // 2
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
            event.at = 1 + below(world, EVENTS, max(1, latest))


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
        fire(world, shared)  # those asked for at step 0, before the first action
        world.news = 0


def advance(world, shared, action):
    """One step of one world, in place; its reward is the sum of its terms, in their order."""
    tick(world)
    step(world, shared, action)
    return conclude(world, shared)


def waste(world, shared):
    """A step in which the agent said nothing that means an action; all else is as in a step."""
    tick(world)
    refuse(world, shared)
    return conclude(world, shared)


def tick(world):
    """What comes before every action."""
    world.clock += 1
    world.news = 0
    for k in range(len(world.terms)):
        world.terms[k] = 0.0


def conclude(world, shared):
    """What comes after every action: disturbances, the end of the episode, the sum of the terms."""
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


def fields_in_range(world, shared):
    """Whether the engine's own fields hold what an episode could have left there."""
    good = world.clock >= 0 and world.clock <= world.limit
    good = good and world.limit == shared.step_limit
    good = good and is_flag(world.running) and is_flag(world.success)
    good = good and is_flag(world.terminated) and is_flag(world.truncated)
    good = good and world.running + world.terminated + world.truncated == 1
    good = good and (world.running == 0 or world.clock < world.limit)
    good = good and (world.truncated == 0 or world.clock == world.limit)
    good = good and (world.optimal == -1 or world.optimal > 0)
    good = good and world.task < (shared.tasks if shared.tasks > 0 else 1 << 31)
    for k in range(len(world.terms)):
        good = good and world.terms[k] - world.terms[k] == 0.0  # finite
    return good and schedule_in_range(world, shared)


def is_flag(value):
    """Whether a value is 0 or 1."""
    return value == 0 or value == 1


def schedule_in_range(world, shared):
    """Whether the schedule is of kinds that can strike here, and its counts are right."""
    if world.scheduled != shared.requests or world.news < 0 or world.news > world.scheduled:
        return False
    waiting = 0
    for i in range(world.scheduled):
        event = world.schedule[i]
        if event.when != BY_STEP and event.when != BY_PROGRESS:
            return False
        at_first = event.fired == AT_FIRST and event.when == BY_STEP and event.at == 0
        if (event.fired < 0 and not at_first) or event.fired > world.clock:
            return False
        possible = False
        for j in range(shared.kinds):
            possible = possible or event.kind == shared.allowed[j]
        if not possible:
            return False
        if event.fired == 0:
            waiting += 1
    return waiting == world.pending
