"""The text of one's own posts: who may change it, what that costs, and what undoes it."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.goal import wishes
from midcourse.envs.web_tasks.speech.words import ID as WORD

ID = "midcourse/WebTasks-v0"


def at_forum(act: int, asked: set[int]) -> Any:
    """On the forum's first page, in the first task of an act that asks for just these."""
    env: Any = gymnasium.make(ID, level=5, step_limit=200).unwrapped
    for seed in range(2000):
        env.reset(seed=seed)
        goal = env.world["goal"]
        told = {int(c["what"]) for c in goal["constraint"][: int(goal["count"])]}
        if goal["act"][0] == act and told == asked and goal["parts"] == 1:
            env.step(env.parse("goto [forum]"))
            return env
    raise AssertionError("there is no such task")


@pytest.fixture
def env() -> Any:
    """Where the user wants the text of a post changed."""
    return at_forum(wishes.EDIT, {wishes.TOPIC, wishes.BODY})


@pytest.fixture
def writer() -> Any:
    """Where the user wants a post with a text written."""
    return at_forum(wishes.WRITE, {wishes.BOARD, wishes.TITLE, wishes.BODY})


def choice_of(env, what):
    """The action's second number that types what a requirement tells."""
    constraints = env.world["goal"]["constraint"].tolist()
    return state.FROM_GOAL + next(k for k, c in enumerate(constraints) if c[0] == what)


def number(env, caption, role):
    return next(e.number for e in env.page().elements if (e.caption, e.role) == (caption, role))


def press(env, caption) -> str:
    env.step(np.array([number(env, caption, "button"), 0]))
    return env.page().reply


def fill(env, caption, choice) -> None:
    env.step(np.array([number(env, caption, "textbox"), choice]))
    assert env.page().reply == ""


def stop(env) -> bool:
    before = env.snapshot()
    success = env.step(np.array([state.STOP, state.FROM_NUMBERS]))[4]["success"]
    env.restore(before)
    return success


def captions(env) -> set[str]:
    return {e.caption for e in env.page().elements}


def own_posts(env) -> list[int]:
    posts = env.world["now"][0]["forum"][0]["post"]
    return [p for p, post in enumerate(posts) if post["author"][0] == WORD["you"]]


def go_to(env, p) -> None:
    """From any page of the forum to a post."""
    post = env.world["now"][0]["forum"][0]["post"][p]
    board = 1 + int(post["board"])  # links of the navigation: home, then the boards
    env.step(np.array([board, 0]))
    now = env.world["now"][0]
    rows = now["element"][10 : int(now["elements"])]
    (place,) = np.flatnonzero((rows["argument"] == p) & (rows["role"] == state.LINK))
    env.step(np.array([10 + int(place), 0]))


def post_of(env, p):
    return env.world["now"][0]["forum"][0]["post"][p]


def wanted(env) -> int:
    """The post that the task is about."""
    return int(env.world["goal"]["target"][0])


def test_two_posts_are_one_s_own_on_two_boards_without_a_text(env):
    mine = own_posts(env)
    assert len(mine) == 2
    assert post_of(env, mine[0])["board"] != post_of(env, mine[1])["board"]
    assert not post_of(env, mine[0])["body"].any()
    assert not post_of(env, mine[1])["body"].any()
    assert wanted(env) in mine


def test_only_the_text_of_one_s_own_can_be_changed(env):
    others = next(p for p in range(20) if p not in own_posts(env))
    go_to(env, others)
    assert not captions(env) & {"Change text", "Remove text", "Delete post"}
    go_to(env, wanted(env))
    assert "Change text" in captions(env)
    assert not captions(env) & {"Remove text", "Delete post"}  # what is old can't be deleted


def test_changed_as_is_wanted_and_taken_away_again(env):
    go_to(env, wanted(env))
    assert env.cost_to_go() == 3
    fill(env, "Text", choice_of(env, wishes.BODY))
    assert press(env, "Change text") == ""
    assert stop(env)
    assert env.cost_to_go() == 1
    assert press(env, "Remove text") == ""
    assert not stop(env)
    assert env.cost_to_go() == 3


def test_an_empty_text_is_refused(env):
    go_to(env, wanted(env))
    content = env.world["now"].copy()
    assert press(env, "Change text") == "the text is empty"
    assert (env.world["now"] == content).all()


def test_another_text_or_another_post_is_not_what_is_wanted(env):
    (other,) = {*own_posts(env)} - {wanted(env)}
    go_to(env, wanted(env))
    fill(env, "Text", state.FROM_NUMBERS + 7)
    press(env, "Change text")
    assert not stop(env)
    assert env.cost_to_go() == 3  # the text, the button, stop: what was there is written over
    go_to(env, other)
    fill(env, "Text", choice_of(env, wishes.BODY))
    press(env, "Change text")
    assert not stop(env)
    assert env.cost_to_go() == 1 + 2 + 2 + 1  # remove, to the other, text and button, stop


def test_a_post_with_the_wrong_text_is_edited_rather_than_written_anew(writer):
    env = writer
    env.step(np.array([next(e.number for e in env.page().elements if e.caption == "New post"), 0]))
    env.step(
        np.array([number(env, "Board", "combobox"), env.world["goal"]["constraint"][0]["value"]])
    )
    fill(env, "Title", choice_of(env, wishes.TITLE))
    press(env, "Post")
    assert not stop(env)
    assert env.cost_to_go() == 3
    fill(env, "Text", choice_of(env, wishes.BODY))
    press(env, "Change text")
    assert stop(env)


def test_a_post_that_bears_much_else_is_deleted_and_written_anew(writer):
    env = writer
    goal = env.world["goal"]["constraint"]
    env.step(np.array([next(e.number for e in env.page().elements if e.caption == "New post"), 0]))
    env.step(np.array([number(env, "Board", "combobox"), goal[0]["value"]]))
    fill(env, "Title", choice_of(env, wishes.TITLE))
    press(env, "Post")
    costs = [env.cost_to_go()]
    for _ in range(8):
        fill(env, "Your comment", state.FROM_NUMBERS + 7)
        press(env, "Comment")
        costs.append(env.cost_to_go())
    assert costs[1:4] == [costs[0] + 1, costs[0] + 2, costs[0] + 3]
    assert costs[-1] == costs[-2]  # what is deleted goes with all that is below
    for left in range(costs[-1], 0, -1):
        assert env.cost_to_go() == left
        info = env.step(env.oracle_action())[4]
    assert info["success"]


def test_what_one_wrote_oneself_is_meant_by_nothing_but_editing():
    env: Any = gymnasium.make(ID, level=5).unwrapped
    acts = (wishes.REPLY, wishes.UPVOTE, wishes.DOWNVOTE, wishes.SCORE)
    for seed in range(300):
        env.reset(seed=seed)
        goal = env.world["goal"]
        for part in range(int(goal["parts"])):
            if goal["act"][part] in acts:
                assert int(goal["target"][part]) not in own_posts(env)
