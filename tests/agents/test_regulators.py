"""Regulators: what each does on hand-worked observations, in which worlds, and how well."""

import gymnasium
import numpy as np
import pytest
import sizes

import midcourse  # noqa: F401
from midcourse import agents
from midcourse.agents import regulators
from midcourse.core.errors import UserError
from midcourse.envs.delayed_repression.population import dynamics
from midcourse.envs.delayed_repression.regulator import observe, state

ID = "midcourse/DelayedRepression-v0"
ANY = ["constant-force:1.5", "ramp", "bang-bang", "force-by-alarm:0/1/0.5"]
ALL = ["alarm-smoother", "set-levers:0/0.97/-0.1", "hold-alarm"]


def test_the_levers_are_the_worlds():
    for name in ("FORCES", "SMOOTHINGS", "SHIFTS", "IDLE"):
        assert getattr(regulators, name) == getattr(state, name)
    for name in ("LOUDEST", "CALM", "LOUD"):
        assert getattr(regulators, name) == getattr(dynamics, name)
    assert tuple(sorted(observe.SPACE)) == regulators.KEYS


def seen(share, published=0.0):
    """An observation with what the rules read; arrays have the axes of `share` in front."""
    share = np.asarray(share, np.float32)[..., None]
    alarm = np.broadcast_to(np.float32(published / 2.5), share.shape)
    return {"radical_share": share, "published_alarm": alarm}


def test_the_ramp_is_six_times_the_share_to_the_nearest_force():
    # 6 x = 0, .24, .27, .6, 1.8, 2.4, 6 -> u = 0, 0, .5, .5, 2, 2.5, 2.5
    share = [0.0, 0.04, 0.045, 0.1, 0.3, 0.4, 1.0]
    assert agents.make("ramp").levers(seen(share))[:, 0].tolist() == [0, 0, 1, 1, 4, 5, 5]


def test_bang_bang_switches_above_fifteen_percent():
    levers = agents.make("bang-bang").levers(seen([0.0, 0.15, 0.1500001, 1.0]))
    assert levers[:, 0].tolist() == [1, 1, 5, 5]
    assert (levers[:, 1:] == (0, 2)).all()


def test_constants_say_what_they_are():
    assert agents.make("constant-force:1.5").levers(seen(0.4)).tolist() == [3, 0, 2]
    assert agents.make("alarm-smoother").levers(seen(0.4)).tolist() == [2, 3, 2]
    assert agents.make("set-levers:0/.97/-0.1").levers(seen(0.4)).tolist() == [0, 3, 1]


def test_hold_alarm_freezes_a_raised_alarm():
    levers = agents.make("hold-alarm").levers(seen([0.3, 0.3], published=0.34))
    assert levers.tolist() == [[0, 0, 2], [0, 0, 2]]
    assert agents.make("hold-alarm").levers(seen(0.3, published=0.36)).tolist() == [0, 4, 2]


def test_force_by_alarm_goes_by_the_citizens_buckets_until_all_is_settled():
    rule = agents.make("force-by-alarm:0/1/2.5")
    history = np.full((5, 16), 0.1, np.float32)
    history[:, -1] = np.array([0.34, 0.36, 0.74, 0.76, 0.5]) / 2.5
    history[4] = 0.5 / 2.5
    observation = {**seen([0.0, 0.0, 0.0, 0.0, 0.03]), "history": history}
    assert rule.levers(observation)[:, 0].tolist() == [0, 2, 2, 5, 2]
    observation["radical_share"][4] = 0.01  # now all is settled
    assert rule.levers(observation)[4, 0] == 0


def test_a_table_is_played_greedily(tmp_path):
    values = np.zeros((12, 6))
    values[2 * 3 + 1, 4] = 1.0  # alarm in [.5, .7), share in [.15, .3)
    values[3 * 3 + 2, 5] = 1.0
    np.save(tmp_path / "table.npy", values)
    rule = agents.make(f"regulator-table:{tmp_path / 'table.npy'}")
    alarm = np.array([[0.5001], [0.6999], [0.7001], [0.1]], np.float32) / np.float32(2.5)
    observation = {**seen([0.15001, 0.29, 0.31, 0.0]), "delayed_alarm": alarm}
    assert rule.levers(observation)[:, 0].tolist() == [4, 4, 5, 0]
    with pytest.raises(UserError, match="there is no table"):
        agents.make("regulator-table:none.npy")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(UserError, match="is not a NumPy file"):
        agents.make(f"regulator-table:{tmp_path / 'text'}")
    np.save(tmp_path / "small.npy", values[:3])
    with pytest.raises(UserError, match="12 states and 6 forces"):
        agents.make(f"regulator-table:{tmp_path / 'small.npy'}")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("constant-force:0.7", "nearest is 0.5"),
        ("constant-force:much", "none of 0, 0.5"),
        ("constant-force", "wants an argument"),
        ("set-levers:0/0.9", "wants force, smoothing, shift"),
        ("set-levers:0/0.8/0", "'0.8' is none of 0, 0.5, 0.9"),
        ("force-by-alarm:0/1/7", "'7' is none of 0, 0.5"),
        ("ramps", "did you mean 'ramp'"),
        ("alarm-smother", "did you mean 'alarm-smoother'"),
    ],
)
def test_what_is_wrong_is_said(name, said):
    with pytest.raises(UserError, match=said):
        agents.make(name)


def play(env, agent, **options):
    """Rewards of an episode."""
    observation, info = env.reset(seed=1, options=options)
    agent.reset(env)
    rewards, over = [], False
    while not over:
        action = agent.act(observation, info)
        assert env.action_space.contains(action), action
        observation, reward, terminated, truncated, info = env.step(action)
        rewards.append(reward)
        over = terminated or truncated
    return rewards


@pytest.mark.parametrize("levers", ["all", "force"])
@pytest.mark.parametrize("name", ANY + ALL)
def test_each_plays_where_it_can_and_says_where_it_cannot(name, levers):
    env = gymnasium.make(ID, levers=levers, step_limit=20, **sizes.REGULATED)
    agent = agents.make(name)
    if levers == "force" and name in ALL:
        env.reset(seed=0)
        with pytest.raises(UserError, match="make the environment with levers='all'"):
            agent.reset(env)
        return
    assert len(play(env, agent)) == 20


def test_other_worlds_are_refused():
    env = gymnasium.make("midcourse/GuiNavigation-v0")
    with pytest.raises(UserError, match="bang-bang regulates midcourse/DelayedRepression-v0"):
        agents.make("bang-bang").reset(env)


def test_a_rule_on_a_batch_is_the_rule_on_each_world():
    vector = gymnasium.make_vec(ID, 6, suite=False, autoreset_mode="Disabled", **sizes.REGULATED)
    observation, _ = vector.reset(seed=3)
    single = {key: values[4] for key, values in observation.items()}
    for name in ANY + ALL:
        rule = agents.make(name)
        assert rule.levers(observation).shape == (6, 3)
        assert (rule.levers(observation)[4] == rule.levers(single)).all()


def test_under_hold_alarm_no_radical_is_left_once_the_alarm_can_change():
    delay = 8
    knobs = {"delay": delay, "suite": False, "autoreset_mode": "Disabled", "step_limit": 60}
    vector = gymnasium.make_vec(ID, 8, **knobs)  # the published 240 citizens
    rule = agents.make("hold-alarm")
    observation, _ = vector.reset(seed=0)
    for step in range(60):
        before = observation["published_alarm"]
        observation, *_ = vector.step(rule.levers(observation))
        if step < delay:
            assert (observation["published_alarm"] == before).all()
        if step > delay:
            assert (observation["radical_share"] == 0.0).all()
