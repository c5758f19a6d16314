"""Task addressing: (family, version, split, level, index), hashed to what lays the task out."""

import hashlib
from dataclasses import dataclass
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


def check_index(task: Any, split: str, count: int) -> int:
    """A task's index as an int.

    Raises:
        UserError: not a whole number, or not an index of this split.
    """
    if isinstance(task, bool) or not hasattr(task, "__index__"):
        raise UserError(f"options={{'task': i}} takes a whole number, not {task!r}")
    index = int(task)
    end = count or ENDLESS
    if not 0 <= index < end:
        raise UserError(f"task {index} does not exist: the split {split!r} has 0 to {end - 1}")
    return index


def check_seed(seed: Any) -> tuple[int, int]:
    """A seed's lower and upper 32 bits.

    Raises:
        UserError: not a whole number in [0, 2**63).
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise UserError(f"a seed is a whole number, not {seed!r}")
    if not 0 <= int(seed) < 2**63:
        raise UserError(f"seed={seed} is out of range: it lies in [0, 2**63)")
    return int(seed) & 0xFFFFFFFF, int(seed) >> 32
