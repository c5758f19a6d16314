"""Some fields of a record as plain numbers.

numpy looks a field of a record up in 0.2 to 0.6 microseconds, and `tobytes` copies all of it. What
is made here reads any number of fields in 0.1, and nothing else.
"""

from collections.abc import Callable
from struct import Struct, unpack_from
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


def reader(dtype: np.dtype, *paths: Path) -> Callable[[Any], tuple[Any, ...]]:
    """The function that takes a record, or its bytes, to the values of some of its fields.

    A number gives one value, an array of numbers as many as it has, a record its bytes.

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


def some_bytes(world: Any, at: int, count: int) -> bytes:
    """Some bytes of a record: `count` of them, from the byte `at` on."""
    return unpack_from(f"{count}s", world, at)[0]


_read_row = Struct(f"{state.ELEMENT.itemsize}s").iter_unpack


def rows_of(elements: bytes) -> list[bytes]:
    """The bytes of each element, from those of some that follow each other."""
    return [row for (row,) in _read_row(elements)]


_NAMES = ("role", "unit", "argument", "caption", "options", "value", "words")
_read_element = reader(state.ELEMENT, *((name,) for name in _NAMES))


def element_of(raw: bytes) -> dict[str, Any]:
    """An element's numbers by name, from the bytes of its record; "words" is a list of tokens."""
    role, unit, argument, caption, options, value, *words = _read_element(raw)
    return {"role": role, "unit": unit, "argument": argument, "caption": caption,
            "options": options, "value": value, "words": words}  # fmt: skip
