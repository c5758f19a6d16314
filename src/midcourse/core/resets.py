"""What the arguments of a vector's `reset` and `step` mean, or what is wrong with them."""

from typing import Any

import numpy as np

from midcourse.core import tasks
from midcourse.core.errors import UserError
from midcourse.core.family import Program, Refusal


def seeds_of(seed: Any, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper 32 bits of each world's seed, int64 (n,); -1 for a world without one.

    World i of a single seed s takes s + i.
    """
    low, high = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    if seed is None:
        return low, high
    if tasks.is_whole(seed):
        tasks.check_seed(seed)
        if int(seed) + n > 2**63:
            raise UserError(
                f"seed={seed} is out of range for {n} worlds: world i takes seed + i, and the last "
                f"has to lie below 2**63"
            )
        each = int(seed) + np.arange(n, dtype=np.int64)
        return each & 0xFFFFFFFF, each >> 32
    if not hasattr(seed, "__len__") or len(seed) != n:
        raise UserError(f"seed={seed!r}: give one for all or a list of {n}, one for each world")
    for i, one in enumerate(seed):
        if one is not None:
            low[i], high[i] = tasks.check_seed(one)
    return low, high


def chosen_of(reset_mask: Any, n: int) -> np.ndarray:
    """Which worlds a reset mask names, bool (n,)."""
    array = np.asarray(reset_mask)
    if array.shape != (n,) or array.dtype != np.bool_:
        raise UserError(
            f"reset_mask must be a bool array of shape ({n},), not {array.dtype} {array.shape}"
        )
    if not array.any():
        raise UserError("reset_mask names no world: at least one entry must be True")
    return array


def tasks_of(task: Any, program: Program, n: int) -> np.ndarray:
    """Each world's task, int64 (n,); -1 for one that is drawn."""
    if task is None:
        return np.full(n, -1, np.int64)
    if tasks.is_whole(task):
        return np.full(n, program.check_task(task), np.int64)
    if not hasattr(task, "__len__") or len(task) != n:
        raise UserError(f"task={task!r}: give one for all or a list of {n}, one for each world")
    return np.array([program.check_task(one) for one in task], np.int64)


def refuse_words(action: Any) -> None:
    """Tell whoever steps with words that meant no action what to do with them.

    Raises:
        UserError: the action is a `Refusal`.
    """
    if isinstance(action, Refusal):
        raise UserError(
            f"these words mean no action ({action.reason}): env.refuse(reason) charges a step for "
            f"them, TextView does so by itself"
        )


def actions_of(actions: Any, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Actions as an array of an action space's shape and dtype."""
    try:
        array = np.asarray(actions)
    except ValueError:
        raise UserError(f"a ragged list, where actions of shape {shape} belong") from None
    if array.shape != shape:
        refuse_words(actions)
        raise UserError(f"actions have shape {array.shape}, this environment takes {shape}")
    if array.dtype != dtype:
        if not np.can_cast(array.dtype, dtype, "same_kind"):
            raise UserError(f"actions are {array.dtype}, this environment takes {dtype}")
        array = array.astype(dtype)
    return array
