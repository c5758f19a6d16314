"""What several commands share: the world that is asked for, progress bars, tables."""

import ast
import contextlib
import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import tyro

from midcourse.core.errors import UserError
from midcourse.evaluate import Progress
from midcourse.evaluation.plan import env_id
from midcourse.evaluation.summary import COLUMNS, Row

WIDE = 160  # columns of a table that goes to a file
RUNS = Path("runs")  # where results go, unless --out says otherwise
GUI = "midcourse/GuiNavigation-v0"


@dataclass(kw_only=True)
class WorldArgs:
    """Which world: its id and its knobs."""

    env: tyro.conf.Positional[str] = GUI
    """Id of the environment; `midcourse list` names them."""
    level: int | None = None
    """Difficulty, from 1."""
    split: str | None = None
    """Where tasks come from: train, validation or test."""
    disturbances: str | None = None
    """How many are drawn, or their names with commas between."""
    observation: str | None = None
    """Form of the observation."""
    knob: Annotated[
        tyro.conf.UseAppendAction[tuple[str, ...]], tyro.conf.arg(metavar="NAME=VALUE")
    ] = ()
    """Any other knob of the family; may be given several times."""

    def env_id(self) -> str:
        """The whole id, see `env_id`."""
        return env_id(self.env)

    def knobs(self) -> dict[str, Any]:
        """The knobs that were given, as `gymnasium.make` takes them.

        Raises:
            UserError: a `--knob` without a name or a value.
        """
        given: dict[str, Any] = {}
        for entry in self.knob:
            name, equals, value = entry.partition("=")
            if not equals or not name or not value:
                raise UserError(f"--knob {entry!r} is not of the form name=value")
            given[name.strip().replace("-", "_")] = literal(value.strip())
        for name in ("level", "split", "observation"):
            if getattr(self, name) is not None:
                given[name] = getattr(self, name)
        if self.disturbances is not None:
            given["disturbances"] = kinds(self.disturbances)
        return given


def literal(text: str) -> Any:
    """A Python literal, or the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def kinds(text: str) -> int | tuple[str, ...]:
    """Disturbances from the command line: a number, or names with commas between."""
    if re.fullmatch(r"\s*-?[0-9]+\s*", text):
        return int(text)
    return tuple(word.strip().replace("-", "_") for word in text.split(",") if word.strip())


def part(module: str, what: str, extra: str = "demo") -> ModuleType:
    """A module of this package that may be left out of an installation, or needs an extra.

    Raises:
        UserError: it, or something that it needs, is not installed.
    """
    try:
        return importlib.import_module(f"midcourse.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("midcourse"):
            raise UserError(f"{what} is not part of this installation") from None
        raise UserError(
            f"{what} needs {error.name}, which is not installed: pip install 'midcourse[{extra}]'"
        ) from None


@contextlib.contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """A bar on stderr, which `evaluate` moves."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bars:
        bar = bars.add_task(what, total=None)

        def tell(done: int, total: int, line: Any) -> None:
            agent = f"{what}, {line['agent'].partition(':')[0]}" if line else what
            bars.update(bar, completed=done, total=total, description=agent)

        yield tell


def print_tables(
    sections: Sequence[tuple[str, Sequence[Row]]],
    columns: Sequence[str],
    labels: Mapping[str, str] | None = None,
    headings: Mapping[str, str] = COLUMNS,
) -> None:
    """Print means over their intervals, one table with a heading for each section.

    A column that is defined for nobody is left out.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    everybody = [row for _, rows in sections for row in rows]
    columns = [c for c in columns if any(row.estimates[c].is_defined for row in everybody)]
    table = Table(box=SIMPLE_HEAD)
    table.add_column("agent", overflow="fold")
    table.add_column("tasks\nx runs", justify="right", no_wrap=True)
    for column in columns:
        table.add_column(headings[column], justify="right", max_width=16)
    ks = sorted({k for row in everybody for k in row.pass_at if k > 1})
    for k in ks:
        table.add_column(f"Pass@{k}", justify="right")
        table.add_column(f"pass^{k}", justify="right")
    for title, rows in sections:
        table.add_row(Text(title, style="bold"))
        for row in rows:
            runs = f"{row.tasks} x {row.episodes / row.tasks:.3g}"
            shown = [str(row.estimates[column]) for column in columns]
            passes = [f"{value:.2f}" for k in ks for value in (row.pass_at[k], row.pass_hat[k])]
            table.add_row((labels or {}).get(row.agent, row.agent), runs, *shown, *passes)
        table.add_section()
    console.print(table)
