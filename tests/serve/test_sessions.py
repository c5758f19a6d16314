"""The server: who has a session and who waits for one, and the command that starts it."""

import json
import sys
import threading
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra `web` is not installed")
pytest.importorskip("uvicorn", reason="the extra `web` is not installed")
sys.path.insert(0, str(Path(__file__).parent))

from asgi import Visitor
from visitors import ID, WORLD, check_plain, make_visitor, visitor_at_work

from midcourse.cli import main
from midcourse.core.errors import UserError
from midcourse.core.trace import record_hash
from midcourse.serve import server
from midcourse.serve.app import make_app
from midcourse.serve.sessions import ACTIVE, Full, Sessions

# --- sessions -------------------------------------------------------------------------------------


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_session_that_was_idle_longest_makes_room_and_no_active_one_does():
    clock = Clock()
    sessions = Sessions(WORLD, 3, clock)
    tokens = []
    for _ in range(3):
        tokens.append(sessions.begin().token)
        clock.now += 1.0
    with pytest.raises(Full):
        sessions.begin()
    clock.now = ACTIVE
    assert sessions.find(tokens[0]) is not None  # in use again
    clock.now = ACTIVE + 1.0
    tokens.append(sessions.begin().token)
    assert [sessions.find(token) is not None for token in tokens] == [True, False, True, True]
    assert len(sessions) == 3
    with pytest.raises(UserError):
        sessions.begin(task=10**6)
    assert len(sessions) == 3


def test_a_full_server_says_so():
    visitor = make_visitor(most=1)
    assert visitor.begin().status == 303
    answer = visitor.begin()
    check_plain(answer, 503)
    assert answer.headers["retry-after"]


def test_tokens_cannot_be_guessed_and_seeds_are_drawn():
    sessions = Sessions(WORLD, 50)
    made = [sessions.begin() for _ in range(50)]
    assert len({s.token for s in made} | {s.csrf for s in made}) == 100
    assert all(len(s.token) >= 32 for s in made)
    assert len({record_hash(s.env) for s in made}) == 50


def test_two_requests_at_once_take_one_step():
    visitor = visitor_at_work()
    form = visitor.form("click", element=2)
    got: list[int] = []
    threads = [
        threading.Thread(target=lambda: got.append(visitor.post(visitor.path, form).status))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [303] + [409] * 7
    assert json.loads(visitor.state())["clock"] == 1


# --- the command ----------------------------------------------------------------------------------


def test_a_foreign_name_of_this_machine_is_turned_away():
    visitor = Visitor(make_app(Sessions(WORLD, 2), server.LOCAL_NAMES))
    for host in ("localhost:8000", "127.0.0.1", "[::1]:80", "LOCALHOST"):
        check_plain(visitor.ask("GET", "/", host=host), 200)
    for host in ("evil.example:8000", "", "localhost.evil.example"):
        check_plain(visitor.ask("GET", "/", host=host), 400)


def test_loopback_addresses_are_known():
    assert all(map(server.is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(server.is_loopback, ("0.0.0.0", "::", "10.0.0.1", "example.org")))


def test_a_port_that_is_taken_is_one_sentence():
    taken = server.listen("127.0.0.1", 0)
    with pytest.raises(UserError, match=r"cannot listen on 127\.0\.0\.1"):
        server.listen("127.0.0.1", taken.getsockname()[1])
    taken.close()


def test_a_name_that_no_host_can_have_is_one_sentence():
    with pytest.raises(UserError, match="cannot listen on"):
        server.listen("ü" * 70, 0)


def test_a_world_without_pages_is_not_served():
    with pytest.raises(UserError, match="has no pages"):
        server.make_sessions("midcourse/GuiNavigation-v0", 1, {})


def test_the_command_warns_where_others_can_reach_it(monkeypatch, capsys):
    served = []
    monkeypatch.setattr(server, "serve", lambda *given: served.append(given))
    assert main(["serve", "web", "--level", "2", "--disturbances", "revision"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["serve", "web", "--host", "0.0.0.0", "--port", "0", "--sessions", "5"]) == 0
    warning = capsys.readouterr().err
    assert "warning: whoever reaches 0.0.0.0 can play here" in warning
    assert warning.count("\n") == 1
    assert served == [
        (ID, "127.0.0.1", 8000, 1000, {"level": 2, "disturbances": ("revision",)}),
        (ID, "0.0.0.0", 0, 5, {}),
    ]


def test_a_missing_extra_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "midcourse.serve.server")
    assert main(["serve", "web"]) == 2
    said = capsys.readouterr().err
    assert "the server needs uvicorn, which is not installed" in said
    assert "pip install 'midcourse[web]'" in said
