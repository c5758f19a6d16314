"""The search as a call: the fewest actions from an environment's state at hand."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from midcourse.core.engine import bind
from midcourse.core.engine.record import aligned_zeros
from midcourse.envs.web_tasks.proof import search as searching

MOST_ACTIONS = 1024  # of one state
CELL = 4  # bytes of a word


@dataclass(frozen=True)
class Found:
    """What a search over all ways of at most `budget` actions came to.

    Attributes:
        budget: actions, the stop included.
        way: a shortest of the successes within them that the search came to; None if there is none.
        exhausted: whether all of them were looked at (or one succeeded).
        states: states entered.
        actions: actions tried, but for stops.
        stops: stops tried.
        broken: actions that lowered the bound by more than it allows; the search is a proof at 0.
    """

    budget: int
    way: list[tuple[int, int]] | None
    exhausted: bool
    states: int
    actions: int
    stops: int
    broken: int


@cache
def _compiled(layout: tuple[np.dtype, ...]) -> Any:
    return bind.compiled(searching.search, layout=layout, whole=True)


def within(env: Any, budget: int, capacity: int = 1 << 20) -> Found:
    """Look for a success in at most `budget` actions from where an environment is.

    Args:
        env: a `WebTasks`, without messages to come.
        budget: actions, the stop included.
        capacity: states that the table of those entered holds, a power of 2; 16 bytes each. It ends
            unexhausted at three quarters.
    """
    worlds, shared = env._worlds, env.program.shared
    stack = aligned_zeros(budget + 1, worlds.dtype)
    stack[0] = worlds[0]
    raw = stack.view(np.uint32).reshape(budget + 1, -1)
    table = np.zeros((capacity, 2), np.uint64)
    actions = np.zeros((budget + 1, MOST_ACTIONS, 2), np.int64)
    numbers = np.zeros((budget + 1, searching.NUMBERS), np.int64)
    counts = np.zeros(searching.COUNTS, np.int64)
    run = _compiled((worlds.dtype, shared.dtype))
    end, depth = run(
        stack, raw, shared, table, actions, numbers, span(worlds.dtype), budget, counts
    )
    if end == searching.TOO_MANY:
        raise ValueError(f"a state has more than {MOST_ACTIONS} actions")
    if end == searching.TOO_FAR:
        raise ValueError(f"a budget of {budget} leaves more moves than a history has pages")
    way = None
    if end == searching.FOUND:
        way = [tuple(actions[d, numbers[d, searching.NEXT] - 1].tolist()) for d in range(depth)]
    return Found(budget, way, end != searching.TABLE_FULL, *counts.tolist())


def span(dtype: np.dtype) -> tuple[int, int, int]:
    """Words of a record: where the browser begins, where the sites' content does, where that ends.

    Raises:
        ValueError: the sites' content does not come last in what an episode changes.
    """
    fields: Any = dtype.fields
    now, start = fields["now"][:2]
    names = now.base.names
    content = start + now.base.fields["shop"][1]
    if names[names.index("shop") :] != ("shop", "forum", "rows", "row") or content % CELL:
        raise ValueError("the sites' content does not come last in what an episode changes")
    return start // CELL, content // CELL, (start + now.itemsize) // CELL
