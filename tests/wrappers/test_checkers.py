"""Gymnasium's and SB3's own checkers find nothing to warn of."""

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env

import midcourse  # noqa: F401

ID = "midcourse/GuiNavigation-v0"
LEVELS = (1, 2, 3, 4, 5)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("observation", ["dict", "compact"])
@pytest.mark.parametrize("app", ["fixed", "fresh"])
def test_gymnasiums_checker_passes(level, observation, app):
    env = gymnasium.make(ID, level=level, observation=observation, app=app)
    check_env(env.unwrapped, skip_render_check=True)


def test_gymnasiums_render_check_passes():
    pytest.importorskip("pygame", reason="the extra `render` is not installed")
    check_env(gymnasium.make(ID, render_mode="rgb_array").unwrapped)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("observation", ["dict", "compact"])
def test_sb3s_checker_passes(level, observation):
    checker = pytest.importorskip(
        "stable_baselines3.common.env_checker", reason="the extra `rl` is not installed"
    )
    checker.check_env(gymnasium.make(ID, level=level, observation=observation, disturbances=1))
