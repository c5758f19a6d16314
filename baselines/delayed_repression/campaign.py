"""Running cells on several processes, each kept as it ends, and writing the page from them."""

import dataclasses
import importlib.metadata
import multiprocessing
import os
import platform
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, ClassVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from midcourse.baselines.arguments import FROM_0, FROM_1, check_ranges
from midcourse.baselines.curve import read_curve
from midcourse.baselines.delayed_repression.cells import EXPERIMENTS, Cell, Experiment, cells_of
from midcourse.baselines.delayed_repression.measure import measure
from midcourse.baselines.pages import commit, cpu
from midcourse.core.errors import UserError
from midcourse.evaluation.journal import TIMING, Journal
from midcourse.evaluation.workers import begin_worker

PACKAGES = ("numpy", "numba", "gymnasium", "midcourse")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args:
    """What to run."""

    RANGES: ClassVar = {
        "seeds": FROM_1,
        "first_seed": FROM_0,
        "steps": "[10, inf)",
        "processes": FROM_1,
    }

    seeds: int = 300
    """runs of each setting; those published are 50"""
    first_seed: int = 1
    """the others follow; the same seed has the same graph and citizens in every setting"""
    steps: int = 500
    """of each run"""
    delays: tuple[int, ...] = ()
    """instead of each experiment's published ones, wherever delays are swept"""
    experiments: tuple[Experiment, ...] = EXPERIMENTS
    """numbers of those wanted, and `robustness`"""
    processes: int = 2
    """how many run at once; results do not depend on it"""
    out: Path = Path("runs/delayed_repression")
    """folder for what is finished; a killed run goes on from there"""
    page: Path | None = None
    """the page, figures beside it; results/delayed_repression.md of this package if not given"""
    quiet: bool = False
    """no progress bar"""


def run(args: Args) -> Path:
    """Measure the cells that are missing, then write page and figures; returns the page's path.

    Raises:
        UserError: an argument is out of range, `out` holds a run of other settings or is in use,
            or a process died.
    """
    from midcourse.baselines.delayed_repression.page import write_page

    check_ranges(args, args.RANGES)
    cells = cells_of(args.experiments, args.delays)
    settings = {name: getattr(args, name) for name in ("seeds", "first_seed", "steps")}
    with Journal(
        args.out, {**settings, "version": importlib.metadata.version("midcourse")}
    ) as kept:
        done = {line["cell"]: line for line in kept.done}
        missing = [cell for cell in cells if cell.name not in done]
        for measured, seconds in _progress(args, missing):
            line = {"episode": len(done), **measured}
            kept.append(line, seconds)
            done[line["cell"]] = line
    lines = {cell.name: done[cell.name] for cell in cells}
    # A kill between the two writes of a line leaves a time twice; the later one counts.
    times = {line["episode"]: line["seconds"] for line in read_curve(args.out / TIMING)}
    seconds = sum(times.get(line["episode"], 0.0) for line in lines.values())
    page = args.page or Path(__file__).parents[1] / "results" / "delayed_repression.md"
    write_page(page, args, lines, seconds)
    return page


def _progress(args: Args, cells: list[Cell]) -> Iterator[tuple[dict[str, Any], float]]:
    columns = (TextColumn("cells"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[said]}"), disable=args.quiet) as bar:
        row = bar.add_task("", total=len(cells), said="")
        for line, seconds in _measured(args, cells):
            bar.update(row, advance=1, said=line["cell"])
            yield line, seconds


def _measured(args: Args, cells: list[Cell]) -> Iterator[tuple[dict[str, Any], float]]:
    """(line, seconds) of each cell, as they end."""
    size = (args.seeds, args.first_seed, args.steps)
    source = provenance()
    if args.processes == 1 or len(cells) < 2:
        for cell in cells:
            yield _measure(cell, size, source)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(args.processes, context, initializer=begin_worker) as pool:
        waiting = [pool.submit(_measure, cell, size, source) for cell in cells]
        try:
            for future in as_completed(waiting):
                yield future.result()
        except BrokenProcessPool:
            raise UserError(
                "a process died (out of memory?): the same command goes on where this one stopped"
            ) from None
        finally:
            for future in waiting:
                future.cancel()


def _measure(
    cell: Cell, size: tuple[int, int, int], source: dict[str, str]
) -> tuple[dict[str, Any], float]:
    start = time.perf_counter()
    result = measure(cell, *size)
    return {"cell": cell.name, "result": result, **source}, time.perf_counter() - start


def provenance() -> dict[str, str]:
    """Where and by what a cell is measured."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    python = f"Python {platform.python_version()}"
    return {
        "commit": commit(),
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {cpu()}",
        "versions": ", ".join([python, *versions]),
    }
