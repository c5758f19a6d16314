"""The dynamics of the delayed replicator: one step, and what disturbs it.

Between two steps of the regulator lie SUBSTEPS sub-steps of the scheme in `schemes.py`, which knows
the past at the ends and the middles of sub-steps and so interpolates nothing.
"""

from midcourse.core.engine.portable import exponential, sigmoid
from midcourse.core.engine.rng import FAULTS, below
from midcourse.envs.delayed_repression.replicator.state import (
    ALARM_SHOCK,
    FARTHEST,
    FORCES,
    HARDER,
    HIGHER_ADVANTAGE,
    LEVERS,
    LONGER_DELAY,
    RICHER,
    RING,
    SEEN,
    SHIFTS,
    SHOCK,
    SHOCK_STEPS,
    SMOOTHEST,
    STEEPER_ALARM,
    SUBSTEPS,
)


def force_of(action):
    """The force that a number in [-1, 1] asks for: 0 at -1, 1 at 0, FORCES at 1."""
    return 1.0 + action if action < 0.0 else 1.0 + (FORCES - 1.0) * action


def smoothing_of(action):
    """The smoothing that a number in [-1, 1] asks for: none up to 0, SMOOTHEST at 1."""
    return SMOOTHEST * max(0.0, action)


def shift_of(action):
    """The shift of the threshold that a number in [-1, 1] asks for."""
    return SHIFTS * action


def step(world, shared, action):
    """Set the levers, let time pass, and judge the regulator at the horizon."""
    for i in range(len(action)):
        world.action[i] = float(action[i])
    world.force = force_of(world.action[0])
    world.smoothing = smoothing_of(world.action[1])
    world.shift = shift_of(world.action[2])
    pass_time(world, shared)


def refuse(world, shared):
    """What was meant is unclear, so the levers stay; time does not wait."""
    pass_time(world, shared)


def pass_time(world, shared):
    """One step under the levers as they stand: dynamics, reward terms, judgement."""
    before = world.share
    live(world)
    world.terms[0] = -shared.share_weight * world.share
    world.terms[1] = -shared.force_weight * world.force
    world.terms[2] = -shared.instability_weight * abs(world.share - before)
    if 2 * world.clock > shared.horizon:
        world.judged += 1
        world.share_sum += world.share
        world.force_sum += world.force
        world.share_low = min(world.share_low, world.share)
        world.share_high = max(world.share_high, world.share)
    if world.clock >= shared.horizon:
        world.terminated = 1
        world.success = 1 if holds(world) else 0


def holds(world):
    """Whether mean share, amplitude and mean force stayed under their bounds."""
    steps = max(1, world.judged)
    good = world.share_sum / steps <= world.bounds[0]
    good = good and 0.5 * (world.share_high - world.share_low) <= world.bounds[1]
    return good and world.force_sum / steps <= world.bounds[2]


def live(world):
    """Time passes: SUBSTEPS sub-steps, and a new delayed alarm."""
    keep = 0.0
    fresh = 1.0
    if world.smoothing > 0.0:
        # Half a sub-step over the time constant, which is smoothing / (1 - smoothing) steps.
        ratio = 0.5 * (1.0 - world.smoothing) / (SUBSTEPS * world.smoothing)
        keep = exponential(-ratio)
        fresh = 1.0 - (1.0 - keep) / ratio
    world.shock = shock_in_step(world, world.clock)
    for _ in range(SUBSTEPS):
        substep(world, keep, fresh)
    for i in range(SEEN - 1):
        world.alarms[i] = world.alarms[i + 1]
    world.alarms[SEEN - 1] = arriving(world, world.time - 1, 1, world.shock)


def shock_in_step(world, step):
    """What is added to the alarm in a step of the episode."""
    return world.shock if step <= world.shock_until else 0.0


def arriving(world, substep, place, shock):
    """The alarm that arrives at the middle (0) or the end (1) of a sub-step."""
    alarm = world.ring[(substep - world.lag) & (RING - 1), place]
    if shock != 0.0:
        alarm = min(1.0, max(0.0, alarm + shock))
    return alarm


def growth(world, signal):
    """y' = a - u C p(signal), with the threshold where the regulator has put it."""
    chance = sigmoid(world.slope * (signal - world.threshold - world.shift))
    return world.advantage - world.force * world.cost * chance


def held(logit):
    """A logit within FARTHEST of 0: without that, one long blow would wipe radicals out."""
    return min(FARTHEST, max(-FARTHEST, logit))


def substep(world, keep, fresh):
    """One sub-step: Simpson's rule over the alarm that arrives, smoothed on its way.

    The filter takes two halves of a sub-step, exact for an alarm that is linear in each: of the old
    value it keeps `keep`, of the newest alarm it takes `fresh`, of the one before the rest.
    """
    n = world.time
    old = arriving(world, n - 1, 1, world.shock)
    middle = arriving(world, n, 0, world.shock)
    new = arriving(world, n, 1, world.shock)
    first = old
    half = middle
    last = new
    if keep > 0.0:
        rest = 1.0 - keep - fresh
        first = world.published
        half = keep * first + rest * old + fresh * middle
        last = keep * half + rest * middle + fresh * new
    rate_first = growth(world, first)
    rate_half = growth(world, half)
    rate_last = growth(world, last)
    h = world.duration
    between = world.logit + h / 24.0 * (5.0 * rate_first + 8.0 * rate_half - rate_last)
    moved = world.logit + h / 6.0 * (rate_first + 4.0 * rate_half + rate_last)
    world.logit = held(moved)
    world.share = sigmoid(world.logit)
    world.published = last
    world.ring[n & (RING - 1), 0] = sigmoid(held(between))
    world.ring[n & (RING - 1), 1] = world.share
    world.time = n + 1


def disturb(world, shared, kind):
    """Let a disturbance strike; each can, whenever it comes."""
    if kind == ALARM_SHOCK:
        world.shock = SHOCK if below(world, FAULTS, 2) == 1 else -SHOCK
        world.shock_until = world.clock + SHOCK_STEPS
    elif kind == LONGER_DELAY:
        world.lag = min(RING - 2, int(world.lag * HARDER))
    elif kind == STEEPER_ALARM:
        world.slope *= HARDER
    elif kind == HIGHER_ADVANTAGE:
        world.advantage *= RICHER
    return True


def within(value, low, high):
    """Whether a number lies in a range; NaN does not."""
    return value >= low and value <= high


def validate(world, shared):
    """Whether every field holds what a world could have left there."""
    good = within(world.logit, -FARTHEST, FARTHEST) and within(world.share, 0.0, 1.0)
    good = good and within(world.published, -1e-9, 1.0 + 1e-9)
    good = good and within(world.force, 0.0, FORCES) and within(world.smoothing, 0.0, SMOOTHEST)
    good = good and within(world.shift, -SHIFTS, SHIFTS)
    good = good and within(world.advantage, 0.01, 1e3) and within(world.cost, 0.01, 1e3)
    good = good and within(world.slope, 0.01, 1e4) and within(world.threshold, -1e2, 1e2)
    good = good and within(world.duration, 1e-9, 1e3) and within(world.shock, -1.0, 1.0)
    good = good and world.shock_until >= 0 and world.shock_until < 1 << 30
    good = good and world.lag > SUBSTEPS and world.lag <= RING - 2
    good = good and world.time >= RING and world.time < 1 << 30
    good = good and world.judged >= 0 and world.judged <= world.clock
    good = good and within(world.share_sum, 0.0, 1e9) and within(world.force_sum, 0.0, 1e9)
    good = good and within(world.share_low, 0.0, 1.0) and within(world.share_high, 0.0, 1.0)
    for i in range(LEVERS):
        good = good and within(world.action[i], -1.0, 1.0)
        good = good and within(world.bounds[i], 0.0, FORCES)
    for i in range(SEEN):
        good = good and within(world.alarms[i], 0.0, 1.0)
    for i in range(RING):
        good = good and within(world.ring[i, 0], 0.0, 1.0) and within(world.ring[i, 1], 0.0, 1.0)
    return good
