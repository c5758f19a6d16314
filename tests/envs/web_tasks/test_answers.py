"""Answers and texts in words: what stands for what, and what is no answer at all."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core.family import Refusal
from midcourse.envs.web_tasks.goal.wishes import ACTS, asks
from midcourse.envs.web_tasks.speech.commands import bare, say
from midcourse.envs.web_tasks.state import (
    BACK,
    CHOICES,
    FROM_NUMBERS,
    GOTO,
    REPLIES,
    STOP,
    THE_LIST,
)
from midcourse.envs.web_tasks.text import text_number, texts
from midcourse.wrappers.browsergym import BrowserGymView

ID = "midcourse/WebTasks-v0"


def asked(env, task):
    """Whether a task is a question; then its episode stands before the answer."""
    env.reset(seed=1, options={"task": task})
    if not asks(int(env.world["goal"]["act"][0])):
        return False
    while env.oracle_action()[0] != STOP:
        env.step(env.oracle_action())
    return True


@pytest.fixture(scope="module")
def env() -> Any:
    return gymnasium.make(ID, level=3, split="train").unwrapped


@pytest.fixture(scope="module")
def questions(env) -> dict[str, tuple[int, str]]:
    """A task and its answer by what kind of question it is, where the answer stands on a page."""
    found = {}
    for task in range(250):
        if asked(env, task):
            said = say(env.world, None, env.oracle_action())
            kind = ACTS[int(env.world["goal"]["act"][0])]
            if said.startswith("stop [") and "the list" not in said and "there" not in said:
                found.setdefault((kind, bool(bare(said[6:-1].lower()))), (task, said[6:-1]))
    return found


def outcome(env, words):
    """What some words mean: "refused", or whether the answer was right."""
    meant = env.parse(words)
    return "refused" if isinstance(meant, Refusal) else env.fork().step(meant)[4]["success"]


def test_an_answer_counts_as_it_stands_and_a_number_also_alone(env, questions):
    assert {is_number for _, is_number in questions} == {True, False}
    for (_, is_number), (task, right) in questions.items():
        assert asked(env, task)
        for said in (right, right.upper(), f"{right}.", f" '{right}' "):
            assert outcome(env, f"stop [{said}]") is True, said
        first = right.strip("$#").split(" ")[0].split(":")[0]
        for said in (f"{first} zebra", f"{right} zebra", f"{first} m", f"#{first}", f"${first}"):
            if said.lower() != right.lower():
                assert outcome(env, f"stop [{said}]") == "refused", said
        if is_number:
            assert outcome(env, f"stop [{bare(right.lower())}]") in (True, "refused")


def test_a_number_that_two_answers_have_is_asked_back(env, monkeypatch):
    monkeypatch.setattr(
        "midcourse.envs.web_tasks.speech.commands.answers",
        lambda world: {"49 min": 1, "49 m": 2, "$3.50": 3},
    )
    env.reset(seed=0)
    meant = env.parse("stop [49]")
    assert isinstance(meant, Refusal)
    assert "'49 min' or '49 m'" in meant.reason
    assert env.parse("stop [49 m]").tolist() == [STOP, 2]
    assert env.parse("stop [3.50]").tolist() == [STOP, 3]


def test_an_element_that_says_nothing_is_no_answer(env):
    env.reset(seed=0)
    elements = env.page().elements
    silent = next(e for e in elements if not e.value)
    assert isinstance(env.parse(f"answer [{elements.index(silent)}]"), Refusal)


def test_only_what_is_an_answer_ends_an_episode(env):
    for act in (BACK, 3):
        env.reset(seed=0)
        env.step(np.array([act, 0]))
        now = env.world["now"][0]
        values = [e for e in range(int(now["elements"])) if now["element"][e]["unit"]]
        listed = [THE_LIST] * bool(env.page().answer_list)
        right = {*values, FROM_NUMBERS, FROM_NUMBERS + 1, FROM_NUMBERS + 2, *listed}
        for choice in range(CHOICES):
            action = np.array([STOP, choice])
            fork = env.fork()
            _, reward, terminated, _, info = fork.step(action)
            assert terminated == (choice in right), choice
            assert isinstance(env.parse(say(env.world, None, action)), Refusal) != terminated
            if not terminated:
                assert reward == -0.01
                assert not info["success"]
                assert fork.world["now"] == now
                assert REPLIES[fork.world["reply"]] in (
                    "that cannot be an answer",
                    "there is no such text",
                )
    assert values
    assert listed


def test_after_words_that_mean_nothing_the_page_says_so(env):
    env.reset(seed=0)
    env.refuse(env.parse("buy it for me").reason)
    assert "Last action: that means no action." in env.text()
    env.step(np.array([60, 0]))
    assert "Last action: there is nothing with that number." in env.text()


def test_a_site_that_there_is_not_is_said_as_a_number(env):
    env.reset(seed=0)
    said = say(env.world, None, (GOTO, 75))
    assert said == "goto [75]"
    assert isinstance(env.parse(said), Refusal)


def test_a_text_is_first_what_is_spelled_so():
    four = {"disturbances": ("addition",) * 4, "disturb_at": [("step", 0)] * 4}
    env: Any = gymnasium.make(ID, level=5, split="train", **four).unwrapped
    env.reset(seed=534, options={"task": 142})  # a milestone "spring", then a coupon "SPRING"
    known = texts(env.world)
    assert {"spring", "SPRING"} <= set(known)
    for words, number in known.items():
        assert text_number(env.world, words) == number
    assert text_number(env.world, "Spring") == known["spring"]
    over = False
    while not over:
        words = say(env.world, None, env.oracle_action())
        _, _, terminated, truncated, info = env.step(env.parse(words))
        over = terminated or truncated
    assert info["success"]


def test_a_reason_counts_in_any_spelling_in_a_message_to_the_user():
    view: Any = BrowserGymView(gymnasium.make(ID, level=5, split="test"))
    env = view.unwrapped
    for task in range(165):
        view.reset(seed=1, options={"task": task})
        action = env.oracle_action()
        is_job = not asks(int(env.world["goal"]["act"][0]))
        said = say(env.world, None, action)
        if action[0] == STOP and is_job and said != "stop" and "list" not in said:
            break
    reason = said[6:-1]
    for call in ("send_msg_to_user", "report_infeasible"):
        for told in (reason, reason.capitalize(), f"{reason}."):
            view.reset(seed=1, options={"task": task})
            assert view.step(f"{call}({told!r})")[4]["success"], told
