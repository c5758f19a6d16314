"""Speed, side by side with peers in one run: what `midcourse bench` does.

The measurements stand in the repository's `benchmarks/`, one file a subject, each with a function
`rows(report) -> Iterator[Row]` and, where it needs more than the package has, `require()`, which
raises UserError if that is not installed. A ratio is taken pair by pair, ours and the peer's in
turn, so that it holds when the machine's speed drifts; its median is quoted.
"""

import csv
import dataclasses
import gc
import importlib.util
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.table import Table

from midcourse.core.errors import UserError, unknown
from midcourse.core.version import commit

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
README = FOLDER.parent / "README.md"
ON_GPU = ["kernels", "population"]  # files of the folder that end in _gpu
BEGIN, END = "<!-- speed table: written by `midcourse bench --readme` -->", "<!-- end -->"


@dataclasses.dataclass(frozen=True)
class Row:
    """One measurement.

    `ratio` is how many times better than the peer ours is (or the figure itself where there is
    no peer); `goal` is the least it should be, or the most where `at_most`.
    """

    what: str
    ours: str
    peer: str
    ratio: float
    low: float
    high: float
    goal: float | None = None
    at_most: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal was reached; None where there is none."""
        if self.goal is None:
            return None
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal


def seconds(run: Callable[[], object], least: float = 0.1) -> float:
    """Seconds of one call, the mean over `least` seconds of them; garbage collection is off."""
    gc.collect()
    gc.disable()
    try:
        calls, start = 0, time.perf_counter()
        while True:
            run()
            calls += 1
            passed = time.perf_counter() - start
            if passed >= least:
                return passed / calls
    finally:
        gc.enable()


def compare(
    ours: Callable[[], object], peer: Callable[[], object], rounds: int = 15
) -> tuple[list[float], list[float]]:
    """Seconds of a call of ours and of the peer's, measured in turn; one warm-up each."""
    ours()
    peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def faster(
    what: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    work: tuple[float, float],
    names: tuple[str, str],
    goal: float | None,
) -> Row:
    """A row of how many times faster ours does its work; `work` is what one call of each does."""
    mine, theirs = compare(ours, peer)
    ratios = [(b / work[1]) / (a / work[0]) for a, b in zip(mine, theirs, strict=True)]
    figures = [
        f"{name} {rate(amount / statistics.median(times))}".strip()
        for name, amount, times in zip(names, work, (mine, theirs), strict=True)
    ]
    middle = statistics.median(ratios)
    return Row(what, figures[0], figures[1], middle, min(ratios), max(ratios), goal)


def rate(per_second: float) -> str:
    """A rate in words: 17.2 M/s, 387 k/s."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if per_second >= size:
            return f"{per_second / size:.3g} {unit}/s"
    return f"{per_second:.3g} /s"


def _three(value: float) -> str:
    """Three digits, or all of those before the point."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def subjects() -> list[str]:
    """The files in `benchmarks/` that measure speed.

    Raises:
        UserError: an installation without the repository.
    """
    if not FOLDER.is_dir():
        raise UserError("the benchmarks come with the repository, not with the package: clone it")
    return sorted(p.stem for p in FOLDER.glob("*.py") if "\ndef rows(" in p.read_text())


def measures(chosen: Sequence[str], all_of_them: bool) -> dict[str, ModuleType]:
    """What measures each subject, by name.

    Args:
        chosen: the subjects; all if empty.
        all_of_them: none may be left out because what it needs is not installed.

    Raises:
        UserError: an unknown subject, or one that needs what is not installed.
    """
    known, found = subjects(), {}
    for subject in chosen or known:
        if subject not in known:
            raise unknown("benchmark", subject, known)
        module = _loaded(subject)
        try:
            getattr(module, "require", lambda: None)()
        except UserError as missing:
            if chosen or all_of_them:
                raise
            Console().print(f"left out: {missing}")
        else:
            found[subject] = module
    return found


def _loaded(subject: str) -> ModuleType:
    """A file of `benchmarks/` as a module; it may import the others by name."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    spec = importlib.util.spec_from_file_location(f"benchmark_{subject}", FOLDER / f"{subject}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(chosen: list[str] | None = None, out: Path = Path("runs"), readme: bool = False) -> int:
    """Measure, print the table, and append to `out`/bench.csv; with `readme`, write it there too.

    A subject that needs what is not installed is left out, unless it was chosen or README wants it.

    Returns 1 if a goal was missed, else 0.

    Raises:
        UserError: an unknown subject, or nothing was measured because something is not installed.
    """
    console = Console()
    rows: list[Row] = []
    modules = measures(chosen or (), readme)
    out.mkdir(parents=True, exist_ok=True)
    with console.status("measuring") as status:
        for module in modules.values():
            for row in module.rows(status.update):
                _append(out / "bench.csv", row)
                rows.append(row)
    console.print(_table(rows))
    if readme:
        _write_readme(rows)
    return 1 if any(row.reached is False for row in rows) else 0


def on_gpu(chosen: tuple[str, ...] = ()) -> int:
    """Check and measure GPU kernels; the rows go to tables in the repository's kernels/bench.

    Args:
        chosen: of `ON_GPU`; all if left out.

    Returns 1 if a kernel is wrong, else 0.

    Raises:
        UserError: an unknown subject, no GPU, no torch or triton, or an installation without the
            repository.
    """
    subjects()
    for name in chosen:
        if name not in ON_GPU:
            raise unknown("GPU benchmark", name, ON_GPU)
    for name in ("torch", "triton"):
        if importlib.util.find_spec(name) is None:
            raise UserError(f"bench --gpu needs {name}, which is not installed: pip install {name}")
    import torch

    if not torch.cuda.is_available():
        raise UserError(f"bench --gpu needs a GPU, and torch {torch.__version__} sees none")
    return max(_loaded(f"{name}_gpu").main() for name in chosen or ON_GPU)


def machine() -> str:
    """Processor and cores, for a caption."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
    return f"{name}, Python {platform.python_version()}, one thread"


def _cells(row: Row) -> tuple[str, ...]:
    bound = "" if row.goal is None else f"{'at most' if row.at_most else 'at least'} {row.goal:g}"
    reached = {True: "yes", False: "no", None: ""}[row.reached]
    ratio, low, high = (_three(value) for value in (row.ratio, row.low, row.high))
    spread = f"{ratio} ({low} to {high})"
    return row.what, row.ours, row.peer, spread, bound, reached


HEADINGS = ("what", "ours", "peer", "ratio or figure", "goal", "reached")


def _table(rows: list[Row]) -> Table:
    table = Table(title=f"{machine()}, {time.strftime('%Y-%m-%d')}, commit {commit()}")
    for heading in HEADINGS:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*_cells(row))
    return table


def _append(path: Path, row: Row) -> None:
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        if new:
            fields = [field.name for field in dataclasses.fields(Row)]
            writer.writerow(["machine", "date", "commit", *fields])
        stamp = [machine(), time.strftime("%Y-%m-%d %H:%M"), commit()]
        writer.writerow([*stamp, *dataclasses.astuple(row)])


def _write_readme(rows: list[Row]) -> None:
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    caption = f"{machine()}, {time.strftime('%Y-%m-%d')}, commit {commit()}."
    text = README.read_text()
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    README.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n\n" + caption + "\n" + END + tail)
