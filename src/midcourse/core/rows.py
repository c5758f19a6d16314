"""Joint spaces and arrays, row by row: row i of a joint array is agent i's."""

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import spaces

Rows = Callable[[np.ndarray], list[Any]]


def space_of(joint: spaces.Space, i: int) -> spaces.Space:
    """Agent i's part of a joint space.

    A MultiDiscrete of one dimension gives a Discrete, one of more a MultiDiscrete.

    Raises:
        TypeError: a space without rows.
    """
    if isinstance(joint, spaces.Dict):
        return spaces.Dict({key: space_of(part, i) for key, part in joint.items()})
    if isinstance(joint, spaces.Box) and joint.shape:
        return spaces.Box(joint.low[i], joint.high[i], dtype=joint.dtype)  # type: ignore[arg-type]
    if isinstance(joint, spaces.MultiDiscrete):
        sizes = joint.nvec[i]
        if np.ndim(sizes) == 0:
            return spaces.Discrete(int(sizes), start=int(joint.start[i]))
        return spaces.MultiDiscrete(sizes, dtype=joint.dtype, start=joint.start[i])  # type: ignore[arg-type]
    raise TypeError(f"{joint} has no rows that agents could be given")


def make_rows(joint: spaces.Space) -> Rows:
    """The function that takes a filled frame to each agent's observation, views of the frame."""
    if not isinstance(joint, spaces.Dict):
        return lambda frame: list(frame["observation"])
    keys = tuple(joint.spaces)

    def rows(frame: np.ndarray) -> list[dict[str, Any]]:
        columns = zip(*(frame[key] for key in keys), strict=True)
        return [dict(zip(keys, row, strict=True)) for row in columns]

    return rows
