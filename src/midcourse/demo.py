"""The demo: train, play and measure at three levels, undisturbed and disturbed, and report.

Reaches the world, the agents and the baseline by their registered names.
"""

import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium

from midcourse.commands.common import GUI, part
from midcourse.evaluate import SUMMARY, Progress, Results, evaluate
from midcourse.evaluation.journal import RESULTS, SETTINGS, TIMING
from midcourse.evaluation.plan import CEILING, FLOORS, Job
from midcourse.evaluation.workers import Workers, begin_worker
from midcourse.report import Section
from midcourse.reporting.recording import Recording, record
from midcourse.reporting.svg import Curve

PROCESSES = 2
SECONDS = {1: 55.0, 2: 45.0, 3: 55.0}  # level -> most that training takes ...
TRAINED_BY = 120.0  # ... and seconds from the start by which all training ends ...
LEAST = 10.0  # ... but for so many that every level gets
PPO = "MaskablePPO"
SPLITS = {"train": "seen", "test": "unseen"}  # start and goal pairs, in training
DISTURBED = {0: "undisturbed", 1: "disturbed"}
TASKS, REPEATS = 40, 2
TRAINED = ("model.zip", "checkpoint.zip", "curve.jsonl", "result.json")
PLAYED = (RESULTS, TIMING, SETTINGS, SUMMARY)
POLL = 0.5  # seconds between two looks at a learning curve

# (level, seconds or None when done, of how many, success of the latest training episodes)
TrainingProgress = Callable[[int, float | None, float, float], None]


@dataclass(frozen=True)
class Setting:
    """One cell of the demo: a level, a split, disturbed or not."""

    level: int
    split: str
    disturbances: int

    def name(self) -> str:
        """The setting in words."""
        return f"Level {self.level}, {SPLITS[self.split]} pairs, {DISTURBED[self.disturbances]}"

    def section(self, results: Results) -> Section:
        """The setting's rows, as a report takes them."""
        short = f"{SPLITS[self.split]}\n{DISTURBED[self.disturbances]}"
        return Section(self.name(), results.rows, f"Level {self.level}", short)


def settings(levels: Sequence[int]) -> list[Setting]:
    """All cells, in the order of the table."""
    return [Setting(level, split, n) for level in levels for split in SPLITS for n in DISTURBED]


def train_all(
    out: Path, levels: Sequence[int], share: float, seed: int, tell: TrainingProgress
) -> dict[int, str]:
    """Train a policy for each level, two at a time; returns the models' paths.

    Args:
        out: folder; what an earlier demo left in its `ppo-level-N` is replaced.
        levels: to be trained.
        share: of the usual training time, for short trials.
        seed: of training.
        tell: called twice a second for each level.
    """
    part("baselines.maskable_ppo", "training")  # fail here, with one sentence, if it cannot run
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(PROCESSES, context, initializer=begin_worker)
    futures: dict[int, Future] = {}
    deadline = time.time() + TRAINED_BY * share
    with pool:
        for level in levels:
            folder = training_folder(out, level)
            clear(folder, TRAINED)
            most = SECONDS[level] * share
            futures[level] = pool.submit(train_level, level, most, deadline, folder, seed)
        waiting = set(levels)
        while waiting:
            for level in sorted(waiting):
                if futures[level].done():
                    waiting.discard(level)
                points = learning_curve(out, level)
                seconds, success = points[-1][1:] if points else (0.0, 0.0)
                shown = seconds if level in waiting else None
                tell(level, shown, SECONDS[level] * share, success)
            time.sleep(POLL)
        return {level: future.result() for level, future in futures.items()}


def train_level(level: int, most: float, deadline: float, folder: Path, seed: int) -> str:
    """Train at one level, in a process of its own; returns the model's path.

    Args:
        level: of the tasks.
        most: seconds that it may take.
        deadline: when it should end, by `time.time`; a process may come to it late.
        folder: where it writes.
        seed: of training.
    """
    ppo = part("baselines.maskable_ppo", "training")
    compile_loops(level)
    seconds = min(most, max(LEAST, deadline - time.time()))
    args = ppo.Args(env=GUI, level=level, seconds=seconds, out=folder, seed=seed, quiet=True)
    return ppo.train(args).model


def compile_loops(level: int) -> None:
    """Compile what training will step, so that this takes nothing of its time."""
    worlds: Any = gymnasium.make_vec(
        GUI, 2, autoreset_mode="SameStep", level=level, reward_terms=False
    )
    worlds.reset(seed=0)
    worlds.step(worlds.action_space.sample())


def training_folder(out: Path, level: int) -> Path:
    """Where a level's training writes."""
    return out / f"ppo-level-{level}"


def learning_curve(out: Path, level: int) -> list[tuple[float, float, float]]:
    """(steps, seconds, success of the latest episodes) at each point of a level's training."""
    path = training_folder(out, level) / "curve.jsonl"
    lines = part("baselines.curve", "training").read_curve(path)
    return [(line["steps"], line["seconds"], line["success"]) for line in lines]


def curves(out: Path, levels: Sequence[int]) -> dict[str, list[Curve]]:
    """The learning curves for the report."""
    found = {level: [(p[0], p[2]) for p in learning_curve(out, level)] for level in levels}
    return {f"Level {level}": [Curve(PPO, points)] for level, points in found.items() if points}


def evaluate_all(
    out: Path, models: Mapping[int, str], seed: int, tell: Callable[[str], Progress]
) -> dict[Setting, Results]:
    """Play every agent in every setting; `tell(setting's name)` gives its progress."""
    found = {}
    with Workers(PROCESSES) as workers:
        for setting in settings(tuple(models)):
            found[setting] = play_cell(
                out,
                setting.name(),
                GUI,
                [*FLOORS, "explorer", f"sb3:{models[setting.level]}", CEILING],
                {
                    "level": setting.level,
                    "split": setting.split,
                    "disturbances": setting.disturbances,
                },
                tasks=TASKS,
                repeats=REPEATS,
                seed=seed,
                workers=workers,
                progress=tell(setting.name()),
            )
    return found


def play_cell(
    out: Path, name: str, env: str, agents: Sequence[str], knobs: Mapping[str, Any], **how: Any
) -> Results:
    """Play one cell of the demo, in place of what an earlier demo left of it.

    Args:
        out: folder of the demo.
        name: of the cell, in words; its folder is named after it.
        env: a registered id.
        agents: all that play; no floors are added.
        knobs: of the environment.
        how: further arguments of `evaluate`.
    """
    folder = out / "episodes" / name.lower().replace(", ", "-").replace(" ", "-")
    clear(folder, PLAYED)
    return evaluate(env, agents, knobs, out=folder, floors=False, **how)


def clear(folder: Path, names: Sequence[str]) -> None:
    """Remove the files of an earlier demo, by name, and nothing else."""
    for name in names:
        (folder / name).unlink(missing_ok=True)


def label(agent: str) -> str:
    """What the table calls an agent."""
    return PPO if agent.startswith("sb3:") else agent


def choose(found: Mapping[Setting, Results]) -> list[Recording]:
    """Five episodes worth stepping through."""
    first, last = min(s.level for s in found), max(s.level for s in found)
    middle = sorted({s.level for s in found})[len({s.level for s in found}) // 2]
    wanted = (
        (Setting(first, "test", 1), PPO, True),
        (Setting(middle, "test", 1), "explorer", True),
        (Setting(last, "test", 1), CEILING, True),
        (Setting(last, "test", 1), PPO, False),
        (Setting(first, "test", 0), "random", False),
    )
    recordings = []
    for setting, agent, success in wanted:
        line = telling(found[setting].lines, agent, success)
        words = f"{label(line['agent'])} at {setting.name()[0].lower()}{setting.name()[1:]}"
        recordings.append(record(job_of(line), words))
    return recordings


def telling(lines: Sequence[Mapping[str, Any]], agent: str, success: bool) -> Mapping[str, Any]:
    """The episode of an agent that shows most: as wished, disturbed, and neither short nor long."""

    def score(line: Mapping[str, Any]) -> tuple:
        hard = any(event["kind"] in ("dead_link", "redirect") for event in line["events"])
        return (line["success"] == success, bool(line["events"]), hard, -abs(line["steps"] - 9))

    return max((line for line in lines if label(line["agent"]) == agent), key=score)


def job_of(line: Mapping[str, Any]) -> Job:
    """The episode that a line of results tells of, to be played again."""
    return Job(
        episode=line["episode"],
        env=line["env"],
        knobs=tuple(line["knobs"].items()),
        agent=line["agent"],
        task=line["task"]["index"],
        repeat=line["repeat"],
        seed=line["seed"],
        agent_seed=line["agent_seed"],
    )
