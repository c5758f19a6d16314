"""The script does what was asked first, sees pages only, and hears nothing."""

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse import agents
from midcourse.agents.sentences import read
from midcourse.core.errors import UserError

ID = "midcourse/WebTasks-v0"
TEMPLATES = 76


class Shown:
    """What an agent may see of an environment, without what the user said since the start."""

    def __init__(self, env):
        self.env = env.unwrapped
        self.parse = self.env.parse

    @property
    def unwrapped(self):
        return self

    def page(self):
        return replace(self.env.page(), messages=())


def play(env, task, shown=None) -> tuple[bool, list[Any]]:
    """Whether an episode succeeded, and its actions; the agent is shown `shown` in place of env."""
    observation, info = env.reset(seed=task, options={"task": task})
    agent, actions, over = agents.make("script"), [], False
    agent.reset(shown or env)
    while not over:
        actions.append(agent.act(observation, info))
        observation, _, terminated, truncated, info = env.step(actions[-1])
        over = terminated or truncated
    return info["success"], actions


# Measured on 165 test tasks: 1.00, 1.00, 1.00, 0.98, 0.97.
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_it_does_what_nobody_revises(level):
    env = gymnasium.make(ID, level=level, split="test")
    assert sum(play(env, task)[0] for task in range(80)) / 80 >= 0.9


# Measured on 165 test tasks, of those in which a revision came: 0.04, 0.06, 0.06, 0.07, 0.03.
@pytest.mark.parametrize("level", [1, 5])
def test_it_falls_far_behind_when_a_value_is_revised(level):
    env: Any = gymnasium.make(ID, level=level, split="test", disturbances=("revision",))
    solved = [won for task in range(80) for won in [play(env, task)[0]] if env.unwrapped.events()]
    assert len(solved) > 60
    assert sum(solved) / len(solved) < 0.2


@pytest.mark.parametrize("messages", [0, ("addition", "revision", "retraction")])
def test_every_template_is_understood_and_played_to_an_end(messages):
    env: Any = gymnasium.make(ID, level=5, disturbances=messages)
    left = set(range(TEMPLATES))
    for task in range(1000):
        env.reset(seed=task, options={"task": task})
        goal = env.unwrapped.world["goal"]
        if int(goal["template"]) not in left:
            continue
        left.discard(int(goal["template"]))
        assert len(read(env.unwrapped.page().task)) == int(goal["parts"])
        play(env, task)
    assert not left


def test_it_sees_pages_only_and_no_message(monkeypatch):
    env: Any = gymnasium.make(ID, level=5, split="test", disturbances=("revision", "addition"))
    free = [play(env, task) for task in range(30)]

    def privileged(*_):
        raise AssertionError("the agent used privileged knowledge")

    for name in ("cost_to_go", "oracle_action", "fork"):
        monkeypatch.setattr(type(env.unwrapped), name, privileged)
    for task, (won, actions) in enumerate(free):
        again = play(env, task, shown=Shown(env))
        assert again[0] == won
        np.testing.assert_array_equal(again[1], actions)


def test_a_sentence_that_is_not_understood_ends_in_a_stop():
    assert read("Sing something in the shop.") == []


def test_a_task_is_read_with_what_it_adds():
    one, two = read(
        "Buy an apron in the shop. It may cost $60.00 at most, the colour should be red. "
        "Also, in the tracker, change the issue about fixing menu. It should be closed, "
        "its label should be bug, it is in the project quarry."
    )
    assert (one.site, one.words, one.noun) == ("shop", {"apron"}, "apron")
    assert (one.shows, one.fields) == ({"Price": "60.00"}, {"Colour": "red"})
    assert (two.site, two.words, two.place) == ("tracker", {"fixing", "menu"}, "quarry")
    assert two.fields == {"": "closed", "Label": "bug"}


def test_a_world_without_pages_is_refused_in_a_sentence():
    env = gymnasium.make("midcourse/GuiNavigation-v0")
    env.reset(seed=0)
    with pytest.raises(UserError, match="has no pages"):
        agents.make("script").reset(env)
