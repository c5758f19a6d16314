"""The folder of a run: settings, one line for each episode, and a lock.

A run that was killed at any byte leaves whole lines and perhaps a cut one; opening the folder
again drops the cut one and goes on after the last whole one.
"""

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Self

from midcourse.core.errors import UserError

RESULTS, TIMING, SETTINGS, LOCK = "results.jsonl", "timing.jsonl", "settings.json", ".lock"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Journal:
    """A run's folder, open for writing; a context manager.

    Args:
        folder: made if it does not exist.
        settings: of this run, in JSON's types.

    Raises:
        UserError: another run is writing there, it holds results of other settings, a line in
            the middle is damaged, the folder cannot be written, or the disk is full.
    """

    def __init__(self, folder: Path | str, settings: Mapping[str, Any]):
        self.folder = Path(folder)
        self.settings = dict(settings)
        self.done: list[dict[str, Any]] = []
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with self._open, told_plainly(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._open.enter_context(take_lock(self.folder))
            self._match_settings()
            self.done = read_results(self.folder, repair=True)
            drop_cut_line(self.folder / TIMING)
            self.results = self._append_to(RESULTS)
            self.timing = self._append_to(TIMING)
            self._open = self._open.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    def append(self, line: Mapping[str, Any], seconds: float) -> None:
        """Write an episode's line, and its wall time beside it, in one write each."""
        with told_plainly(self.folder):
            timing = {"episode": line["episode"], "seconds": round(seconds, 6)}
            write_line(self.timing, timing)
            write_line(self.results, line)

    def _append_to(self, name: str) -> BinaryIO:
        return self._open.enter_context(open(self.folder / name, "ab", buffering=0))

    def _match_settings(self) -> None:
        path = self.folder / SETTINGS
        if not path.exists():
            if (self.folder / RESULTS).exists():
                raise UserError(f"{self.folder} holds results but no {SETTINGS}: choose another")
            write_whole(path, json.dumps(self.settings, indent=1, sort_keys=True) + "\n")
            return
        try:
            theirs = json.loads(path.read_text())
            names = sorted({*theirs, *self.settings})
        except (ValueError, TypeError):
            raise UserError(f"{path} is damaged: delete {self.folder} or choose another") from None
        for name in names:
            old, new = theirs.get(name), self.settings.get(name)
            if old != new and name == "code":
                raise UserError(
                    f"{self.folder} holds a run by other code of this package: delete it, or "
                    f"choose another --out"
                )
            if old != new and name == "loaded":  # by the same agents, or their names had differed
                now, before = self.settings[name], old or {}
                changed = [agent for agent in now if now[agent] != before.get(agent)]
                raise UserError(
                    f"{self.folder} holds a run of {', '.join(changed)} with other files than lie "
                    f"there now: delete it, or choose another --out"
                )
            if old != new:
                raise UserError(
                    f"{self.folder} holds a run with {name}={json.dumps(old)}, this one has "
                    f"{json.dumps(new)}: choose another --out"
                )


def take_lock(folder: Path) -> BinaryIO:
    """Keep other runs out of a folder until the returned file is closed or the process ends.

    Raises:
        UserError: another run is writing there.
    """
    lock = (folder / LOCK).open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise UserError(
            f"another run is writing into {folder}: wait for it, or choose another --out"
        ) from None
    return lock


def read_results(folder: Path | str, repair: bool = False) -> list[dict[str, Any]]:
    """The whole lines of a results file, in order; none if there is no file.

    Args:
        folder: of the run.
        repair: cut a damaged last line off the file; else it is only left out.

    Raises:
        UserError: a line before the last is damaged, or is not the episode of its place.
    """
    path = Path(folder) / RESULTS
    data = path.read_bytes() if path.exists() else b""
    lines: list[dict[str, Any]] = []
    place = 0
    for text in data.splitlines(keepends=True):
        line = _parsed(text)
        if line is None or line.get("episode") != len(lines):
            if place + len(text) < len(data):
                raise UserError(
                    f"line {len(lines) + 1} of {path} is damaged: delete that line and all after "
                    f"it to resume there, or choose another --out"
                )
            break
        lines.append(line)
        place += len(text)
    if repair and place < len(data):
        os.truncate(path, place)
    return lines


def read_seconds(folder: Path | str) -> dict[int, float]:
    """Wall time of each episode of a run, by its number."""
    path = Path(folder) / TIMING
    data = path.read_bytes() if path.exists() else b""
    lines = filter(None, map(_parsed, data.splitlines(keepends=True)))
    return {line["episode"]: line["seconds"] for line in lines}


def _parsed(text: bytes) -> dict[str, Any] | None:
    if not text.endswith(b"\n"):
        return None
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def drop_cut_line(path: Path) -> None:
    """Cut what follows the last line end off a file, if there is one."""
    if path.exists():
        os.truncate(path, path.read_bytes().rfind(b"\n") + 1)


def write_line(file: BinaryIO, line: Mapping[str, Any]) -> None:
    """Append one JSON line to an unbuffered file, whole."""
    rest = json.dumps(line, sort_keys=True, allow_nan=False).encode() + b"\n"
    while rest:
        rest = rest[file.write(rest) :]


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is either there whole or as it was before."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    os.replace(fresh, path)


@contextlib.contextmanager
def told_plainly(folder: Path):
    """Tell what the operating system refused in one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise UserError(
                f"the disk is full: what was finished is kept in {folder}, and the same command "
                f"goes on from there once there is space"
            ) from None
        raise UserError(f"{folder} cannot be written: {error.strerror or error}") from None
