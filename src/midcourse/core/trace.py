"""A trace: what was done to one world and what came of it, as JSON lines written as it happens.

The first line names the world (id, params, package version); then comes one line for each `reset`,
`restore`, `step` and `refuse`, flushed as it is written, so that a kill loses at most the last.
Each carries a hash of the world's record. `replay` does it all again and finds the first
difference.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from midcourse.core.env import Env
from midcourse.core.errors import UserError
from midcourse.core.version import package_version

FORMAT = "midcourse trace 1"
COMPARED = ("hash", "reward", "terminated", "truncated", "success", "events")
Line = dict[str, Any]


def record_hash(env: Env) -> str:
    """Hash of the record of a world, 16 hexadecimal digits (BLAKE2b)."""
    return hashlib.blake2b(env.world.tobytes(), digest_size=8).hexdigest()


class Recorder(gymnasium.Wrapper):
    """Writes a trace of all that is done to a world.

    Wrap the world itself, under any wrapper that changes actions.

    Args:
        env: a world of midcourse.
        path: the file, written anew; its folder must exist.

    Raises:
        UserError: the environment is none of ours or wrapped already, or the file cannot be
            written.
    """

    def __init__(self, env: gymnasium.Env, path: str | Path):
        super().__init__(env)
        world = env.unwrapped
        if not isinstance(world, Env):
            raise UserError(f"{env} is no world of midcourse, so it leaves no trace")
        if env.action_space is not world.action_space:
            raise UserError(f"{env} changes actions: record the world under that wrapper")
        self.world = world
        try:
            self._file = Path(path).open("w", encoding="utf-8", newline="\n")  # noqa: SIM115
        except OSError as error:
            raise UserError(
                f"the trace {str(path)!r} cannot be written: {error.strerror}"
            ) from None
        name = world.spec.id if world.spec is not None else world.FAMILY.id
        params = world.params.as_dict()
        self._write({"format": FORMAT, "env": name, "params": params, "version": package_version()})
        if world.begun:
            self._write_restore()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """As `Env.reset`; a seed that the operating system drew is written down too."""
        observation, info = self.env.reset(seed=seed, options=options)
        record = self.world.world
        low, high = (int(word) for word in record["seed"])
        first = int(record["episode"]) == 0
        self._write(
            {
                "do": "reset",
                "seed": low | high << 32 if first else None,
                "options": options,
                "task": int(record["task"]),
                "hash": record_hash(self.world),
            }
        )
        return observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """As `Env.step`; an action that is refused with an error leaves no line."""
        result = self.env.step(action)
        self._write({"do": "step", "action": action, **_outcome(self.world, *result[1:])})
        return result

    def refuse(self, reason: str) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """As `Env.refuse`."""
        result = self.world.refuse(reason)
        self._write({"do": "refuse", "reason": reason, **_outcome(self.world, *result[1:])})
        return result

    def restore(self, snapshot: bytes) -> tuple[Any, dict[str, Any]]:
        """As `Env.restore`."""
        result = self.world.restore(snapshot)
        self._write_restore()
        return result

    def close(self) -> None:
        """Close the file and the world."""
        self._file.close()
        super().close()

    def _write_restore(self) -> None:
        state = base64.b64encode(self.world.snapshot()).decode()
        self._write({"do": "restore", "state": state, "hash": record_hash(self.world)})

    def _write(self, line: Line) -> None:
        self._file.write(json.dumps(line, default=_plain) + "\n")
        self._file.flush()


def _outcome(
    world: Env, reward: Any, terminated: bool, truncated: bool, info: dict[str, Any]
) -> Line:
    line = {
        "reward": float(reward),
        "terminated": terminated,
        "truncated": truncated,
        "success": info["success"],
        "hash": record_hash(world),
    }
    if "events" in info:
        line["events"] = info["events"]
    return line


def _plain(value: Any) -> Any:
    """What JSON cannot write, as what it can: numpy's numbers and arrays."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise UserError(f"{value!r} cannot be written into a trace")


@dataclass(frozen=True)
class Difference:
    """The first thing that came out otherwise than the trace says."""

    line: int  # of the file, from 1
    what: str
    expected: Any
    came: Any


@dataclass(frozen=True)
class Replay:
    """What a replay found."""

    path: Path
    env: str
    version: str  # of the package that wrote the trace
    episodes: int
    steps: int
    cut: bool  # the last line is half-written
    difference: Difference | None

    @property
    def same(self) -> bool:
        """Whether everything came out as the trace says."""
        return self.difference is None

    @property
    def sentence(self) -> str:
        """The outcome, for a person."""
        done = f"{self.env}: {self.steps} steps of {self.episodes} episodes re-executed"
        cut = "; the last line is cut and was left out" if self.cut else ""
        if self.difference is None:
            return f"{done}, no difference{cut}"
        d = self.difference
        return (
            f"{done}; first difference in line {d.line}: {d.what} is {d.came!r}, "
            f"the trace says {d.expected!r}{cut}"
        )


def replay(path: str | Path, progress: Callable[[int, int], None] | None = None) -> Replay:
    """Do again what a trace says, up to the first difference.

    Args:
        path: a file written by `Recorder`, whole or cut anywhere after its first line.
        progress: called as progress(lines done, lines in all).

    Raises:
        UserError: no file, no trace, damaged before its last line, or of an unknown world.
    """
    where = Path(path)
    lines, cut = read_lines(where)
    header = lines[0]
    env = _make(where, header)
    episodes = steps = 0
    difference = None
    for number, line in enumerate(lines[1:], start=2):
        difference = next(_differences(where, env, number, line), None)
        episodes += line["do"] == "reset"
        steps += line["do"] in ("step", "refuse")
        if progress is not None:
            progress(number, len(lines))
        if difference is not None:
            break
    env.close()
    version = str(header.get("version"))
    return Replay(where, header["env"], version, episodes, steps, cut, difference)


def read_lines(path: Path) -> tuple[list[Line], bool]:
    """The whole lines of a trace, and whether there is a half-written one behind them.

    Raises:
        UserError: no file, no trace, or a line before the last that cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"the trace {str(path)!r} cannot be read: {error.strerror}") from None
    if not data:
        raise UserError(f"{str(path)!r} is empty, so it is no trace")
    *whole, rest = data.split(b"\n")
    lines = []
    for number, raw in enumerate(whole, start=1):
        try:
            line = json.loads(raw)
        except ValueError:
            line = None
        if not isinstance(line, dict) or ("format" if number == 1 else "do") not in line:
            what = "the first line of a trace" if number == 1 else "a line of a trace"
            raise UserError(f"{str(path)!r}, line {number}: this is not {what} (damaged?)")
        lines.append(line)
    if not lines:
        raise UserError(f"{str(path)!r} is no trace, or one cut within its first line")
    if lines[0]["format"] != FORMAT:
        raise UserError(f"{str(path)!r} is {lines[0]['format']!r}; this release reads {FORMAT!r}")
    return lines, bool(rest)


def _make(path: Path, header: Line) -> Env:
    name, params = header.get("env"), header.get("params")
    if not isinstance(name, str) or not isinstance(params, dict):
        raise UserError(f"{str(path)!r}, line 1: the trace does not say of which world it is")
    try:
        env = gymnasium.make(name, **params).unwrapped
    except UserError as error:
        raise UserError(f"{str(path)!r}, line 1: {error}") from None
    except (gymnasium.error.Error, ImportError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{str(path)!r}, line 1: {name!r} cannot be made ({reason})") from None
    if not isinstance(env, Env):
        raise UserError(f"{str(path)!r}, line 1: {name!r} is no world of midcourse")
    return env


def _differences(path: Path, env: Env, number: int, line: Line) -> Iterator[Difference]:
    """Do one line again and yield what is otherwise than it says."""
    try:
        came = _execute(env, line)
    except (UserError, gymnasium.error.ResetNeeded) as error:
        yield Difference(number, f"the outcome of {line['do']!r}", "done", str(error))
        return
    except (KeyError, TypeError, ValueError):
        raise UserError(f"{str(path)!r}, line {number}: this line is damaged") from None
    for what in COMPARED:
        if line.get(what) != came.get(what):
            yield Difference(number, f"the {what}", line.get(what), came.get(what))


def _execute(env: Env, line: Line) -> Line:
    if line["do"] == "reset":
        env.reset(seed=line["seed"], options=line["options"])
        return {"hash": record_hash(env)}
    if line["do"] == "restore":
        env.restore(base64.b64decode(line["state"], validate=True))
        return {"hash": record_hash(env)}
    if line["do"] == "step":
        return _outcome(env, *env.step(line["action"])[1:])
    if line["do"] == "refuse":
        return _outcome(env, *env.refuse(line["reason"])[1:])
    raise ValueError(line["do"])
