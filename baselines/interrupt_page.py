"""Who bears a user that changes the goal midway: `results/interrupt.md`, by one command.

    python -m midcourse.baselines.interrupt_page

Oracle, script, ignores-messages, random, do-nothing and cannot-be-done on InterruptBench's six
sets, with the messages at 20, 40, 60 and 80 % of the way and at the midpoint. What is finished is
kept in `--out`, and a page that was interrupted goes on with what is missing; what other code of
the package has played there is refused.
"""

import dataclasses
import importlib.metadata
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any, ClassVar

from midcourse.baselines.arguments import FROM_1, check_ranges
from midcourse.baselines.command import run_command
from midcourse.baselines.curve import replace, write_text
from midcourse.baselines.pages import cpu
from midcourse.core.errors import UserError
from midcourse.core.version import commit, package_version
from midcourse.evaluation.summary import Estimate
from midcourse.interrupt import evaluate_interrupted
from midcourse.interruption.measures import BUCKETS, HEADINGS, WITHIN, SetRow
from midcourse.interruption.sets import SETS

SHARES = (0.2, 0.4, 0.5, 0.6, 0.8)
MIDPOINT = 0.5
PACKAGES = ("numpy", "numba", "gymnasium")
# agent -> colour of its curve
AGENTS = {
    "oracle": "#1d4ed8",
    "script": "#0f766e",
    "ignores-messages": "#c2410c",
    "random": "#6b7280",
    "do-nothing": "#111827",
    "cannot-be-done": "#a16207",
}
Found = dict[float, list[SetRow]]  # by share


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args:
    """What to measure."""

    RANGES: ClassVar[dict[str, str]] = dict.fromkeys(("tasks", "processes"), FROM_1)

    env: str = "midcourse/WebTasks-v0"
    """id of the environment"""
    level: int = 5
    """of its tasks"""
    tasks: int = 165
    """of each set"""
    processes: int = 2
    """that play; results do not depend on it"""
    out: Path = Path("runs/interrupt_page")
    """folder for what is finished"""
    page: Path | None = None
    """the page; results/interrupt.md beside this file if not given"""


def write_page(args: Args) -> Path:
    """Play what is missing, then write the page and its picture; returns the page's path.

    Raises:
        UserError: a number out of range, or a kept run of other settings.
    """
    check_ranges(args, args.RANGES)
    started = time.perf_counter()
    found = {share: _play(args, share) for share in SHARES}
    page = args.page or Path(__file__).with_name("results") / "interrupt.md"
    picture = page.with_name(f"{page.stem}_sr.png")
    head = _head(args, time.perf_counter() - started)
    draw(picture, found[MIDPOINT])
    parts = [
        *head,
        *_by_share(found),
        *_measures(found[MIDPOINT]),
        *_buckets(found[MIDPOINT]),
        "## Success within n actions",
        "",
        "SR@n at the midpoint: the share of tasks solved within n actions after the last message.",
        "",
        f"![SR@n of {len(AGENTS)} agents on six sets]({picture.name})",
    ]
    replace(page, lambda beside: write_text(beside, "\n".join(parts) + "\n"))
    return page


def _play(args: Args, share: float) -> list[SetRow]:
    results = evaluate_interrupted(
        args.env,
        tuple(AGENTS),
        {"level": args.level},
        share=share,
        tasks=args.tasks,
        processes=args.processes,
        floors=False,
        out=args.out / f"level={args.level}-tasks={args.tasks}-share={share}",
    )
    return list(results.rows)


def _head(args: Args, seconds: float) -> list[str]:
    """Title, command, machine, and what the tables say."""
    command = "python -m midcourse.baselines.interrupt_page"
    for field in dataclasses.fields(Args):
        value = getattr(args, field.name)
        if field.name in ("level", "tasks") and value != field.default:
            command += f" --{field.name} {value}"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return [
        "# A user who changes the goal midway",
        "",
        f"{args.env}, level {args.level}, the {len(SETS)} sets of InterruptBench (arXiv "
        f"2604.00892), {args.tasks} test tasks each. An agent plays the first goal alone; its "
        f"actions up to a share of the way are repeated, then the message comes; further messages "
        f"come on the way after the one before. An agent hears a message before it stops.",
        "",
        f"Written on {time.strftime('%Y-%m-%d')} at commit {commit()} by `{command}`, in "
        f"{seconds:.0f} s, without what an earlier run had finished. "
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, {cpu()}. Python "
        f"{platform.python_version()}, {versions}, midcourse {package_version()}.",
        "",
        "`ignores-messages` goes the cheapest way to the first goal; it is privileged, as the "
        "oracle is. Where it succeeds, what it did anyway is right after the message too: the "
        "message added what was so already (the address that the form begins with, the brand of "
        "the product chosen), or took a requirement away, which makes wrong only a change of a "
        "row that is wanted no more, and that nothing can be done where now something can. On the "
        "two sets of retractions alone, success therefore tells little of listening; the steps to "
        "recover and the stale actions do. `script` follows a table of "
        "rules, reads the pages and the task as it was given, and hears nothing either; it is not "
        "privileged, and cannot type what a message took back. `cannot-be-done` says at once that "
        "there is no such thing, as is right of the few tasks that ask for what is nowhere. "
        "Intervals are Wilson's for shares and the bootstrap's over tasks for means, 95 %.",
        "",
    ]


def _by_share(found: Mapping[float, Sequence[SetRow]]) -> list[str]:
    """Success by set, agent and moment."""
    lines = ["## Success, by when the message comes", ""]
    names = [f"{share:.0%}" for share in found]
    lines += [f"| set | agent | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for places in zip(*found.values(), strict=True):
        cells = [_told(row.estimates["success"]) for row in places]
        lines.append(f"| {places[0].set} | {places[0].agent} | {' | '.join(cells)} |")
    return [*lines, ""]


def _measures(rows: Sequence[SetRow]) -> list[str]:
    """All measures at the midpoint."""
    columns = [name for name in HEADINGS if name != "success"]
    lines = ["## What follows the message, at the midpoint", ""]
    lines.append(f"| set | agent | {' | '.join(HEADINGS[name] for name in columns)} |")
    lines.append("|---" * (len(columns) + 2) + "|")
    for row in rows:
        cells = [_told(row.estimates[name]) for name in columns]
        lines.append(f"| {row.set} | {row.agent} | {' | '.join(cells)} |")
    told = (
        "Actions after the last message, a failure counting as 30. Those on the full goal are "
        "of the same agent when all messages come before its first action. Steps to recover: "
        "actions after the last message less the oracle's from there, of successes. Stale "
        "actions: those that begin a cheapest way to the first goal and none to the goal as it "
        "is. Damage left: orders and reviews beyond what is wanted, and orders wrongly undone, "
        "at the end."
    )
    return [*lines, "", told, ""]


def _buckets(rows: Sequence[SetRow]) -> list[str]:
    """Actions against the full goal, by success without and with interruption."""
    lines = ["## Actions less those on the full goal, by success without and with interruption", ""]
    lines += [f"| set | agent | {' | '.join(BUCKETS)} |", "|---" * (len(BUCKETS) + 2) + "|"]
    for row in rows:
        cells = [
            "-" if isnan(extra) else f"{extra:+.2f} ({count})"
            for count, extra in row.buckets.values()
        ]
        lines.append(f"| {row.set} | {row.agent} | {' | '.join(cells)} |")
    return [*lines, "", "In brackets: tasks. At the midpoint.", ""]


def _told(estimate: Estimate) -> str:
    if not estimate.is_defined:
        return "-"
    return f"{estimate.mean:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def draw(path: Path, rows: Sequence[SetRow]) -> None:
    """One panel for each set: SR@n of every agent.

    Raises:
        UserError: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        raise UserError("the picture needs matplotlib: pip install 'midcourse[report]'") from None
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = list(dict.fromkeys(row.set for row in rows))
    figure, grid = plt.subplots(
        2, 3, figsize=(9, 5), sharex=True, sharey=True, constrained_layout=True
    )
    for axes, name in zip(grid.flat, names, strict=False):
        for row in rows:
            if row.set == name:
                width = 3.5 if row.agent == "oracle" else 1.5  # another may lie on it
                axes.plot(WITHIN, row.curve, color=AGENTS[row.agent], lw=width, label=row.agent)
        axes.set_title(name, fontsize=10)
        axes.set_ylim(-0.03, 1.03)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in grid[-1]:
        axes.set_xlabel("n, actions after the last message")
    for axes in grid[:, 0]:
        axes.set_ylabel("SR@n")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(AGENTS), frameon=False)

    def save(beside: Path, figure: Any = figure) -> None:
        figure.savefig(beside, dpi=120, metadata={"Software": None})

    replace(path, save)
    plt.close(figure)


if __name__ == "__main__":
    print(run_command(Args, write_page, __doc__), file=sys.stderr)
