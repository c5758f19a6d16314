"""Prove the laws of an environment, one by one, and say what was tried.

Example:
    midcourse check GuiNavigation-v0
"""

from dataclasses import dataclass
from typing import Literal

import tyro
from rich.console import Console

from midcourse.commands.common import GUI, env_id


@dataclass
class Args:
    """What is checked."""

    env: tyro.conf.Positional[str] = GUI
    """Id of the environment."""

    size: Literal["quick", "full"] = "quick"
    """full tries every task of validation and test, and 1,000 of training."""

    levels: tuple[int, ...] = ()
    """Levels to try; all when none is given."""

    laws: tuple[int, ...] = ()
    """Numbers of the laws to try; all when none is given."""


def run(args: Args) -> int:
    """Check; the exit code is 1 if a law does not hold."""
    from midcourse.core.check import check_env

    chosen = {"levels": args.levels or None, "laws": args.laws or None}
    with Console().status("") as status:
        report = check_env(
            env_id(args.env),
            size=args.size,
            show=False,
            progress=lambda number, law: status.update(f"law {number}: {law}"),
            **chosen,
        )
    report.print()
    return 0 if report.passed else 1
