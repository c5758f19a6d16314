"""Who lives in delayed_repression_v0: a whole population at once, in numpy.

Observations are the published ones, int (citizens, 4), or the scalar ones, int (citizens,), as
arrays (`step_array`, and the joint world of Gymnasium) or as PettingZoo's dictionaries; actions
come back in the same form. The rules are those of the published code (Itkin, arXiv 2605.30392).

    citizens = LearningCitizens(seed=0)
    citizens.reset(env)
    actions = citizens.act(observations)
    observations, rewards, *_ = env.step(actions)
    citizens.learn(observations, rewards)
"""

from abc import ABC, abstractmethod
from typing import Any

import gymnasium
import numpy as np

from midcourse.core.errors import UserError

BUCKETS = (3, 3, 2, 2)  # influence, delayed alarm, punished, bridge
STATES = 36
LEFT, MIDDLE, RADICAL = range(3)


class Citizens(ABC):
    """A population; subclasses write `choose`, and `update` if they learn.

    Args:
        seed: of all their draws.
    """

    def __init__(self, seed: int = 0):
        self.generator = np.random.default_rng(seed)
        self.names: list[str] = []

    def reset(self, env: Any) -> None:
        """An episode has begun; remember the agents' order, where they have names.

        Raises:
            UserError: a single agent's world.
        """
        family = getattr(getattr(env, "unwrapped", None), "FAMILY", None)
        if family and not isinstance(env.observation_space, gymnasium.spaces.Box):
            raise UserError(
                f"citizens play midcourse/DelayedRepressionCitizens-v0; {family.id} has none"
            )
        self.names = list(getattr(env, "possible_agents", ()))

    def act(self, observations: Any, info: Any = None) -> Any:
        """L, M or R of each citizen: int64 (citizens,), or a dictionary where one was given."""
        actions = self.choose(states(self._rows(observations)))
        if isinstance(observations, dict):
            return dict(zip(self.names, actions.tolist(), strict=True))
        return actions

    def learn(self, observations: Any, rewards: Any) -> None:
        """What came of the last actions: the next observations, and each citizen's reward."""
        rows, rewards = self._rows(observations), np.asarray(self._rows(rewards), np.float64)
        self.update(states(rows), rewards)

    @abstractmethod
    def choose(self, state: np.ndarray) -> np.ndarray:
        """Actions, int64 (citizens,), in states 0 to 35."""

    def update(self, state: np.ndarray, reward: np.ndarray) -> None:  # noqa: B027
        """Most learn nothing."""

    def _rows(self, values: Any) -> np.ndarray:
        """Row i is citizen i's."""
        if not isinstance(values, dict):
            return np.asarray(values)
        if not self.names:
            raise UserError("dictionaries are read in the order of env.possible_agents: reset(env)")
        return np.array([values[name] for name in self.names])


def states(observations: np.ndarray) -> np.ndarray:
    """((influence * 3 + alarm) * 2 + punished) * 2 + bridge, int64 (citizens,).

    Raises:
        UserError: observations of another kind.
    """
    whole = np.issubdtype(observations.dtype, np.integer)
    if whole and observations.ndim == 1:
        return observations.astype(np.int64)
    if whole and observations.ndim == 2 and observations.shape[1] == len(BUCKETS):
        crowd, loudness, punished, bridge = observations.T.astype(np.int64)
        return ((crowd * 3 + loudness) * 2 + punished) * 2 + bridge
    raise UserError(
        f"these citizens read observation='published' or 'scalar', not {observations.dtype} of "
        f"shape {observations.shape}"
    )


class FixedCitizens(Citizens):
    """L, M, R with chances .65, .27, .08, whatever happens."""

    def choose(self, state: np.ndarray) -> np.ndarray:
        """Drawn anew at every step."""
        return np.searchsorted((0.65, 0.92), self.generator.random(len(state)), side="right")


class ReactiveCitizens(Citizens):
    """Back off where punished or alarmed, else follow the crowd.

    L if punished or the alarm is loud; else M if it is raised; else R, M by a strong or a felt
    influence, and without one L, M, R with chances .30, .55, .15.
    """

    def choose(self, state: np.ndarray) -> np.ndarray:
        """By the table; draws only for those whom nobody influences."""
        unsure = np.searchsorted((0.30, 0.85), self.generator.random(len(state)), side="right")
        crowd, loudness = state // 12, (state >> 2) % 3
        follow = np.where(crowd == 0, unsure, crowd)
        heed = np.where(loudness == 0, follow, np.where(loudness == 1, MIDDLE, LEFT))
        return np.where((state >> 1) & 1 == 1, LEFT, heed)


class LearningCitizens(Citizens):
    """Tabular Q-learning (Watkins and Dayan, 1992), one table for each citizen.

    `values`, float64 (citizens, 36, 3), begin at zero and last from one episode to the next;
    `forget()` clears them.

    Args:
        seed: of all their draws.
        learning_rate: alpha.
        discount: gamma.
        exploration: epsilon, chance of an action drawn from all three.
    """

    def __init__(
        self,
        seed: int = 0,
        learning_rate: float = 0.10,
        discount: float = 0.95,
        exploration: float = 0.08,
    ):
        super().__init__(seed)
        self.learning_rate, self.discount = learning_rate, discount
        self.exploration = exploration
        self.forget()

    def forget(self) -> None:
        """Clear all values."""
        self.values = np.zeros((0, STATES, 3))
        self.every = self.state = self.action = np.zeros(0, np.int64)

    def choose(self, state: np.ndarray) -> np.ndarray:
        """Greedy but for the exploration; of equal values, one by chance."""
        n = len(state)
        if len(self.values) != n:
            self.values, self.every = np.zeros((n, STATES, 3)), np.arange(n)
        values = self.values[self.every, state]
        chance = self.generator.random((n, 3))
        chance[values < values.max(1, keepdims=True)] = -1.0
        explore = self.generator.random(n) < self.exploration
        anything = self.generator.integers(3, size=n)
        self.state, self.action = state, np.where(explore, anything, chance.argmax(1))
        return self.action

    def update(self, state: np.ndarray, reward: np.ndarray) -> None:
        """Q(s, a) += alpha (r + gamma max_b Q(s', b) - Q(s, a)) of every citizen at once."""
        if len(self.action) != len(state):
            raise UserError("learn() follows act(): these citizens have not acted yet")
        ahead = self.values[self.every, state].max(1)
        at = (self.every, self.state, self.action)
        self.values[at] += self.learning_rate * (reward + self.discount * ahead - self.values[at])
