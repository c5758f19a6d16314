"""Listens on a port and serves a web."""

import ipaddress
import socket
from typing import Any

import gymnasium
import uvicorn

import midcourse  # noqa: F401  (registers the ids)
from midcourse.core.errors import UserError
from midcourse.serve.app import make_app
from midcourse.serve.sessions import Sessions

LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def make_sessions(env_id: str, most: int, knobs: dict[str, Any]) -> Sessions:
    """Sessions of a world whose rules are compiled: the first visitor does not wait.

    Raises:
        UserError: an unknown knob, or a world without pages.
    """
    env: Any = gymnasium.make(env_id, **knobs).unwrapped
    sessions = Sessions(env, most)
    env.page()
    env.refuse("")
    env.step(env.idle_action())
    return sessions


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on a host and a port; port 0 takes one that is free.

    Raises:
        UserError: this cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen()  # from now on visitors wait instead of being turned away
    except (OSError, TypeError) as error:  # the latter: a name that cannot be one of a host
        bound.close()
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"cannot listen on {host}, port {port}: {reason}") from None
    return bound


def url_of(bound: socket.socket) -> str:
    """The address that a browser is given."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def make_server(sessions: Sessions, hosts: tuple[str, ...] | None) -> uvicorn.Server:
    """A server that is not yet running. It writes no log: addresses hold the sessions' tokens."""
    config = uvicorn.Config(
        make_app(sessions, hosts),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
    )
    return uvicorn.Server(config)


def serve(env_id: str, host: str, port: int, most: int, knobs: dict[str, Any]) -> None:
    """Serve until interrupted.

    Raises:
        UserError: an unknown knob, or a host and port that cannot be had.
    """
    hosts = (*LOCAL_NAMES, host.lower()) if is_loopback(host) else None
    bound = listen(host, port)
    try:
        sessions = make_sessions(env_id, most, knobs)
        print(f"{env_id} is served at {url_of(bound)} (Ctrl-C stops it)", flush=True)
        make_server(sessions, hosts).run(sockets=[bound])
    finally:
        bound.close()
