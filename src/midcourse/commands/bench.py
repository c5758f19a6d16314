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
    """Measure GPU kernels instead, `kernels` and `population`; the rows go to kernels/bench."""


def run(args: Args) -> int:
    """Run the benchmarks; 1 if a goal was missed."""
    bench = part("bench", "the benchmarks")
    if args.gpu or args.subjects == ("kernels",):  # of which there is no other
        return bench.on_gpu(args.subjects)
    return bench.main(list(args.subjects), args.out, args.readme)
