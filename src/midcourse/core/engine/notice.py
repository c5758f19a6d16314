"""A line in the log, once a process, when rules have to be compiled: nobody waits unawares."""

import logging
import multiprocessing
from typing import Any

LOG = logging.getLogger("midcourse")

_names: dict[Any, str] = {}  # Python function of an entry point -> what is compiled
_told: set[str] = set()


def announce(function: Any, name: str) -> None:
    """Have it told when numba compiles a function, unless it comes out of the cache.

    Workers keep quiet: the process that began them has most often told it already.

    Args:
        function: Python's, as numba was given it.
        name: of what is compiled.
    """
    from numba.core import event

    if not _names:
        event.register("numba:compile", _listener(event))
    _names[function] = name


def _listener(event: Any) -> Any:
    class Listener(event.Listener):
        """Tells of a compilation when it begins."""

        def on_start(self, event: Any) -> None:
            """Called by numba."""
            name = _names.get(event.data["dispatcher"].py_func)
            if name and name not in _told and multiprocessing.parent_process() is None:
                _told.add(name)
                LOG.warning("%s: compiling its rules, which can take a minute or two; next time "
                            "they come from numba's cache", name)  # fmt: skip

        def on_end(self, event: Any) -> None:
            """Called by numba."""

    return Listener()
