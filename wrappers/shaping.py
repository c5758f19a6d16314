"""Potential-based shaping by the exact oracle."""

from typing import Any

import gymnasium

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
        family = self.root.FAMILY
        if family.oracle != "exact":
            raise UserError(
                f"OracleShaping needs an exact oracle; that of {family.id} is {family.oracle!r}"
            )
        if not 0.0 < gamma <= 1.0:
            raise UserError(f"gamma={gamma!r} is out of range: it lies in (0, 1]")
        if not 0.0 < scale < float("inf"):
            raise UserError(f"scale={scale!r} is out of range: it is positive")
        self.gamma, self.scale = float(gamma), float(scale)
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
        world = self.root
        if world.world["truncated"]:
            world = world.fork()  # the oracle answers for running episodes
            world.world["truncated"], world.world["running"] = 0, 1
        cost = world.cost_to_go()
        return -self.scale * (cost if cost >= 0 else world.params.step_limit)

    def restore(self, snapshot: bytes) -> tuple[Any, dict[str, Any]]:
        """Go to a snapshot's state."""
        observation, info = super().restore(snapshot)
        _add(info, 0.0)
        return observation, info

    def _state(self) -> float:
        return self._potential

    def _set_state(self, state: float) -> None:
        self._potential = state


def _add(info: dict[str, Any], shaping: float) -> None:
    if "reward_terms" in info:
        info["reward_terms"] = {**info["reward_terms"], "shaping": shaping}
