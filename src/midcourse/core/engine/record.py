"""A world's record: its fields, its dtype, and how plain Python reads it.

`world_dtype` and `shared_dtype` put the engine's own fields before a family's. The proxies at the
end serve rules when numba's compiler is switched off: they read Python's own integers and floats
where numpy would hand out its fixed-width scalars, which wrap and warn.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from midcourse.core.engine.rng import STREAMS

MAX_EVENTS = 6  # disturbances in one episode
MAX_KINDS = 16  # of disturbance in one family
LINE = 64  # bytes of a cache line
DRAWN = -1  # in `request.kind`: any kind that the family allows here

BY_STEP, BY_PROGRESS, BY_CHANCE = 0, 1, 2
NEXT_STEP, SAME_STEP, DISABLED = 0, 1, 2  # autoreset modes, for the loops
NOT_RUNNING = -1  # in place of the number of disturbances: the episode was over ...
BAD_ACTION = -2  # ... or the action lies outside the action space
AT_FIRST = -1  # in `event.fired`: before the first action
GOOD = -1  # in place of the index of a bad action

EVENT = np.dtype(
    [
        ("kind", np.int8),  # index into the family's kinds
        ("when", np.int8),  # BY_STEP or BY_PROGRESS
        ("at", np.int32),  # step, or progress in thousandths
        ("fired", np.int32),  # step at which it struck, or AT_FIRST; 0: not yet
    ],
    align=True,
)

HOT_FIELDS = [
    ("clock", np.int32),  # steps taken in this episode
    ("limit", np.int32),  # steps after which the episode is truncated
    ("running", np.int8),  # 1 from reset to the end of the episode
    ("terminated", np.int8),
    ("truncated", np.int8),
    ("success", np.int8),  # set by the rule, never derived from reward
    ("pending", np.int8),  # disturbances scheduled and still to come
    ("news", np.int8),  # disturbances that struck in the last step
    ("scheduled", np.int8),  # disturbances scheduled in this episode
]

COLD_FIELDS = [
    ("optimal", np.int32),  # cost-to-go at the start; -1: not computed
    ("key", np.uint32, (2,)),  # of this episode's streams
    ("task_key", np.uint32, (2,)),  # of this task's layout
    ("counters", np.uint32, (STREAMS,)),  # draws taken from each stream
    ("seed", np.uint32, (2,)),  # given to reset
    ("episode", np.uint32),  # episodes begun since that seed
    ("task", np.uint32),  # index of the task within its split
    ("schedule", EVENT, (MAX_EVENTS,)),  # this episode's disturbances
]

SHARED_FIELDS = [
    ("split_key", np.uint32, (2,)),  # hash of family, version, split and level
    ("tasks", np.uint32),  # tasks in the split; 0: one for each 31-bit index
    ("step_limit", np.int32),
    ("requests", np.int8),  # disturbances asked for
    ("kinds", np.int8),  # kinds that may be drawn: how many ...
    ("allowed", np.int8, (MAX_KINDS,)),  # ... and which
    ("request", EVENT, (MAX_EVENTS,)),  # `kind` may be DRAWN, `when` may be BY_CHANCE
]


def world_dtype(terms: Sequence[str], hot: list[Any], cold: Sequence[Any] = ()) -> np.dtype:
    """The dtype of a world's whole mutable state, in the order in which a step touches it.

    Args:
        terms: names of the reward terms; their values are the field `terms`, float64.
        hot: the family's fields that a step reads or writes, as numpy wants them.
        cold: the family's other fields.

    The size is an odd number of cache lines: in an aligned array (`aligned_zeros`) what a step
    touches of a world with few hot fields lies in one line, and these lines spread over all sets
    of the cache.
    """
    rewards = ("terms", np.float64, (len(terms),))
    fields = [*HOT_FIELDS, *hot, rewards, *COLD_FIELDS, *cold]
    size = np.dtype(fields, align=True).itemsize
    lines = -(-size // LINE) | 1
    padding = lines * LINE - size
    return np.dtype([*fields, ("padding", np.int8, (padding,))] if padding else fields, align=True)


_known: dict[np.dtype, np.dtype] = {}


def same(dtype: np.dtype) -> np.dtype:
    """The one object that stands for all dtypes equal to this.

    numba looks an argument's dtype up in a dictionary at every call: by identity that takes no
    time, by a comparison of all fields 5 microseconds.
    """
    return _known.setdefault(dtype, dtype)


def aligned_zeros(n: int, dtype: np.dtype) -> np.ndarray:
    """Zeroed records, the first at the beginning of a cache line."""
    buffer = np.zeros(n * dtype.itemsize + LINE, np.uint8)
    skip = -buffer.ctypes.data % LINE
    return np.ndarray((n,), dtype, buffer, skip)


def shared_dtype(fields: list[Any]) -> np.dtype:
    """The dtype of what all worlds of one environment read and none writes."""
    return np.dtype([*SHARED_FIELDS, *fields], align=True)


def describe(dtype: np.dtype, prefix: str = "") -> dict[str, tuple[np.dtype, tuple[int, ...]]]:
    """Every leaf field of a record by dotted name, with its element dtype and shape."""
    leaves: dict[str, tuple[np.dtype, tuple[int, ...]]] = {}
    for name in dtype.names or ():
        base, shape = dtype[name].base, dtype[name].shape
        if base.names is None:
            leaves[prefix + name] = (base, shape)
        else:
            for leaf, (kind, inner) in describe(base, f"{prefix}{name}.").items():
                leaves[leaf] = (kind, shape + inner)
    return leaves


def plain(value: Any) -> Any:
    """A value read from a record, as a rule run by plain Python should see it."""
    if isinstance(value, np.void):
        return Record(value)
    if isinstance(value, np.ndarray):
        return Values(value)
    return value.item() if isinstance(value, np.generic) else value


class Values:
    """An array read by plain Python: its elements are Python numbers, records, or rows."""

    __slots__ = ("array",)

    def __init__(self, array: np.ndarray):
        self.array = array

    def __getitem__(self, index: Any) -> Any:
        return plain(self.array[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        self.array[index] = value

    def __len__(self) -> int:
        return len(self.array)

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return self.array.shape


class Record:
    """One record read and written by plain Python, field by attribute."""

    __slots__ = ("void",)

    def __init__(self, void: np.void):
        object.__setattr__(self, "void", void)

    def __getattr__(self, name: str) -> Any:
        try:
            return plain(self.void[name])
        except ValueError:
            raise AttributeError(f"the record has no field {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in (self.void.dtype.names or ()):
            raise AttributeError(f"the record has no field {name!r}")
        self.void[name] = value.array if isinstance(value, Values) else value
