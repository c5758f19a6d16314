"""Sessions: one world for each visitor, found by a token that cannot be guessed."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from midcourse.core.tasks import fresh_seed

ACTIVE = 600.0  # seconds since the last request within which a session is not evicted
TOKEN_BYTES = 24


class Full(Exception):  # noqa: N818
    """There is no room for another session: all are active."""


@dataclass
class Session:
    """One visitor's episode. Whoever reads or steps the world holds the lock."""

    env: Any
    token: str
    csrf: str  # what every form of the session carries
    used: float  # when the last request came, by the clock of `Sessions`
    notice: str = ""  # why the last action was refused
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_running(self) -> bool:
        """Whether the episode goes on."""
        return bool(self.env.world["running"])


class Sessions:
    """All sessions, the one that was used last at the end.

    Args:
        env: a world; each session plays a fork of it.
        most: how many sessions there may be. For one more, the one that has been idle the longest
            makes room, but none that was used in the last ten minutes.
        clock: seconds that never run backwards.
    """

    def __init__(self, env: Any, most: int, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self._most = most
        self._template = env
        self._template.reset(seed=0)
        self._open: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def task_count(self) -> int:
        """Tasks to choose from; 0: no end."""
        return self._template.task_count

    def begin(self, seed: int | None = None, task: int | None = None) -> Session:
        """A new session at the start of an episode; without a seed or a task these are drawn.

        Raises:
            UserError: a seed out of range, or a task that the split does not have.
            Full: every session is active.
        """
        with self._lock:
            env = self._template.fork()
            env.reset(seed=fresh_seed() if seed is None else seed, options={"task": task})
            self._make_room()
            token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
            session = Session(env, token, csrf, self.clock())
            self._open[token] = session
            return session

    def find(self, token: str) -> Session | None:
        """The session of a token, which is now in use; None if there is none."""
        with self._lock:
            session = self._open.get(token)
            if session is not None:
                session.used = self.clock()
                self._open.move_to_end(token)
            return session

    def _make_room(self) -> None:
        if len(self._open) < self._most:
            return
        token, oldest = next(iter(self._open.items()))
        if self.clock() - oldest.used < ACTIVE:
            raise Full
        del self._open[token]
