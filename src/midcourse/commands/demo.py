"""Train, play and measure on three worlds, and write a report.

GUI navigation at three levels: random, do-nothing, explorer, a freshly trained MaskablePPO and the
oracle. Web tasks at three: random, do-nothing, one that says that nothing can be done, one that
ignores what its user says midway, and the oracle. Delayed repression at two: random, do-nothing and
the reference controller. Undisturbed and disturbed. Under four minutes on two cores, and one more
where a small language model is installed, which then plays as well.

Example:
    midcourse demo --out demo
"""

import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midcourse import demo, demo_language, demo_repression, demo_web
from midcourse.commands.common import RUNS, print_tables
from midcourse.core.errors import UserError
from midcourse.core.version import commit, package_version
from midcourse.report import Report, Section, write_report

COLUMNS = ("success", "efficiency", "steps_to_recover", "stale_actions")
WEB_COLUMNS = ("success", "success_disturbed", *COLUMNS[1:])
LATE_COLUMNS = ("success", "success_disturbed", "return")
FURTHER_COLUMNS = (WEB_COLUMNS, LATE_COLUMNS, ("success", "progress"))
SUMMARY = (
    "Each task is to reach a screen of an app and to declare it done. Disturbed episodes meet one "
    "popup, rearranged icons, new labels, a dead link or a redirected screen on the way. "
    "MaskablePPO was trained without disturbances, for under a minute at each level, on the pairs "
    "of start and goal called seen; it plays by sampling from its policy."
)


@dataclass
class Args:
    """What the demo does."""

    out: Path = RUNS / "demo"
    """Folder of the report, the models, and the episodes."""
    levels: tuple[int, ...] = (1, 2, 3)
    """Levels, of 1 to 3."""
    seed: int = 0
    """Of training and of the episodes."""
    training: float = 1.0
    """Share of the usual training time, for a shorter trial."""


def run(args: Args) -> int:
    """Run the demo and print the table."""
    began = time.perf_counter()
    levels = tuple(dict.fromkeys(args.levels))
    if not levels or not set(levels) <= set(demo.SECONDS):
        raise UserError(f"--levels {' '.join(map(str, args.levels))}: the demo has 1, 2 and 3")
    if not 0 <= args.seed < 2**32:
        raise UserError(f"--seed {args.seed} is out of range: it lies in [0, 2**32)")
    if args.out.exists() and not args.out.is_dir():
        raise UserError(f"{args.out} is no folder: choose another --out")
    if not 0 < args.training <= 10:
        raise UserError(f"--training {args.training} is out of range: it lies in (0, 10]")
    with _bars() as bars:
        models = demo.train_all(
            args.out, levels, args.training, args.seed, _TrainingRows(bars, levels)
        )
        trained = time.perf_counter() - began
        parts = (demo.settings(levels), demo_web.settings(), demo_repression.settings())
        row = _EvaluationRow(bars, sum(map(len, parts)) + demo_language.is_installed())
        found = demo.evaluate_all(args.out, models, args.seed, row)
        web = demo_web.evaluate_all(args.out, args.seed, row)
        late = demo_repression.evaluate_all(args.out, args.seed, row)
        spoken = demo_language.evaluate_all(args.out, args.seed, row)
    sections = [setting.section(results) for setting, results in found.items()]
    labels = dict.fromkeys((f"sb3:{path}" for path in models.values()), demo.PPO)
    further = [demo_web.report(web), demo_repression.report(late, args.seed)]
    further += [demo_language.report(spoken)] if spoken else []
    print_tables([(s.name, s.rows) for s in sections], COLUMNS, labels)
    for part, columns in zip(further, FURTHER_COLUMNS, strict=False):
        print_tables([(s.name, s.rows) for s in part.sections], columns, part.labels)
    page = _report(args, sections, found, labels, trained, tuple(further))
    path = write_report(page, args.out / "report.html")
    print(f"{time.perf_counter() - began:.0f} seconds; open {path}")
    if not spoken:
        print(demo_language.advice())
    return 0


def _report(
    args: Args,
    sections: list[Section],
    found: Any,
    labels: dict[str, str],
    trained: float,
    further: tuple[Report, ...],
) -> Report:
    episodes = sum(len(results.lines) for results in found.values())
    facts = {
        "Command": f"midcourse demo --out {args.out} --seed {args.seed}",
        "Package": f"midcourse {package_version()}, commit {commit()}",
        "Episodes": f"{episodes}, on the same tasks and seeds for every agent",
        "Training": f"{trained:.0f} seconds for all levels together, in two processes",
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
    }
    return Report(
        title="GUI navigation: who finds the way when it changes?",
        summary=SUMMARY,
        sections=sections,
        curves=demo.curves(args.out, args.levels),
        curve_axis="steps of training",
        curve_note="Share of the last 400 training episodes that succeeded.",
        recordings=demo.choose(found),
        facts=facts,
        labels=labels,
        further=further,
    )


def _bars() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"))
    return Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))


class _TrainingRows:
    """A bar for each level that is trained."""

    def __init__(self, bars: Any, levels: tuple[int, ...]):
        self.bars = bars
        self.rows = {
            level: bars.add_task(f"train level {level}", total=1.0, said="") for level in levels
        }

    def __call__(self, level: int, seconds: float | None, limit: float, success: float) -> None:
        share = 1.0 if seconds is None else min(1.0, seconds / limit)
        self.bars.update(self.rows[level], completed=share, said=f"success {success:.2f}")


class _EvaluationRow:
    """One bar over all settings."""

    def __init__(self, bars: Any, settings: int):
        self.bars = bars
        self.begun = 0
        self.row = bars.add_task("evaluate", total=settings, said="")

    def __call__(self, name: str) -> Any:
        before, self.begun = self.begun, self.begun + 1

        def tell(done: int, total: int, line: Any) -> None:
            self.bars.update(self.row, completed=before + done / total, said=name)

        return tell
