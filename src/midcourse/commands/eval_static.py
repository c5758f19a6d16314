"""`midcourse eval --suite static`: a family's questions, answered by each agent."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from midcourse.static import TESTS, TRIES, Row, check, score

HEADER = ("agent", "distribution", "kind", "count", "score", "low", "high")


def run_static(
    env: str, agents: Sequence[str], knobs: dict[str, Any], count: int | None, seed: int, out: Path
) -> int:
    """Score the agents, print their tables, and write static.csv into a folder."""
    from rich.console import Console
    from rich.progress import Progress

    count = TESTS if count is None else count
    check(env, count, TRIES, knobs)
    out.mkdir(parents=True, exist_ok=True)
    lines: list[tuple[Any, ...]] = [HEADER]
    for agent in agents or ("random",):
        with Progress(console=Console(stderr=True)) as bars:
            bar = bars.add_task(agent, total=None)

            def tell(what: str, done: int, total: int, bars: Any = bars, bar: Any = bar) -> None:
                bars.update(bar, description=what, completed=done, total=total)

            rows = score(agent, env, count=count, tries=TRIES, seed=seed, progress=tell, **knobs)
        _print(rows)
        lines += [line for row in rows for line in _lines(row)]
    with (out / "static.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    print(f"table: {out / 'static.csv'}")
    return 0


def _lines(row: Row) -> list[tuple[Any, ...]]:
    found = []
    for agent, share in row.scores.items():
        low, high = row.interval(agent) or ("", "")
        shown = "cannot answer" if share is None else share
        found.append((agent, row.distribution, row.kind, row.count, shown, low, high))
    return found


def _print(rows: Sequence[Row]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    table = Table(box=SIMPLE_HEAD, title="in: the app of training; out: unseen apps")
    for heading in ("", "question", "count", *rows[0].scores):
        table.add_column(heading, overflow="fold")
    for row in rows:
        shown = []
        for agent, share in row.scores.items():
            interval = row.interval(agent)
            if share is None or interval is None:
                shown.append("cannot answer")
            else:
                shown.append(f"{share:.2f} [{interval[0]:.2f}, {interval[1]:.2f}]")
        table.add_row(row.distribution, row.kind, str(row.count), *shown)
    console.print(table)
