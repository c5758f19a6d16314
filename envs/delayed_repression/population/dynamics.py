"""One step of a population: who does what, what the neighbours think, who is punished.

The published code's model (Itkin, arXiv 2605.30392), in fixed point: a step consists of `choose`,
which every citizen does by what it saw before, and `settle`, which follows from all actions.
"""

import math

import numpy as np

from midcourse.core.engine.portable import sigmoid
from midcourse.core.engine.rng import LAYOUT, MASK, below, draw, mix, mix2
from midcourse.envs.delayed_repression.population.graph import draw_graph, graph_of
from midcourse.envs.delayed_repression.population.state import (
    FIXED,
    LEARNING,
    LEFT,
    MIDDLE,
    RADICAL,
    REACTIVE,
    RING,
    STATES,
    UNIT,
)

LOUDEST = 2.5  # no alarm, shocked or not, reaches this
MIDDLE_BENEFIT, RADICAL_BENEFIT = 2.3, 3.0  # of L: 1
MIDDLE_COST, RADICAL_COST = 2.0, 7.0  # of L: 0
FEW, MANY = 2 * UNIT, 5 * UNIT  # influence at which its bucket changes
CALM, LOUD = 0.35, 0.75  # alarm at which its bucket changes
START_LEFT, START_MIDDLE = int(0.80 * 2**32), int(0.97 * 2**32)
FIXED_LEFT, FIXED_MIDDLE = int(0.65 * 2**32), int(0.92 * 2**32)
UNSURE_LEFT, UNSURE_MIDDLE = int(0.30 * 2**32), int(0.85 * 2**32)
BLOCK, BLOCK_LINKS = 256, 4096  # citizens whose links are summed at once, and how many these may be
MOST_PRESSURE = (1 << 18) - 1


# --- a population's beginning -------------------------------------------------------------------


def populate(world, shared):
    """Draw the graph, the citizens and their first actions."""
    draw_graph(world, shared)
    graph = graph_of(world, shared)
    n = len(world.action)
    world.delay = shared.delay
    world.shock = 0
    world.shock_left = 0
    for i in range(n):
        draw_citizen(world, LAYOUT, graph, i)
    for i in range(RING):
        world.alarms[i] = 0
    world.alarms[0] = alarm_sum(world)
    watch(world, graph, alarm_of(world, world.alarms[0]))


def draw_citizen(world, stream, graph, i):
    """Draw a citizen's constants and first action."""
    bridge = graph.bridge[i]
    world.charisma[i] = between(world, stream, 13926, 20480) + 3277 * bridge  # U(.85, 1.25) + .2
    world.cost[i] = between(world, stream, 14746, 24576)  # U(.9, 1.5)
    seen = between(world, stream, 7373, 16384) + 2458 * bridge  # U(.45, 1) + .15, at most 1
    world.detectability[i] = min(seen, UNIT)
    z = draw(world, stream)
    world.action[i] = LEFT if z < START_LEFT else MIDDLE if z < START_MIDDLE else RADICAL
    world.punished[i] = 0


def between(world, stream, low, high):
    """A whole number, uniform in [low, high]."""
    return low + below(world, stream, high - low + 1)


# --- what is known at a step --------------------------------------------------------------------


def alarm_sum(world):
    """The alarm of the present actions, times citizens times UNIT."""
    total = 0
    for i in range(len(world.action)):
        total += world.detectability[i] * world.action[i]
    return total


def alarm_of(world, total):
    """An alarm, mean over citizens of detectability times force of the action."""
    return total / (len(world.action) * float(UNIT))


def delayed_alarm(world, step):
    """The alarm that reaches the institutions at a step, counted from 0: `delay` + 1 late."""
    return alarm_of(world, world.alarms[max(0, step - world.delay) % RING])


def alarm_bucket(alarm):
    """0, 1 or 2."""
    return 0 if alarm < CALM else 1 if alarm < LOUD else 2


def watch(world, graph, alarm):
    """Each citizen's influence and published observation, and the count of radicals."""
    loudness = alarm_bucket(alarm)
    n = len(world.action)
    sums = np.empty(BLOCK_LINKS + 1, np.int32)
    for first in range(0, n, BLOCK):
        feel(world, graph, sums, first, min(n, first + BLOCK))
    radicals = 0
    for i in range(n):
        punished = world.punished[i]
        world.state[i] = seen_by(world.influence[i], loudness, punished, graph.bridge[i])
        radicals += world.action[i] == RADICAL
    world.radicals = radicals


def feel(world, graph, sums, first, last):
    """The influence on some citizens, as differences of a running sum over their links.

    So no branch depends on how many links each has, which a processor guesses wrong. Masks tell
    the compiler that no index is negative: a step's 0.6 µs were 1.3.
    """
    begin = graph.row[first] & MASK
    end = graph.row[last] & MASK
    if end - begin >= len(sums):
        for i in range(first, last):
            world.influence[i] = influence_on(world, graph, i)
        return
    total = 0
    for link in range(begin, end):
        sums[(link - begin) & MASK] = total
        total += graph.weight[link & MASK] * world.action[graph.source[link & MASK] & MASK]
    sums[(end - begin) & MASK] = total
    for i in range(first, last):
        after = sums[(graph.row[i + 1] - begin) & MASK]
        world.influence[i] = after - sums[(graph.row[i] - begin) & MASK]


def influence_on(world, graph, i):
    """What the neighbours' actions add up to, in 1/UNIT."""
    total = 0
    for link in range(graph.row[i] & MASK, graph.row[i + 1] & MASK):
        total += graph.weight[link & MASK] * world.action[graph.source[link & MASK] & MASK]
    return total


def seen_by(influence, loudness, punished, bridge):
    """A citizen's published observation as one number, 0 to 35."""
    crowd = (influence >= FEW) + (influence >= MANY)
    return ((crowd * 3 + loudness) * 2 + punished) * 2 + bridge


def pressure_of(force, slope, alarm, threshold):
    """Chance of punishment before detectability, in 2**-16, at most just under 4."""
    chance = force * sigmoid(slope * (alarm - threshold))
    return min(math.floor(chance * 65536.0), MOST_PRESSURE)


# --- draws: of a world, a step and a citizen, in any order ---------------------------------------


def again(z):
    """Half a round more of `mix`."""
    z = z ^ (z >> 16)
    z = (z * 0x21F0AAAD) & MASK
    return z ^ (z >> 15)


def citizen_draw(low, high, i):
    """A citizen's 32-bit draw from a step's two keys."""
    return again(mix(low ^ i) ^ high)


def step_key(world, step):
    """A step's first key; the second is `mix2(world.key[1], first)`."""
    return mix2(world.key[0], step)


# --- a step -------------------------------------------------------------------------------------


def punish(world, i, pressure, z):
    """Whether a draw means punishment: 30 bits against pressure times detectability."""
    return 1 if (z >> 2) < pressure * world.detectability[i] else 0


def choose(world, shared, i, z):
    """The action of a citizen who decides alone, by its state before the step."""
    kind = world.kind[i]
    state = world.state[i]
    if kind == REACTIVE:
        return react(state, z)
    if kind == FIXED:
        return LEFT if z < FIXED_LEFT else MIDDLE if z < FIXED_MIDDLE else RADICAL
    if z < shared.explore_below:
        return (again(z) * 3) >> 32
    return greedy(world, i, state, again(z))


def react(state, z):
    """The published heuristic: back off where punished or alarmed, else follow the crowd."""
    loudness = (state >> 2) % 3
    crowd = state // 12
    if (state >> 1) & 1 == 1 or loudness == 2:
        return LEFT
    if loudness == 1 or crowd == 1:
        return MIDDLE
    if crowd == 2:
        return RADICAL
    return LEFT if z < UNSURE_LEFT else MIDDLE if z < UNSURE_MIDDLE else RADICAL


def greedy(world, i, state, z):
    """The action of highest value; of equals, one by chance."""
    best = best_value(world, i, state)
    equal = 0
    for a in range(3):
        equal += world.values[i, state, a] == best
    nth = (z * equal) >> 32
    for a in range(3):
        if world.values[i, state, a] == best:
            if nth == 0:
                return a
            nth -= 1
    return RADICAL


def best_value(world, i, state):
    """The highest value of a state."""
    best = world.values[i, state, 0]
    for a in range(1, 3):
        best = max(best, world.values[i, state, a])
    return best


def live(world, shared, step, pressure):
    """All citizens act at once and are punished; their alarm goes into the ring."""
    low = step_key(world, step)
    high = mix2(world.key[1], low)
    total = 0
    for i in range(len(world.action)):
        z = citizen_draw(low, high, i)
        action = choose(world, shared, i, again(z))
        world.action[i] = action
        world.punished[i] = punish(world, i, pressure, z)
        total += world.detectability[i] * action
    raise_alarm(world, step, total)


def raise_alarm(world, step, total):
    """Put the alarm of this step's actions into the ring; a shock is added to what is heard."""
    if world.shock_left > 0:
        world.shock_left -= 1
        total = max(0, total + world.shock * len(world.action) * UNIT // 1000)
    world.alarms[(step + 1) % RING] = total


def settle(world, shared, alarm):
    """What follows from everybody's action, with the alarm that the next step will read."""
    watch(world, graph_of(world, shared), alarm)


def settle_and_learn(world, shared, alarm):
    """Replaces `settle` where citizens learn: Q-learning (Watkins, 1989) on the published state."""
    graph = graph_of(world, shared)
    loudness = alarm_bucket(alarm)
    radicals = 0
    for i in range(len(world.action)):
        influence = influence_on(world, graph, i)
        state = seen_by(influence, loudness, world.punished[i], graph.bridge[i])
        if world.kind[i] == LEARNING:
            learn(world, shared, i, state, reward_of(world, shared, i, influence))
        world.influence[i] = influence
        world.state[i] = state
        radicals += world.action[i] == RADICAL
    world.radicals = radicals


def learn(world, shared, i, state, reward):
    """One update of a citizen's values, on the way from its last state to this one."""
    best = best_value(world, i, state)
    before = world.state[i]
    action = world.action[i]
    value = world.values[i, before, action]
    error = (reward + shared.discount * best) - value
    world.values[i, before, action] = value + shared.learning_rate * error


def reward_of(world, shared, i, influence):
    """A citizen's reward: benefit, support by neighbours, less the cost of punishment."""
    action = world.action[i]
    benefit = 1.0 if action == LEFT else MIDDLE_BENEFIT if action == MIDDLE else RADICAL_BENEFIT
    price = 0.0 if action == LEFT else MIDDLE_COST if action == MIDDLE else RADICAL_COST
    reward = (world.charisma[i] / float(UNIT)) * benefit
    reward = reward + (shared.coupling * (influence / float(UNIT))) * action
    # Whole or nothing: 0.0 taken away leaves every bit as it is.
    return reward - (world.cost[i] / float(UNIT)) * price * world.punished[i]


def clear_values(world, i):
    """Forget all values of a citizen."""
    for state in range(STATES):
        for action in range(3):
            world.values[i, state, action] = 0.0
