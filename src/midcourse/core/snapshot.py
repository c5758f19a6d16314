"""Snapshots: the bytes of one record, with what is needed to refuse a wrong one.

Layout: `MAGIC`, the length of the prefix (4 bytes, little-endian), the program's prefix (JSON:
id, params, hash of what is shared), the record's bytes, and a CRC-32 of all before it.
"""

import json
import zlib
from typing import Any

import numpy as np

from midcourse.core.errors import UserError
from midcourse.core.family import Program

MAGIC = b"midcourse snapshot 1\n"


def header(program: Program) -> bytes:
    """The constant beginning of a program's snapshots."""
    return MAGIC + len(program.prefix).to_bytes(4, "little") + program.prefix


def pack(head: bytes, world: np.ndarray) -> bytes:
    """The snapshot of one world, an array of one record."""
    body = head + world.tobytes()
    return body + zlib.crc32(body).to_bytes(4, "little")


def unpack(program: Program, head: bytes, snapshot: Any) -> np.ndarray:
    """The world in a snapshot, an array of one record, proven fit for this program.

    Raises:
        UserError: cut, altered, of another environment, or with a value out of range.
    """
    if not isinstance(snapshot, (bytes, bytearray, memoryview)):
        raise UserError(f"a snapshot is bytes, not {type(snapshot).__name__}")
    data = bytes(snapshot)
    if not data.startswith(MAGIC):
        raise UserError("these bytes are not a midcourse snapshot (or not of this version)")
    if len(data) < len(MAGIC) + 8 or zlib.crc32(data[:-4]).to_bytes(4, "little") != data[-4:]:
        raise UserError("the snapshot is damaged: its checksum does not match (cut or altered?)")
    if not data.startswith(head):
        raise UserError(_difference(program, data))
    body = data[len(head) : -4]
    if len(body) != program.world_dtype.itemsize:
        raise UserError(
            f"the snapshot holds {len(body)} bytes of state, "
            f"this environment {program.world_dtype.itemsize}"
        )
    world = np.frombuffer(body, program.world_dtype).copy()
    if not program.entries["validate_one"](world, program.shared):
        raise UserError("the snapshot holds a value out of range, so it was not made by a world")
    return world


def _difference(program: Program, data: bytes) -> str:
    start = len(MAGIC) + 4
    length = int.from_bytes(data[len(MAGIC) : start], "little")
    try:
        theirs = json.loads(data[start : start + length])
        if theirs["id"] != program.family.id:
            return f"the snapshot is of {theirs['id']}, this environment is {program.family.id}"
        ours = json.loads(json.dumps(program.params.as_dict()))  # tuples become lists
        for name, value in ours.items():
            other = theirs["params"].get(name)
            if other != value:
                return (
                    f"the snapshot was made with {name}={other!r}, this environment has {value!r}"
                )
    except (ValueError, KeyError, TypeError, AttributeError):
        return "the snapshot's description cannot be read"
    return "the snapshot was made over other shared tables (another release of this family?)"
