"""What a server may say against its protocol, and how a model on it takes that."""

import gc
import sys
from pathlib import Path

import pytest

import midcourse  # noqa: F401

pytest.importorskip("openai", reason="the extra `remote` is not installed")
sys.path.insert(0, str(Path(__file__).parent))

from openai_server import NAME, said, serving, wrong

from midcourse.agents.language.remote.model import RemoteModel
from midcourse.agents.language.remote.retries import Retries
from midcourse.core.errors import UserError

TALK = [{"role": "user", "content": "Goal: reach the screen"}]
NEST = 100_000  # lists in each other, more than Python's parser follows


def asking(served, tries=2, **settings):
    """A model on the server that does not wait between its tries."""
    retries = Retries(tries, sleep=lambda seconds: None)
    return RemoteModel(f"{served.url}#{NAME}", retries=retries, **settings)


def with_choices(*choices):
    return said("") | {"choices": list(choices)}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (with_choices(None), "no choices"),
        (with_choices("back"), "no choices"),
        (said("") | {"choices": "back"}, "no choices"),
        (["back"], "no choices"),
        (with_choices({"index": 0, "finish_reason": "stop"}), "no message"),
        (with_choices({"message": None, "finish_reason": "stop"}), "no message"),
        (said(5), "no text"),
        (said(["back"]), "no text"),
        (said([{"type": "text", "text": 5}]), "no text"),
        (said(None, refusal=True), "no text"),
    ],
)
def test_a_malformed_answer_is_asked_for_again_and_told_in_a_sentence(answer, told):
    with serving([answer, said("back")]) as served:
        assert asking(served).complete(TALK).text == "back"
    with serving([answer]) as served, pytest.raises(UserError, match=f"2 tries.*{told}"):
        asking(served).complete(TALK)


def test_an_answer_nested_too_deep_is_malformed():
    gc.disable()  # what is finalised where the stack is full complains of that
    try:
        test_a_malformed_answer_is_asked_for_again_and_told_in_a_sentence(
            (200, b"[" * NEST, {}), "recursion"
        )
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([], ""),
        ([{"type": "text", "text": "click"}, {"type": "text", "text": " 1"}], "click 1"),
        ([{"type": "thinking", "thinking": []}, {"type": "text", "text": "back"}], "back"),
    ],
)
def test_words_in_parts_are_joined(content, text):
    with serving([said(content)]) as served:
        assert asking(served).complete(TALK).text == text


@pytest.mark.parametrize(
    "usage",
    [
        None,
        "x",
        {},
        {"prompt_tokens": None, "completion_tokens": None},
        {"prompt_tokens": 100},
        {"prompt_tokens": "100", "completion_tokens": 10},
        {"prompt_tokens": -1, "completion_tokens": 10},
        {"prompt_tokens": 10**400, "completion_tokens": 10},
    ],
)
def test_an_incomplete_count_is_none(usage):
    with serving([said("click 1") | {"usage": usage}]) as served:
        model = asking(served, price_in=2.0)
        used = model.complete(TALK).usage
    prompt = model.render(TALK)
    assert (used.tokens_in, used.tokens_out) == (model.count(prompt), model.count("click 1"))


@pytest.mark.parametrize(
    "log_probs",
    [
        "x",
        {"tokens": ["back", "!"], "token_logprobs": ["x", -1.0]},
        {"tokens": ["back", "!"], "token_logprobs": [None, -1.0]},
        {"tokens": [3, "!"], "token_logprobs": [-1.0, -1.0]},
        {"tokens": ["back"], "token_logprobs": [-1.0, -1.0]},
        {"tokens": 6, "token_logprobs": [-1.0]},
    ],
)
def test_malformed_log_probabilities_are_told_in_a_sentence(log_probs):
    answer = with_choices({"index": 0, "text": "Goal: back", "logprobs": log_probs})
    with serving([answer]) as served, pytest.raises(UserError, match="2 tries"):
        asking(served).score("Goal: ", ["back"])


@pytest.mark.parametrize("log_probs", [None, {}, {"tokens": None, "token_logprobs": None}])
def test_log_probabilities_that_are_not_told_are_not_asked_for_again(log_probs):
    answer = with_choices({"index": 0, "text": "Goal: back", "logprobs": log_probs})
    with serving([answer]) as served:
        with pytest.raises(UserError, match="does not tell the log-probabilities"):
            asking(served).score("Goal: ", ["back"])
        assert len(served.requests) == 1


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("\ud83d hi", "\ufffd hi"),
        ("hi \ude00", "hi \ufffd"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\U0001f600 hi", "\U0001f600 hi"),
        ("\ufeffhi", "\ufeffhi"),
        ([{"type": "text", "text": "hi \ud83d"}], "hi \ufffd"),
    ],
)
def test_half_a_surrogate_pair_is_replaced(words, text):
    with serving([said(words)]) as served:
        assert asking(served).complete(TALK).text == text


def test_what_a_server_finds_wrong_can_be_written():
    with serving([wrong(400, "no \ud83d")]) as served, pytest.raises(UserError) as caught:
        asking(served).complete(TALK)
    assert "no \ufffd" in str(caught.value).encode().decode()
