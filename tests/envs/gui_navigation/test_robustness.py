"""No action and no text, however malformed, is an exception."""

import re
from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import midcourse  # noqa: F401
from midcourse.core.family import Refusal
from midcourse.envs.gui_navigation.state import ACTIONS, BACK, DONE, HOME, LABELS, SCROLL
from midcourse.envs.gui_navigation.text import NAMES, labels

ID = "midcourse/GuiNavigation-v0"
ALL: dict[str, Any] = {"disturbances": 5, "level": 4}
KNOBS: tuple[dict[str, Any], ...] = (
    {"level": 1},
    {"level": 5, "disturbances": ("popup", "move_icons", "relabel")},
    {"level": 3, "app": "fresh", "disturbances": 5},
    {
        "level": 4,
        "titles": False,
        "disturbances": ("popup", "move_icons"),
        "observation": "compact",
    },
)
ENVS: list[Any] = [gymnasium.make(ID, **knobs).unwrapped for knobs in KNOBS]
WORDS = (
    "click",
    "back",
    "home",
    "scroll",
    "done",
    '"',
    "'",
    "3",
    "99999999999",
    " ",
    "\n",
    "Close",
)
FRAGMENTS = st.one_of(st.sampled_from(WORDS), st.sampled_from(NAMES), st.text(max_size=20))
LINES = st.one_of(st.text(max_size=300), st.lists(FRAGMENTS, max_size=6).map(" ".join))


@settings(max_examples=110, deadline=None)
@given(
    st.sampled_from(range(len(ENVS))),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=2000, max_size=2000),
)
def test_two_hundred_thousand_actions(number, seed, drawn):
    env = ENVS[number]
    env.reset(seed=seed)
    for value in drawn:
        observation, reward, terminated, truncated, _ = env.step(value % ACTIONS)
        assert -1.0 <= reward <= 1.0
        if terminated or truncated:
            env.reset()
    assert env.observation_space.contains(observation)
    assert env.restore(env.snapshot())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(range(len(ENVS))), st.lists(LINES, min_size=20, max_size=20))
def test_texts_mean_an_action_or_are_refused(number, lines):
    env = ENVS[number]
    env.reset(seed=number)
    for line in lines:
        meant = env.parse(line)
        if isinstance(meant, Refusal):
            assert meant.reason
            assert len(meant.reason) < 700
            assert "\n" not in meant.reason
        else:
            assert 0 <= meant < ACTIONS
            if env.step(meant)[2]:
                env.reset()


@pytest.mark.parametrize("said", [None, 3, b"done", ["back"], {}])
def test_what_is_no_text_is_refused(said):
    env = ENVS[0]
    env.reset(seed=0)
    assert isinstance(env.parse(said), Refusal)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_parse_in_any_case_and_spacing(data):
    env = ENVS[1]
    env.reset(seed=data.draw(st.integers(0, 50)))
    icons = labels(env.world, env.program.shared[0])
    slot = data.draw(st.sampled_from([i for i, label in enumerate(icons) if label]))
    name = NAMES[icons[slot]]
    if [NAMES[label] for label in icons].count(name) > 1:
        return
    said, meant = data.draw(
        st.sampled_from(
            [
                ("back", BACK), ("home", HOME), ("scroll", SCROLL), ("done", DONE),
                (f"click {slot + 1}", slot), (f'click "{name}"', slot), (f"click '{name}'", slot),
                (f"click {name}", slot),
            ]
        )
    )  # fmt: skip
    upper = data.draw(st.lists(st.booleans(), min_size=len(said), max_size=len(said)))
    said = "".join(c.upper() if up else c.lower() for c, up in zip(said, upper, strict=True))
    space = st.sampled_from([" ", "  ", "\t", " \n "])
    said = re.sub(" ", lambda _: data.draw(space), said)
    assert env.parse(f"{data.draw(space)}{said}{data.draw(space)}") == meant


def test_every_legal_action_in_words_is_understood():
    env: Any = gymnasium.make(ID, **ALL).unwrapped
    env.reset(seed=0)
    generator = np.random.default_rng(0)
    for _ in range(300):
        words = env.legal_actions()
        meant = [env.parse(line) for line in words]
        assert meant == np.flatnonzero(env.action_masks()).tolist()
        env.step(int(generator.choice(meant)))
        if not env.world["running"]:
            env.reset()


def test_names_are_one_line_and_read_back():
    assert len(NAMES) == LABELS
    assert all(re.fullmatch(r"[A-Z][a-z]+( [A-Z][a-z]+)?", name) for name in NAMES[1:])
