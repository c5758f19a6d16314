"""The floors and the ceiling: random, do-nothing, cannot-be-done, oracle."""

from typing import Any

import gymnasium
import numpy as np

from midcourse.core.errors import UserError


class Random:
    """Uniform over the legal actions."""

    def __init__(self, seed: int):
        self.generator = np.random.default_rng(seed)

    def reset(self, env: gymnasium.Env) -> None:
        """Remember the action space."""
        self.space = env.action_space

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """A legal action; where no mask is shown, any action."""
        mask = info.get("action_mask")
        if isinstance(self.space, gymnasium.spaces.Discrete) and mask is not None:
            legal = np.flatnonzero(mask)
            return int(legal[self.generator.integers(len(legal))])
        self.space.seed(int(self.generator.integers(2**31)))
        if isinstance(self.space, gymnasium.spaces.MultiDiscrete) and mask is not None:
            parts = np.split(mask, np.cumsum(self.space.nvec)[:-1])
            return self.space.sample(mask=tuple(parts))
        return self.space.sample()


class DoNothing:
    """Whatever the family declares to be nothing."""

    def __init__(self, seed: int):
        self.env: Any = None

    def reset(self, env: gymnasium.Env) -> None:
        """Remember the world."""
        self.env = env.unwrapped

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """The idle action."""
        return self.env.idle_action()


class CannotBeDone(DoNothing):
    """Says at once that nothing can be done, for the first reason that a page offers.

    That is right of the few tasks which cannot be done for that reason, and of no other.
    """

    def reset(self, env: gymnasium.Env) -> None:
        """Remember the world.

        Raises:
            UserError: a world without pages, or whose pages offer no reason.
        """
        super().reset(env)
        if not self.env.page().reasons:
            raise UserError(
                f"cannot-be-done is for worlds whose pages offer reasons; "
                f"{self.env.FAMILY.id} offers none"
            )

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """Stop, with the reason."""
        return self.env.parse(f"stop [{self.env.page().reasons[0]}]")


class Oracle(DoNothing):
    """A cheapest way to the goal, from privileged knowledge of the whole state."""

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """An action that begins a cheapest way."""
        return self.env.oracle_action()
