"""How often an agent's choice is optimal: episodes played with one measure more than usual."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from midcourse.core.family import Refusal
from midcourse.evaluation.episode import play
from midcourse.evaluation.journal import Journal
from midcourse.evaluation.plan import Job, make_plan
from midcourse.evaluation.workers import Workers


class Optimal:
    """Watches an episode and counts the optimal actions.

    An action is optimal if it is the oracle's, or if the cost to go is one less after it. (Where a
    disturbance strikes right after an action, only the first tells.)
    """

    def __init__(self) -> None:
        self.taken = self.optimal = 0
        self.advised: Any = None
        self.cost = 0

    def __call__(
        self, env: gymnasium.Env, action: Any, info: Mapping[str, Any], reward: float
    ) -> None:
        """Look at the state after an action, or with the action None after a reset."""
        world: Any = env.unwrapped
        goes_on = bool(world.world["running"])
        cost = self.cost if world.world["terminated"] else cost_to_go(world)
        if action is not None:
            as_advised = not isinstance(action, Refusal) and np.array_equal(action, self.advised)
            self.taken += 1
            self.optimal += bool(as_advised or info["success"] or cost == self.cost - 1)
        if goes_on:
            self.cost, self.advised = cost, world.oracle_action()


def cost_to_go(world: Any) -> int:
    """The cost to go, also where the step limit has ended the episode."""
    twin = world.fork()
    twin.world["running"] = 1
    return twin.cost_to_go()


def play_counted(job: Job) -> tuple[dict[str, Any], float]:
    """Play one episode; its line also has `optimal_actions`, a share."""
    watch = Optimal()
    line, seconds = play(job, watch=watch)
    return {**line, "optimal_actions": watch.optimal / watch.taken}, seconds


def measure(
    env: str,
    agents: Sequence[str],
    knobs: Mapping[str, Any],
    tasks: int | None,
    folder: Path,
    workers: Workers,
) -> list[dict[str, Any]]:
    """The lines of an evaluation with `optimal_actions`; one that was killed goes on.

    Raises:
        UserError: as `evaluate` does.
    """
    plan = make_plan(env, tuple(agents), knobs, tasks, 1, 0, floors=False)
    with Journal(folder, plan.settings()) as journal:
        lines = list(journal.done)
        for line, seconds in workers.play(plan.jobs(len(lines)), play_counted):
            journal.append(line, seconds)
            lines.append(line)
    return lines
