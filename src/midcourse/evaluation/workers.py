"""Episodes on several processes, handed back in their order."""

import collections
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Self

import gymnasium

from midcourse.core.errors import UserError
from midcourse.evaluation.episode import play
from midcourse.evaluation.plan import Job, make_env

AHEAD = 8  # episodes handed out at once to each process: enough to keep it busy
KEPT = 8  # environments kept by a process for the next episode of the same knobs

Player = Callable[[Any], tuple[dict[str, Any], float]]

_worlds: dict[Any, gymnasium.Env] = {}


class Workers:
    """Processes that play episodes; a context manager. One process means this one.

    Args:
        processes: how many.

    Raises:
        UserError: fewer than one.
    """

    def __init__(self, processes: int = 1):
        if processes < 1:
            raise UserError(f"processes={processes} is out of range: it is at least 1")
        self.processes = processes
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.processes > 1:
            context = multiprocessing.get_context("spawn")
            self.pool = ProcessPoolExecutor(self.processes, context, initializer=begin_worker)
        return self

    def __exit__(self, *exception: object) -> None:
        if self.pool:
            self.pool.shutdown(wait=True, cancel_futures=True)

    def play(
        self, jobs: Iterable[Any], player: Player | None = None
    ) -> Iterator[tuple[dict[str, Any], float]]:
        """(line, seconds) of each episode, in the order of the jobs.

        Args:
            jobs: the episodes.
            player: a module's function that plays one; `play_in_kept_world` if None.

        Raises:
            UserError: a process died, or an episode raised one.
        """
        player = player or play_in_kept_world
        if self.pool is None:
            yield from map(player, jobs)
            return
        waiting: collections.deque = collections.deque()
        try:
            for job in jobs:
                waiting.append(self.pool.submit(player, job))
                if len(waiting) >= AHEAD * self.processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise UserError(
                "a process that played episodes died (out of memory?): the same command goes on "
                "where this one stopped"
            ) from None
        finally:
            for future in waiting:
                future.cancel()


def play_in_kept_world(job: Job) -> tuple[dict[str, Any], float]:
    """Play an episode in this process, in the environment of the last one with these knobs."""
    key = (job.env, repr(job.knobs))
    if key not in _worlds:
        while len(_worlds) >= KEPT:
            _worlds.pop(next(iter(_worlds))).close()
        _worlds[key] = make_env(job.env, dict(job.knobs))
    return play(job, _worlds[key])


def begin_worker() -> None:
    """What a process does first: one thread for the linear algebra, and end with its parent."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
