"""The demo's second part: who does what a user wants when the user says something else midway.

Reaches the world and the agents by their registered names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midcourse.demo import DISTURBED, PROCESSES, job_of, play_cell
from midcourse.evaluate import Progress, Results
from midcourse.evaluation.plan import CEILING, FLOORS, GIVING_UP
from midcourse.evaluation.workers import Workers
from midcourse.report import Report, Section
from midcourse.reporting.png import without_blank_rows
from midcourse.reporting.recording import Recording, record

WORLD = "midcourse/WebTasks-v0"
LEVELS = (1, 3, 5)
CALM = ""
MESSAGES = ("addition", "revision", "retraction")
IGNORING = "ignores-messages"
TASKS = 30
STEPS = range(6, 15)  # of an episode that is neither short nor long
LOST = 3  # steps more than without the message, from which on more show no more
SUMMARY = (
    "A user wants something of a web of shops and forums. Midway comes one message: a requirement "
    "is added, a value revised, or a requirement taken back; nobody repeats it. An episode "
    "succeeds if, when the agent stops, everything is as it is wanted then, and nothing else was "
    "done. The agent called ignores-messages goes the cheapest way to what was wanted first: where "
    "it succeeds, what it did was right after the message too, as it always is when a requirement "
    "falls away. Some tasks cannot be done, and the right end is to say so; the agent called "
    "cannot-be-done says it at once, of every task."
)


@dataclass(frozen=True)
class Setting:
    """One cell: a level, and the kind of message that comes midway, if one does."""

    level: int
    message: str

    def name(self) -> str:
        """The setting in words."""
        return f"Level {self.level}, {self.message or DISTURBED[0]}"

    def section(self, results: Results) -> Section:
        """The setting's rows, as a report takes them."""
        short = self.message or DISTURBED[0]
        return Section(self.name(), results.rows, f"Level {self.level}", short)

    def knobs(self) -> dict[str, Any]:
        """What the world is made with."""
        kinds = (self.message,) if self.message else 0
        return {"level": self.level, "split": "test", "disturbances": kinds}


def settings() -> list[Setting]:
    """All cells, in the order of the table."""
    return [Setting(level, message) for level in LEVELS for message in (CALM, *MESSAGES)]


def evaluate_all(out: Path, seed: int, tell: Callable[[str], Progress]) -> dict[Setting, Results]:
    """Play every agent in every setting; `tell(setting's name)` gives its progress."""
    found = {}
    with Workers(PROCESSES) as workers:
        for setting in settings():
            words = f"Web tasks, {setting.name().lower()}"
            found[setting] = play_cell(
                out,
                words,
                WORLD,
                [*FLOORS, GIVING_UP, IGNORING, CEILING],
                setting.knobs(),
                tasks=TASKS,
                seed=seed,
                workers=workers,
                progress=tell(words),
            )
    return found


def choose(found: Mapping[Setting, Results]) -> list[Recording]:
    """Four episodes worth stepping through: three of one task, and one with an addition."""
    last, middle = LEVELS[-1], LEVELS[len(LEVELS) // 2]
    calm, revised = Setting(last, CALM), Setting(last, "revision")
    added = Setting(middle, "addition")
    same, other = telling(found[revised].lines), telling(found[added].lines)
    recordings = []
    for setting, task, agent, words in (
        (calm, same, CEILING, f"The oracle at level {last}, undisturbed"),
        (revised, same, CEILING, "The oracle on the same task, a value revised midway"),
        (revised, same, IGNORING, "The same task and revision, not listened to"),
        (added, other, CEILING, f"The oracle at level {middle}, a requirement added midway"),
    ):
        job = job_of(line_of(found[setting].lines, task, agent))
        recordings.append(record(job, words, look=without_blank_rows))
    return recordings


def telling(lines: Sequence[Mapping[str, Any]]) -> int:
    """The task that shows most: only who listens succeeds, and has lost steps midway."""

    def score(task: int) -> tuple:
        oracle, deaf = (line_of(lines, task, agent) for agent in (CEILING, IGNORING))
        tells = bool(oracle["events"]) and oracle["success"] and not deaf["success"]
        early = [abs(event["step"] / oracle["steps"] - 0.5) for event in oracle["events"]]
        lost = min(LOST, oracle["steps"] - oracle["optimal_steps"])
        return (tells, oracle["steps"] in STEPS, lost, -min(early, default=1.0))

    return max(sorted({line["task"]["index"] for line in lines}), key=score)


def line_of(lines: Sequence[Mapping[str, Any]], task: int, agent: str) -> Mapping[str, Any]:
    """An agent's episode on a task."""
    return next(x for x in lines if (x["task"]["index"], x["agent"]) == (task, agent))


def report(found: Mapping[Setting, Results]) -> Report:
    """This part of the demo's page."""
    episodes = sum(len(results.lines) for results in found.values())
    return Report(
        title="Web tasks: who hears the user midway?",
        summary=SUMMARY,
        sections=[setting.section(results) for setting, results in found.items()],
        recordings=choose(found),
        facts={
            "World": WORLD,
            "Episodes": f"{episodes}, on the same test tasks and seeds for every agent",
            "Messages": "one in an episode; where it could change nothing any more, none comes",
        },
        without=("invalid_actions",),
    )
