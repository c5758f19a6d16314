"""`midcourse eval --suite interrupt`: agents whose user changes the goal midway."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

from midcourse.commands.common import RUNS, WIDE, print_tables, progress_bar
from midcourse.evaluation.summary import Row
from midcourse.evaluation.workers import Workers
from midcourse.interrupt import Results, evaluate_interrupted
from midcourse.interruption.measures import BUCKETS, HEADINGS, SetRow
from midcourse.interruption.moments import Moment
from midcourse.interruption.plan import make_plan


@dataclass(frozen=True)
class Asked:
    """What the command line asks of the suite."""

    env: str
    agents: Sequence[str]
    knobs: Mapping[str, Any]
    sets: Sequence[str]
    share: float | None
    at: int | None
    tasks: int | None
    seed: int
    processes: int
    floors: bool
    out: Path | None


def run_interrupt(asked: Asked) -> int:
    """Play the sets and print two tables: the measures, and the buckets."""
    moment = Moment.make(asked.share, asked.at)
    plan = make_plan(
        asked.env, asked.agents, asked.knobs, asked.sets, moment, asked.tasks, asked.seed,
        asked.floors,
    )  # fmt: skip
    digest = hashlib.blake2b(json.dumps(plan.settings(), sort_keys=True).encode(), digest_size=4)
    folder = asked.out or RUNS / f"interrupt-{plan.env.split('/')[-1]}-{digest.hexdigest()}"
    with Workers(asked.processes) as workers, progress_bar("interrupt") as progress:
        results = evaluate_interrupted(
            asked.env,
            asked.agents,
            asked.knobs,
            sets=asked.sets,
            share=asked.share,
            at=asked.at,
            tasks=asked.tasks,
            seed=asked.seed,
            floors=asked.floors,
            out=folder,
            progress=progress,
            workers=workers,
        )
    _print(results)
    print(f"{len(results.lines)} episodes in {folder}")
    return 0


def _print(results: Results) -> None:
    sections: dict[str, list[SetRow]] = {}
    for row in results.rows:
        sections.setdefault(row.set, []).append(row)
    plan = results.plan
    print(f"{plan.env}, level {plan.knobs['level']}, messages: {plan.moment}")
    tables = [
        (name, [Row(row.agent, row.tasks, row.tasks, row.estimates, {}, {}) for row in rows])
        for name, rows in sections.items()
    ]
    print_tables(tables, tuple(HEADINGS), headings=HEADINGS)
    _print_buckets(sections)


def _print_buckets(sections: Mapping[str, Sequence[SetRow]]) -> None:
    """Actions after the last message less those on the full goal, by success without and with."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, title="actions less those on the full goal (tasks), by success")
    table.add_column("without interruption, with it")
    for name in BUCKETS:
        table.add_column(name, justify="right")
    for name, rows in sections.items():
        table.add_row(Text(name, style="bold"))
        for row in rows:
            cells = [
                "-" if isnan(extra) else f"{extra:+.2f} ({count})"
                for count, extra in row.buckets.values()
            ]
            table.add_row(row.agent, *cells)
        table.add_section()
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table)
