"""Messages in the forum: what can be sent, what is refused, and what is taken back."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.forum.records import LETTERS
from midcourse.envs.web_tasks.goal import wishes

ID = "midcourse/WebTasks-v0"
NAME, TEXT = 0, 1  # places of the requirements


@pytest.fixture
def env() -> Any:
    """At the messages, in a world whose user wants one sent with a text."""
    return at_messages({wishes.RECIPIENT, wishes.COMMENT})


def at_messages(asked: set[int]) -> Any:
    env: Any = gymnasium.make(ID, level=5, step_limit=200).unwrapped
    for seed in range(1000):
        env.reset(seed=seed)
        goal = env.world["goal"]
        told = {int(c["what"]) for c in goal["constraint"][: int(goal["count"])]}
        if goal["act"][0] == wishes.LETTER and told == asked:
            env.step(env.parse("goto [forum]"))
            press(env, "Messages")
            return env
    raise AssertionError("there is no such task")


def press(env, caption, last=False):
    found = [e.number for e in env.page().elements if e.caption == caption and e.role != "heading"]
    env.step(np.array([found[-1 if last else 0], 0]))
    return env.page().reply


def fill(env, caption, choice):
    found = [e.number for e in env.page().elements if e.caption == caption and e.role == "textbox"]
    env.step(np.array([found[0], choice]))
    assert env.page().reply == ""


def send(env, name=state.FROM_GOAL + NAME, text=state.FROM_GOAL + TEXT):
    fill(env, "To", name)
    fill(env, "Your message", text)
    return press(env, "Send")


def sent(env) -> list[str]:
    """Texts of what was sent, in order."""
    page = env.page().elements
    pairs = [page[e.number - 1].text for e in page if e.caption == "To" and e.role == "text"]
    return pairs[::-1]


def stop(env) -> bool:
    before = env.snapshot()
    success = env.step(np.array([state.STOP, state.FROM_NUMBERS]))[4]["success"]
    env.restore(before)
    return success


def test_four_messages_are_there_and_stay():
    env = at_messages({wishes.RECIPIENT})
    page = env.page()
    received = [e.text for e in page.elements if e.caption == "From"]
    assert len(received) == 4
    assert all(len(name.split()) == 2 for name in received)
    assert not any(e.caption == "Withdraw" for e in page.elements)
    assert (page.tab.title, page.tab.url) == ("Messages", "http://forum/messages")


def test_a_message_needs_a_name_and_a_text(env):
    content = env.world["now"].copy()
    no_name = "the message needs a first and a last name to go to"
    assert press(env, "Send") == no_name
    assert (env.world["now"] == content).all()
    assert send(env, name=state.FROM_GOAL + TEXT) == no_name
    assert send(env, name=state.FROM_NUMBERS + 3) == no_name
    env.step(env.parse("goto [forum]"))
    press(env, "Messages")
    fill(env, "To", state.FROM_GOAL + NAME)
    filled = env.world["now"].copy()
    assert press(env, "Send") == "the message is empty"
    assert (env.world["now"] == filled).all()
    assert sent(env) == []


def test_one_that_was_sent_is_what_is_wanted_and_one_too_many_is_not(env):
    assert env.cost_to_go() == 4
    assert send(env) == ""
    assert env.cost_to_go() == 1
    assert stop(env)
    assert all(not e.text for e in env.page().elements if e.role == "textbox")
    assert send(env) == ""
    assert env.cost_to_go() == 2
    assert not stop(env)
    assert press(env, "Withdraw", last=True) == ""
    assert stop(env)


def test_another_text_or_another_person_is_not_what_is_wanted(env):
    page = env.page().elements
    other = next(e.number for e in page if e.caption == "From")
    assert send(env, name=other) == ""
    assert not stop(env)
    assert press(env, "Withdraw") == ""
    assert send(env, text=state.FROM_NUMBERS + 7) == ""
    assert not stop(env)
    assert env.cost_to_go() == 1 + 4  # withdraw, two fields, send, stop


def test_where_no_text_is_asked_for_any_will_do():
    env = at_messages({wishes.RECIPIENT})
    assert env.cost_to_go() == 4
    assert send(env, text=state.FROM_NUMBERS + 7) == ""
    assert stop(env)


def test_those_after_one_that_is_withdrawn_move_up(env):
    for number in range(3):
        send(env, text=state.FROM_NUMBERS + number)
    buttons = [e.number for e in env.page().elements if e.caption == "Withdraw"]
    env.step(np.array([buttons[1], 0]))
    assert sent(env) == ["0", "2"]
    forum = env.world["now"][0]["forum"][0]
    assert forum["letters"] == 4 + 2
    blank = np.zeros((), forum["letter"].dtype)
    assert (forum["letter"][6:] == blank).all()


def test_a_full_box_takes_no_more_and_the_oracle_makes_room(env):
    room = LETTERS - 4
    for number in range(room):
        assert send(env, text=state.FROM_NUMBERS + number) == ""
    fill(env, "To", state.FROM_GOAL + NAME)
    fill(env, "Your message", state.FROM_GOAL + TEXT)
    full = env.world["now"].copy()
    assert press(env, "Send") == "the forum takes no more today"
    assert (env.world["now"] == full).all()
    for left in range(room + 2, 0, -1):  # all withdrawn, the one sent, stop
        assert env.cost_to_go() == left
        info = env.step(env.oracle_action())[4]
    assert info["success"]


def test_the_oracle_goes_to_the_tab_with_the_fuller_form(env):
    env.step(env.parse("new_tab"))
    env.step(env.parse("goto [forum]"))
    press(env, "Messages")
    fill(env, "To", state.FROM_GOAL + NAME)
    env.step(env.parse("new_tab"))
    env.step(env.parse("goto [forum]"))
    press(env, "Messages")
    fill(env, "To", state.FROM_GOAL + NAME)
    fill(env, "Your message", state.FROM_GOAL + TEXT)
    assert env.cost_to_go() == 2
    env.step(env.parse("switch_tab [1]"))
    assert env.cost_to_go() == 3
    assert env.oracle_action().tolist() == [state.SWITCH_TAB, 2]
    env.step(env.parse("switch_tab [2]"))
    assert env.cost_to_go() == 3


def test_the_oracle_walks_back_in_the_tab_where_two_things_are_to_be_undone(env):
    press(env, "Cooking")
    post = next(e.number for e in env.page().elements if e.role == "link" and e.text)
    env.step(np.array([post, 0]))
    press(env, "Upvote")
    press(env, "Messages")
    send(env)
    send(env)
    env.step(env.parse("new_tab"))
    # to the messages, withdraw one, back, take the vote back, stop
    for left in range(5, 0, -1):
        assert env.cost_to_go() == left
        info = env.step(env.oracle_action())[4]
    assert info["success"]
