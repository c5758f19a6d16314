"""Execute a trace again, and find the first difference, if there is one.

Example:
    midcourse replay runs/trace.jsonl
"""

from dataclasses import dataclass
from pathlib import Path

import tyro

from midcourse.commands.common import part


@dataclass
class Args:
    """What is replayed."""

    trace: tyro.conf.Positional[Path]
    """The trace, a file of JSON lines."""


def run(args: Args) -> int:
    """Replay; the exit code is 1 if something differs."""
    replay = part("core.trace", "the replay of traces").replay(args.trace)
    print(replay.sentence)
    return 0 if replay.same else 1
