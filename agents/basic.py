"""The floors and the ceiling: random, do-nothing, oracle."""

from typing import Any

import gymnasium
import numpy as np


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


class Oracle(DoNothing):
    """A cheapest way to the goal, from privileged knowledge of the whole state."""

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """An action that begins a cheapest way."""
        return self.env.oracle_action()
