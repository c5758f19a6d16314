"""Measure the speed, each figure beside another library's in the same run.

Example:
    midcourse bench gui_navigation
"""

from dataclasses import dataclass
from pathlib import Path

import tyro

from midcourse.commands.common import RUNS, part


@dataclass
class Args:
    """What is measured, and where it goes."""

    subjects: tyro.conf.Positional[tuple[str, ...]] = ()
    """Files of `benchmarks/` without their ending; all of them if left out."""
    out: Path = RUNS
    """Folder of bench.csv, to which the rows are appended."""
    readme: bool = False
    """Write the table into the repository's README as well."""
    gpu: bool = False
    """Measure the GPU kernels instead, for kernels/bench/results.csv."""


def run(args: Args) -> int:
    """Run the benchmarks; 1 if a goal was missed."""
    bench = part("bench", "the benchmarks")
    if args.gpu:
        return bench.on_gpu()
    return bench.main(list(args.subjects), args.out, args.readme)
