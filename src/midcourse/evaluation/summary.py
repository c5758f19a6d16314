"""From episodes to the numbers of a table: a mean and an interval for each measure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from midcourse.evaluation.statistics import interval, pass_at_k, pass_hat_k, share

# field of a line -> heading; each is averaged within a task, then over tasks
COLUMNS = {
    "success": "success",
    "success_disturbed": "success when disturbed",
    "progress": "progress",
    "efficiency": "efficiency",
    "regret": "regret",
    "steps_to_recover": "steps to recover",
    "stale_actions": "stale actions",
    "invalid_actions": "invalid actions",
    "steps": "steps",
    "return": "return",
    "tokens_in": "tokens in",
    "tokens_out": "tokens out",
    "cost": "cost",
    "seconds": "seconds",
}
SHARES = ("success", "success_disturbed")
PASS_K = (1, 5)
LARGE = 100.0  # numbers from here on are told without digits after the point
SMALL = 0.01  # numbers below are told to two digits, whatever their size


@dataclass(frozen=True)
class Estimate:
    """A mean over tasks and its 95 % interval; NaN where the measure is not defined."""

    mean: float
    low: float
    high: float

    @property
    def is_defined(self) -> bool:
        """Whether any task has the measure."""
        return not isnan(self.mean)

    def __str__(self) -> str:
        if not self.is_defined:
            return "-"
        return f"{self.told(self.mean)}\n{self.told(self.low)} to {self.told(self.high)}"

    def told(self, value: float) -> str:
        """One of the three numbers: to two digits, or whole where they are large."""
        largest = max(abs(self.low), abs(self.high))
        if 0 < largest < SMALL:
            return f"{value:.2g}"
        return f"{value:.0f}" if largest >= LARGE else f"{value:.2f}"


@dataclass(frozen=True)
class Row:
    """One agent's numbers in one setting."""

    agent: str
    episodes: int
    tasks: int
    estimates: Mapping[str, Estimate]
    pass_at: Mapping[int, float]  # at least one of k runs succeeds
    pass_hat: Mapping[int, float]  # all k succeed


def summarise(lines: Iterable[Mapping[str, Any]]) -> list[Row]:
    """One row for each agent, in the order of their first episodes."""
    by_agent: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        by_agent.setdefault(line["agent"], []).append(line)
    return [_row(agent, episodes) for agent, episodes in by_agent.items()]


def _row(agent: str, lines: Sequence[Mapping[str, Any]]) -> Row:
    tasks: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        tasks.setdefault(json.dumps(line["task"], sort_keys=True), []).append(line)
    estimates = {
        column: Estimate(
            *(share if column in SHARES else interval)(
                [_mean(runs, column) for runs in tasks.values()]
            )
        )
        for column in COLUMNS
    }
    outcomes = [(sum(bool(run["success"]) for run in runs), len(runs)) for runs in tasks.values()]
    fewest = min(runs for _, runs in outcomes) if estimates["success"].is_defined else 0
    ks = [k for k in PASS_K if k <= fewest]
    return Row(
        agent,
        len(lines),
        len(tasks),
        estimates,
        {k: pass_at_k(outcomes, k) for k in ks},
        {k: pass_hat_k(outcomes, k) for k in ks},
    )


def _mean(runs: Sequence[Mapping[str, Any]], column: str) -> float:
    values = [float(run[column]) for run in runs if run.get(column) is not None]
    return sum(values) / len(values) if values else nan


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows in JSON's types; null where a measure is not defined."""
    return [
        {
            "agent": row.agent,
            "episodes": row.episodes,
            "tasks": row.tasks,
            **{
                column: None if not e.is_defined else [e.mean, e.low, e.high]
                for column, e in row.estimates.items()
            },
            "pass_at": {str(k): value for k, value in row.pass_at.items()},
            "pass_hat": {str(k): value for k, value in row.pass_hat.items()},
        }
        for row in rows
    ]
