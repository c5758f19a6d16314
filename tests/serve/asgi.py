"""A browser without a network: sends requests to an ASGI application and keeps what comes back."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


async def ask(app: Any, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    parts = [body[i : i + 4096] for i in range(0, len(body), 4096)] or [b""]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if parts:
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    told = {k.decode(): v.decode() for k, v in start["headers"]}
    return Answer(start["status"], told, b"".join(m.get("body", b"") for m in sent[1:]).decode())


class Visitor:
    def __init__(self, app: Any):
        self.app = app
        self.path = ""

    def ask(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        given = {"host": "localhost:8000", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return asyncio.run(ask(self.app, method, target, body, given))

    def get(self, target: str = "") -> Answer:
        return self.ask("GET", target or self.path)

    def post(self, target: str, fields: Any, **headers: str) -> Answer:
        body = urlencode(fields).encode()
        return self.ask("POST", target, body, **{"content_type": FORM, **headers})

    def begin(self, **choice: int) -> Answer:
        csrf = hidden(self.get("/").text, "csrf")
        answer = self.post("/start", {"csrf": csrf, **choice})
        self.path = answer.headers.get("location", "")
        return answer

    def state(self) -> Any:
        answer = self.get(f"{self.path}/state")
        assert answer.status == 200
        return answer.text

    def form(self, do: str, **fields: Any) -> dict[str, Any]:
        page = self.get().text
        return {"csrf": hidden(page, "csrf"), "step": hidden(page, "step"), "do": do, **fields}

    def do(self, do: str, **fields: Any) -> Answer:
        return self.post(self.path, self.form(do, **fields))


def hidden(page: str, name: str) -> str:
    match = re.search(f'name="{name}" value="([^"]*)"', page)
    assert match, page
    return match[1]
