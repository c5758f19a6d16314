"""Measure the speed, each figure beside another library's in the same run.

Example:
    midcourse bench
"""

from dataclasses import dataclass

import tyro

from midcourse.commands.common import part


@dataclass
class Args:
    """What is passed on to the benchmarks."""

    options: tyro.conf.Positional[tuple[str, ...]] = ()
    """Names of benchmarks; all of them if left out."""


def run(args: Args) -> int:
    """Run the benchmarks."""
    return part("bench", "the benchmarks").main(list(args.options)) or 0
