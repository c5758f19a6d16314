"""Task addressing: (family, version, split, level, index), hashed to what lays the task out."""

import hashlib
import os
from dataclasses import dataclass
from operator import index
from typing import Any

from midcourse.core.errors import UserError

ENDLESS = 2**31  # indices of a split without an end


@dataclass(frozen=True)
class Task:
    """The address of one task."""

    env: str  # id with version
    split: str
    level: int
    index: int


def split_key(env: str, split: str, level: int) -> tuple[int, int]:
    """Two 32-bit integers that key every task of a split; the rules mix in the index."""
    return hash_words("task", env, split, level)


def hash_words(*parts: Any) -> tuple[int, int]:
    """Two 32-bit integers from anything that has a text (BLAKE2b)."""
    text = "\0".join(str(part) for part in parts)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def is_whole(value: Any) -> bool:
    """Whether a value is an integer of Python's or numpy's; a bool is none."""
    try:
        index(value)
    except TypeError:  # an array has __index__ as well, but refuses
        return False
    return not isinstance(value, bool)


def check_index(task: Any, split: str, count: int) -> int:
    """A task's index as an int.

    Raises:
        UserError: not a whole number, or not an index of this split.
    """
    if not is_whole(task):
        raise UserError(f"options={{'task': i}} takes a whole number, not {task!r}")
    place = int(task)
    end = count or ENDLESS
    if not 0 <= place < end:
        raise UserError(f"task {place} does not exist: the split {split!r} has 0 to {end - 1}")
    return place


def check_seed(seed: Any) -> tuple[int, int]:
    """A seed's lower and upper 32 bits.

    Raises:
        UserError: not a whole number in [0, 2**63).
    """
    if not is_whole(seed):
        raise UserError(f"a seed is a whole number, not {seed!r}")
    if not 0 <= int(seed) < 2**63:
        raise UserError(f"seed={seed} is out of range: it lies in [0, 2**63)")
    return int(seed) & 0xFFFFFFFF, int(seed) >> 32


def fresh_seed() -> int:
    """A seed in [0, 2**63) from the operating system."""
    return int.from_bytes(os.urandom(8), "little") >> 1
