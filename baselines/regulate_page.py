"""Which regulators hold a reactive population: `results/regulate.md`, by one command.

    python -m midcourse.baselines.regulate_page

Hand-written rules with numbers in them are chosen on validation tasks, networks and tables are
trained on training tasks, and all are measured on the same test tasks. Each run and each scan is
kept in `--out`; a page that was interrupted goes on with what is missing.
"""

import dataclasses
import importlib.metadata
import itertools
import json
import multiprocessing
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from midcourse import agents
from midcourse.agents.policy import load
from midcourse.agents.regulators import FORCES, SHIFTS, SMOOTHINGS
from midcourse.baselines import regulate
from midcourse.baselines.arguments import FROM_0, FROM_1, check_ranges
from midcourse.baselines.command import run_command
from midcourse.baselines.curve import replace, write_text
from midcourse.baselines.pages import PACKAGES, cpu
from midcourse.baselines.pages import load as machine_load
from midcourse.baselines.regulation import Desk, Rule, Score, policy_rule
from midcourse.core.statistics import wilson
from midcourse.core.version import commit, package_version
from midcourse.evaluation.statistics import interval

Levers = Literal["force", "all"]
MEASURES = ("reward", "own", "success", "share", "amplitude", "force")
# What each setting is trained with, beside the defaults.
TRAINING: dict[str, dict[str, Any]] = {
    "force": {"steps": 1_250_000, "discount": 0.99, "gae": 0.97},
    "all": {"steps": 600_000},
    "tabular": {"steps": 100_000},
}
TEST_SEED, CHOICE_SEED = 3_000_000, 4_000_000  # of the worlds; tasks have seeds of their own


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args:
    """What to measure."""

    RANGES: ClassVar = {
        **dict.fromkeys(("seeds", "tasks", "choices", "processes"), FROM_1),
        "steps": FROM_0,
    }

    seeds: int = 5
    """runs of each trained regulator, seeds 0, 1, ..."""
    tasks: int = 100
    """test tasks that each regulator plays"""
    choices: int = 50
    """validation tasks on which numbers of hand-written rules are chosen"""
    delays: tuple[int, ...] = (8, 20)
    """steps by which institutions answer late"""
    levers: tuple[Levers, ...] = ("force", "all")
    """what the regulator moves: published, all three"""
    steps: int = 0
    """of every training run, instead of each setting's own"""
    citizens: int = 240
    """of each population"""
    communities: int = 6
    """blocks of the graph"""
    processes: int = 2
    """training runs at once; results do not depend on it"""
    out: Path = Path("runs/regulate_page")
    """folder for what is finished"""
    page: Path | None = None
    """the page; results/regulate.md of this package if not given"""

    def run(self, kind: str, levers: Levers, delay: int, seed: int) -> regulate.Args:
        """Settings of one training run."""
        own = dict(TRAINING["tabular" if kind == "tabular" else levers])
        if self.steps:
            own["steps"] = self.steps
        return regulate.Args(
            algorithm_name="tabular" if kind == "tabular" else "ppo",
            levers=levers, delay=delay, seed=seed, quiet=True, citizens=self.citizens,
            communities=self.communities, episodes=self.tasks,
            out=self.out / f"{kind}-{levers}-{delay}-{seed}", **own,
        )  # fmt: skip


def write_page(args: Args) -> Path:
    """Train and scan what is missing, measure, write; returns the page's path.

    Raises:
        UserError: a number out of range.
    """
    check_ranges(args, args.RANGES)
    runs = [
        args.run(kind, levers, delay, seed)
        for levers, delay, seed in itertools.product(args.levers, args.delays, range(args.seeds))
        for kind in ("ppo", "tabular")[: 2 if levers == "force" else 1]
    ]
    missing = [run for run in runs if not (run.out / "page.json").exists()]
    if missing and args.processes > 1:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(args.processes, mp_context=context) as pool:
            list(pool.map(_train, missing))
    else:
        for run in missing:
            _train(run)
    sections = [_section(args, levers, delay) for levers in args.levers for delay in args.delays]
    text = "\n".join([*_head(args), *(line for section in sections for line in section)])
    page = args.page or Path(__file__).with_name("results") / "regulate.md"
    replace(page, lambda beside: write_text(beside, text.rstrip() + "\n"))
    return page


def _train(run: regulate.Args) -> None:
    start = time.perf_counter()
    result = dataclasses.asdict(regulate.train(run))
    result |= {"wall": time.perf_counter() - start, "commit": commit(), "load": machine_load()}
    replace(run.out / "page.json", lambda beside: write_text(beside, json.dumps(result)))


# --- one setting --------------------------------------------------------------------------------


def _section(args: Args, levers: Levers, delay: int) -> list[str]:
    """A heading, the table of controllers, and what beats what."""
    knobs = args.run("ppo", levers, delay, 0).task_knobs("test")
    desk = Desk("midcourse/DelayedRepression-v0", args.tasks, seed=TEST_SEED, **knobs)
    rules = _chosen(args, levers, delay)
    scores: dict[str, Score | list[Score]] = {
        "do-nothing": desk.play(desk.idle),
        "random": desk.play(desk.chance()),
    }
    scores |= {name: desk.play(rule_of(name)) for name in rules}
    scores["reference"] = desk.play(desk.reference)
    lines = [f"## Levers: {levers}, delay {delay}", "", _TITLES, "|---" * 7 + "|"]
    told = []
    for kind in ("tabular", "ppo"):
        runs = [args.run(kind, levers, delay, seed) for seed in range(args.seeds)]
        if (runs[0].out / "page.json").exists():
            scores[kind] = [desk.play(_learned(run)) for run in runs]
            told.append(_told(kind, runs, scores[kind]))
    best = max(rules, key=rules.__getitem__)
    for name, score in scores.items():
        shown = {"ppo": "PPO", "tabular": "tabular Q, as published"}.get(name, f"`{name}`")
        lines.append(_row(f"**{shown}**" if name in ("ppo", best) else shown, score))
    return [*lines, "", *_against(best, scores, rules), "", *told, ""]


_TITLES = (
    "| regulator | reward, published | reward, the world's | success | radical share | "
    "amplitude | force |"
)


def rule_of(name: str) -> Rule:
    """A registered agent's rule."""
    agent: Any = agents.make(name)
    return agent.levers


def _learned(run: regulate.Args) -> Rule:
    if run.algorithm_name == "tabular":
        return rule_of(f"regulator-table:{run.out / 'table.npy'}")
    return policy_rule(load(run.out / "model.zip"), run.levers)


def means(score: Score | list[Score], measure: str) -> np.ndarray:
    """A measure of each task, mean over training seeds, float64 (tasks,)."""
    every = score if isinstance(score, list) else [score]
    return np.mean([getattr(one, measure) for one in every], 0)


def _row(name: str, score: Score | list[Score]) -> str:
    cells = []
    for measure in MEASURES:
        values = means(score, measure)
        if measure == "success":
            low, high = wilson(float(values.mean()), len(values))
            cells.append(f"{values.mean():.2f} [{low:.2f}, {high:.2f}]")
        elif measure in ("reward", "own"):
            middle, low, high = interval(values.tolist())
            cells.append(f"{middle:.4f} [{low:.4f}, {high:.4f}]")
        else:
            cells.append(f"{values.mean():.3f}")
    return f"| {name} | {' | '.join(cells)} |"


def _against(best: str, scores: dict[str, Any], rules: dict[str, float]) -> list[str]:
    """PPO less the best rule, and less the best constant, task by task."""
    constants = [name for name in rules if name.startswith(("constant-force", "set-levers"))]
    lines = []
    for what, name in (
        ("hand-written rule", best),
        ("constant", max(constants, key=rules.__getitem__)),
    ):
        parts = []
        for measure, said in (("reward", "the published"), ("own", "the world's")):
            gain = means(scores["ppo"], measure) - means(scores[name], measure)
            middle, low, high = interval(gain.tolist())
            parts.append(f"{middle:+.4f} [{low:+.4f}, {high:+.4f}] in {said} reward")
        lines.append(f"PPO less the best {what}, `{name}`, task by task: {', '.join(parts)}.")
    return lines


def _told(kind: str, runs: list[regulate.Args], scores: Any) -> str:
    """Seed by seed."""
    results = [json.loads((run.out / "page.json").read_text()) for run in runs]
    each = ", ".join(f"{score.reward.mean():.4f}" for score in scores)
    seconds = ", ".join(f"{result['seconds']:.0f}" for result in results)
    loads = ", ".join(f"{result['load']:.1f}" for result in results)
    commits = ", ".join(sorted({result["commit"] for result in results}))
    name = "PPO" if kind == "ppo" else "Tabular Q"
    return (
        f"{name}, seed by seed: published reward {each}; {results[0]['steps']:,} steps in "
        f"{seconds} s; load of the machine at the end {loads}; commit {commits}.\n"
    )


# --- hand-written rules -------------------------------------------------------------------------


def candidates(levers: Levers) -> dict[str, list[str]]:
    """Agents by kind of rule: of each kind, the best on validation tasks is measured."""
    forces = [f"{u:g}" for u in FORCES]
    found = {
        "constant-force": [f"constant-force:{u}" for u in forces],
        "ramp": ["ramp"],
        "bang-bang": ["bang-bang"],
        "force-by-alarm": [
            f"force-by-alarm:{'/'.join(u)}" for u in itertools.product(forces, repeat=3)
        ],
    }
    if levers == "all":
        every = itertools.product(FORCES, SMOOTHINGS, SHIFTS)
        found["set-levers"] = [f"set-levers:{u:g}/{w:g}/{s:g}" for u, w, s in every]
        found |= {name: [name] for name in ("alarm-smoother", "hold-alarm")}
    return found


def _chosen(args: Args, levers: Levers, delay: int) -> dict[str, float]:
    """The best of each kind of rule by published reward on validation tasks, and that reward."""
    path = args.out / f"rules-{levers}-{delay}.json"
    if not path.exists():
        knobs = args.run("ppo", levers, delay, 0).task_knobs("validation")
        desk = Desk("midcourse/DelayedRepression-v0", args.choices, seed=CHOICE_SEED, **knobs)
        found = {}
        for names in candidates(levers).values():
            rewards = {name: float(desk.play(rule_of(name)).reward.mean()) for name in names}
            best = max(rewards, key=rewards.__getitem__)
            found[best] = rewards[best]
        replace(path, lambda beside: write_text(beside, json.dumps(found)))
    return json.loads(path.read_text())


# --- the page -----------------------------------------------------------------------------------


def _head(args: Args) -> list[str]:
    """Title, command, machine, versions, and how to read the tables."""
    command = "python -m midcourse.baselines.regulate_page"
    for field in dataclasses.fields(Args):
        value = getattr(args, field.name)
        if field.name not in ("out", "page", "processes") and value != field.default:
            shown = " ".join(map(str, value)) if isinstance(value, tuple) else value
            command += f" --{field.name} {shown}"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    settings = "; ".join(f"{name}: {values}" for name, values in TRAINING.items())
    return [
        "# Which regulators hold a reactive population",
        "",
        "midcourse/DelayedRepression-v0 with reactive citizens, whose institutions answer 8 or 20 "
        "steps late. The regulator moves the force alone, as published, or force, smoothing of "
        "the published alarm and shift of the threshold.",
        "",
        f"Written on {time.strftime('%Y-%m-%d')} at commit {commit()} by `{command}`.",
        "",
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, {cpu()}. Python "
        f"{platform.python_version()}, {versions}, midcourse {package_version()}.",
        "",
        f"Every regulator played the same {args.tasks} tasks of the split `test`, once. Rewards "
        "are per step, over whole episodes: the published one is -x_R - .1 u, the world's own "
        "also loses half the amplitude over the last 32 steps. Radical share, its amplitude "
        "(half its range) and force are of the last half of the episode; success bounds them by "
        ".10, .05 and 1. Intervals hold 95 %: of rewards and differences the bootstrap's over "
        "tasks, of success Wilson's. Of rules with numbers in them, the best of all on "
        f"{args.choices} validation tasks by the published reward is shown, so chosen among 6 "
        "constant forces, 216 settings of `force-by-alarm` and 150 of `set-levers`; the best "
        "hand-written rule, in bold, is the best of those on the validation tasks. "
        f"PPO and the table were trained with {args.seeds} seeds each, on training tasks, for the "
        "published reward; their rows are means over seeds, PPO's with its likeliest action "
        f"(`sb3-greedy:PATH`). Their settings beside the defaults of `regulate.py`: {settings}. "
        "Citizens read the first alarm for delay + 1 steps whatever is published, and under "
        "`hold-alarm` no radical is left afterwards: with all levers, that is as good as can be "
        "had without force in those steps. "
        "The reference is the world's oracle controller: of all regulators here it alone may "
        "read the record.",
        "",
    ]


if __name__ == "__main__":
    print(run_command(Args, write_page, __doc__), file=sys.stderr)
