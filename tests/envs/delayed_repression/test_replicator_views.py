"""The regulator's seat over the delayed equation: its actions, words, views and knobs."""

import math
import re
from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core.errors import UserError
from midcourse.core.family import Refusal
from midcourse.envs.delayed_repression.replicator import facts, state

ID = "midcourse/DelayedReplicator-v0"
LEVELS = (1, 2, 3, 4, 5)
ZEROS = np.zeros(3, np.float32)


def make(**knobs) -> Any:
    return gymnasium.make(ID, **knobs).unwrapped


def batch(n=100, **knobs) -> Any:
    worlds: Any = gymnasium.make_vec(ID, num_envs=n, **{"split": "test", **knobs})
    worlds.reset(seed=0, options={"task": list(range(n))})
    return worlds.unwrapped


def calm(env, rest, away=0.0):
    """Put a world at rest: a constant history at the share `rest`, and `away` from it now on."""
    world = env.world
    world["ring"][:] = rest
    world["alarms"][:] = rest
    world["published"] = rest
    world["share"] = rest + away
    world["logit"] = math.log((rest + away) / (1 - rest - away))


# --- actions and words -----------------------------------------------------------------------


BAD = [[0.0, 0.0, 1.01], [math.nan, 0.0, 0.0], [0.0], [[0.0, 0.0, 0.0]], "left", None, 1.0, {}]


@pytest.mark.parametrize("action", BAD, ids=str)
def test_actions_outside_the_box_are_errors(action):
    env = make()
    env.reset(seed=0)
    with pytest.raises(UserError):
        env.step(action)
    assert env.world["clock"] == 0


def test_a_batch_refuses_one_bad_number():
    worlds = batch(3)
    actions = np.zeros((3, 3), np.float32)
    for bad in (math.nan, 1.5, -1.5, math.inf):
        actions[1, 2] = bad
        with pytest.raises(UserError, match="of world 1 is outside"):
            worlds.step(actions)
    assert (worlds.worlds["clock"] == 0).all()


def test_force_alone():
    env = make(levers="force", level=4)
    assert env.action_space.shape == (1,)
    observation, _ = env.reset(seed=0)
    assert env.observation_space == make().observation_space
    assert env.params.share_margin == 0.05
    observation = env.step([-0.5])[0]
    assert observation["action"].tolist() == [-0.5, 0.0, 0.0]
    assert env.oracle_action().shape == (1,)
    assert isinstance(env.parse("shift 0.1"), Refusal)


@pytest.mark.parametrize(
    ("words", "levers"),
    [
        ("force 0.5", (0.5, 0.475, 0.15)),
        ("Force: 2.5, shift -0.3.", (2.5, 0.475, -0.3)),
        ("smoothing=0 and shift 0", (1.75, 0.0, 0.0)),
        ("hold", (1.75, 0.475, 0.15)),
        ("do nothing", (1.0, 0.0, 0.0)),
    ],
)
def test_words_set_levers_and_leave_the_others(words, levers):
    env = make()
    env.reset(seed=0)
    env.step([0.5, 0.5, 0.5])
    env.step(env.parse(words))
    found = [float(env.world[name]) for name in ("force", "smoothing", "shift")]
    assert found == pytest.approx(levers, abs=1e-7)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("force 3", r"force 3 is out of range: it lies in \[0.0, 2.5\]"),
        ("shfit 0.1", "is no action: did you mean 'shift"),
        ("", "is no action"),
        ("force lots", "is no action"),
        (None, "is no action"),
    ],
)
def test_words_that_mean_nothing_have_a_reason(words, reason):
    env = make()
    env.reset(seed=0)
    found = env.parse(words)
    assert isinstance(found, Refusal)
    assert re.search(reason, found.reason)


def test_every_legal_action_can_be_said():
    for levers in ("all", "force"):
        env = make(levers=levers)
        env.reset(seed=0)
        for words in env.legal_actions():
            assert env.action_space.contains(env.parse(words)), words


def test_time_does_not_wait_for_words_without_meaning():
    one, other = make(), make()
    for env in (one, other):
        env.reset(seed=0)
        env.step([0.5, 0.5, -0.5])
    for _ in range(5):
        said = one.refuse("what?")
        done = other.step(other.parse("hold"))
        assert said[1:4] == done[1:4]
    assert one.world.tobytes() == other.world.tobytes()


# --- views -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
def test_views_agree_on_every_fact(level):
    env = make(level=level, disturbances=2)
    generator = np.random.default_rng(level)
    observation, _ = env.reset(seed=level)
    for _ in range(200):
        told = facts.facts_of_text(env.text())
        assert facts.facts_of_arrays(observation) == told
        assert facts.facts_of_picture(env.picture()) == told
        observation = env.step(generator.uniform(-1, 1, 3).astype(np.float32))[0]


def test_the_history_is_of_delayed_shares():
    env = make(level=4)
    observation, _ = env.reset(seed=5)
    shares, alarms = [], []
    for _ in range(150):
        observation = env.step(ZEROS)[0]
        shares.append(float(env.world["share"]))
        alarms.append(float(observation["alarm"][0]))
        assert observation["history"][-1] == observation["alarm"][0]
        assert observation["published"][0] == observation["alarm"][0]
    assert observation["history"].tolist() == alarms[-16:]
    late = float(env.world["lag"]) / state.SUBSTEPS
    there = np.interp(np.arange(60, 150) - late, np.arange(150), shares)
    assert np.abs(there - alarms[60:]).max() < 0.02


@pytest.mark.parametrize("smoothing", [0.1, 0.5, 0.95])
def test_the_published_alarm_follows_with_its_time_constant(smoothing):
    env = make()
    env.reset(seed=0)
    calm(env, 0.6)
    env.world["published"] = 0.3
    for step in range(1, 4):  # shorter than the delay, so that 0.6 is what arrives
        observation = env.step([0.0, smoothing / state.SMOOTHEST, 0.0])[0]
        expected = 0.6 - 0.3 * math.exp(-step * (1 - smoothing) / smoothing)
        assert observation["published"][0] == pytest.approx(expected, abs=1e-6)
    env.step(ZEROS)
    assert env.world["published"] == env.world["alarms"][-1]


# --- knobs and checkers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("knobs", "sentence"),
    [
        ({"horizon": 100}, "horizon=100 is out of range"),
        ({"delay_low": 2.0, "delay_high": 1.5}, "delay_low=2.0 is above delay_high=1.5"),
        ({"delay_low": 0.9}, r"delay_low=0.9 is out of range"),
        ({"cost": 1.0}, "no interior equilibrium"),
        ({"share_margin": 0.4}, r"share_margin=0.4 puts the share's bound at 1.028"),
        ({"lever": "force"}, "did you mean 'levers'"),
    ],
)
def test_knobs(knobs, sentence):
    with pytest.raises(UserError, match=sentence):
        make(**knobs)


@pytest.mark.parametrize("levers", ["all", "force"])
@pytest.mark.parametrize("level", LEVELS)
def test_gymnasiums_and_sb3s_checkers_pass(level, levers):
    from gymnasium.utils.env_checker import check_env

    check_env(make(level=level, levers=levers, render_mode="rgb_array"))
    checker = pytest.importorskip(
        "stable_baselines3.common.env_checker", reason="the extra `rl` is not installed"
    )
    checker.check_env(gymnasium.make(ID, level=level, levers=levers, disturbances=1))
