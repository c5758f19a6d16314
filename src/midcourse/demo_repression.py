"""The demo's third part: who keeps a population calm whose alarm arrives late.

Reaches the world and the agents by their registered names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium

import midcourse  # noqa: F401  (registers the ids)
from midcourse.agents import make
from midcourse.demo import DISTURBED, PROCESSES, job_of, play_cell
from midcourse.evaluate import Progress, Results
from midcourse.evaluation.plan import CEILING, FLOORS
from midcourse.evaluation.workers import Workers
from midcourse.report import Report, Section
from midcourse.reporting.recording import Recording, record
from midcourse.reporting.svg import Curve

WORLD = "midcourse/DelayedRepression-v0"
DELAYS = {1: 8, 2: 20}  # level -> steps by which the alarm is late
TASKS = 20
EVERY = 10  # steps from one frame of a recording to the next
REFERENCE = "reference controller"
LABELS = {CEILING: REFERENCE}
SHOWN = {"radical_share": "Radical share", "delayed_alarm": "Alarm that arrives, as a share of 2.5"}
BOUND = "bound of the mean"
SUMMARY = (
    "240 citizens look at an alarm and choose how radically to act; the alarm that is punished is "
    "8 or 20 steps old. Left alone (force 1), they swing for ever between calm and revolt. A "
    "regulator sets the force, smooths the alarm that citizens read, and shifts the threshold of "
    "punishment. It succeeds if over the last 250 of 500 steps the mean radical share is at most "
    "0.10, half of its range at most 0.05, and the mean force at most 1. The reference controller "
    "(smooth and spare) is hand-written; no exact oracle exists here, so efficiency, regret and "
    "progress are not told. Disturbed, a population now and then calms down by itself."
)


@dataclass(frozen=True)
class Setting:
    """One cell: a level, disturbed or not."""

    level: int
    disturbances: int

    def name(self) -> str:
        """The setting in words."""
        return f"Level {self.level}, delay {DELAYS[self.level]}, {DISTURBED[self.disturbances]}"

    def section(self, results: Results) -> Section:
        """The setting's rows, as a report takes them."""
        group = f"Level {self.level}, delay {DELAYS[self.level]}"
        return Section(self.name(), results.rows, group, DISTURBED[self.disturbances])


def settings() -> list[Setting]:
    """All cells, in the order of the table."""
    return [Setting(level, n) for level in DELAYS for n in DISTURBED]


def evaluate_all(out: Path, seed: int, tell: Callable[[str], Progress]) -> dict[Setting, Results]:
    """Play every agent in every setting; `tell(setting's name)` gives its progress."""
    found = {}
    with Workers(PROCESSES) as workers:
        for setting in settings():
            words = f"Delayed repression, {setting.name().lower()}"
            knobs = {
                "level": setting.level,
                "split": "test",
                "disturbances": setting.disturbances,
            }
            found[setting] = play_cell(
                out,
                words,
                WORLD,
                [*FLOORS, CEILING],
                knobs,
                tasks=TASKS,
                seed=seed,
                workers=workers,
                progress=tell(words),
            )
    return found


def series(agent: str, seed: int, level: int) -> dict[str, list[tuple[float, float]]]:
    """(step, value) of each measure in SHOWN over one undisturbed episode, of test task 0."""
    env = gymnasium.make(WORLD, level=level, split="test")
    observation, info = env.reset(seed=seed, options={"task": 0})
    player = make(agent, seed)
    player.reset(env)
    points: dict[str, list[tuple[float, float]]] = {key: [] for key in SHOWN}
    step, over = 0, False
    while True:
        for key, values in points.items():
            values.append((float(step), float(observation[key][0])))
        if over:
            return points
        observation, _, terminated, truncated, info = env.step(player.act(observation, info))
        step, over = step + 1, terminated or truncated


def curves(seed: int, level: int = 2) -> dict[str, list[Curve]]:
    """Do-nothing beside the reference on one task."""
    found = {
        name: series(agent, seed, level)
        for name, agent in (("do-nothing", "do-nothing"), (REFERENCE, CEILING))
    }
    plots = {
        heading: [Curve(name, points[key]) for name, points in found.items()]
        for key, heading in SHOWN.items()
    }
    env: Any = gymnasium.make(WORLD, level=level).unwrapped
    bound, end = env.params.radical_bound, env.params.step_limit
    plots[SHOWN["radical_share"]].append(Curve(BOUND, [(end / 2, bound), (end, bound)]))
    return plots


def choose(found: Mapping[Setting, Results]) -> list[Recording]:
    """Three episodes worth stepping through."""
    last = max(DELAYS)
    recordings = []
    for setting, agent, who in (
        (Setting(last, 0), FLOORS[0], "Do-nothing"),
        (Setting(last, 0), CEILING, f"The {REFERENCE}"),
        (Setting(last, 1), CEILING, f"The {REFERENCE}"),
    ):
        line = first(found[setting].lines, agent)
        title = f"{who} at {setting.name()[0].lower()}{setting.name()[1:]}"
        recordings.append(record(job_of(line), title, EVERY))
    return recordings


def first(lines: Sequence[Mapping[str, Any]], agent: str) -> Mapping[str, Any]:
    """An agent's first episode; of disturbed ones, the first that was struck."""
    own = [line for line in lines if line["agent"] == agent]
    return next((line for line in own if line["events"]), own[0])


def report(found: Mapping[Setting, Results], seed: int) -> Report:
    """This part of the demo's page."""
    episodes = sum(len(results.lines) for results in found.values())
    return Report(
        title="Delayed repression: who keeps the peace when the alarm comes late?",
        summary=SUMMARY,
        sections=[setting.section(results) for setting, results in found.items()],
        curves=curves(seed),
        curve_heading="One task, two regulators",
        curve_axis="step",
        curve_note="Test task 0 of level 2, undisturbed. The last half of the episode is judged.",
        recordings=choose(found),
        facts={
            "World": WORLD,
            "Episodes": f"{episodes} of 500 steps, on the same tasks and seeds for every agent",
        },
        labels=LABELS,
        without=("invalid_actions", "steps"),
    )
