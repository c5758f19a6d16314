"""What citizens see: as published, as one number, or in richer measures; one row for each."""

import numpy as np
from gymnasium import spaces

from midcourse.core.engine.rng import MASK
from midcourse.core.family import View
from midcourse.envs.delayed_repression.citizens.state import CitizensParams
from midcourse.envs.delayed_repression.population.dynamics import (
    LOUDEST,
    delayed_alarm,
)
from midcourse.envs.delayed_repression.population.graph import graph_of
from midcourse.envs.delayed_repression.population.state import (
    ACTIONS,
    RADICAL,
    RING,
    STATES,
    UNIT,
)

BUCKETS = [3, 3, 2, 2]  # influence, delayed alarm, punished, bridge
HISTORY = 4  # delayed alarms of steps before that are observed in measures
MOST_INFLUENCE = 16 * UNIT  # more is seen as this
MEASURES = (
    "influence",
    "delayed_alarm",
    *(f"delayed_alarm_{back + 1}_ago" for back in range(HISTORY)),
    "last_action",
    "punished",
    "bridge",
    "charisma",
    "cost",
    "detectability",
    "radical_neighbours",
    "steps_left",
)
WIDTH = len(MEASURES)
OWN = 2 + HISTORY  # index of the first measure after the alarms


def action_space(params: CitizensParams) -> spaces.Space:
    """L, M or R of each citizen."""
    return spaces.MultiDiscrete([len(ACTIONS)] * params.citizens)


def published(params: CitizensParams) -> View:
    """Influence bucket, alarm bucket, punished, bridge of each citizen."""
    n = params.citizens
    space = spaces.MultiDiscrete(np.tile(BUCKETS, (n, 1)))
    return View(space, _frame(np.int64, (n, len(BUCKETS))), observe_published)


def scalar(params: CitizensParams) -> View:
    """The same as one number, 0 to 35, of each citizen."""
    n = params.citizens
    space = spaces.MultiDiscrete([STATES] * n)
    return View(space, _frame(np.int64, (n,)), observe_scalar)


def rich(params: CitizensParams) -> View:
    """MEASURES of each citizen, in [0, 1]."""
    shape = (params.citizens, WIDTH)
    return View(spaces.Box(0.0, 1.0, shape, np.float32), _frame(np.float32, shape), observe_rich)


VIEWS = {"published": published, "scalar": scalar, "rich": rich}


def _frame(kind: type, shape: tuple[int, ...]) -> np.dtype:
    return np.dtype([("observation", kind, shape)], align=True)


def observe_published(world, shared, frame):
    """Write the buckets."""
    for i in range(len(world.state)):
        state = world.state[i]
        crowd = ((state >> 2) * 11) >> 5  # a third, for 0 to 8
        frame.observation[i, 0] = crowd
        frame.observation[i, 1] = (state >> 2) - 3 * crowd
        frame.observation[i, 2] = (state >> 1) & 1
        frame.observation[i, 3] = state & 1


def observe_scalar(world, shared, frame):
    """Write ((influence * 3 + alarm) * 2 + punished) * 2 + bridge."""
    for i in range(len(world.state)):
        frame.observation[i] = world.state[i]


def observe_rich(world, shared, frame):
    """Write the measures, in the order of MEASURES."""
    graph = graph_of(world, shared)
    now = world.step
    left = (world.limit - world.clock) / world.limit
    for i in range(len(world.state)):
        frame.observation[i, 0] = min(1.0, world.influence[i] / float(MOST_INFLUENCE))
        for back in range(HISTORY + 1):
            # A delay of more than RING - HISTORY steps reaches back to alarms that are gone.
            at = now - min(back, RING - 1 - world.delay)
            frame.observation[i, 1 + back] = min(1.0, max(0.0, delayed_alarm(world, at) / LOUDEST))
        frame.observation[i, OWN] = world.action[i] / 2.0
        frame.observation[i, OWN + 1] = world.punished[i]
        frame.observation[i, OWN + 2] = graph.bridge[i]
        frame.observation[i, OWN + 3] = world.charisma[i] / (2.0 * UNIT)
        frame.observation[i, OWN + 4] = world.cost[i] / (2.0 * UNIT)
        frame.observation[i, OWN + 5] = world.detectability[i] / float(UNIT)
        frame.observation[i, OWN + 6] = radical_share(world, graph, i)
        frame.observation[i, OWN + 7] = left


def radical_share(world, graph, i):
    """Share of radicals among those who influence a citizen; 0 where nobody does."""
    radicals = 0
    first = graph.row[i]
    last = graph.row[i + 1]
    for link in range(first & MASK, last & MASK):
        radicals += world.action[graph.source[link & MASK] & MASK] == RADICAL
    return radicals / max(1.0, float(last - first))


def legal(action, shared):
    """Whether an action lies in the action space."""
    wrong = 0
    for i in range(len(action)):
        wrong += (action[i] < 0) + (action[i] >= len(ACTIONS))
    return wrong == 0
