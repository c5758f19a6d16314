"""A model whose answers are written down, and read from there the next time."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from midcourse.agents.language.model import Message, Model, Reply, Scores, Usage
from midcourse.core.errors import UserError


class Cassette:
    """A model between whose answers and the player stands a file, one JSON line for each request.

    A request that stands there is answered from there, in the same words and with the usage of
    the recording; any other goes to the model, unless `only_replay`, and its answer is appended
    at once. A line that a kill cut short is dropped. Several processes may write one file. Of a
    model on this machine its files and number type count, wherever they lie; of one on a server
    its name there, whatever the address.

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
        self.identity, self.files = model.identity, model.files
        self.usage = Usage()
        self.known: dict[str, Scores | Reply] = {}
        try:
            if not only_replay:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self._opened() as file:
                    drop_cut_line(file)
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
        request = {"model": self.identity, "prefix": prefix, "choices": list(choices)}
        key, reply = self._find(request)
        if reply is None:
            reply = self.model.score(prefix, choices)
            self._write(key, request, reply)
        assert isinstance(reply, Scores)
        self.usage += reply.usage
        return reply

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
        request = {"model": self.identity, "messages": [dict(m) for m in messages], **settings}
        key, reply = self._find(request)
        if reply is None:
            reply = self.model.complete(messages, **settings)
            self._write(key, request, reply)
        assert isinstance(reply, Reply)
        self.usage += reply.usage
        return reply

    def _find(self, request: Mapping[str, Any]) -> tuple[str, Scores | Reply | None]:
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

    @contextlib.contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The file, made if there is none; no other process writes meanwhile."""
        with self.path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    def _read(self) -> None:
        lines = self.path.read_bytes().split(b"\n")[:-1]  # behind the last end stands a cut line
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                request, reply = entry["request"], entry["reply"]
                self.known.setdefault(key_of(request), read_reply(request, reply))
            except (ValueError, TypeError, KeyError):
                raise UserError(f"line {number} of the cassette {self.path} is damaged") from None

    def _write(self, key: str, request: Mapping[str, Any], reply: Scores | Reply) -> None:
        line = json.dumps({"request": request, "reply": asdict(reply)}, ensure_ascii=False) + "\n"
        try:
            with self._opened() as file:
                append(file, line.encode())
        except OSError as error:
            why = error.strerror
            raise UserError(f"the cassette {self.path} cannot be written: {why}") from None
        self.known[key] = reply


def key_of(request: Mapping[str, Any]) -> str:
    """A request as text that equal ones have in common."""
    return json.dumps(request, sort_keys=True)


def read_reply(request: Mapping[str, Any], values: Mapping[str, Any]) -> Scores | Reply:
    """An answer as it stands on a cassette behind its request.

    Raises:
        TypeError, KeyError: something is missing, or of another kind.
    """
    used = Usage(**values["usage"])
    tokens, log_probs = tuple(values["tokens"]), tuple(values["log_probs"])
    if "choices" in request:
        return Scores(log_probs, tokens, used)
    return Reply(str(values["text"]), bool(values["is_whole"]), used, tokens, log_probs)


def append(file: BinaryIO, line: bytes) -> None:
    """Append a line whole or not at all; one that somebody's kill cut short is dropped."""
    end, rest = drop_cut_line(file), line
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.truncate(end)
        raise


def drop_cut_line(file: BinaryIO) -> int:
    """Cut a file behind its last whole line; returns its length."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 1))
    if file.read(1) not in (b"", b"\n"):
        file.seek(0)
        end = file.read().rfind(b"\n") + 1
        file.truncate(end)
    return end
