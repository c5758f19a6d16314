"""The shop's lists: their order, their filters, and lists as answers."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core.family import Refusal
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.goal import wishes
from midcourse.envs.web_tasks.text import listed

ID = "midcourse/WebTasks-v0"


def make(act) -> Any:
    """An environment whose task is of an act, with at least three products to be listed."""
    env: Any = gymnasium.make(ID, level=5, step_limit=100).unwrapped
    for seed in range(1000):
        env.reset(seed=seed)
        goal = env.world["goal"]
        if goal["act"][0] == act and goal["field"] in (0, wishes.BY_PRICE):
            start = env.snapshot()
            play_up_to_stop(env)
            if len(listed(env.world)) > 2:
                env.restore(start)
                return env
    raise AssertionError("there is no such task")


def play_up_to_stop(env):
    while env.cost_to_go() > 1:
        env.step(env.oracle_action())


def say(env, words):
    action = env.parse(words)
    assert not isinstance(action, Refusal), action
    return env.step(action)[4]


def number_of(env, caption):
    return next(e.number for e in env.page().elements if e.caption == caption)


def prices(env):
    return [float(e.value[1:]) for e in env.page().elements if e.caption == "Price"]


def test_filters_leave_what_passes_and_add_up():
    env = make(wishes.ALL_OF)
    say(env, "click [3]")
    everything = prices(env)
    say(env, f"type [{number_of(env, 'Highest price in cents')}] [9]")
    assert listed(env.world) == []
    say(env, "back")
    assert prices(env) == everything
    say(env, f"select [{number_of(env, 'Sort by')}] [price, high to low]")
    assert prices(env) == sorted(everything, reverse=True)
    say(env, f"select [{number_of(env, 'Rating at least')}] [3.5]")
    assert prices(env) == sorted(prices(env), reverse=True)
    assert set(prices(env)) <= set(everything)
    say(env, "back")
    assert prices(env) == sorted(everything, reverse=True)


def test_what_is_no_number_is_no_price():
    env = make(wishes.ALL_OF)
    say(env, "click [3]")
    box, before = number_of(env, "Highest price in cents"), env.snapshot()
    name = next(e.text for e in env.page().elements if e.role == "link" and e.text)
    for words in (name, "0"):
        env.restore(before)
        page = env.world["now"].copy()
        say(env, f"type [{box}] [{words}]")
        assert state.REPLIES[env.world["reply"]] == "that must be a whole number above 0"
        assert env.world["now"] == page


def test_a_set_is_right_in_any_order_and_wrong_with_one_entry_less():
    env = make(wishes.ALL_OF)
    play_up_to_stop(env)
    before, entries = env.snapshot(), listed(env.world)
    assert isinstance(env.parse(f"stop [{'; '.join(entries[1:])}]"), Refusal)
    for words in ("the list", "; ".join(entries), "; ".join(reversed(entries)).upper()):
        env.restore(before)
        assert say(env, f"stop [{words}]")["success"]


def test_a_sorted_list_is_right_in_its_order_only():
    env = make(wishes.IN_ORDER)
    play_up_to_stop(env)
    before, entries = env.snapshot(), listed(env.world)
    assert isinstance(env.parse(f"stop [{'; '.join(reversed(entries))}]"), Refusal)
    assert say(env, f"stop [{'; '.join(entries)}]")["success"]
    env.restore(before)
    assert env.world["goal"]["field"] == wishes.BY_PRICE
    assert len(set(prices(env))) > 1
    say(env, f"select [{number_of(env, 'Sort by')}] [price, high to low]")
    assert not say(env, "stop [the list]")["success"]


@pytest.mark.parametrize("act", [wishes.ALL_OF, wishes.IN_ORDER])
def test_a_part_of_the_list_or_an_element_of_it_is_no_answer(act):
    env = make(act)
    play_up_to_stop(env)
    before = env.snapshot()
    for choice in (state.FROM_NUMBERS, *range(int(env.world["now"][0]["elements"]))):
        env.restore(before)
        *_, info = env.step(np.array([state.STOP, choice]))
        assert not info["success"]


def test_where_nothing_is_listed_there_is_no_list_to_answer_with():
    env = make(wishes.ALL_OF)
    assert isinstance(env.parse("stop [the list]"), Refusal)
    assert "stop [the list]" not in env.legal_actions()
    _, _, terminated, _, info = env.step(np.array([state.STOP, state.THE_LIST]))
    assert not terminated
    assert not info["success"]
    assert env.world["reply"] == state.NO_ANSWER


def test_the_office_changes_what_a_list_shows_but_not_its_order():
    env = make(wishes.ALL_OF)
    say(env, "click [3]")
    say(env, f"select [{number_of(env, 'Sort by')}] [price, low to high]")
    names, before = listed(env.world), prices(env)
    env.world["now"]["shop"]["stock"]["price"] += 1
    say(env, "back")
    say(env, "forward")
    assert listed(env.world) == names
    assert prices(env) == [round(price + 0.01, 2) for price in before]


def sorted_and_filtered() -> Any:
    """An environment whose list takes a category, an order and a filter, and is shown."""
    env: Any = gymnasium.make(ID, level=5, step_limit=100).unwrapped
    for seed in range(2000):
        env.reset(seed=seed)
        if env.world["goal"]["act"][0] == wishes.IN_ORDER and env.cost_to_go() == 4:
            play_up_to_stop(env)
            if len(listed(env.world)) > 1:
                return env
    raise AssertionError("there is no such task")


def test_the_oracle_does_the_last_job_in_the_tab_that_leads_to_the_list():
    env = sorted_and_filtered()
    click_first_entry(env)
    env.step(np.array([number_of(env, "Your review"), state.FROM_NUMBERS + 7]))
    say(env, f"click [{number_of(env, 'Post review')}]")
    say(env, "new_tab")
    say(env, "goto [forum]")
    say(env, "click [1]")
    click_first_entry(env)
    say(env, f"click [{number_of(env, 'Upvote')}]")
    # take the vote back, to the other tab, delete the review, back, back, stop
    for left in range(6, 0, -1):
        assert env.cost_to_go() == left
        info = env.step(env.oracle_action())[4]
    assert info["success"]


def test_a_list_that_a_category_shows_is_not_searched_for():
    """Not even from the page of a product, whose name could be searched for."""
    env: Any = gymnasium.make(ID, level=5, step_limit=100).unwrapped
    seen = 0
    for seed in range(1500):
        env.reset(seed=seed)
        if env.world["goal"]["act"][0] == wishes.ALL_OF and env.cost_to_go() == 2:
            play_up_to_stop(env)
            click_first_entry(env)
            for left in (2, 1):
                assert env.cost_to_go() == left
                info = env.step(env.oracle_action())[4]
            assert info["success"]
            seen += 1
    assert seen > 3


def click_first_entry(env):
    entry = next(e.number for e in env.page().elements if e.role == "link" and e.text)
    env.step(np.array([entry, 0]))
