"""Results pages: train with several seeds, measure the floors and the ceiling, write Markdown.

    python -m midcourse.baselines.pages --baseline maskable_ppo

Every number on a page was measured by the command that stands on it. Each run's result is kept in
`--out`, and a page that was interrupted goes on with the runs that are missing.
"""

import dataclasses
import importlib
import importlib.metadata
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any, ClassVar, Literal

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse import agents
from midcourse.baselines.arguments import ABOVE_0, FROM_1, check_ranges
from midcourse.baselines.command import run_command
from midcourse.baselines.curve import read_curve, replace, write_text
from midcourse.baselines.run import check_made
from midcourse.core.errors import UserError
from midcourse.core.version import commit, package_version
from midcourse.evaluation.statistics import interval

SETTINGS: dict[str, tuple[dict[str, Any], ...]] = {
    "maskable_ppo": (
        {"level": 1},
        {"level": 2},
        {"level": 3},
        {"level": 1, "app": "fresh"},
        {"level": 1, "matches": False},
    ),
    "tabular_q": (
        {"level": 1},
        {"level": 2},
        {"level": 3},
        {"level": 1, "app": "fresh"},
    ),
}
PACKAGES = ("numpy", "numba", "gymnasium", "torch", "stable-baselines3", "sb3-contrib")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args:
    """What to measure."""

    RANGES: ClassVar = {"seeds": FROM_1, "seconds": ABOVE_0}

    baseline: Literal["maskable_ppo", "tabular_q"]
    """which algorithm"""
    seeds: int = 5
    """runs of each setting, seeds 0, 1, ..."""
    seconds: float = 55.0
    """training time of a run at most"""
    out: Path = Path("runs/pages")
    """folder for the runs"""
    page: Path | None = None
    """the page; results/NAME.md beside this file if not given"""
    settings: tuple[int, ...] = ()
    """numbers of the settings wanted, from 0; all if none are given"""


def write_page(args: Args) -> Path:
    """Train what is missing, then write the page; returns its path.

    Raises:
        UserError: a number out of range, or of a setting that there is not.
    """
    check_ranges(args, args.RANGES)
    module = importlib.import_module(f"midcourse.baselines.{args.baseline}")
    chosen = SETTINGS[args.baseline]
    for i in args.settings:
        if not 0 <= i < len(chosen):
            raise UserError(f"there is no setting {i}: they are 0 to {len(chosen) - 1}")
    if args.settings:
        chosen = tuple(chosen[i] for i in args.settings)
    sections = []
    for setting in chosen:
        runs = [_run(module, args, setting, seed) for seed in range(args.seeds)]
        sections.append(_section(module, setting, runs))
        print("\n".join(sections[-1]), flush=True)
    page = args.page or Path(__file__).with_name("results") / f"{args.baseline}.md"
    text = "\n".join([*_head(module, args), *(line for part in sections for line in part)])
    replace(page, lambda beside: write_text(beside, text.rstrip() + "\n"))
    return page


def _run(module: Any, args: Args, setting: dict[str, Any], seed: int) -> dict[str, Any]:
    """One run's result, with its curve and wall time; trained now if it is not there yet.

    Raises:
        UserError: it is there, but was made with other settings.
    """
    name = "-".join(f"{key}={value}" for key, value in setting.items())
    out = args.out / args.baseline / f"{name}-seed={seed}"
    path = out / "page.json"
    made = module.Args(**setting, seed=seed, seconds=args.seconds, out=out, quiet=True)
    if path.exists():
        check_made(made)
    else:
        start = time.perf_counter()
        result = dataclasses.asdict(module.train(made))
        result |= {"wall": time.perf_counter() - start, "commit": commit(), "load": load()}
        replace(path, lambda beside: write_text(beside, json.dumps(result)))
    return {**json.loads(path.read_text()), "curve": read_curve(out / "curve.jsonl")}


def _section(module: Any, setting: dict[str, Any], runs: list[dict[str, Any]]) -> list[str]:
    """A heading, the table of runs and floors, and the curve."""
    title = ", ".join(f"{key} {value}" for key, value in {"app": "fixed", **setting}.items())
    lines = [f"## {title.capitalize()}", "", "| | train tasks | unseen tasks | steps | training |"]
    lines.append("|---|---|---|---|---|")
    for seed, run in enumerate(runs):
        train, test = np.mean(run["train"]), np.mean(run["test"])
        row = f"| seed {seed} | {train:.3f} | {test:.3f} | {run['steps']:,} |"
        lines.append(f"{row} {run['seconds']:.1f} s |")
    means = {s: [float(np.mean(run[s])) for run in runs] for s in ("train", "test")}
    cells = [f"**{np.mean(m):.3f}** [{_range(interval(m)[1:])}]" for m in means.values()]
    steps, seconds = (np.mean([run[k] for run in runs]) for k in ("steps", "seconds"))
    lines.append(f"| **mean, 95 %** | {' | '.join(cells)} | {steps:,.0f} | {seconds:.1f} s |")
    episodes = len(runs[0]["train"])
    for name in ("do-nothing", "random", "explorer", "oracle"):
        score = [f"{_score(name, module, setting, s, episodes):.3f}" for s in ("train", "test")]
        lines.append(f"| {name} | {' | '.join(score)} | | |")
    commits = ", ".join(sorted({run["commit"] for run in runs}))
    loads = ", ".join(f"{run['load']:.1f}" for run in runs)
    told = f"Trained at commit {commits}; load of the machine at the end of each run: {loads}."
    return [*lines, "", *_curve(runs), "", told, ""]


def _range(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.3f}, {bounds[1]:.3f}"


def _curve(runs: list[dict[str, Any]]) -> list[str]:
    """Success in training by time, mean over the runs; a run that had stopped keeps its last."""
    end = max(run["curve"][-1]["seconds"] for run in runs)
    cells, marks = [], [round(end * part / 8, 1) for part in range(1, 9)]
    for mark in marks:
        values = []
        for run in runs:
            before = [line["success"] for line in run["curve"] if line["seconds"] <= mark]
            values.append(before[-1] if before else 0.0)
        cells.append(f"{np.mean(values):.2f}")
    return [
        "| seconds of training | " + " | ".join(f"{mark:g}" for mark in marks) + " |",
        "|---" * 9 + "|",
        "| success of recent episodes | " + " | ".join(cells) + " |",
    ]


def _score(name: str, module: Any, setting: dict[str, Any], split: str, episodes: int) -> float:
    """Success of another agent on the same tasks as the trained policy's."""
    made = module.Args(**setting)
    knobs = {"level": made.level, "app": made.app, "disturbances": made.disturbances}
    env: Any = gymnasium.make(made.env, split=split, **knobs).unwrapped
    agent, count, solved = agents.make(name, 0), env.task_count or episodes, 0
    for i in range(episodes):
        observation, info = env.reset(seed=1_000_000 + i, options={"task": i % count})
        agent.reset(env)
        over = False
        while not over:
            outcome = env.step(agent.act(observation, info))
            observation, _, terminated, truncated, info = outcome
            over = terminated or truncated
        solved += info["success"]
    return solved / episodes


def _head(module: Any, args: Args) -> list[str]:
    """Title, command, machine, versions, and how to read the tables."""
    title, rest = (module.__doc__ or "").strip().split("\n", 1)
    command = f"python -m midcourse.baselines.pages --baseline {args.baseline}"
    for field in dataclasses.fields(Args):
        value = getattr(args, field.name)
        if field.name in ("seeds", "seconds") and value != field.default:
            command += f" --{field.name} {value:g}"
    if args.settings:
        command += f" --settings {' '.join(str(i) for i in args.settings)}"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return [
        f"# {title}",
        "",
        rest.strip().split("\n\n")[0].split(" Results:")[0].split("\nResults:")[0],
        "",
        f"Written on {time.strftime('%Y-%m-%d')} by `{command}`.",
        "",
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, {cpu()}. Python "
        f"{platform.python_version()}, {versions}, "
        f"midcourse {package_version()}.",
        "",
        "Success rates, of the policy as it was when training stopped, over "
        "`--episodes` episodes of each split; unseen tasks are of the split `test`, whose start "
        "and goal pairs are no tasks in training. On the way to a goal from elsewhere training "
        "may still pass through such a start with that goal, so in a fixed app the column says "
        "little about generalising; `fresh` does. Training time leaves out imports, compiling "
        "and the evaluation. The interval is the bootstrap's over runs. Floors and ceiling "
        "played the same tasks.",
        "",
    ]


def cpu() -> str:
    """The processor's name, where the system tells it."""
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown processor"


def load() -> float:
    """Processes that wanted to run, mean over the last minute; NaN where it is not told."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


if __name__ == "__main__":
    print(run_command(Args, write_page, __doc__), file=sys.stderr)
