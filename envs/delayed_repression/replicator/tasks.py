"""Tasks of the delayed replicator: how they are drawn, and what divides the splits.

A task is a set of parameters, a delay, and the cycle in full swing at some phase: before the
episode begins, do-nothing has ruled for a while.
"""

from midcourse.core.engine.portable import logarithm, sigmoid
from midcourse.core.engine.rng import LAYOUT, below, uniform
from midcourse.core.family import Program
from midcourse.envs.delayed_repression.replicator.rules import live
from midcourse.envs.delayed_repression.replicator.state import (
    FINE,
    LEVERS,
    RING,
    SEEN,
    ReplicatorParams,
)

COUNTS = {"train": 0, "validation": 50, "test": 100}  # 0: one for each 31-bit index
WARM, PHASES = 102, 52  # steps of do-nothing before the episode: at least, and so many more
SETTLED = 51  # of which the cycle is measured from this one on
RANGES = (  # of drawn parameters; the threshold follows from the place of the rest
    (1.5, 2.5),  # a
    (-1.4, -0.2),  # logit of rho = a / C
    (8.0, 14.0),  # k
    (0.2, 0.9),  # logit of the rest x*
)
HALF_PI = 1.5707963267948966


def count(params: ReplicatorParams) -> dict[str, int]:
    """Tasks in each split."""
    return COUNTS


def build(program: Program) -> None:
    """Fill the shared record."""
    shared, params = program.shared[0], program.params
    assert isinstance(params, ReplicatorParams)
    for name in (
        "advantage", "cost", "slope", "threshold", "delay_low", "delay_high", "share_margin",
        "amplitude_bound", "force_bound", "share_weight", "force_weight", "instability_weight",
        "horizon",
    ):  # fmt: skip
        shared[name] = getattr(params, name)
    shared["drawn"] = params.parameters == "random"
    shared["levers"] = LEVERS if params.levers == "all" else 1


def between(world, low, high):
    """A number of the layout's stream, uniform in [low, high)."""
    return low + (high - low) * uniform(world, LAYOUT)


def lay_out(world, shared):
    """Write the task into the record: every field of the family's own."""
    rest = lay_out_equation(world, shared)
    ratio = between(world, shared.delay_low, shared.delay_high)
    world.lag = int(FINE * ratio + 0.5)
    world.force = 1.0
    world.smoothing = 0.0
    world.shift = 0.0
    world.shock = 0.0
    world.shock_until = 0
    for i in range(LEVERS):
        world.action[i] = 0.0
    amplitude = lay_out_history(world, rest)
    world.bounds[0] = min(0.98, max(0.05, rest + shared.share_margin))
    world.bounds[1] = min(shared.amplitude_bound, 0.5 * amplitude)
    world.bounds[2] = shared.force_bound
    world.judged = 0
    world.share_sum = 0.0
    world.force_sum = 0.0
    world.share_low = 1.0
    world.share_high = 0.0


def lay_out_equation(world, shared):
    """Write the parameters and the length of a sub-step; returns the rest x* under force 1."""
    if shared.drawn == 0:
        world.advantage = shared.advantage
        world.cost = shared.cost
        world.slope = shared.slope
        world.threshold = shared.threshold
        rho = world.advantage / world.cost
        rest = world.threshold + logarithm(rho / (1.0 - rho)) / world.slope
    else:
        world.advantage = between(world, RANGES[0][0], RANGES[0][1])
        logit = between(world, RANGES[1][0], RANGES[1][1])
        rho = sigmoid(logit)
        world.cost = world.advantage / rho
        world.slope = between(world, RANGES[2][0], RANGES[2][1])
        rest = sigmoid(between(world, RANGES[3][0], RANGES[3][1]))
        world.threshold = rest - logit / world.slope
    gain = world.advantage * world.slope * rest * (1.0 - rest) * (1.0 - rho)
    world.duration = HALF_PI / gain / FINE
    return rest


def lay_out_history(world, rest):
    """Do nothing for a while, from a share beside the rest; returns the cycle's amplitude."""
    beside = between(world, 0.3, 1.0)
    if below(world, LAYOUT, 2) == 1:
        beside = -beside
    world.logit = logarithm(rest / (1.0 - rest)) + beside
    world.share = sigmoid(world.logit)
    world.published = world.share
    world.time = RING
    for i in range(RING):
        world.ring[i, 0] = world.share
        world.ring[i, 1] = world.share
    for i in range(SEEN):
        world.alarms[i] = world.share
    low = 1.0
    high = 0.0
    for i in range(WARM + below(world, LAYOUT, PHASES)):
        live(world)
        if i >= SETTLED:
            low = min(low, world.share)
            high = max(high, world.share)
    return 0.5 * (high - low)
