"""A web, the server over it, and visitors of it who need no network."""

from typing import Any

import gymnasium
from asgi import Visitor

from midcourse.serve.app import make_app
from midcourse.serve.sessions import Sessions

ID = "midcourse/WebTasks-v0"
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
SCRIPT = "<script>alert(1)</script>'\"&"
WORLD: Any = gymnasium.make(ID, level=2, split="test", step_limit=200).unwrapped


def make_visitor(most: int = 100) -> Visitor:
    return Visitor(make_app(Sessions(WORLD.fork() if WORLD.begun else WORLD, most)))


def visitor_at_work(**choice: int) -> Visitor:
    visitor = make_visitor()
    assert visitor.begin(**{"task": 3, "seed": 5, **choice}).status == 303
    return visitor


def check_plain(answer: Any, status: int) -> None:
    """A plain page with the headers that all have, and without a script."""
    assert answer.status == status
    assert "<script" not in answer.text.lower()
    for key, value in HEADERS.items():
        assert answer.headers[key] == value
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "unsafe" not in policy
