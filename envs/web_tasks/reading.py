"""Some fields of a record as plain numbers.

numpy looks a field of a record up in 0.2 to 0.6 microseconds, and `tobytes` copies all of it. What
is made here reads any number of fields in 0.1, and nothing else.
"""

from collections.abc import Callable
from struct import Struct
from typing import Any

import numpy as np

from midcourse.envs.web_tasks import state

WORLD = state.world(state.WebParams.make())
Path = tuple[str | int, ...]  # names of fields, and places in arrays of records


def place(dtype: np.dtype, path: Path) -> tuple[int, np.dtype]:
    """Where a field lies in a record, in bytes, and its dtype; of an array of records, theirs."""
    at = 0
    for step in path:
        if isinstance(step, int):
            at += step * dtype.itemsize
        else:
            fields: Any = dtype.fields
            inner, offset = fields[step][:2]
            is_of_records = inner.base.names is not None
            dtype, at = inner.base if is_of_records else inner, at + offset
    return at, dtype


def reader(dtype: np.dtype, *paths: Path) -> Callable[..., tuple[Any, ...]]:
    """The function that takes a record, or its bytes, to the values of some of its fields.

    A second argument says at which byte the record begins. A number gives one value, an array of
    numbers as many as it has, a record its bytes.

    Args:
        dtype: of the record.
        paths: to the fields, in the order in which they lie in it.

    Raises:
        TypeError: a field of a kind that is not read here.
    """
    wanted, end = "<", 0
    for path in paths:
        at, inner = place(dtype, path)
        values = f"{inner.itemsize}s"
        if inner.names is None:
            values = f"{inner.itemsize // inner.base.itemsize}{inner.base.char}"
        wanted += f"{at - end}x{values}"
        end = at + inner.itemsize
    made = Struct(wanted)
    if made.size != end:
        raise TypeError(f"numpy and struct measure these fields differently: {paths}")
    return made.unpack_from


def run_of(dtype: np.dtype, path: Path, most: int) -> Callable[[Any, int], bytes]:
    """The function that takes a record, and a number n up to `most`, to bytes of records in it.

    Args:
        dtype: of the record.
        path: to an array of records, of which the first n are read.
        most: of them.
    """
    at, inner = place(dtype, path)
    reads = [Struct(f"{n * inner.itemsize}s").unpack_from for n in range(most + 1)]
    return lambda record, n: reads[n](record, at)[0]


read_count = reader(WORLD, ("now", "elements"))
read_elements = run_of(WORLD, ("now", "element"), state.ELEMENTS)
read_messages = run_of(WORLD, ("message",), state.MESSAGES)
_split = [Struct(f"{state.ELEMENT.itemsize}s" * n).unpack for n in range(state.ELEMENTS + 1)]


def elements_at_hand(world: Any) -> bytes:
    """The bytes of the elements of the page at hand."""
    return read_elements(world, *read_count(world))


def rows_of(elements: bytes) -> tuple[bytes, ...]:
    """The bytes of each element, from those of some that follow each other."""
    return _split[len(elements) // state.ELEMENT.itemsize](elements)


_NAMES = ("role", "unit", "argument", "caption", "options", "value", "words")
_read_element = reader(state.ELEMENT, *((name,) for name in _NAMES))


def element_of(raw: bytes) -> dict[str, Any]:
    """An element's numbers by name, from the bytes of its record; "words" is a list of tokens."""
    role, unit, argument, caption, options, value, *words = _read_element(raw)
    return {"role": role, "unit": unit, "argument": argument, "caption": caption,
            "options": options, "value": value, "words": words}  # fmt: skip


_CONSTRAINT_NAMES = ("what", "live", "value", "words")
_read_constraint = reader(state.CONSTRAINT, *((name,) for name in _CONSTRAINT_NAMES))
_read_goal = reader(state.GOAL, ("parts",), ("act",), ("table",), ("field",), ("count",))
_FIRST_CONSTRAINT = place(state.GOAL, ("constraint",))[0]
_read_message = reader(state.MESSAGE, ("kind",), ("place",), ("step",), ("old",), ("new",))


def constraint_of(raw: bytes, at: int = 0) -> dict[str, Any]:
    """A requirement's numbers by name, from the bytes of its record, which begin at `at`."""
    what, live, value, *words = _read_constraint(raw, at)
    return {"what": what, "live": live, "value": value, "words": words}


def goal_of(raw: bytes) -> dict[str, Any]:
    """What is said of a goal, by name, from the bytes of its record; "constraint": those it has."""
    parts, *act, table, field, count = _read_goal(raw)
    size = state.CONSTRAINT.itemsize
    places = range(_FIRST_CONSTRAINT, _FIRST_CONSTRAINT + count * size, size)
    return {"parts": parts, "act": act, "table": table, "field": field, "count": count,
            "constraint": [constraint_of(raw, at) for at in places]}  # fmt: skip


def messages_of(raw: bytes) -> list[dict[str, Any]]:
    """Messages by name, from the bytes of some that follow each other."""
    found = []
    for at in range(0, len(raw), state.MESSAGE.itemsize):
        kind, place, step, old, new = _read_message(raw, at)
        found.append({"kind": kind, "place": place, "step": step,
                      "old": constraint_of(old), "new": constraint_of(new)})  # fmt: skip
    return found
