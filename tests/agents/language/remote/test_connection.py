"""Where a model on a server sends its requests, and how long it waits and reads."""

import contextlib
import gzip
import json
import socket
import sys
import threading
from pathlib import Path

import pytest

import midcourse  # noqa: F401

pytest.importorskip("openai", reason="the extra `remote` is not installed")
sys.path.insert(0, str(Path(__file__).parent))

from openai_server import NAME, said, serving

from midcourse.agents.language.remote.connection import LARGEST
from midcourse.agents.language.remote.model import RemoteModel
from midcourse.agents.language.remote.retries import Retries
from midcourse.core.errors import UserError

TALK = [{"role": "user", "content": "Goal: reach the screen"}]
PATIENCE = 20  # seconds for which a server drips, after which it hangs up


def asking(served, tries=2, **settings):
    """A model on the server that does not wait between its tries."""
    retries = Retries(tries, sleep=lambda seconds: None)
    return RemoteModel(f"{served.url}#{NAME}", retries=retries, **settings)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://[::1/v1#m", "Invalid IPv6"),
        ("http://[fe80::z]/v1#m", "fe80::z"),
        ("http://999.1.1.1/v1#m", "IPv4"),
        ("http://h:99999/v1#m", "Port out of range"),
        ("http://h:0/v1#m", "port 0"),
        ("http://h:x/v1#m", "Port"),
        ("http://#m", "no host"),
        ("http://a..b/v1#m", "idna"),
        (f"http://{'a' * 64}/v1#m", "idna"),
        ("http://a b/v1#m", "a space"),
        ("http://a\n/v1#m", "a space"),
        ("ftp://h/v1#m", "no http:// or https://"),
        ("#m", "no http:// or https://"),
    ],
)
def test_an_address_to_which_nothing_can_be_sent_is_refused_at_once(address, told):
    with pytest.raises(UserError, match="is no server's address") as caught:
        RemoteModel(address)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_addresses_are_taken_as_they_are():
    for url in ("http://[::1]:8000/v1", "https://h", "http://h/a@b", "http://\xe4.example/v1"):
        assert RemoteModel(f"{url}#m@1").url == url


@pytest.mark.parametrize("user", ["mole:secret", "secret", "mole:sec@ret"])
def test_a_password_in_an_address_is_refused_and_not_repeated(user):
    for address in (f"http://{user}@h/v1#m", f"http://{user}@h#m", f"{user}@h#m"):
        with pytest.raises(UserError, match="put the key into OPENAI_API_KEY") as caught:
            RemoteModel(address)
        assert "sec" not in str(caught.value)


@pytest.mark.parametrize("key", ["secret\n", "sec\tret", "secret key", "secr\xe9t", "secret\udcff"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(monkeypatch, key):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(UserError, match="OPENAI_API_KEY holds") as caught:
        RemoteModel("http://127.0.0.1:9/v1#m")
    assert "sec" not in str(caught.value)


@pytest.mark.parametrize("timeout", [0.0, -1.0, float("inf"), float("nan")])
def test_a_limit_that_is_none_is_refused(timeout):
    with pytest.raises(UserError, match=r"timeout=.* is out of range"):
        RemoteModel("http://127.0.0.1:9/v1#m", timeout=timeout)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_conversation_is_not_carried_to_where_a_server_points(status):
    with serving([said("back")]) as other:
        target = f"{other.url}/chat/completions"
        with serving([(status, {}, {"Location": target})]) as served:
            with pytest.raises(UserError, match=f"points to '{target}'"):
                asking(served).complete(TALK)
            assert len(served.requests) == 1
        assert other.requests == []


def test_a_server_may_point_nowhere():
    with serving([(307, {}, {})]) as served, pytest.raises(UserError, match="points to 'nowhere'"):
        asking(served).complete(TALK)


@contextlib.contextmanager
def dripping(head):
    """The address of a server that answers with a head and then a byte every 50 ms."""
    over = threading.Event()

    def drip(connection):
        with connection, contextlib.suppress(OSError):
            connection.recv(2**16)
            connection.sendall(head)
            for _ in range(20 * PATIENCE):
                connection.sendall(b"a")
                if over.wait(0.05):
                    return

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        finally:
            over.set()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Mole: ",
    ],
)
def test_an_answer_that_drips_counts_as_failed_in_time(head):
    with dripping(head) as url:
        model = RemoteModel(f"{url}#m", retries=Retries(2, sleep=lambda s: None), timeout=0.5)
        with pytest.raises(UserError, match=r"2 tries \((no whole answer in 0.5 s|.*timed out)"):
            model.complete(TALK)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_is_not_read_to_it(status, packed):
    long = b" " * (LARGEST + 1)
    headers = {"Content_Encoding": "gzip"} if packed else {}
    answer = (status, gzip.compress(long) if packed else long, headers)
    with serving([answer, said("back")]) as served:
        assert asking(served).complete(TALK).text == "back"
    with serving([answer]) as served, pytest.raises(UserError, match=f"more than {LARGEST} bytes"):
        asking(served).complete(TALK)


def test_a_packed_answer_is_unpacked():
    packed = gzip.compress(json.dumps(said("back")).encode())
    with serving([(200, packed, {"Content_Encoding": "gzip"})]) as served:
        assert asking(served).complete(TALK).text == "back"
