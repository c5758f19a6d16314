"""A model on a server, whatever the server says: a loopback server of the tests'."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import gymnasium
import pytest

import midcourse  # noqa: F401

pytest.importorskip("openai", reason="the extra `remote` is not installed")
sys.path.insert(0, str(Path(__file__).parent))

from openai_server import NAME, said, serving, wrong

from midcourse import agents
from midcourse.agents.language import named
from midcourse.agents.language.players import FreeText
from midcourse.agents.language.remote.model import RemoteModel
from midcourse.agents.language.remote.retries import LONGEST, Retries
from midcourse.core.errors import UserError

TALK = [{"role": "user", "content": "Goal: reach the screen"}]


def asking(served, waited=None, tries=3, **settings):
    """A model on the server whose pauses are written down instead of waited for."""
    waits = [] if waited is None else waited
    return RemoteModel(
        f"{served.url}#{NAME}", retries=Retries(tries, sleep=waits.append), **settings
    )


def test_a_reply_comes_with_the_servers_count_and_its_price(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with serving([said("click 1")]) as served:
        model = asking(served, price_in=2.0, price_out=5.0)
        reply = model.complete(TALK, max_tokens=7, temperature=0.5, seed=3, stop=["\n"])
    path, request, key = served.requests[0]
    assert (path, key) == ("/v1/chat/completions", "Bearer secret")
    assert request == {
        "model": NAME,
        "messages": TALK,
        "max_tokens": 7,
        "temperature": 0.5,
        "seed": 3,
        "stop": ["\n"],
    }
    assert (reply.text, reply.is_whole) == ("click 1", True)
    assert (reply.usage.tokens_in, reply.usage.tokens_out) == (100, 10)
    assert reply.usage.cost == pytest.approx((100 * 2 + 10 * 5) / 1e6)
    assert model.usage == reply.usage


@pytest.mark.parametrize(
    ("answer", "text", "is_whole"),
    [
        (said("click 1 and th", "length"), "click 1 and th", False),
        (said(""), "", True),
        (said(None), "", True),
        (said(None, refusal="I cannot help."), "I cannot help.", True),
        (said("", "content_filter"), "", True),
        (said("click 1", "eos_token"), "click 1", True),
        (said("click 1", None), "click 1", True),
        (said("click 1 and th", "model_length"), "click 1 and th", False),
    ],
)
def test_cut_empty_and_refusing_replies_are_taken_as_they_are(answer, text, is_whole):
    with serving([answer]) as served:
        reply = asking(served).complete(TALK)
    assert (reply.text, reply.is_whole) == (text, is_whole)


@pytest.mark.parametrize(
    "trouble",
    [
        wrong(429, "slow down"),
        wrong(503, "loading"),
        (200, b"<html>a proxy</html>", {}),
        (200, {"id": "1", "object": "chat.completion", "choices": []}, {}),
    ],
)
def test_trouble_that_passes_is_waited_for(trouble):
    waited = []
    with serving([trouble, trouble, said("back")]) as served:
        assert asking(served, waited).complete(TALK).text == "back"
    assert len(waited) == 2
    assert 0.5 <= waited[0] <= 1.0 <= waited[1] <= 2.0


def test_a_server_that_asks_for_a_pause_gets_it():
    waited = []
    busy = wrong(429, "slow down", Retry_After="7")
    with serving([busy, said("back")]) as served:
        asking(served, waited).complete(TALK)
    assert waited == [7.0]
    assert Retries().pause(0, 1e9) == LONGEST
    for nothing in ("0", "-3", "nan", "soon"):
        busy, waited = wrong(429, "slow down", Retry_After=nothing), []
        with serving([busy, said("back")]) as served:
            asking(served, waited).complete(TALK)
        assert 0.5 <= waited[0] <= 1.0, "others that were turned away do not come back together"


def test_pauses_double_up_to_a_minute_and_follow_their_seed():
    first, again, other = (Retries(seed=seed) for seed in (1, 1, 2))
    pauses = [first.pause(k, None) for k in range(9)]
    assert all(min(2**k, LONGEST) / 2 <= p <= min(2**k, LONGEST) for k, p in enumerate(pauses))
    assert pauses == [again.pause(k, None) for k in range(9)]
    assert pauses != [other.pause(k, None) for k in range(9)]


def test_a_server_that_is_down_or_slow_is_told_in_a_sentence():
    with serving([said("back")]) as served:
        pass
    with pytest.raises(UserError, match="did not answer in 3 tries"):
        asking(served).complete(TALK)
    with serving(lambda request: time.sleep(0.5) or said("late")) as served:
        slow = asking(served, tries=2, timeout=0.1)
        with pytest.raises(UserError, match="did not answer in 2 tries"):
            slow.complete(TALK)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (wrong(401, "no such key"), "wants a key: set OPENAI_API_KEY"),
        (wrong(404, "no such model"), "knows no model 'small'"),
        (wrong(400, "This model's maximum context length is 512 tokens"), "context=2048"),
        (wrong(400, "default chat template is no longer allowed"), "refuses.*chat template"),
        ((400, {"detail": "seed is unknown"}, {}), "refuses the request"),
        ((422, [{"loc": "seed"}], {}), "refuses the request"),
    ],
)
def test_what_asking_again_cannot_mend_is_told_at_once(answer, told):
    with serving([answer]) as served:
        with pytest.raises(UserError, match=told) as caught:
            asking(served).complete(TALK)
        assert len(served.requests) == 1
    assert "\n" not in str(caught.value)


def test_only_so_many_requests_are_in_flight():
    with serving(lambda request: time.sleep(0.05) or said("back")) as served:
        model = asking(served, in_flight=2)
        threads = [threading.Thread(target=model.complete, args=(TALK,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert served.most == 2
    assert model.usage.calls == 6


REFUSALS = [
    (400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
     "'max_completion_tokens' instead.", {"max_completion_tokens": 7, "seed": 3}),
    (422, "extra_forbidden: Extra inputs are not permitted: seed", {"max_tokens": 7}),
]  # fmt: skip


@pytest.mark.parametrize(("status", "message", "sent"), REFUSALS)
def test_a_parameter_that_a_server_does_not_know_is_renamed_or_left_out(status, message, sent):
    with serving([wrong(status, message), said("back")]) as served:
        model = asking(served)
        for _ in range(2):
            assert model.complete(TALK, max_tokens=7, temperature=0.5, seed=3).text == "back"
    for _, request, _ in served.requests[1:]:
        assert request == {"model": NAME, "messages": TALK, "temperature": 0.5} | sent
    assert len(served.requests) == 3
    with serving([wrong(status, message)]) as served, pytest.raises(UserError, match="refuses"):
        asking(served).complete(TALK, temperature=0.5)


def test_only_what_differs_from_the_protocols_own_is_sent():
    with serving([said("back")]) as served:
        asking(served).complete(TALK, seed=3)
        asking(served).complete(TALK, temperature=1.0, seed=3)
    greedy, drawn = (request for _, request, _ in served.requests)
    assert greedy.keys() - drawn.keys() == {"temperature"}
    assert drawn.keys() - greedy.keys() == {"seed"}


@pytest.mark.parametrize("price", [float("nan"), float("inf"), -1.0])
def test_prices_are_numbers(price):
    with pytest.raises(UserError, match=r"price_in=.* is out of range: it is 0 or more, and finit"):
        RemoteModel(f"http://127.0.0.1:9/v1#{NAME}", price_in=price)


def echoed(request, before=()):
    """Log-probability -1 for each character of a prompt and -9 for what was drawn after it."""
    text = request["prompt"] + "!"
    tokens = [*before, *text]
    told = {
        "tokens": tokens,
        "token_logprobs": [None, *[-1.0] * (len(tokens) - 2), -9.0][-len(tokens) :],
        "text_offset": [sum(map(len, tokens[:i])) for i in range(len(tokens))],
        "top_logprobs": None,
    }
    choice = {"index": 0, "text": text, "finish_reason": "length", "logprobs": told}
    return {"id": "1", "object": "text_completion", "created": 0, "model": NAME} | {
        "choices": [choice]
    }


@pytest.mark.parametrize("before", [(), ("<|begin_of_text|>",), ("<s>", "")])
def test_choices_are_scored_where_the_server_echoes(before):
    with serving(lambda request: echoed(request, before)) as served:
        scores = asking(served).score("Goal: ", ["back\n", "click 1\n"])
    assert scores.log_probs == (-5.0, -8.0)
    assert scores.tokens == (5, 8)
    assert scores.usage.calls == 2
    with (
        serving([echoed({"prompt": ""})]) as served,
        pytest.raises(UserError, match="play language:free or language:reasoned"),
    ):
        asking(served).score("Goal: ", ["back\n"])


@pytest.mark.parametrize(
    "tokens", [["Goal", ": ba", "ck", "\n"], ["Goal: ", "b\u00e4", "ck\n"], ["ck\n"]]
)
def test_tokens_that_do_not_part_at_the_choice_are_told(tokens):
    told = {"tokens": [*tokens, "!"], "token_logprobs": [-1.0] * (len(tokens) + 1)}
    choice = {"index": 0, "text": "Goal: back\n!", "finish_reason": "length", "logprobs": told}
    with serving([{"choices": [choice]}]) as served:
        with pytest.raises(UserError, match=r"tokens do not part where 'back\\n' begins"):
            asking(served).score("Goal: ", ["back\n"])
        assert len(served.requests) == 1


def test_what_was_recorded_is_replayed_in_the_same_draws(tmp_path):
    from midcourse.evaluate import evaluate

    tape, number = tmp_path / "tape", iter(range(10_000))
    words = ["back", "home", "scroll", "done"]

    def play(url, word):
        name = f"language:free:temperature=1:tries=1:{word}={tape}:model={url}#{NAME}"
        knobs = {"level": 1, "split": "test", "step_limit": 4}
        return evaluate("midcourse/GuiNavigation-v0", [name], knobs, tasks=2, floors=False).lines

    with serving(lambda request: said(words[next(number) % 4])) as served:
        recorded = play(served.url, "cassette")
    replayed = play("http://127.0.0.1:9/v1", "replay")
    assert [line | {"agent": ""} for line in replayed] == [
        line | {"agent": ""} for line in recorded
    ]


def test_an_episode_is_played_through_a_server():
    with serving(lambda request: said("\nback\n")) as served:
        player = FreeText(asking(served), 0)
        env = gymnasium.make("midcourse/GuiNavigation-v0", level=1)
        _, info = env.reset(seed=0)
        player.reset(env)
        assert player.act(None, info) == env.unwrapped.parse("back")
    assert player.usage.tokens_in == 100


def test_a_name_says_which_server(monkeypatch):
    named.shared_model.cache_clear()
    name = "language:free:context=900:timeout=5:price_in=1:model=http://127.0.0.1:9/v1#a:b"
    model = agents.make(name).model
    assert (model.url, model.name, model.context) == ("http://127.0.0.1:9/v1", "a:b", 900)
    for wrongly, told in (
        ("language:free:model=http://127.0.0.1:9/v1", "names no model"),
        ("language:free:timeout=0:model=http://127.0.0.1:9/v1#a", "timeout=0.0 is out of range"),
        ("language:free:dtype=float16:model=http://127.0.0.1:9/v1#a", "unknown option"),
        ("language:free:cassette=a:replay=b:model=http://127.0.0.1:9/v1#a", "exclude"),
    ):
        with pytest.raises(UserError, match=told):
            agents.make(wrongly)
    monkeypatch.setitem(sys.modules, "openai", None)
    named.shared_model.cache_clear()
    with pytest.raises(UserError, match=r"pip install 'midcourse\[remote\]'"):
        agents.make(name)


@pytest.mark.slow
def test_an_evaluation_that_was_killed_or_lost_its_server_goes_on(tmp_path):
    def evaluation(served, folder):
        name = f"language:free:tries=1:model={served.url}#{NAME}"
        words = ["eval", "GuiNavigation-v0", "--agents", name, "--level", "1", "--tasks", "4"]
        command = [sys.executable, "-m", "midcourse", *words, "--no-floors", "--out", str(folder)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def finished(folder):
        path = folder / "results.jsonl"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    folder, hang, lost = tmp_path / "run", threading.Event(), threading.Event()

    def answer(request):
        if finished(folder) == 1 and not hang.is_set():
            hang.set()
            time.sleep(30)
        if finished(folder) == 2 and not lost.is_set():
            lost.set()
            return wrong(404, "no such model")
        return said("back")

    with serving(answer) as served:
        process = evaluation(served, folder)
        assert hang.wait(60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert finished(folder) == 1
        process = evaluation(served, folder)
        assert b"knows no model 'small'" in process.communicate()[1]
        assert (process.returncode, finished(folder)) == (2, 2)
        for place in (folder, tmp_path / "whole"):
            process = evaluation(served, place)
            process.communicate()
            assert process.returncode == 0
    results = [(place / "results.jsonl").read_bytes() for place in (folder, tmp_path / "whole")]
    assert results[0] == results[1]
