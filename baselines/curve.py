"""Files of a training run that survive a kill: the curve, and what is replaced whole."""

import contextlib
import functools
import json
import os
import pickle
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from midcourse.core.errors import UserError
from midcourse.evaluation.journal import take_lock, told_plainly

Args = TypeVar("Args", bound=Any)
Result = TypeVar("Result")

# What reading a damaged file of pickle's, zipfile's or torch's ends in.
DAMAGE = (OSError, EOFError, LookupError, RuntimeError, TypeError, ValueError, OverflowError)
DAMAGE += (AssertionError, AttributeError, ImportError, MemoryError)
DAMAGE += (pickle.UnpicklingError, zipfile.BadZipFile, zlib.error)
BESIDE = re.compile(r"\..+\.\d+\.\w+")  # names of what `replace` writes first


def alone(train: Callable[[Args], Result]) -> Callable[[Args], Result]:
    """A training whose arguments are checked, in `args.out`, where only one at a time may write.

    What a killed run left half written there is removed.

    Raises:
        UserError: as `args.check` does; another run is writing there, or the folder, which is made,
            cannot be written.
    """

    @functools.wraps(train)
    def locked(args: Args) -> Result:
        args.check()
        with told_plainly(args.out):
            args.out.mkdir(parents=True, exist_ok=True)
            lock = take_lock(args.out)
        with lock:
            for left in args.out.glob(".*"):
                if BESIDE.fullmatch(left.name) and left.is_file():
                    left.unlink()
            return train(args)

    return locked


def replace(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path`, then put it in the place of `path` at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        write(beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def checkpoint(path: Path) -> Iterator[None]:
    """Within it a checkpoint is read.

    Raises:
        UserError: it is damaged.
    """
    try:
        yield
    except UserError:
        raise
    except DAMAGE:
        raise UserError(
            f"{path} is damaged or cannot be read: remove it to begin anew, or choose another --out"
        ) from None


class Curve:
    """A JSON-lines file that grows as training goes; each line has `steps`, which increases.

    Args:
        path: of the file.
        steps: where training resumes; later lines, written before a kill, and a line that the
            kill cut are dropped.
    """

    def __init__(self, path: Path, steps: int = 0):
        self.path = path
        kept = [line for line in read_curve(path) if line["steps"] <= steps] if steps else []
        text = "".join(json.dumps(line) + "\n" for line in kept)
        replace(path, lambda beside: write_text(beside, text))

    def add(self, **values: Any) -> None:
        """Append one line."""
        with self.path.open("a") as file:
            file.write(json.dumps(values) + "\n")


def read_curve(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a curve; none if the file does not exist."""
    if not path.exists():
        return []
    lines = []
    for line in path.read_text().splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            break  # cut by a kill
    return lines


def write_text(path: Path, text: str) -> None:
    """Write a text; a function, for `replace`."""
    path.write_text(text)


def check_settings(path: Path, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Refuse a checkpoint that was made with other settings.

    Raises:
        UserError: naming the first that differs.
    """
    for name, value in ours.items():
        if theirs.get(name) != value:
            raise UserError(
                f"{path} was made with {name}={theirs.get(name)!r}, not {value!r}: "
                f"choose another --out, or remove it"
            )
