"""The regulator's dynamics: a step of the population under the levers, and what it cost."""

from midcourse.core.engine.rng import LAYOUT, below
from midcourse.envs.delayed_repression.population.disturbances import strike
from midcourse.envs.delayed_repression.population.dynamics import (
    LOUDEST,
    alarm_of,
    clear_values,
    delayed_alarm,
    live,
    populate,
    pressure_of,
    settle,
)
from midcourse.envs.delayed_repression.population.graph import graph_of
from midcourse.envs.delayed_repression.population.integrity import population_in_range
from midcourse.envs.delayed_repression.population.state import (
    LEARNING,
    RING,
    STATES,
)
from midcourse.envs.delayed_repression.regulator.state import (
    FORCES,
    IDLE,
    LEAST_LIVED,
    SHIFTS,
    SMOOTHINGS,
    WINDOW,
)

MIXED = 3  # index into CITIZENS; those before are the kinds themselves
TRIES = 16  # layouts tried for one that doing nothing fails


# --- laying out ---------------------------------------------------------------------------------


def lay_out(world, shared):
    """Draw the population; in the suite, one that doing nothing fails."""
    world.counts = 0
    start = world.counters[LAYOUT]
    tries = TRIES if shared.suite == 1 else 0
    while True:
        settle_in(world, shared)
        if tries == 0 or world.counts == 1:
            return
        tries -= 1
        if idling_fails(world, shared):
            world.counts = 1
            world.counters[LAYOUT] = start
        else:
            start = world.counters[LAYOUT]


def settle_in(world, shared):
    """Draw the population and clear the desk."""
    populate(world, shared)
    assign_kinds(world, shared)
    world.step = 0
    world.published = alarm_of(world, world.alarms[0])
    for k in range(3):
        world.lever[k] = IDLE[k]
    for i in range(RING):
        world.history[i] = 0
    world.history[0] = world.radicals
    world.lived = 0
    world.tail_sum = 0
    world.tail_most = 0
    world.tail_least = len(world.action)
    world.tail_force = 0


def assign_kinds(world, shared):
    """Say of each citizen how it decides, and forget all values."""
    for i in range(len(world.kind)):
        kind = shared.population
        if kind == MIXED:
            kind = below(world, LAYOUT, MIXED)
        world.kind[i] = kind
    for i in range(len(world.values)):
        clear_values(world, i)


def idling_fails(world, shared):
    """Whether this episode, left alone and undisturbed, misses a bound; the world is used up."""
    steps = last_half(world)
    for step in range(world.limit):
        population_step(world, shared)
        if 2 * (step + 1) > world.limit:
            tally(world)
            if out_of_bounds(world, shared, steps):
                return True
    return False


# --- a step -------------------------------------------------------------------------------------


def step(world, shared, action):
    """Move the levers; then everybody acts, and the alarm comes late."""
    pull(world, action)
    population_step(world, shared)
    bill(world, shared)
    if 2 * world.clock > world.limit:
        tally(world)
    if world.clock == world.limit:
        judge(world, shared)


def pull(world, action):
    """Move the levers: force, smoothing, shift."""
    for k in range(3):
        world.lever[k] = action[k]


def pull_force(world, action):
    """Replaces `pull` where the action is the force alone."""
    world.lever[0] = action


def refuse(world, shared):
    """Nobody understood the regulator: the population stands still, and the bill runs on."""
    bill(world, shared)


def population_step(world, shared):
    """One step of the population under the levers as they are."""
    now = world.step
    threshold = shared.threshold + SHIFTS[world.lever[2]]
    alarm = delayed_alarm(world, now)
    pressure = pressure_of(FORCES[world.lever[0]], shared.slope, alarm, threshold)
    live(world, shared, now, pressure)
    world.step = now + 1
    weight = SMOOTHINGS[world.lever[1]]
    alarm = delayed_alarm(world, now + 1)
    world.published = weight * world.published + (1.0 - weight) * alarm
    settle(world, shared, world.published)
    world.history[world.step % RING] = world.radicals


def bill(world, shared):
    """Write the reward terms."""
    n = len(world.action)
    world.terms[0] = -world.radicals / n
    world.terms[1] = -shared.force_price * FORCES[world.lever[0]]
    world.terms[2] = -shared.instability_price * amplitude(world)


def amplitude(world):
    """Half the range of the radical share over the last WINDOW steps."""
    most = 0
    least = len(world.action)
    for back in range(min(WINDOW, world.step + 1)):
        radicals = world.history[(world.step - back) % RING]
        most = max(most, radicals)
        least = min(least, radicals)
    return (most - least) / (2.0 * len(world.action))


def tally(world):
    """Count a step of the last half."""
    world.lived += 1
    world.tail_sum += world.radicals
    world.tail_most = max(world.tail_most, world.radicals)
    world.tail_least = min(world.tail_least, world.radicals)
    world.tail_force += world.lever[0]


def judge(world, shared):
    """At the end: whether the last half was lived, quiet, and cheap enough."""
    lived = world.lived >= LEAST_LIVED * last_half(world)
    if world.counts == 1 and lived and not out_of_bounds(world, shared, world.lived):
        world.success = 1


def last_half(world):
    """Steps of the last half."""
    return world.limit - world.limit // 2


def out_of_bounds(world, shared, steps):
    """Whether the last half, of that many steps, misses a bound that no later step can mend."""
    n = len(world.action)
    swing = world.tail_most - world.tail_least > 2.0 * shared.amplitude_bound * n
    radical = world.tail_sum > shared.radical_bound * n * steps
    return swing or radical or world.tail_force > 2.0 * shared.force_bound * steps


# --- disturbances, validation -------------------------------------------------------------------


def disturb(world, shared, kind):
    """Let a disturbance strike the population; what is published follows at the next step."""
    return strike(world, shared, kind)


def forget(world, i):
    """Replaces `newcomer` where citizens learn: nothing is known of anything."""
    clear_values(world, i)


def validate(world, shared):
    """Whether every index in the record is in range."""
    n = len(world.action)
    good = population_in_range(world, shared, graph_of(world, shared))
    good = good and world.step >= 0 and world.step <= world.clock
    good = good and (world.counts == 0 or world.counts == 1)
    good = good and world.published >= 0.0 and world.published <= LOUDEST
    for k in range(3):
        good = good and world.lever[k] >= 0
    good = good and world.lever[0] < len(FORCES)
    good = good and world.lever[1] < len(SMOOTHINGS) and world.lever[2] < len(SHIFTS)
    for i in range(RING):
        good = good and world.history[i] >= 0 and world.history[i] <= n
    good = good and world.lived >= 0 and world.lived <= world.step
    good = good and world.tail_most >= 0 and world.tail_most <= n
    good = good and world.tail_least >= 0 and world.tail_least <= n
    for i in range(n):
        kind = world.kind[i]
        good = good and kind >= 0 and kind <= LEARNING
        good = good and (kind < LEARNING or len(world.values) == n)
    for i in range(len(world.values)):
        for state in range(STATES):
            for a in range(3):
                value = world.values[i, state, a]
                good = good and value - value == 0.0
    return good
