"""What a snapshot may hold: values that no episode leaves there are refused."""

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core import snapshot as packing
from midcourse.core.errors import UserError
from midcourse.envs.web_tasks.speech.words import NUMBER

FAR = 2**15 - 1


@pytest.fixture(scope="module")
def env():
    """A world some steps after a message, one requirement revised."""
    env = gymnasium.make(
        "midcourse/WebTasks-v0", level=3, disturbances="revision", disturb_at=("step", 2)
    ).unwrapped
    env.reset(seed=26)  # three requirements, the message about the first
    for _ in range(4):
        env.step(env.oracle_action())
    assert env.world["said"] == 1
    return env


def restored(env, change=lambda world: None):
    """Restore the world as it is but for a change, with a right checksum."""
    words = env.snapshot()
    world = np.frombuffer(words[-4 - env.world.dtype.itemsize : -4], env.world.dtype).copy()
    change(world[0])
    env.restore(packing.pack(packing.header(env.program), world))


def test_what_was_not_changed_is_restored(env):
    before = env.snapshot()
    restored(env)
    assert env.snapshot() == before


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("a goal cut short", lambda w: w["goal"].__setitem__("count", w["goal"]["count"] - 1)),
        (
            "its first requirement struck out",
            lambda w: w["goal"]["constraint"]["live"].__setitem__(0, 0),
        ),
        ("that without words", lambda w: w["goal"]["constraint"]["words"].__setitem__((0, 0), 0)),
        ("a value of nothing", lambda w: w["goal"]["constraint"]["value"].__setitem__(0, 2**30)),
        ("of a message", lambda w: w["message"]["new"]["value"].__setitem__(0, 2**30)),
        ("revised, but struck out", lambda w: w["message"]["new"]["live"].__setitem__(0, 0)),
        ("a link elsewhere", lambda w: w["now"]["element"]["effect"].__setitem__((0, 1), 110)),
        ("another number", lambda w: w["now"]["element"]["value"].__setitem__((0, 1), 7)),
        ("a page cut", lambda w: w["now"]["elements"].__setitem__(0, 1)),
        (
            "a great total",
            lambda w: w["now"]["shop"]["order"]["total"].__setitem__((0, 0, 0), 2**30),
        ),
        (
            "nobody's post",
            lambda w: w["now"]["forum"]["post"]["author"].__setitem__((0, 0, 0, 1), 1),
        ),
        (
            "nobody's comment",
            lambda w: w["now"]["forum"]["remark"]["author"].__setitem__((0, 0, 0, 0), 0),
        ),
        (
            "nobody's review",
            lambda w: w["now"]["shop"]["review"]["author"].__setitem__((0, 0, 0, 0), 0),
        ),
        (
            "nobody's letter",
            lambda w: w["now"]["forum"]["letter"]["name"].__setitem__((0, 0, 0, 0), 0),
        ),
        (
            "a typed title of old",
            lambda w: w["now"]["forum"]["post"]["title"].__setitem__((0, 0, 0, 1), NUMBER),
        ),
        ("a second target", lambda w: w["goal"]["target"].__setitem__(1, 1)),
        ("a place far off", lambda w: w["now"]["row"]["value"].__setitem__((0, -7, 4), FAR)),
    ],
)
def test_what_no_episode_leaves_is_refused(env, what, change):
    before = env.snapshot()
    with pytest.raises(UserError, match="out of range"):
        restored(env, change)
    assert env.snapshot() == before, what
