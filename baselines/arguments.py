"""What may be asked of a training: an environment by its short id, too, and numbers in range."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from midcourse.core.errors import UserError
from midcourse.evaluation.plan import env_id

ABOVE_0, FROM_0, SHARE = "(0, inf)", "[0, inf)", "[0, 1]"
FROM_1, FROM_2 = "[1, inf)", "[2, inf)"
SEED = f"[0, {2**32 - 1}]"  # what numpy, torch and SB3 all take


def with_whole_id(args: Any) -> Any:
    """Arguments whose `env`, if they have one, is the whole id.

    Raises:
        UserError: there is no such environment.
    """
    return dataclasses.replace(args, env=env_id(args.env)) if hasattr(args, "env") else args


def check_ranges(args: Any, ranges: Mapping[str, str]) -> None:
    """Refuse numbers out of their ranges, which are written as in mathematics: `(0, 1]`.

    Raises:
        UserError: naming the first.
    """
    for name, interval in ranges.items():
        value = getattr(args, name)
        low, high = (float(end) for end in interval[1:-1].split(","))
        above = value >= low if interval[0] == "[" else value > low
        below = value <= high if interval[-1] == "]" else value < high
        if not (above and below):
            raise UserError(f"{name}={value} is out of range: it lies in {interval}")
