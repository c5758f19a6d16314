"""Whether a population's record holds what an episode could have left there."""

from midcourse.envs.delayed_repression.population.dynamics import LOUDEST
from midcourse.envs.delayed_repression.population.state import (
    LONGEST_DELAY,
    RADICAL,
    RING,
    STATES,
    UNIT,
)

MOST_WEIGHT = 2 * UNIT


def population_in_range(world, shared, graph):
    """Whether every index and constant is in range."""
    n = len(world.action)
    good = world.delay >= 0 and world.delay <= LONGEST_DELAY
    good = good and world.shock_left >= 0 and world.shock_left <= 1000
    good = good and world.shock >= -1000 and world.shock <= 1000
    good = good and world.radicals >= 0 and world.radicals <= n
    for i in range(n):
        good = good and world.action[i] >= 0 and world.action[i] <= RADICAL
        good = good and (world.punished[i] == 0 or world.punished[i] == 1)
        good = good and world.state[i] >= 0 and world.state[i] < STATES
        good = good and world.detectability[i] >= 0 and world.detectability[i] <= UNIT
        good = good and world.charisma[i] >= 0 and world.cost[i] >= 0
        good = good and world.influence[i] >= 0
    most = LOUDEST * n * UNIT
    for i in range(RING):
        good = good and world.alarms[i] >= 0 and world.alarms[i] <= most
    return good and graph_in_range(graph)


def graph_in_range(graph):
    """Whether rows are in order and every link comes from a citizen."""
    n = len(graph.bridge)
    if graph.row[0] != 0 or graph.row[n] > len(graph.source):
        return False
    good = True
    for i in range(n):
        good = good and graph.row[i] <= graph.row[i + 1]
        good = good and (graph.bridge[i] == 0 or graph.bridge[i] == 1)
    for link in range(len(graph.source)):
        good = good and graph.source[link] >= 0 and graph.source[link] < n
        good = good and graph.weight[link] >= 0 and graph.weight[link] <= MOST_WEIGHT
    return good
