"""A model whose answers are written down, and read from there the next time."""

import fcntl
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from midcourse.agents.language.model import Message, Model, Reply, Scores, Usage
from midcourse.core.errors import UserError


class Cassette:
    """A model between whose answers and the player stands a file, one JSON line for each request.

    A request that stands there is answered from there, in the same words and with the usage of
    the recording; any other goes to the model, unless `only_replay`, and its answer is appended
    at once. A line that a kill cut short is dropped. Several processes may write one file.

    Args:
        model: that is recorded; its context, template and count are always its own.
        path: of the file.
        only_replay: ask the model nothing.

    Raises:
        UserError: the file is missing, damaged, or cannot be written.
    """

    def __init__(self, model: Model, path: Path | str, only_replay: bool = False):
        self.model, self.path, self.only_replay = model, Path(path), only_replay
        self.name, self.context = model.name, model.context
        self.usage = Usage()
        self.known: dict[str, dict[str, Any]] = {}
        try:
            if not only_replay:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                drop_cut_line(self.path)
            self._read()
        except OSError as error:
            raise UserError(f"the cassette {path} cannot be used: {error.strerror}") from None

    def render(self, messages: Sequence[Message]) -> str:
        """The model's own."""
        return self.model.render(messages)

    def turn_end(self) -> str:
        """The model's own."""
        return self.model.turn_end()

    def count(self, text: str) -> int:
        """The model's own."""
        return self.model.count(text)

    def score(self, prefix: str, choices: Sequence[str]) -> Scores:
        """How likely each choice is to follow a prefix."""
        request = {"model": self.name, "prefix": prefix, "choices": list(choices)}
        key, reply = self._find(request)
        if reply is None:
            reply = asdict(self.model.score(prefix, choices))
            self._write(key, request, reply)
        used = Usage(**reply["usage"])
        self.usage += used
        return Scores(tuple(reply["log_probs"]), tuple(reply["tokens"]), used)

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Reply:
        """What the assistant says next."""
        settings: dict[str, Any] = {
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed if temperature else 0,  # nothing is drawn
            "stop": list(stop),
        }
        request = {"model": self.name, "messages": [dict(m) for m in messages], **settings}
        key, reply = self._find(request)
        if reply is None:
            reply = asdict(self.model.complete(messages, **settings))
            self._write(key, request, reply)
        used = Usage(**reply["usage"])
        self.usage += used
        return Reply(
            reply["text"],
            reply["is_whole"],
            used,
            tuple(reply["tokens"]),
            tuple(reply["log_probs"]),
        )

    def _find(self, request: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
        """(the request as a key, its answer if it stands on the cassette).

        Raises:
            UserError: it does not, and is not to be asked.
        """
        key = key_of(request)
        if self.only_replay and key not in self.known:
            raise UserError(
                f"a request to {self.name} is not among the {len(self.known)} on {self.path}: "
                f"record it with cassette={self.path}, where the model can be reached"
            )
        return key, self.known.get(key)

    def _read(self) -> None:
        lines = self.path.read_bytes().split(b"\n")[:-1]  # behind the last end stands a cut line
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                self.known.setdefault(key_of(entry["request"]), entry["reply"])
            except (ValueError, TypeError, KeyError):
                raise UserError(f"line {number} of the cassette {self.path} is damaged") from None

    def _write(self, key: str, request: Mapping[str, Any], reply: dict[str, Any]) -> None:
        self.known[key] = reply
        line = json.dumps({"request": request, "reply": reply}, ensure_ascii=False) + "\n"
        try:
            with self.path.open("ab", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(line.encode())
        except OSError as error:
            why = error.strerror
            raise UserError(f"the cassette {self.path} cannot be written: {why}") from None


def key_of(request: Mapping[str, Any]) -> str:
    """A request as text that equal ones have in common."""
    return json.dumps(request, sort_keys=True)


def drop_cut_line(path: Path) -> None:
    """Cut a file, made if there is none, behind its last whole line."""
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
