"""Words, pixels and clicks: the same world; what means nothing costs a step and no more."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import midcourse  # noqa: F401
from midcourse.core.errors import UserError
from midcourse.core.family import Refusal
from midcourse.wrappers import OracleShaping, PixelClick, PixelView, TextView

ID = "midcourse/GuiNavigation-v0"
CLOCKS = {"clock", "message", "terms"}  # fields that a refused action may change


def make(**knobs) -> Any:
    return gymnasium.make(ID, **knobs)


def changed(before, after):
    return {n for n in before.dtype.names if before[n].tolist() != after[n].tolist()}


def test_words_do_what_the_actions_do():
    text, plain = TextView(make(level=2)), make(level=2)
    text.reset(seed=4)
    plain.reset(seed=4)
    for _ in range(30):
        words = text.unwrapped.legal_actions()[0]
        said = text.step(words)
        done = plain.step(plain.unwrapped.parse(words))
        assert said[0] == plain.unwrapped.text()
        assert said[1:4] == done[1:4]
        assert text.observation_space.contains(said[0])
        if said[2] or said[3]:
            break


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_words_cost_a_step_and_what_means_nothing_changes_nothing_else(words):
    env = TextView(make(level=3))
    env.reset(seed=0)
    meant = env.unwrapped.parse(words)
    before = env.unwrapped.world.copy()
    observation, reward, _, _, info = env.step(words)
    assert env.observation_space.contains(observation)
    after = env.unwrapped.world
    assert after["clock"] == before["clock"] + 1
    if isinstance(meant, Refusal):
        assert info["refused"] == meant.reason
        assert "Not understood" in observation
        assert reward == -0.01
        assert changed(before, after) <= CLOCKS


def test_a_refused_step_can_be_the_last_and_lets_disturbances_strike():
    env = TextView(make(step_limit=4, disturbances=("popup",), disturb_at=("step", 2)))
    env.reset(seed=0)
    infos = []
    for _ in range(4):
        _, _, terminated, truncated, info = env.step("hm")
        infos.append(info)
    assert truncated
    assert not terminated
    assert infos[1]["events"] == [{"kind": "popup", "step": 2}]
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step("hm")


def test_the_picture_is_the_observation():
    pytest.importorskip("pygame", reason="the extra `render` is not installed")
    env = PixelView(make(level=2))
    observation, _ = env.reset(seed=0)
    assert env.observation_space.contains(observation)
    assert np.array_equal(observation, env.unwrapped.picture())
    assert not np.array_equal(env.step(env.unwrapped.oracle_action())[0], observation)


@pytest.mark.parametrize("level", [1, 3, 5])
def test_a_click_on_an_icon_is_that_icon_and_one_on_nothing_is_refused(level):
    env, plain = PixelClick(make(level=level)), make(level=level)
    observation, info = env.reset(seed=2)
    plain.reset(seed=2)
    assert env.action_space.contains(np.array([255, 255]))
    assert info["action_mask"].shape == (512,)
    for slot in np.flatnonzero(observation["present"])[::-1]:
        x, y, width, height = observation["boxes"].reshape(-1, 4)[slot] * 256
        for point in ((x, y), (x + width - 1, y + height - 1), (x + width / 2, y + height / 2)):
            assert env.action_at(int(point[0]), int(point[1])) == slot
        assert env.action_at(int(x) - 1, int(y)) != slot
    ours, theirs = env.step(np.array([int(x) + 1, int(y) + 1])), plain.step(int(slot))
    assert ours[1] == theirs[1]
    assert str(ours[0]) == str(theirs[0])
    reached = {env.action_at(x, y) for x in range(256) for y in range(256)}
    assert {8, 9, 10, 11} <= reached
    x, y = next((x, y) for x in range(256) for y in range(256) if env.action_at(x, y) is None)
    before = env.unwrapped.world.copy()
    _, reward, _, _, info = env.step((x, y))
    assert info["refused"] == f"there is nothing to click at ({x}, {y})"
    assert reward == -0.01
    assert changed(before, env.unwrapped.world) <= CLOCKS


@pytest.mark.parametrize(
    "click", [(256, 0), (-1, 3), (1,), 7, (1.5, 2.5), ("a", "b"), [[1], [2, 3]], None]
)
def test_a_click_outside_the_picture_raises_a_sentence(click):
    env = PixelClick(make())
    env.reset(seed=0)
    with pytest.raises(UserError, match="a click is"):
        env.step(click)


def test_the_webs_picture_is_larger_and_can_be_clicked_all_over():
    pytest.importorskip("pygame", reason="the extra `render` is not installed")
    env = PixelClick(PixelView(gymnasium.make("midcourse/WebTasks-v0")))
    observation, info = env.reset(seed=0)
    assert env.observation_space.contains(observation)
    assert observation.shape == (1000, 480, 3)
    assert env.action_space.nvec.tolist() == [480, 1000]
    assert info["action_mask"].shape == (1480,)
    last = int(env.unwrapped.world["now"][0]["elements"]) - 1
    y = next(y for y in range(999, -1, -1) if env.action_at(100, y) is not None)
    assert env.action_at(479, y).tolist() == [last, 0]
    with pytest.raises(UserError, match=r"x in \[0, 479\] and y in \[0, 999\]"):
        env.step((480, 0))


def wraps():
    return {
        "text": lambda env: TextView(env),
        "shaping": lambda env: OracleShaping(env),
        "click": lambda env: PixelClick(env),
        "both": lambda env: TextView(OracleShaping(env)),
        "three": lambda env: PixelClick(PixelView(OracleShaping(env, gamma=0.9))),
    }


def walk(env, steps):
    kept = []
    for k in range(steps):
        if isinstance(env, TextView):
            action = env.unwrapped.legal_actions()[0] if k % 3 else "what?"
        elif isinstance(env, PixelClick):
            action = (40 + 20 * k, 240)
        else:
            action = env.unwrapped.oracle_action()
        outcome = env.step(action)
        kept.append(str(outcome))
        if outcome[2] or outcome[3]:
            break
    return kept


@pytest.mark.parametrize("name", wraps())
def test_snapshots_pass_through_every_wrapper(name):
    if name == "three":
        pytest.importorskip("pygame", reason="the extra `render` is not installed")
    wrap = wraps()[name]
    env = wrap(make(level=3, disturbances=1))
    env.reset(seed=6)
    walk(env, 1)
    snapshot = env.snapshot()
    first = walk(env, 5)
    shown, told = env.reset(seed=1)
    again, info = env.restore(snapshot)
    assert info.keys() == told.keys()
    for name in ("action_mask",) if "action_mask" in told else ():
        assert info[name].shape == told[name].shape
        assert np.array_equal(info[name], env.action_masks())
    assert type(again) is type(shown)
    assert np.shape(again) == np.shape(shown)
    assert walk(env, 5) == first
    other = wrap(make(level=3, disturbances=1))
    other.restore(snapshot)
    assert walk(other, 5) == first


def test_foreign_and_damaged_snapshots_are_refused_and_change_nothing():
    env = OracleShaping(make())
    env.reset(seed=0)
    good = env.snapshot()
    text = TextView(make())
    text.reset(seed=0)
    shaped = OracleShaping(make(), gamma=0.5)
    shaped.reset(seed=0)
    cases = [
        (text.snapshot(), "TextView"),
        (shaped.snapshot(), "0.5"),
        (env.unwrapped.snapshot(), "not a snapshot made by OracleShaping"),
        (good[:-9], "damaged"),
        (good[:60] + b"\0" + good[61:], "damaged"),
        ("text", "is bytes"),
    ]
    for snapshot, said in cases:
        with pytest.raises(UserError, match=said):
            env.restore(snapshot)
        assert env.snapshot() == good


def test_a_foreign_wrapper_in_between_is_named():
    env = TextView(gymnasium.wrappers.TimeLimit(make(), 5))
    env.reset(seed=0)
    with pytest.raises(UserError, match="TimeLimit"):
        env.snapshot()
    with pytest.raises(UserError, match="wraps environments of midcourse"):
        TextView(gymnasium.make("CartPole-v1"))
