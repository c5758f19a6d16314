"""How well a small language model plays, untrained, cloned and trained: `results/language.md`.

    python -m midcourse.baselines.language_gui.page

Trains with several seeds, each on an app of its own, then plays tasks that nothing was trained
on, left alone and disturbed, beside floors and ceiling. What is finished is kept in `--out`, and a
page that was interrupted goes on with what is missing.
"""

import dataclasses
import importlib.metadata
import itertools
import json
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from rich.progress import track

from midcourse.baselines.arguments import FROM_0, FROM_1, check_ranges
from midcourse.baselines.command import run_command
from midcourse.baselines.curve import check_settings, read_curve, replace, write_text
from midcourse.baselines.language_gui import clone, grpo
from midcourse.baselines.language_gui.learner import OTHERS
from midcourse.baselines.language_gui.measure import measure
from midcourse.baselines.pages import cpu, load
from midcourse.core.version import commit, package_version
from midcourse.evaluation.statistics import interval, share
from midcourse.evaluation.workers import Workers

GUI, WEB = "midcourse/GuiNavigation-v0", "midcourse/WebTasks-v0"
DISTURBED = {"left alone": 0, "disturbed": 1}
BESIDE = {"random": "random", "done at once": "do-nothing", "oracle": "oracle"}
PACKAGES = ("numpy", "numba", "torch", "transformers", "peft")
SETTINGS = {  # what a kept run must have been made with
    "cloned": ("model", "updates", "episodes"),
    "stopped": ("model", "stopped", "episodes"),
    "trained": ("model", "stopped", "steps", "episodes"),
}
MARKS = 8  # columns of a curve
SMALL = 16, 64  # episodes and steps of an update that others can be compared with


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args:
    """What to measure."""

    RANGES: ClassVar = {
        **dict.fromkeys(("seeds", "trained", "updates", "stopped", "steps"), FROM_1),
        **dict.fromkeys(("episodes", "threads"), FROM_1),
        **dict.fromkeys(("tasks", "web_tasks"), FROM_0),
    }

    model: str = ""
    """folder, or name in transformers' cache; SmolLM2-135M-Instruct if left out"""
    seeds: int = 3
    """clones, seeds 0, 1, ..., each on the app of that number"""
    trained: int = 3
    """of these, the first so many go on to the policy step, and to playing beside others"""
    updates: int = 120
    """of a clone"""
    stopped: int = 48
    """of the clone with which the policy step begins"""
    steps: int = 24
    """updates of the policy step"""
    episodes: int = 8
    """with drawn actions on each pair that nothing was trained on"""
    tasks: int = 4
    """test tasks of GuiNavigation level 2 for each seed, 0: none; of level 1 all are played"""
    web_tasks: int = 2
    """test tasks of WebTasks, 0: none; a page in words is long, so they take minutes each"""
    players: tuple[str, ...] = ()
    """other language players beside, by name"""
    web_players: tuple[str, ...] = ()
    """the same for WebTasks, where fewer examples fit"""
    threads: int = 2
    """of torch"""
    out: Path = Path("runs/language_page")
    """folder for what is finished"""
    page: Path | None = None
    """the page; results/language.md of this package if not given"""


Line = Mapping[str, Any]
Runs = Mapping[str, Sequence[dict[str, Any]]]


def write_page(args: Args) -> Path:
    """Train and play what is missing, then write the page; returns its path.

    Raises:
        UserError: a number out of range, or a kept run that was made with other settings.
    """
    check_ranges(args, args.RANGES)
    most = min(args.trained, args.seeds)
    runs = {
        name: [_run(args, name, seed) for seed in track(range(count), name)]
        for name, count in (("cloned", args.seeds), ("stopped", args.seeds), ("trained", most))
    }
    parts = [*_cloning(runs), *_policy_step(args, runs["trained"]), *_playing(args, runs)]
    page = args.page or Path(__file__).parents[1] / "results" / "language.md"
    text = "\n".join([*_head(args), *parts]).rstrip() + "\n"
    replace(page, lambda beside: write_text(beside, text))
    return page


# --- training -------------------------------------------------------------------------------------


def _run(args: Args, name: str, seed: int) -> dict[str, Any]:
    """One run's result with its curve; trained now if it is not there yet.

    Raises:
        UserError: it is there, but was made with other settings.
    """
    settings = {setting: getattr(args, setting) for setting in SETTINGS[name]}
    out = args.out / f"{name}-seed={seed}"
    path = out / "page.json"
    if not path.exists():
        before = _wall(out)
        start = time.perf_counter()
        common = {"seed": seed, "app_seed": seed, "threads": args.threads, "out": out}
        common |= {"episodes": args.episodes, "quiet": True}
        if name == "trained":
            begin = args.out / f"stopped-seed={seed}" / "adapter"
            result = grpo.train(grpo.Args(**common, start=begin, updates=args.steps))
        else:
            updates = args.stopped if name == "stopped" else args.updates
            result = clone.train(clone.Args(**common, model=args.model, updates=updates))
        told = dataclasses.asdict(result) | {"settings": settings}
        wall = None if before is None else before + time.perf_counter() - start
        replace(out / "wall.json", lambda beside: write_text(beside, json.dumps(wall)))
        told |= {"wall": wall, "commit": commit(), "load": load()}
        replace(path, lambda beside: write_text(beside, json.dumps(told)))
    found = json.loads(path.read_text())
    check_settings(out, settings, found.get("settings", {}))
    return {**found, "curve": read_curve(out / "curve.jsonl")}


def _wall(out: Path) -> float | None:
    """Seconds that a run has taken so far; None if one was killed, so that nobody knows."""
    path = out / "wall.json"
    if path.exists():
        return json.loads(path.read_text())
    return None if (out / "checkpoint.pt").exists() else 0.0


def _cloning(runs: Runs) -> list[str]:
    """What the clones can do on the pairs they were not shown."""
    told = ["## Cloned", ""]
    told += ["| | pairs shown | others | others, drawn | steps over | of these, never passed | "
             "steps over | updates | training | whole run | load | commit |",
             "|---" * 12 + "|"]  # fmt: skip
    for name in ("cloned", "stopped"):
        for seed, run in enumerate(runs[name]):
            cells = [_share(run["train"]), _share(run["test"]), f"{np.mean(run['drawn']):.3f}"]
            cells += [_number(run["over"]), _share(run["new"]), _number(run["over_new"])]
            cells += [str(run["updates"]), f"{run['seconds']:.0f} s"]
            cells += [_number(run["wall"], " s"), f"{run['load']:.1f}", run["commit"]]
            told.append(f"| {name}, seed {seed} | {' | '.join(cells)} |")
    return [*told, "", *_curve(runs["cloned"], "right"), ""]


def _number(value: float | None, unit: str = "") -> str:
    """A number, whole with a unit; "-" if it is not known."""
    if value is None:
        return "-"
    return f"{value:.0f}{unit}" if unit else f"{value:.2f}"


def _share(values: Sequence[float]) -> str:
    return f"{sum(values):.0f} of {len(values)}"


def _policy_step(args: Args, runs: Sequence[dict[str, Any]]) -> list[str]:
    """What the policy step added to the stopped clones."""
    told = ["## Trained by trial and error", ""]
    told += ["| | others, before | after | of these, never passed, before | after | "
             "drawn, before | after | gain, drawn, 95 % | groups | "
             "of these flat | episodes an update | steps learnt from | an update | training | "
             "load | commit |", "|---" * 16 + "|"]  # fmt: skip
    for seed, run in enumerate(runs):
        drawn = [f"{np.mean(run[key]):.3f}" for key in ("start_drawn", "drawn")]
        cells = [_share(run[key]) for key in ("start_test", "test", "start_new", "new")]
        cells += [*drawn, _told(run["gain"])]
        cells += [str(run["groups"]), str(run["flat"])]
        for key in ("episodes", "steps_learnt"):
            cells.append(f"{np.mean([line[key] for line in run['curve']]):.0f}")
        cells += [f"{run['seconds'] / run['updates']:.1f} s", f"{run['seconds']:.0f} s"]
        cells += [f"{run['load']:.1f}", run["commit"]]
        told.append(f"| seed {seed} | {' | '.join(cells)} |")
    pairs = [(run["start_drawn"], run["drawn"]) for run in runs]
    gains = [after - before for both in pairs for before, after in zip(*both, strict=True)]
    told += ["", f"Gain over the pairs of these trainings: {_told(interval(gains))}.", ""]
    if taken := [seconds for run in runs for seconds in _small_updates(run["curve"])]:
        told += [
            f"{len(taken)} updates learnt from at most {SMALL[1]} steps of {SMALL[0]} episodes: "
            f"{min(taken):.1f} to {max(taken):.1f} s each, {np.mean(taken):.1f} s in the mean.",
            "",
        ]
    return [*told, *_curve(runs, "success"), ""]


def _small_updates(curve: Sequence[Mapping[str, float]]) -> list[float]:
    """Seconds of each update that played few episodes and learnt from few steps."""
    begun = [0.0, *(line["seconds"] for line in curve)]
    return [
        line["seconds"] - before
        for before, line in zip(begun, curve, strict=False)
        if line["episodes"] <= SMALL[0] and 0 < line["steps_learnt"] <= SMALL[1]
    ]


def _curve(runs: Sequence[dict[str, Any]], measured: str) -> list[str]:
    """The mean of a measure over the updates before each mark, and over the seeds."""
    end = max(run["curve"][-1]["steps"] for run in runs)
    marks = [round(end * part / MARKS) for part in range(MARKS + 1)]
    cells = []
    for first, last in itertools.pairwise(marks):
        lines = [x for run in runs for x in run["curve"] if first < x["steps"] <= last]
        cells.append(f"{np.mean([x[measured] for x in lines]):.2f}" if lines else "-")
    head = f"| updates | {' | '.join(str(mark) for mark in marks[1:])} |"
    return [head, "|---" * (MARKS + 1) + "|", f"| {measured} | {' | '.join(cells)} |"]


def _told(estimate: Sequence[float]) -> str:
    mean, low, high = estimate
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"


# --- playing --------------------------------------------------------------------------------------


def _playing(args: Args, runs: Runs) -> list[str]:
    """The tables of success and of optimal actions."""
    told = ["## Beside others", ""]
    with Workers(1) as workers:
        for title, env, knobs, splits, tasks in (
            ("GuiNavigation, level 1", GUI, {"level": 1}, OTHERS, None),
            ("GuiNavigation, level 2", GUI, {"level": 2}, ("test",), args.tasks),
            ("WebTasks, level 1", WEB, {"level": 1}, ("test",), args.web_tasks),
        ):
            if tasks == 0:
                continue
            seeds = range(len(runs["trained"]) if env == GUI else 1)
            lines: dict[str, list[Line]] = {}
            for name, count in DISTURBED.items():
                lines[name] = []
                for seed, split in track(
                    [(s, p) for s in seeds for p in splits], f"{title} {name}"
                ):
                    asked = {**knobs, "split": split, "disturbances": count}
                    asked |= {"app": "fixed", "app_seed": seed} if env == GUI else {}
                    words = f"{title} {name} {split} {seed}".replace(",", "").replace(" ", "-")
                    others = args.players if env == GUI else args.web_players
                    agents = _agents(args, runs, seed, others)
                    found = measure(env, list(agents), asked, tasks, args.out / words, workers)
                    lines[name] += [{**x, "who": agents[x["agent"]]} for x in found]
            table = _table(title, lines)
            print("\n".join(table), flush=True)
            told += table
    return told


def _agents(args: Args, runs: Runs, seed: int, others: Sequence[str]) -> dict[str, str]:
    """Who plays by name, and what they are called on the page."""
    untrained = "language:scored" + (f":model={args.model}" if args.model else "")
    agents = {untrained: "zero-shot", **{name: f"`{name}`" for name in others}}
    for name in ("cloned", "stopped", "trained"):
        agents[f"language:scored:adapter={runs[name][seed]['model']}"] = name
    return agents | {name: what for what, name in BESIDE.items()}


def _table(title: str, lines: Mapping[str, Sequence[Line]]) -> list[str]:
    """Success and optimal actions of everybody in one world."""
    cells = [f"{what}, {name}" for name in lines for what in ("success", "optimal actions")]
    told = [f"### {title}", "", f"| | episodes | {' | '.join(cells)} |", "|---" * 6 + "|"]
    parts = list(lines.values())
    for who in dict.fromkeys(line["who"] for line in parts[0]):
        mine = [[line for line in part if line["who"] == who] for part in parts]
        cells = [
            _told(estimate([float(line[key]) for line in part]))
            for part in mine
            for key, estimate in (("success", share), ("optimal_actions", interval))
        ]
        told.append(f"| {who} | {len(mine[0])} | {' | '.join(cells)} |")
    return [*told, ""]


# --- the head -------------------------------------------------------------------------------------


def _head(args: Args) -> list[str]:
    """Title, command, machine, and how to read the tables."""
    command = "python -m midcourse.baselines.language_gui.page"
    for field in dataclasses.fields(Args):
        value = getattr(args, field.name)
        if field.name not in ("out", "page", "threads") and value != field.default:
            words = " ".join(value) if isinstance(value, tuple) else str(value)
            command += f" --{field.name.replace('_', '-')} {words}"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return [
        "# A small language model, cloned and trained",
        "",
        "SmolLM2-135M-Instruct, of which the package has the weights in 4 bits, scores the legal "
        "actions and takes the likeliest. Cloned: LoRA in all linear layers learns the oracle's "
        'choices in GuiNavigation level 1, `app="fixed"` (`midcourse train language-clone`). '
        "Trained: group-relative policy optimisation on success alone, from a clone that was "
        "stopped early (`midcourse train language-grpo`).",
        "",
        f"Written on {time.strftime('%Y-%m-%d')} at commit {commit()} by `{command}`. "
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, {cpu()}, "
        f"{args.threads} threads, float32. Python {platform.python_version()}, {versions}, "
        f"midcourse {package_version()}.",
        "",
        "**The oracle is read in cloning only.** An app of level 1 has 8 screens, hence 56 pairs "
        "of start and goal; 40 are of the split `train`, the 16 of `validation` and `test` are "
        "the others, which nothing is trained on. Seed s draws weights and examples, and its app "
        "is `app_seed=s`, with other names and another order. On the way to a goal training can "
        "pass through a start of the others with that goal: those are counted apart that neither "
        "the oracle passed nor, in the policy step, an episode that was learnt from. "
        "Steps over: of the cheapest way, in the others' episodes that succeeded. Likeliest "
        "actions, except where it says drawn: from the policy, "
        f"{args.episodes} episodes a pair. Training time "
        "leaves out loading and evaluation, a whole run does not; it is not known of one that was "
        "killed and went on.",
        "",
        "A group is 8 episodes of one task; flat ones, in which all or none succeeded, were drawn "
        "again. Intervals: 95 %, of shares of episodes Wilson's, of means the bootstrap's over "
        "pairs (tasks). An action is optimal if it "
        "is the oracle's or leaves one step less to go. Zero-shot is `language:scored` with "
        "its defaults: a token's mean log-probability, less that after a neutral turn. It sees the "
        "whole conversation and the general rules, the cloned and trained players the step at hand "
        "and rules of four words, and score by sums. On level 2 and on the web they "
        "play what they were not trained for; the web's rows are of seed 0.",
        "",
    ]


if __name__ == "__main__":
    print(run_command(Args, write_page, __doc__), file=sys.stderr)
