"""SB3VecEnv equals SB3's DummyVecEnv over single worlds, step by step."""

import gymnasium
import numpy as np
import pytest
import tiny

pytest.importorskip("stable_baselines3", reason="the extra `rl` is not installed")
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv

import midcourse  # noqa: F401
from midcourse.core.errors import UserError
from midcourse.wrappers import SB3VecEnv

ID = "midcourse/GuiNavigation-v0"
WORLDS = 5


def same(ours, theirs, where):
    if isinstance(ours, dict):
        assert set(ours) == set(theirs), where
        for key in ours:
            same(ours[key], theirs[key], f"{where}.{key}")
    elif isinstance(ours, list):
        assert ours == theirs, where
    else:
        assert np.array_equal(ours, theirs), where
        assert np.asarray(ours).dtype == np.asarray(theirs).dtype, where


@pytest.mark.parametrize(
    "knobs",
    [
        {"level": 1},
        {"level": 3, "disturbances": 2, "step_limit": 9},
        {"level": 1, "observation": "compact", "masks": False},
    ],
)
def test_it_equals_dummyvecenv_step_by_step(knobs):
    ours = SB3VecEnv.make(ID, WORLDS, reward_terms=True, **knobs)
    theirs = DummyVecEnv([lambda: Monitor(gymnasium.make(ID, **knobs))] * WORLDS)
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    ours.seed(7)
    theirs.seed(7)
    same(ours.reset(), theirs.reset(), "reset")
    random, ends = np.random.default_rng(0), {"truncated": 0, "terminated": 0}
    for step in range(150):
        masks = np.stack(theirs.env_method("action_masks"))
        assert np.array_equal(np.stack(ours.env_method("action_masks")), masks)
        actions = (random.random(masks.shape) * masks).argmax(1)
        mine, rewards, dones, infos = ours.step(actions)
        other, their_rewards, their_dones, their_infos = theirs.step(actions)
        same(mine, other, f"step {step}")
        same(rewards, their_rewards, "rewards")
        same(dones, their_dones, "dones")
        for i, (info, expected) in enumerate(zip(infos, their_infos, strict=True)):
            if dones[i]:
                ends["truncated" if info["TimeLimit.truncated"] else "terminated"] += 1
                assert info.pop("is_success") == expected["success"]
                info["episode"].pop("t")
                expected["episode"].pop("t")
            same(info, expected, f"step {step}, world {i}")
    assert all(count > 0 for count in ends.values()) or knobs["level"] == 1
    assert ends["terminated"] > 0


def test_masks_of_chosen_worlds():
    env = SB3VecEnv.make(ID, WORLDS)
    env.reset()
    every = env.env_method("action_masks")
    assert np.array_equal(env.env_method("action_masks", indices=[3])[0], every[3])
    assert env.has_attr("action_masks")
    assert not env.has_attr("no_such_thing")
    assert env.env_method("text", indices=1)[0].startswith("Goal")


def test_a_snapshot_goes_back_to_every_world_and_return():
    env = SB3VecEnv.make(ID, WORLDS, level=2)
    env.seed(1)
    env.reset()
    for _ in range(3):
        env.step(np.full(WORLDS, 9))
    kept, ways = env.snapshot(), []
    for _ in range(2):
        env.restore(kept)
        ways.append(
            [env.step(np.stack(env.env_method("action_masks")).argmax(1)) for _ in range(60)]
        )
    for first, second in zip(*ways, strict=True):
        same(first[0], second[0], "observation")
        for info in (*first[3], *second[3]):
            info.get("episode", {}).pop("t", None)
        assert str(first[1:]) == str(second[1:])
    with pytest.raises(UserError, match="not a snapshot"):
        env.restore(b"nonsense")
    with pytest.raises(UserError, match="5 worlds, not 2"):
        SB3VecEnv.make(ID, 2, level=2).restore(kept)


def test_options_are_those_of_single_worlds():
    env = SB3VecEnv.make(ID, 2)
    env.set_options([{"task": 3}, {}])
    env.reset()
    assert env.vector.worlds["task"][0] == 3
    env.set_options({"tsk": 3})
    with pytest.raises(UserError, match=r"unknown reset option 'tsk'"):
        env.reset()


def test_other_autoreset_modes_are_refused():
    with pytest.raises(UserError, match="needs a vector with copy=True: SB3 keeps the last"):
        SB3VecEnv.make(ID, 2, copy=False)
    with pytest.raises(UserError, match="SameStep"):
        SB3VecEnv(gymnasium.make_vec(ID, 2))
    with pytest.raises(UserError, match="native vector"):
        SB3VecEnv(gymnasium.make(ID))
    with pytest.raises(UserError, match="CartPole-v1 has none"):
        SB3VecEnv.make("CartPole-v1", 2)
    assert SB3VecEnv.make(tiny.ID, 2).num_envs == 2, "a world of one's own has a vector, too"
