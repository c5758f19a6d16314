"""The three views agree on the same facts; clicks mean what the picture shows."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.envs.gui_navigation import facts, render
from midcourse.envs.gui_navigation.state import ACTIONS, DONE, LABELS, SLOTS

ID = "midcourse/GuiNavigation-v0"
SETTINGS = [
    *({"level": level} for level in range(1, 6)),
    {"level": 2, "disturbances": ("popup", "move_icons", "relabel"), "disturb_at": ("step", 2)},
    {"level": 4, "disturbances": 5, "titles": False},
    {"level": 3, "app": "fresh", "disturbances": ("relabel", "popup")},
]


def walk(env, steps, seed=0):
    """States of a random walk: (observation, info) each."""
    generator = np.random.default_rng(seed)
    yield env.reset(seed=seed)
    for _ in range(steps):
        action = int(generator.integers(ACTIONS - 1))
        observation, _, terminated, truncated, info = env.step(action)
        yield (observation, info)
        if terminated or truncated:
            yield env.reset()


@pytest.mark.parametrize("knobs", SETTINGS, ids=str)
def test_views_agree(knobs):
    env: Any = gymnasium.make(ID, **knobs)
    world: Any = env.unwrapped
    for observation, info in walk(env, 120):
        picture, text = world.picture(), world.text()
        told, shown = facts.facts_of_text(text), facts.facts_of_picture(picture)
        assert shown == told
        assert facts.facts_of_arrays(observation).items() <= told.items()
        assert told["ways"] == tuple(np.flatnonzero(info["action_mask"][SLOTS:]) + SLOTS)
        assert (told["page"], told["pages"]) == (world.world["page"], pages(world))


def pages(env):
    """Pages of the screen at hand, from the record."""
    world = env.world
    app = world["app"] if "app" in world.dtype.names else env.program.shared[0]["app"]
    return app["pages"][world["screen"]]


def test_picture_shows_every_icon_exactly_at_its_box():
    env: Any = gymnasium.make(ID, level=5, disturbances=("popup", "move_icons"))
    for observation, _ in walk(env, 200):
        boxes = facts.boxes_of_picture(env.unwrapped.picture())
        expected = np.rint(observation["boxes"] * 256).astype(int)
        present = np.flatnonzero(observation["present"])
        assert {slot: tuple(expected[slot]) for slot in present} == boxes


def test_every_label_has_a_swatch_and_a_name_of_its_own():
    assert len(facts.LABEL_OF_CODE) == LABELS
    assert len(set(render.text.NAMES)) == LABELS
    assert all(max(render.color_of(label)) < facts.DARK for label in range(LABELS))


def test_clicks_inside_and_outside_of_every_box():
    env: Any = gymnasium.make(ID, level=5)
    world: Any = env.unwrapped
    shared = world.program.shared[0]
    for observation, _ in walk(env, 40):
        boxes = np.rint(observation["boxes"] * 256).astype(int)
        for slot in np.flatnonzero(observation["present"]):
            x, y, width, height = boxes[slot]
            inside = [(x, y), (x + width - 1, y + height - 1), (x + width / 2, y + height / 2)]
            assert [render.click(world.world, shared, *point) for point in inside] == [slot] * 3
            outside = [(x - 1, y), (x, y - 1), (x + width, y), (x, y + height)]
            assert {render.click(world.world, shared, *point) for point in outside} == {None}
    for action, (x, y, width, height) in render.BUTTONS.items():
        assert render.click(world.world, shared, x, y) == action
        assert render.click(world.world, shared, x + width - 1, y + height - 1) == action
    assert render.click(world.world, shared, 128, 2) is None


def test_render_mode_gives_the_picture():
    env: Any = gymnasium.make(ID, render_mode="rgb_array")
    env.reset(seed=0)
    picture = env.render()
    assert picture.shape == (256, 256, 3)
    assert picture.dtype == np.uint8
    env.step(DONE)
    assert (env.render() != picture).any()
