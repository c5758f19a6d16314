"""Where a model on a server sends its requests, and how long it waits and reads."""

import sys
from pathlib import Path

import pytest

import midcourse  # noqa: F401

pytest.importorskip("openai", reason="the extra `remote` is not installed")
sys.path.insert(0, str(Path(__file__).parent))

from openai_server import NAME, said, serving

from midcourse.agents.language.remote import RemoteModel
from midcourse.agents.language.retries import Retries
from midcourse.core.errors import UserError

TALK = [{"role": "user", "content": "Goal: reach the screen"}]


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
