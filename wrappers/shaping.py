"""Potential-based shaping by the exact oracle."""

from numbers import Real
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper

from midcourse.core.errors import UserError
from midcourse.wrappers.base import Wrapper


class OracleShaping(Wrapper):
    """Adds F = gamma * Phi(s') - Phi(s) to the reward, with Phi(s) = -scale * cost-to-go(s).

    Ng, Harada and Russell, "Policy invariance under reward transformations" (ICML 1999), theorem
    1: with the gamma that the agent discounts by, no such F changes which policies are optimal.
    For that, Phi is 0 in every state in which an episode terminates. At the step limit the
    episode is only cut, and Phi keeps its value there. Where there is no way to the goal, the
    cost counts as the step limit. A disturbance moves Phi like any other part of the transition.

    The shaping is a term of its own in info["reward_terms"]["shaping"] (the knob `reward_terms`
    permitting); success is untouched. It reads the oracle, so it is for training only, and it
    costs an oracle call at every step.

    Args:
        env: with an exact oracle.
        gamma: the agent's discount, in (0, 1].
        scale: reward for one step towards the goal, positive.

    Raises:
        UserError: an oracle that is not exact, or gamma or scale out of range.
    """

    SETTINGS = ("gamma", "scale")

    def __init__(self, env: gymnasium.Env, gamma: float = 0.99, scale: float = 0.1):
        super().__init__(env)
        self.gamma, self.scale = _settings(self.root.FAMILY, gamma, scale)
        self._potential = 0.0

    def begin(self, observation: Any, info: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """An episode's first observation; nothing is added yet."""
        self._potential = self.potential()
        _add(info, 0.0)
        return observation, info

    def answer(
        self,
        observation: Any,
        reward: float,
        terminated: bool,
        truncated: bool,
        info: dict[str, Any],
    ) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """A step's outcome with the shaping added to its reward."""
        before = self._potential
        self._potential = 0.0 if terminated else self.potential()
        shaping = self.gamma * self._potential - before
        _add(info, shaping)
        return observation, reward + shaping, terminated, truncated, info

    def potential(self) -> float:
        """Phi of the state at hand, which has not terminated."""
        return _potential(self.root, self.scale)

    def restore(self, snapshot: bytes) -> tuple[Any, dict[str, Any]]:
        """Go to a snapshot's state."""
        observation, info = super().restore(snapshot)
        _add(info, 0.0)
        return observation, info

    def _state(self) -> float:
        return self._potential

    def _set_state(self, state: float) -> None:
        self._potential = state


class OracleShapingVector(VectorWrapper):
    """`OracleShaping` for a native vector: the same rewards, world by world.

    `SB3VecEnv` takes it in the vector's place. The terms in infos are left as they are.

    Args:
        env: a native vector with an exact oracle, in autoreset mode SAME_STEP.
        gamma: as of `OracleShaping`.
        scale: as of `OracleShaping`.

    Raises:
        UserError: not a native vector, another autoreset mode, or as `OracleShaping`.
    """

    def __init__(self, env: VectorEnv, gamma: float = 0.99, scale: float = 0.1):
        if not isinstance(env, VectorEnv) or not hasattr(env, "program"):
            raise UserError(
                f"OracleShapingVector wraps a native vector of midcourse, not a "
                f"{type(env).__name__}"
            )
        super().__init__(env)
        self.worlds_of: Any = env
        if env.metadata.get("autoreset_mode") is not AutoresetMode.SAME_STEP:
            raise UserError("OracleShapingVector needs autoreset_mode='SameStep'")
        self.gamma, self.scale = _settings(self.worlds_of.program.family, gamma, scale)
        self._potentials = np.zeros(env.num_envs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "worlds_of":
            raise AttributeError(name)
        return getattr(self.worlds_of, name)

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        """Begin episodes; nothing is added yet."""
        outcome = self.env.reset(seed=seed, options=options)
        self._potentials = self.potentials()
        return outcome

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Take one action in every world; the shaping is added to the rewards."""
        worlds, before = self.worlds_of.worlds, self._potentials
        last = np.flatnonzero(worlds["clock"] == worlds["limit"] - 1)
        twins = {int(i): self.worlds_of.single(int(i)) for i in last}  # where an episode is cut
        observation, rewards, terminated, truncated, infos = self.env.step(actions)
        self._potentials = self.potentials()
        after = np.where(terminated, 0.0, self._potentials)
        for i in np.flatnonzero(truncated & ~terminated):
            twins[int(i)].step(actions[i])
            after[i] = _potential(twins[int(i)], self.scale)
        return observation, rewards + self.gamma * after - before, terminated, truncated, infos

    def potentials(self) -> np.ndarray:
        """Phi of every world as it stands."""
        vector = self.worlds_of
        costs = [vector.cost_to_go(i) for i in range(self.num_envs)]
        limit = vector.params.step_limit
        return -self.scale * np.array([c if c >= 0 else limit for c in costs], np.float64)

    def fork(self, i: int, n: int) -> "OracleShapingVector":
        """A vector of n forks of world i, shaped alike."""
        twins = type(self)(self.worlds_of.fork(i, n), self.gamma, self.scale)
        twins._potentials = twins.potentials()
        return twins

    def restore(self, i: int, snapshot: bytes) -> None:
        """Put a snapshot's state into world i."""
        self.worlds_of.restore(i, snapshot)
        self._potentials = self.potentials()


def _settings(family: Any, gamma: float, scale: float) -> tuple[float, float]:
    """The checked gamma and scale."""
    if family.oracle != "exact":
        raise UserError(
            f"OracleShaping needs an exact oracle; that of {family.id} is {family.oracle!r}"
        )
    for name, value in (("gamma", gamma), ("scale", scale)):
        if not isinstance(value, Real):
            raise UserError(f"{name}={value!r} is no number")
    if not 0.0 < gamma <= 1.0:
        raise UserError(f"gamma={gamma!r} is out of range: it lies in (0, 1]")
    if not 0.0 < scale < float("inf"):
        raise UserError(f"scale={scale!r} is out of range: it is positive")
    return float(gamma), float(scale)


def _potential(world: Any, scale: float) -> float:
    """Phi of an environment's state, which has not terminated."""
    if world.world["truncated"]:
        world = world.fork()  # the oracle answers for running episodes
        world.world["truncated"], world.world["running"] = 0, 1
    cost = world.cost_to_go()
    return -scale * (cost if cost >= 0 else world.params.step_limit)


def _add(info: dict[str, Any], shaping: float) -> None:
    if "reward_terms" in info:
        info["reward_terms"] = {**info["reward_terms"], "shaping": shaping}
