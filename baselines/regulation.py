"""Playing regulators on a batch of tasks, and what is measured of them."""

import dataclasses
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.agents.regulators import FORCES, IDLE, SHIFTS, SMOOTHINGS

Rule = Callable[[dict[str, np.ndarray]], np.ndarray]  # observations -> levers, int (n, 3)


@dataclasses.dataclass(frozen=True)
class Score:
    """What came of each task, float64 (tasks,)."""

    reward: np.ndarray  # per step, as published: -x_R - .1 u
    own: np.ndarray  # per step, the world's own
    success: np.ndarray  # 1 or 0
    share: np.ndarray  # of radicals, mean over the last half, as are the next two
    amplitude: np.ndarray  # half the range of the share
    force: np.ndarray

    def rows(self) -> dict[str, list[float]]:
        """In JSON's types."""
        return {k: [round(float(x), 7) for x in v] for k, v in vars(self).items()}


class Desk:
    """A batch of tasks that every rule plays from the same beginning.

    Task i of the split, or i modulo the number of its tasks, in world i.

    Args:
        env: id of the environment.
        tasks: how many.
        seed: of the worlds.
        knobs: of the environment.
    """

    def __init__(self, env: str, tasks: int, seed: int, **knobs: Any):
        options = {"autoreset_mode": "Disabled", "masks": False, "reward_terms": False}
        self.vector: Any = gymnasium.make_vec(env, tasks, **options, **knobs)
        self.takes_force = knobs.get("levers") == "force"
        count = self.vector.program.task_counts[knobs.get("split", "train")] or tasks
        which = [i % count for i in range(tasks)]
        self.first, _ = self.vector.reset(seed=seed, options={"task": which})
        self.beginning = self.vector.worlds.copy()

    def play(self, rule: Rule) -> Score:
        """One episode of each task."""
        vector = self.vector
        vector.worlds[:] = self.beginning
        seen, over, info = self.first, False, {}
        rewards, shares, forces = [], [], []
        while not over:
            levers = rule(seen)
            seen, reward, _, truncated, info = vector.step(
                levers[:, 0] if self.takes_force else levers
            )
            rewards.append(reward)
            shares.append(seen["radical_share"][:, 0].astype(np.float64))
            forces.append(np.array(FORCES)[levers[:, 0]])
            over = bool(truncated.all())
        share, force = np.array(shares), np.array(forces)
        half = len(share) // 2
        return Score(
            reward=(-share - 0.1 * force).mean(0),
            own=np.mean(rewards, 0),
            success=info["success"].astype(np.float64),
            share=share[half:].mean(0),
            amplitude=(share[half:].max(0) - share[half:].min(0)) / 2.0,
            force=force[half:].mean(0),
        )

    # --- floors and the reference ---------------------------------------------------------------

    def idle(self, seen: dict[str, np.ndarray]) -> np.ndarray:
        """Do nothing."""
        return np.tile(IDLE, (self.vector.num_envs, 1))

    def chance(self, seed: int = 0) -> Rule:
        """Every lever anywhere, anew at each step."""
        generator = np.random.default_rng(seed)
        sizes = (len(FORCES), len(SMOOTHINGS), len(SHIFTS))
        return lambda seen: generator.integers(sizes, size=(self.vector.num_envs, 3))

    def reference(self, seen: dict[str, np.ndarray]) -> np.ndarray:
        """The world's reference controller, which reads the record."""
        n = self.vector.num_envs
        if not self.takes_force:
            return np.array([self.vector.oracle_action(i) for i in range(n)])
        levers = self.idle(seen)
        levers[:, 0] = [self.vector.oracle_action(i) for i in range(n)]
        return levers


def policy_rule(policy: Any, levers: str) -> Rule:
    """A policy of SB3's as a rule: its likeliest action."""

    def rule(seen: dict[str, np.ndarray]) -> np.ndarray:
        action, _ = policy.predict(seen, deterministic=True)
        if levers != "force":
            return action
        return np.column_stack([action, *(np.full(len(action), i) for i in IDLE[1:])])

    return rule
