"""Delayed repression as a user of Mesa 3 would write it: the peer of `benchmarks/population.py`.

The published model with reactive citizens, in plain Python: neighbours are cached as lists, one
step is two activations of all agents, for nobody may see an action before all have acted.
"""

import math
import random
from collections import deque
from itertools import pairwise
from typing import Any

from mesa import Agent, Model  # pyright: ignore[reportMissingImports]

BENEFITS, FINES = (1.0, 2.3, 3.0), (0.0, 2.0, 7.0)
COUPLING, SLOPE, THRESHOLD = 0.22, 10.0, 0.72


class Citizen(Agent):
    """Reads the delayed alarm and the neighbours, and backs off where punished or alarmed."""

    model: Any  # a Population

    def __init__(self, model, bridge):
        super().__init__(model)
        self.bridge = bridge
        self.influencers = []  # (citizen, weight of its influence)
        self.charisma = self.random.uniform(0.85, 1.25) + 0.2 * bridge
        self.cost = self.random.uniform(0.9, 1.5)
        self.detectability = min(1.0, self.random.uniform(0.45, 1.0) + 0.15 * bridge)
        z = self.random.random()
        self.action = 0 if z < 0.80 else 1 if z < 0.97 else 2
        self.punished = False
        self.influence = 0.0
        self.reward = 0.0

    def act(self):
        alarm, influence = self.model.heard, self.influence
        if self.punished or alarm >= 0.75:
            self.action = 0
        elif alarm >= 0.35:
            self.action = 1
        elif influence >= 5.0:
            self.action = 2
        elif influence >= 2.0:
            self.action = 1
        else:
            z = self.random.random()
            self.action = 0 if z < 0.30 else 1 if z < 0.85 else 2
        self.punished = self.random.random() < self.model.pressure * self.detectability

    def settle(self):
        action, influence = self.action, 0.0
        for other, weight in self.influencers:
            influence += weight * other.action
        self.influence = influence
        reward = self.charisma * BENEFITS[action] + COUPLING * influence * action
        if self.punished:
            reward -= self.cost * FINES[action]
        self.reward = reward


class Population(Model):
    """Citizens on a directed network; institutions hear the alarm `delay` + 1 steps late.

    Args:
        ties: undirected, pairs of numbers of citizens.
        communities: citizens are spread over them in runs.
        delay: in steps.
        seed: of everything that is drawn here.
        citizens: how many.
    """

    def __init__(self, ties, communities, delay, seed, citizens=240):
        super().__init__(seed=seed)
        bridges = most_between(ties, citizens, citizens * 12 // 100)
        self.delay = delay
        self.citizens: list[Any] = [Citizen(self, int(i in bridges)) for i in range(citizens)]
        for one, other in ties:
            inside = one * communities // citizens == other * communities // citizens
            for source, target in ((one, other), (other, one)):
                if self.random.random() < 0.75:
                    weight = self.random.uniform(*((0.7, 1.6) if inside else (0.5, 1.3)))
                    self.citizens[target].influencers.append((self.citizens[source], weight))
        for citizen in self.citizens:
            citizen.settle()
        self.heard = self.pressure = 0.0
        self.alarms = [self.alarm()]

    def alarm(self):
        return sum(c.detectability * c.action for c in self.citizens) / len(self.citizens)

    def radical_share(self):
        return sum(c.action == 2 for c in self.citizens) / len(self.citizens)

    def step(self):
        self.heard = self.alarms[max(0, len(self.alarms) - 1 - self.delay)]
        self.pressure = 1.0 / (1.0 + math.exp(-SLOPE * (self.heard - THRESHOLD)))
        self.agents.do("act")
        self.agents.do("settle")
        self.alarms.append(self.alarm())


def block_ties(n, communities, p_in, p_out, seed):
    """Undirected ties of the stochastic block network."""
    draw = random.Random(seed)
    bounds = [n * k // communities for k in range(communities + 1)]
    block = [k for k, (a, b) in enumerate(pairwise(bounds)) for _ in range(a, b)]
    return [
        (i, j)
        for i in range(n)
        for j in range(i + 1, n)
        if draw.random() < (p_in if block[i] == block[j] else p_out)
    ]


def most_between(ties, n, most):
    """Those through whom most shortest paths pass (Brandes, 2001)."""
    near = [[] for _ in range(n)]
    for one, other in ties:
        near[one].append(other)
        near[other].append(one)
    score = [0.0] * n
    for start in range(n):
        order, paths, distance = [], {start: 1}, {start: 0}
        waiting = deque([start])
        while waiting:
            i = waiting.popleft()
            order.append(i)
            for j in near[i]:
                if j not in distance:
                    distance[j], paths[j] = distance[i] + 1, 0
                    waiting.append(j)
                if distance[j] == distance[i] + 1:
                    paths[j] += paths[i]
        share = dict.fromkeys(order, 0.0)
        for j in reversed(order[1:]):
            for i in near[j]:
                if distance[i] == distance[j] - 1:
                    share[i] += paths[i] / paths[j] * (1.0 + share[j])
            score[j] += share[j]
    return set(sorted(range(n), key=lambda i: -score[i])[:most])
