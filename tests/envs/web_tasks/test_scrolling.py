"""Long lists: what lies below the fold, and what scrolling does, keeps and loses."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core import snapshot as packing
from midcourse.core.errors import UserError
from midcourse.core.family import Refusal
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.tables.layout import SALES
from midcourse.envs.web_tasks.tables.records import FOLD, SALES_AT_FIRST

ID = "midcourse/WebTasks-v0"


@pytest.fixture
def env() -> Any:
    """A world at the list of sales, which is longer than a screen."""
    env: Any = gymnasium.make(ID, level=5, step_limit=1000).unwrapped
    env.reset(seed=0)
    do(env, "goto [office]", "Sales")
    return env


def do(env, *words):
    """Say some words, or click the element of a caption."""
    for said in words:
        named = [e.number for e in env.page().elements if e.caption == said]
        action = env.parse(f"click [{named[0]}]" if named else said)
        assert not isinstance(action, Refusal), said
        env.step(action)


def sales(env) -> list[int]:
    """The sales that are shown."""
    now = env.world["now"][0]
    shown = now["element"][: int(now["elements"])]
    links = shown[(shown["role"] == state.LINK) & (shown["unit"] == state.ITEM)]
    assert (now["row"]["table"][links["value"]] == SALES).all()
    return links["value"].tolist()


def test_a_screen_more_is_shown_below_what_was_shown(env):
    above, before = sales(env), env.page().elements
    assert len(above) == FOLD
    assert (before[-1].caption, before[-1].value) == ("More below", str(SALES_AT_FIRST - FOLD))
    do(env, "scroll [down]")
    assert len(sales(env)) == SALES_AT_FIRST
    assert sales(env)[:FOLD] == above
    assert env.page().elements[: len(before) - 1] == before[:-1]
    assert sales(env) == sorted(sales(env))


def test_nothing_is_scrolled_where_nothing_lies_below(env):
    for words in ("", "scroll [down]", "Supplies", "Home", "goto [shop]", "goto [map]"):
        if words:
            do(env, words)
        can = env.page().can_scroll
        assert can == (not words)
        assert can == bool(env.action_masks()[state.SCROLL])
        assert can == ("scroll [down]" in env.legal_actions())
        if not can:
            before = env.world["now"].tobytes()
            do(env, "scroll [down]")
            assert env.page().reply == "there is nothing further down"
            assert env.world["now"].tobytes() == before


def test_whoever_comes_back_begins_at_the_top(env):
    do(env, "scroll [down]", "new_tab", "switch_tab [1]")
    assert len(sales(env)) == FOLD
    do(env, "scroll [down]", "Reviews", "back")
    assert len(sales(env)) == FOLD
    do(env, "scroll [down]", "back", "forward")
    assert len(sales(env)) == FOLD
    do(env, "scroll [down]", "Sales")
    assert len(sales(env)) == FOLD


def test_a_new_row_comes_last_and_a_deleted_one_leaves_its_place_empty(env):
    do(env, "goto [tracker]", "New issue")
    box = next(e.number for e in env.page().elements if e.caption == "Name")
    for _ in range(2):
        do(env, f"type [{box}] [1]", "Create", "New issue")
    now = env.world["now"][0]
    rows = int(now["rows"])
    assert now["row"]["screen"][rows - 2 : rows].tolist() == [1, 1]
    do(env, "lantern", "scroll [down]")
    before = [e for e in env.page().elements if e.text]
    assert [e.text for e in before[-2:]] == ["1", "1"]
    do(env, f"click [{before[-2].number}]", "Delete", "back", "scroll [down]")
    after = [e for e in env.page().elements if e.text]
    assert after[:-1] == before[:-2]
    assert after[-1].text == "1"
    assert now["row"]["screen"][rows - 1] == 1


def test_the_oracle_scrolls_to_what_lies_below():
    env: Any = gymnasium.make(ID, level=5).unwrapped
    scrolled = 0
    for seed in range(120):
        env.reset(seed=seed)
        for left in range(env.cost_to_go(), 0, -1):
            assert env.cost_to_go() == left
            action = env.oracle_action()
            scrolled += int(action[0] == state.SCROLL)
            info = env.step(action)[4]
        assert info["success"]
    assert scrolled > 3


@pytest.mark.parametrize("said", ["scroll", "scroll down", "Scroll [ Down ]"])
def test_words_that_scroll(env, said):
    assert env.parse(said).tolist() == [state.SCROLL, 0]


def test_nothing_is_scrolled_up_or_aside(env):
    assert "what is above is shown already" in env.parse("scroll [up]").reason
    assert "'aside'" in env.parse("scroll [aside]").reason


def test_a_list_scrolled_out_of_all_range_is_refused(env):
    for field, value in (("scrolled", -1), ("scrolled", 1000), ("screen", 1)):
        world = np.array([env.world])
        now = world["now"][0, 0]
        if field == "screen":
            now["row"]["screen"][0] = value
        else:
            now["tab"]["scrolled"][0] = value
        with pytest.raises(UserError, match="out of range"):
            env.restore(packing.pack(packing.header(env.program), world))
