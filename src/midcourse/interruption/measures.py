"""The measures of the interrupt suite, of one agent on one set.

**SR@n**: the share of tasks solved within n actions after the last message. **Actions after**: the
actions after it, a failure counting as 30. **Against the full goal**: these less the actions of the
same agent on the same task when all messages come before its first action, a failure counting as 30
there too; also by whether it succeeds without and with interruption.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from midcourse.evaluation import statistics
from midcourse.evaluation.statistics import interval
from midcourse.evaluation.summary import Estimate

FAILED = 30  # actions that a failure counts as, and the last n of SR@n
WITHIN = range(1, FAILED + 1)
# (without interruption, with it)
BUCKETS = {
    "solved, solved": (True, True),
    "solved, failed": (True, False),
    "failed, solved": (False, True),
    "failed, failed": (False, False),
}
HEADINGS = {
    "success": "success",
    "sr@5": "SR@5",
    "sr@10": "SR@10",
    "full_success": "success, full goal",
    "actions_after": "actions after",
    "against_full": "less those on the full goal",
    "steps_to_recover": "steps to recover",
    "stale_actions": "stale actions",
    "damage": "damage left",
}


@dataclass(frozen=True)
class SetRow:
    """One agent's numbers on one set."""

    set: str
    agent: str
    tasks: int
    estimates: Mapping[str, Estimate]  # by HEADINGS
    curve: Sequence[float]  # SR@1 to SR@30
    buckets: Mapping[str, tuple[int, float]]  # by BUCKETS: tasks, mean against the full goal


def summarise(lines: Iterable[Mapping[str, Any]]) -> list[SetRow]:
    """One row for each agent and set, by set, in the order of the lines."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for line in lines:
        groups.setdefault((line["set"], line["agent"]), []).append(line)
    sets = list(dict.fromkeys(name for name, _ in groups))
    ordered = sorted(groups, key=lambda key: sets.index(key[0]))
    return [_row(*key, groups[key]) for key in ordered]


def _row(name: str, agent: str, lines: Sequence[Mapping[str, Any]]) -> SetRow:
    count = len(lines)
    estimates = {
        "success": share([line["success"] for line in lines]),
        **{f"sr@{n}": share([within(line, n) for line in lines]) for n in (5, 10)},
        "full_success": share([line["full"]["success"] for line in lines]),
        "actions_after": mean([actions_after(line) for line in lines]),
        "against_full": mean([against_full(line) for line in lines]),
    }
    for column in ("steps_to_recover", "stale_actions", "damage"):
        estimates[column] = mean([nan if line[column] is None else line[column] for line in lines])
    curve = [sum(within(line, n) for line in lines) / count for n in WITHIN]
    return SetRow(name, agent, count, estimates, curve, buckets(lines))


def within(line: Mapping[str, Any], n: int) -> bool:
    """Whether a task was solved within n actions after the last message."""
    return line["success"] and line["actions_after"] <= n


def actions_after(line: Mapping[str, Any]) -> int:
    """Actions after the last message; 30 for a failure."""
    return line["actions_after"] if line["success"] else FAILED


def against_full(line: Mapping[str, Any]) -> int:
    """Actions after the last message, less those of the run on the full goal."""
    full = line["full"]
    return actions_after(line) - (full["actions"] if full["success"] else FAILED)


def buckets(lines: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, float]]:
    """By success without and with interruption: tasks, and the mean against the full goal."""
    found = {}
    for name, key in BUCKETS.items():
        extra = [against_full(x) for x in lines if (x["full"]["success"], x["success"]) == key]
        found[name] = (len(extra), sum(extra) / len(extra) if extra else nan)
    return found


def share(outcomes: Sequence[bool]) -> Estimate:
    """A share and Wilson's interval."""
    return Estimate(*statistics.share([float(outcome) for outcome in outcomes]))


def mean(values: Sequence[float]) -> Estimate:
    """A mean and its bootstrap interval; NaN where it is defined for no task."""
    return Estimate(*interval(values))


def as_json(rows: Sequence[SetRow]) -> str:
    """The rows as JSON; null where a measure is not defined."""
    told = [
        {
            "set": row.set,
            "agent": row.agent,
            "tasks": row.tasks,
            **{
                column: [e.mean, e.low, e.high] if e.is_defined else None
                for column, e in row.estimates.items()
            },
            "sr": list(row.curve),
            "buckets": {
                name: {"tasks": count, "against_full": None if isnan(extra) else extra}
                for name, (count, extra) in row.buckets.items()
            },
        }
        for row in rows
    ]
    return json.dumps(told, indent=1) + "\n"
