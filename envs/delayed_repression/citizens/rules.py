"""The citizens' dynamics: all act at once, and each is paid and punished by itself."""

from midcourse.core.engine.rng import mix2
from midcourse.envs.delayed_repression.population.disturbances import strike
from midcourse.envs.delayed_repression.population.dynamics import (
    MIDDLE_BENEFIT,
    MIDDLE_COST,
    RADICAL_BENEFIT,
    RADICAL_COST,
    citizen_draw,
    delayed_alarm,
    populate,
    pressure_of,
    punish,
    raise_alarm,
    reward_of,
    settle,
    step_key,
)
from midcourse.envs.delayed_repression.population.graph import graph_of
from midcourse.envs.delayed_repression.population.integrity import population_in_range
from midcourse.envs.delayed_repression.population.state import MIDDLE, RADICAL, UNIT


def lay_out(world, shared):
    """Draw the population."""
    populate(world, shared)
    world.step = 0
    for i in range(len(world.reward)):
        world.reward[i] = 0.0


def step(world, shared, action):
    """Everybody acts; then the neighbours feel it, and the alarm comes late."""
    now = world.step
    alarm = delayed_alarm(world, now)
    act_together(
        world, now, pressure_of(shared.force, shared.slope, alarm, shared.threshold), action
    )
    world.step = now + 1
    settle(world, shared, delayed_alarm(world, now + 1))
    pay(world, shared)


def act_together(world, now, pressure, action):
    """As `live`, with actions from outside: the same draws punish."""
    low = step_key(world, now)
    high = mix2(world.key[1], low)
    total = 0
    for i in range(len(world.action)):
        world.action[i] = action[i]
        world.punished[i] = punish(world, i, pressure, citizen_draw(low, high, i))
        total += world.detectability[i] * action[i]
    raise_alarm(world, now, total)


def pay(world, shared):
    """Write each citizen's reward, and the means of its parts as reward terms."""
    n = len(world.action)
    support = 0
    middle_benefit = 0
    radical_benefit = 0
    benefit = 0
    middle_fine = 0
    radical_fine = 0
    for i in range(n):
        action = world.action[i]
        influence = world.influence[i]
        world.reward[i] = reward_of(world, shared, i, influence)
        # Whole numbers: exact in any order, and added eight at a time.
        support += influence * action
        benefit += world.charisma[i]
        middle_benefit += world.charisma[i] * (action == MIDDLE)
        radical_benefit += world.charisma[i] * (action == RADICAL)
        fine = world.cost[i] * world.punished[i]
        middle_fine += fine * (action == MIDDLE)
        radical_fine += fine * (action == RADICAL)
    scale = float(n) * UNIT
    left_benefit = benefit - middle_benefit - radical_benefit
    benefits = MIDDLE_BENEFIT * middle_benefit + RADICAL_BENEFIT * radical_benefit
    world.terms[0] = (left_benefit + benefits) / scale
    world.terms[1] = shared.coupling * support / scale
    world.terms[2] = -(MIDDLE_COST * middle_fine + RADICAL_COST * radical_fine) / scale


def refuse(world, shared):
    """Nobody is understood: the population stands still, and nobody is paid."""
    for i in range(len(world.reward)):
        world.reward[i] = 0.0


def disturb(world, shared, kind):
    """Let a disturbance strike the population; everybody sees at once what it has become."""
    struck = strike(world, shared, kind)
    if struck:
        settle(world, shared, delayed_alarm(world, world.step))
    return struck


def validate(world, shared):
    """Whether every index in the record is in range."""
    good = population_in_range(world, shared, graph_of(world, shared))
    good = good and world.step >= 0 and world.step <= world.clock
    for i in range(len(world.reward)):
        good = good and world.reward[i] - world.reward[i] == 0.0
    return good
