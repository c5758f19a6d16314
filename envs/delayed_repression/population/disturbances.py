"""What may happen to a population midway: shocks, delays, newcomers, new ties."""

from midcourse.core.engine.rng import FAULTS, below, draw
from midcourse.envs.delayed_repression.population.dynamics import draw_citizen
from midcourse.envs.delayed_repression.population.graph import graph_of, rewire
from midcourse.envs.delayed_repression.population.state import (
    ALARM_SHOCK,
    DELAY_CHANGE,
    LONGEST_DELAY,
    REWIRE,
    TURNOVER,
)

SHOCK = 400  # thousandths added to the alarm
SHOCK_STEPS = 10
LESS, MORE = 2, 10  # steps by which a delay may grow
LEAVE_BELOW = int(0.10 * 2**32)  # share of citizens who are replaced
REWIRE_BELOW = int(0.20 * 2**32)  # share of links that get a new source


def strike(world, shared, kind):
    """Let a disturbance strike; False if it cannot now."""
    if kind == ALARM_SHOCK:
        if world.shock_left > 0:
            return False
        world.shock = SHOCK if below(world, FAULTS, 2) == 0 else -SHOCK
        world.shock_left = SHOCK_STEPS
        return True
    if kind == DELAY_CHANGE:
        # Institutions grow slower, never faster: a faster one would do the regulator's work.
        room = LONGEST_DELAY - world.delay
        if room < LESS:
            return False
        world.delay += LESS + below(world, FAULTS, min(room, MORE) - LESS + 1)
        return True
    if kind == TURNOVER:
        replace_citizens(world, shared)
        return True
    if kind == REWIRE:
        rewire_own_graph(world, shared)
        return True
    return False


def replace_citizens(world, shared):
    """Each citizen may leave; who comes takes over the ties, and nothing else."""
    graph = graph_of(world, shared)
    for i in range(len(world.action)):
        if draw(world, FAULTS) < LEAVE_BELOW:
            draw_citizen(world, FAULTS, graph, i)
            newcomer(world, i)


def newcomer(world, i):
    """A newcomer knows nothing; for citizens who are played from outside, there is no more."""


def rewire_own_graph(world, shared):
    """Give some links a new source; a graph that worlds share has a rule of its own."""
    rewire(world, shared, FAULTS, REWIRE_BELOW)


def keep_shared_graph(world, shared):
    """Replaces `rewire_own_graph` where worlds share a graph; never called there."""
