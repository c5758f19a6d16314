"""How well the trained policy plays the web: `results/web_ppo.md`, by one command.

    python -m midcourse.baselines.web_tasks.page

Trains with several seeds on each level, then plays the test tasks, left alone and with a message
midway, beside floors and ceiling. What is finished is kept in `--out`, and a page that was
interrupted goes on with what is missing.
"""

import dataclasses
import importlib.metadata
import json
import multiprocessing
import os
import platform
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import inf
from pathlib import Path
from typing import Any, ClassVar

import gymnasium
import numpy as np
from rich.progress import track

from midcourse.baselines.arguments import FROM_1, check_ranges
from midcourse.baselines.command import run_command
from midcourse.baselines.curve import read_curve, replace, write_text
from midcourse.baselines.pages import PACKAGES, cpu, load
from midcourse.baselines.run import check_made
from midcourse.baselines.web_tasks import ppo
from midcourse.core.version import commit, package_version
from midcourse.envs.web_tasks.goal.wishes import ACTS
from midcourse.evaluate import evaluate
from midcourse.evaluation.statistics import interval

BESIDE = ("do-nothing", "random", "cannot-be-done", "ignores-messages", "oracle")
SETTINGS: dict[str, dict[str, Any]] = {"left alone": {}, "interrupted": {"disturbances": 1}}
MARKS = 8  # columns of a curve

Line = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args:
    """What to measure."""

    RANGES: ClassVar[dict[str, str]] = dict.fromkeys(
        ("seeds", "steps", "tasks", "repeats", "processes"), FROM_1
    )

    levels: tuple[int, ...] = (1, 2)
    """of the tasks; each is trained on by itself"""
    seeds: int = 3
    """runs on each level, seeds 0, 1, ..."""
    steps: int = 150_000
    """of training in a run; so the machine decides how long it takes, not what comes of it"""
    tasks: int = 165
    """test tasks"""
    repeats: int = 2
    """episodes that an agent plays of each"""
    processes: int = 2
    """training runs at once, and processes that play"""
    out: Path = Path("runs/web_page")
    """folder for what is finished"""
    page: Path | None = None
    """the page; results/web_ppo.md of this package if not given"""

    def run(self, level: int, seed: int) -> ppo.Args:
        """Settings of one training run."""
        out = self.out / f"level={level}-seed={seed}"
        return ppo.Args(level=level, seed=seed, steps=self.steps, seconds=inf, out=out, quiet=True)


def write_page(args: Args) -> Path:
    """Train and play what is missing, then write the page; returns its path.

    Raises:
        UserError: a number out of range, or a kept run that was made with other settings.
    """
    check_ranges(args, args.RANGES)
    started = time.perf_counter()
    jobs = [(args, level, seed) for level in args.levels for seed in range(args.seeds)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(args.processes, spawn) as pool:
        found = pool.map(train, *zip(*jobs, strict=True))
        found = track(found, "training", total=len(jobs))
        runs = dict(zip([job[1:] for job in jobs], found, strict=True))
    parts = []
    for level in args.levels:
        mine = [runs[level, seed] for seed in range(args.seeds)]
        parts += _section(args, level, mine)
        print("\n".join(parts), flush=True)
    head = _head(args, _seconds(args.out, time.perf_counter() - started))
    page = args.page or Path(__file__).parents[1] / "results" / "web_ppo.md"
    replace(page, lambda beside: write_text(beside, "\n".join([*head, *parts]).rstrip() + "\n"))
    return page


def _seconds(folder: Path, more: float) -> float:
    """Seconds that the page took, those before an interruption too."""
    path = folder / "seconds.json"
    total = more + (json.loads(path.read_text()) if path.exists() else 0.0)
    replace(path, lambda beside: write_text(beside, json.dumps(total)))
    return total


def train(args: Args, level: int, seed: int) -> dict[str, Any]:
    """One training run's result with its curve; trained now if it is not there yet.

    Raises:
        UserError: it is there, but was made with other settings.
    """
    made = args.run(level, seed)
    path = made.out / "page.json"
    if path.exists():
        check_made(made)
    else:
        start = time.perf_counter()
        result = dataclasses.asdict(ppo.train(made))
        result |= {"wall": time.perf_counter() - start, "commit": commit(), "load": load()}
        replace(path, lambda beside: write_text(beside, json.dumps(result)))
    return {**json.loads(path.read_text()), "curve": read_curve(made.out / "curve.jsonl")}


def _section(args: Args, level: int, runs: Sequence[dict[str, Any]]) -> list[str]:
    """The tables of one level."""
    trained = {f"sb3:{run['model']}": f"seed {seed}" for seed, run in enumerate(runs)}
    lines = {
        name: evaluate(
            "midcourse/WebTasks-v0",
            [*trained, *BESIDE],
            {"level": level, "split": "test", **knobs},
            tasks=args.tasks,
            repeats=args.repeats,
            processes=args.processes,
            floors=False,
            out=args.out / f"level={level}-{name.replace(' ', '-')}",
        ).lines
        for name, knobs in SETTINGS.items()
    }
    groups = {f"seed {seed}": [agent] for seed, agent in enumerate(trained)}
    groups |= {"**trained, all seeds**": list(trained), **{name: [name] for name in BESIDE}}
    told = [f"## Level {level}", ""]
    told += ["| | success, left alone | success, interrupted | where the message came | "
             "progress, left alone |"]  # fmt: skip
    told.append("|---" * 5 + "|")
    for name, agents in groups.items():
        alone, after = (_of(part, agents) for part in lines.values())
        cells = [_mean(alone, "success"), _mean(after, "success")]
        cells.append(_mean(after, "success_disturbed"))
        told.append(f"| {name} | {' | '.join([*cells, _mean(alone, 'progress')])} |")
    came = np.mean([bool(line["events"]) for line in _of(lines["interrupted"], ["oracle"])])
    invalid = sum(line["invalid_actions"] for part in lines.values() for line in _of(part, trained))
    told += ["", f"The message came in {came:.0%} of the oracle's interrupted episodes. The "
             f"trained policies took {invalid} masked actions.", ""]  # fmt: skip
    return [*told, *_by_act(args, level, lines, list(trained)), *_training(runs)]


def _of(lines: Sequence[Line], agents: Any) -> list[Line]:
    return [line for line in lines if line["agent"] in agents]


def _mean(lines: Sequence[Line], measure: str) -> str:
    """The mean over tasks of a measure, with its interval."""
    by_task: dict[int, list[float]] = defaultdict(list)
    for line in lines:
        if line[measure] is not None:
            by_task[line["task"]["index"]].append(float(line[measure]))
    if not by_task:
        return "-"
    mean, low, high = interval([float(np.mean(values)) for values in by_task.values()])
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def _by_act(
    args: Args, level: int, lines: Mapping[str, Sequence[Line]], trained: list[str]
) -> list[str]:
    """Success of the trained policies by what was wanted first."""
    env: Any = gymnasium.make("midcourse/WebTasks-v0", level=level, split="test").unwrapped
    wanted: dict[str, set[int]] = defaultdict(set)
    targets: dict[str, Counter[int]] = defaultdict(Counter)
    for task in range(args.tasks):
        env.reset(seed=0, options={"task": task})
        act = ACTS[env.world["goal"]["act"][0]]
        wanted[act].add(task)
        targets[act][int(env.world["goal"]["target"][0])] += 1
    names = sorted(wanted, key=lambda act: ACTS.index(act))
    told = [f"| trained, all seeds | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for name, part in lines.items():
        mine = _of(part, trained)
        cells = [
            _mean([line for line in mine if line["task"]["index"] in wanted[act]], "success")
            for act in names
        ]
        told.append(f"| {name} | {' | '.join(cells)} |")
    counts = " | ".join(str(len(wanted[act])) for act in names)
    often = " | ".join(f"{max(targets[act].values()) / len(wanted[act]):.2f}" for act in names)
    return [*told, f"| tasks | {counts} |", f"| with the most frequent target | {often} |", ""]


def _training(runs: Sequence[dict[str, Any]]) -> list[str]:
    """What training took, and how it went."""
    told = ["| | steps | episodes | training | with evaluation | load | commit |", "|---" * 7 + "|"]
    for seed, run in enumerate(runs):
        cells = [f"{run['steps']:,}", f"{run['episodes']:,}", f"{run['seconds']:.0f} s"]
        cells += [f"{run['wall']:.0f} s", f"{run['load']:.1f}", run["commit"]]
        told.append(f"| seed {seed} | {' | '.join(cells)} |")
    end = max(run["curve"][-1]["seconds"] for run in runs)
    marks = [end * part / MARKS for part in range(1, MARKS + 1)]
    rows: dict[str, list[str]] = {"whole": [], "success": []}
    for mark in marks:
        last = [[x for x in run["curve"] if x["seconds"] <= mark][-1:] for run in runs]
        for key, cells in rows.items():
            cells.append(f"{np.mean([x[0][key] if x else 0.0 for x in last]):.2f}")
    told += ["", f"| seconds of training | {' | '.join(f'{mark:.0f}' for mark in marks)} |"]
    told.append("|---" * (MARKS + 1) + "|")
    return [*told, *(f"| {key} | {' | '.join(cells)} |" for key, cells in rows.items()), ""]


def _head(args: Args, seconds: float) -> list[str]:
    """Title, command, machine, and how to read the tables."""
    title, rest = (ppo.__doc__ or "").strip().split("\n", 1)
    command = "python -m midcourse.baselines.web_tasks.page"
    for field in dataclasses.fields(Args):
        value = getattr(args, field.name)
        if field.name not in ("out", "page") and value != field.default:
            words = " ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}"
            command += f" --{field.name} {words}"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return [
        f"# {title}",
        "",
        rest.strip().split("\n\n")[0].split(" Results:")[0].split("\nResults:")[0],
        "",
        f"Written on {time.strftime('%Y-%m-%d')} at commit {commit()} by `{command}`, in "
        f"{seconds:.0f} s. Machine: {platform.machine()}, {os.cpu_count()} cores, {cpu()}. Python "
        f"{platform.python_version()}, {versions}, midcourse {package_version()}.",
        "",
        "**The oracle is read in training only**, by the shaping of the rewards and by the near "
        "starts. In what is measured here every episode begins where the task begins, with the "
        "task's own rewards, and the policy sees the observation and the mask and nothing else. "
        "It is sampled, not taken at its likeliest. It remembers nothing from one step to the "
        "next. `ignores-messages` and `oracle` are privileged.",
        "",
        f"Success on {args.tasks} test tasks, whose webs are none of those trained on, "
        f"{args.repeats} episodes each. Interrupted: one message of a drawn kind at a drawn step "
        f"before the oracle would be done; an agent that stops before it came has not heard it, "
        f"and to some goals no such message can be made. The policies were trained with such a "
        f"message in every episode in which it could come. Intervals: "
        f"95 %, the bootstrap's over tasks. By what is wanted, the last row is the share of the "
        f"tasks that are about the same number of a product, order or post: where it is high, a "
        f"place on the page is learnt by heart. "
        f"Of training, `whole` is the share of the latest episodes that began where the task "
        f"begins, and `success` that of the latest episodes, near starts included, with "
        f"exploration: it is not comparable with the tables of success. Both are means over "
        f"the seeds.",
        "",
    ]


if __name__ == "__main__":
    # In the processes that play: two threads on busy cores took 190 ms a step, one takes 4.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print(run_command(Args, write_page, __doc__), file=sys.stderr)
