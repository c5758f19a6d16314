"""What the arguments of `reset` and `step` mean, or what is wrong with them."""

from operator import index
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from midcourse.core import tasks
from midcourse.core.engine.record import BAD_ACTION
from midcourse.core.errors import UserError
from midcourse.core.family import Program, Refusal

FEW = 16  # numbers of an action that a sentence still shows


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
    return np.array([-1 if one is None else program.check_task(one) for one in task], np.int64)


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


def whole(action: Any, count: int) -> int:
    """An action of a discrete space of so many as an int."""
    try:
        return index(action)
    except TypeError:
        refuse_words(action)
        raise UserError(f"action {action!r} is not a whole number in Discrete({count})") from None


def not_taken(news: int, action: Any, space: spaces.Space, begun: bool = True) -> Exception:
    """Why the engine did not take an action, by what it gave in place of disturbances."""
    if news == BAD_ACTION:
        return UserError(outside(np.asarray(action), space))
    why = "the episode is over" if begun else "no episode has begun"
    return gymnasium.error.ResetNeeded(f"{why}: call reset() before step()")


def outside(action: np.ndarray, space: spaces.Space) -> str:
    """The sentence about an action beyond its space, of many numbers about the first of them."""
    if isinstance(space, spaces.MultiDiscrete) and action.size > FEW:
        wrong = (action < space.start) | (action >= space.start + space.nvec)
        place = int(np.flatnonzero(wrong)[0])
        return f"action {action[place]} at {place} is outside 0 to {space.nvec[place] - 1}"
    return f"action {action.tolist()!r} is outside {space}"
