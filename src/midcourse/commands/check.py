"""Prove the laws of an environment, one by one, and say what was tried.

Example:
    midcourse check GuiNavigation-v0
"""

from dataclasses import dataclass

import tyro

import midcourse
from midcourse.commands.common import GUI
from midcourse.core.errors import UserError, unknown
from midcourse.evaluation.plan import ids


@dataclass
class Args:
    """What is checked."""

    env: tyro.conf.Positional[str] = GUI
    """Id of the environment."""


def run(args: Args) -> int:
    """Check; the exit code is 1 if a law does not hold."""
    known = ids()
    name = args.env if args.env in known else f"midcourse/{args.env}"
    if name not in known:
        raise unknown("id", args.env, known)
    check_env = getattr(midcourse, "check_env", None)
    if check_env is None:
        raise UserError("the battery of checks is not part of this installation")
    report = check_env(name)
    print(report)
    return 0 if report.passed else 1
