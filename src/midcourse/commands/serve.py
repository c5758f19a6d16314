"""Serve a web to real browsers: to play yourself, or for browser agents.

Example:
    midcourse serve web --level 2 --disturbances revision
"""

from dataclasses import dataclass
from typing import Any

import tyro

from midcourse.cli import complain
from midcourse.commands.common import kinds, part
from midcourse.core.errors import UserError, unknown

WORLDS = {"web": "midcourse/WebTasks-v0"}
PORTS = 65_535


@dataclass(kw_only=True)
class Args:
    """What is served, and where."""

    what: tyro.conf.Positional[str] = "web"
    """Which world: web."""
    host: str = "127.0.0.1"
    """Address to listen on. Any but a loopback address lets others in; there is no password."""
    port: int = 8000
    """Port to listen on; 0 takes a free one."""
    level: int | None = None
    """Difficulty, from 1."""
    split: str | None = None
    """Where tasks come from: train, validation or test."""
    disturbances: str | None = None
    """How many messages the user sends midway, or their kinds with commas between."""
    sessions: int = 1000
    """Most sessions at a time; the one that has been idle the longest makes room."""


def run(args: Args) -> int:
    """Serve until interrupted."""
    if args.what not in WORLDS:
        raise unknown("world", args.what, WORLDS)
    if not 0 <= args.port <= PORTS:
        raise UserError(f"port={args.port} is out of range: it is 0 to {PORTS}")
    if args.sessions < 1:
        raise UserError(f"sessions={args.sessions} is out of range: it is 1 or more")
    server = part("serve.server", "the server", extra="web")
    if not server.is_loopback(args.host):
        complain(f"warning: whoever reaches {args.host} can play here; there is no password")
    server.serve(WORLDS[args.what], args.host, args.port, args.sessions, knobs_of(args))
    return 0


def knobs_of(args: Args) -> dict[str, Any]:
    """The knobs that were given, as `gymnasium.make` takes them."""
    given: dict[str, Any] = {"level": args.level, "split": args.split}
    if args.disturbances is not None:
        given["disturbances"] = kinds(args.disturbances)
    return {name: value for name, value in given.items() if value is not None}
