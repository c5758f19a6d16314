"""The regulator's seat over the delayed equation: its dynamics, judgement and disturbances."""

import math
from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.envs.delayed_repression import integrate, theory
from midcourse.envs.delayed_repression.replicator import rules, state, text

ID = "midcourse/DelayedReplicator-v0"
LEVELS = (1, 2, 3, 4, 5)
ZEROS = np.zeros(3, np.float32)


def make(**knobs) -> Any:
    return gymnasium.make(ID, **knobs).unwrapped


def parameters(world) -> dict:
    return {name: float(world[name]) for name in ("advantage", "cost", "slope", "threshold")}


def delay(world):
    return float(world["lag"] * world["duration"])


def calm(env, rest, away=0.0):
    """Put a world at rest: a constant history at the share `rest`, and `away` from it now on."""
    world = env.world
    world["ring"][:] = rest
    world["alarms"][:] = rest
    world["published"] = rest
    world["share"] = rest + away
    world["logit"] = math.log((rest + away) / (1 - rest - away))


def run(worlds: Any, action, steps) -> tuple[np.ndarray, dict]:
    """Shares at the ends of steps (steps, worlds) under a constant action, and the last infos."""
    actions = np.tile(np.array(action, np.float32), (worlds.num_envs, 1))
    shares, infos = [], {}
    for _ in range(steps):
        infos = worlds.step(actions)[4]
        shares.append(worlds.worlds["share"].copy())
    return np.array(shares), infos


# --- dynamics --------------------------------------------------------------------------------


def test_a_step_from_a_constant_history_is_exact():
    """Until the first change arrives the logit moves evenly, by a - u C p(s)."""
    env = make()
    env.reset(seed=0)
    calm(env, 0.6)
    env.step([0.5, 0.0, 0.5])  # force 1.75, shift 0.15
    chance = 1 / (1 + math.exp(-10 * (0.6 - 0.72 - 0.15)))
    time = 10 * float(env.world["duration"])
    expected = math.log(0.6 / 0.4) + time * (2.0 - 1.75 * 7.0 * chance)
    assert env.world["logit"] == pytest.approx(expected, abs=1e-13)
    assert env.world["share"] == pytest.approx(1 / (1 + math.exp(-expected)), abs=1e-13)


def test_time_is_in_the_units_of_the_critical_delay():
    for level in LEVELS:
        env = make(level=level)
        for seed in range(20):
            env.reset(seed=seed)
            world = env.world
            critical = theory.critical_delay(**parameters(world))
            assert world["duration"] * state.FINE == pytest.approx(critical, rel=1e-12)
            low, high = env.params.delay_low, env.params.delay_high
            assert low - 0.011 <= delay(world) / critical <= high + 0.011
            rest = theory.equilibrium(**parameters(world))
            assert world["bounds"][0] == pytest.approx(rest + env.params.share_margin, rel=1e-12)


def test_do_nothing_follows_the_integrator():
    """The cycle of the world is that of the equation, integrated on its own."""
    env = make(level=3, horizon=3000)
    for seed in range(3):
        env.reset(seed=seed)
        shares = []
        for _ in range(2999):
            env.step(ZEROS)
            shares.append(float(env.world["share"]))
        found = integrate.tails(
            **parameters(env.world),
            delay=delay(env.world),
            duration=600 * theory.critical_delay(**parameters(env.world)),
            step=env.world["duration"],
        )
        height = max(shares[1500:]) - min(shares[1500:])
        assert height == pytest.approx(found.high - found.low, abs=2e-4)


def envelope(env, action, rest, steps):
    """Growth of a small departure: its largest value late in a run over that early on."""
    away = []
    for _ in range(steps):
        env.step(action)
        away.append(abs(float(env.world["share"]) - rest))
    return max(away[-60:]) / max(away[60:120])


@pytest.mark.parametrize(("force", "shift"), [(1.0, 0.0), (0.5, 0.0), (0.7, -0.2), (1.8, 0.1)])
def test_levers_move_the_boundary_as_the_theory_says(force, shift):
    env = make(horizon=5000)
    env.reset(seed=0)
    point = parameters(env.world)
    point["threshold"] += shift
    rest, critical = (f(**point, force=force) for f in (theory.equilibrium, theory.critical_delay))
    action = np.array([text.asked("force", force), 0.0, shift / state.SHIFTS], np.float32)
    for ratio in (0.95, 1.05):
        env.reset(seed=0)
        lag = round(ratio * critical / float(env.world["duration"]))
        env.world["lag"] = lag
        calm(env, rest, 1e-4)
        growth = envelope(env, action, rest, 500)
        assert (growth > 1) == (lag * float(env.world["duration"]) > critical)
        assert (growth > 1) == (ratio > 1)


@pytest.mark.parametrize("smoothing", [0.3, 0.6, 0.95])
def test_smoothing_lowers_the_critical_delay_as_a_low_pass_filter(smoothing):
    env = make(horizon=5000)
    env.reset(seed=0)
    point = parameters(env.world)
    rest = theory.equilibrium(**point)
    constant = smoothing / (1 - smoothing) * 10 * float(env.world["duration"])
    critical = theory.low_pass_critical_delay(**point, time_constant=constant)
    assert critical < theory.critical_delay(**point)
    action = np.array([0.0, smoothing / state.SMOOTHEST, 0.0], np.float32)
    for ratio in (0.94, 1.06):
        env.reset(seed=0)
        env.world["lag"] = round(ratio * critical / float(env.world["duration"]))
        calm(env, rest, 1e-4)
        assert (envelope(env, action, rest, 900) > 1) == (ratio > 1)


def test_levers_of_actions():
    assert [rules.force_of(a) for a in (-1.0, -0.5, 0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0, 1.75, 2.5]
    assert [rules.smoothing_of(a) for a in (-1.0, 0.0, 1.0)] == [0.0, 0.0, 0.95]
    assert [rules.shift_of(a) for a in (-1.0, 0.0, 1.0)] == [-0.3, 0.0, 0.3]
    for lever, value in (("force", 0.3), ("force", 2.0), ("smoothing", 0.5), ("shift", -0.1)):
        there = {"force": rules.force_of, "smoothing": rules.smoothing_of, "shift": rules.shift_of}
        assert there[lever](text.asked(lever, value)) == pytest.approx(value)


# --- judgement -------------------------------------------------------------------------------


def outcome(worlds, shares, forces):
    """Success over again, from shares and forces (steps, worlds)."""
    half = shares[len(shares) // 2 :]
    bounds = worlds.worlds["bounds"]
    swing = np.ptp(half, axis=0) / 2
    spent = np.mean(forces[len(forces) // 2 :], axis=0)
    good = (half.mean(axis=0) <= bounds[:, 0]) & (swing <= bounds[:, 1])
    return good & (spent <= bounds[:, 2])


def batch(n=100, **knobs) -> Any:
    worlds: Any = gymnasium.make_vec(ID, num_envs=n, **{"split": "test", **knobs})
    worlds.reset(seed=0, options={"task": list(range(n))})
    return worlds.unwrapped


@pytest.mark.parametrize("level", LEVELS)
def test_success_is_what_the_bounds_say(level):
    worlds = batch(level=level)
    shares, infos = run(worlds, (-0.6, 0.0, -1.0), 200)
    expected = outcome(worlds, shares, np.full(shares.shape, 0.4))
    assert (infos["success"] == expected).all()
    assert worlds.worlds["terminated"].all()
    # The figures of the class's page: the best that stands still.
    assert infos["success"].mean() == {1: 1.0, 2: 1.0, 3: 0.5, 4: 0.13, 5: 0.0}[level]


@pytest.mark.parametrize("levers", ["all", "force"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_do_nothing_never_succeeds(level, split, levers):
    n = {"train": 1000, "validation": 50, "test": 100}[split]
    worlds = batch(n, level=level, split=split, levers=levers)
    shares, infos = run(worlds, ZEROS[: 3 if levers == "all" else 1], 200)
    assert not infos["success"].any()
    # Not by a hair either: it swings by half as much again as it may.
    assert (np.ptp(shares[100:], axis=0) / 2 > 1.5 * worlds.worlds["bounds"][:, 1]).all()


def reference(worlds):
    shares = []
    infos = {}
    for _ in range(200):
        actions = np.array([worlds.oracle_action(i) for i in range(worlds.num_envs)])
        infos = worlds.step(actions)[4]
        shares.append(worlds.worlds["share"].copy())
    return np.array(shares), infos


@pytest.mark.parametrize("levers", ["all", "force"])
@pytest.mark.parametrize("disturbances", [0, state.KINDS[1:], 4], ids=str)
@pytest.mark.parametrize("level", LEVELS)
def test_the_reference_holds(level, disturbances, levers):
    """Every task, but for a few that a shock strikes just before the second half."""
    worlds = batch(level=level, disturbances=disturbances, levers=levers)
    shares, infos = reference(worlds)
    assert infos["success"].mean() == (0.97 if disturbances == 4 else 1.0)
    assert np.ptp(shares[150:], axis=0).max() < 1e-6


@pytest.mark.parametrize("charged", [20, 40, 60])
def test_one_long_blow_does_not_succeed(charged):
    """Let the share and the smoothed alarm rise, then strike: radicals come back."""
    for level in LEVELS:
        worlds = batch(level=level)
        run(worlds, (-1.0, 0.0, 0.0), charged)
        run(worlds, (-1.0, 1.0, 0.0), 60)
        shares, infos = run(worlds, (1.0, 1.0, -1.0), 140 - charged)
        assert shares.min() >= 1 / (1 + math.exp(state.FARTHEST)) - 1e-15
        assert not infos["success"].any()


@pytest.mark.parametrize("levers", ["all", "force"])
@pytest.mark.parametrize("level", LEVELS)
def test_swinging_pays_less_than_holding(level, levers):
    """Force 2.5 above some alarm and none below returns less than the reference does."""
    tasks = {"task": list(range(20))}
    worlds = batch(20, level=level, levers=levers)
    best = -math.inf
    for limit in (0.1, 0.2, 0.35, 0.5, 0.6, 0.7):
        observation, total = worlds.reset(seed=0, options=tasks)[0], np.zeros(20)
        for _ in range(200):
            force = np.where(observation["alarm"] > limit, 1.0, -1.0)
            actions = np.concatenate([force, 0 * force, 0 * force - 1], axis=1)
            actions = actions[:, : worlds.single_action_space.shape[0]].astype(np.float32)
            observation, rewards = worlds.step(actions)[:2]
            total += rewards
        best = max(best, total.mean())
    worlds.reset(seed=0, options=tasks)
    total = np.zeros(20)
    for _ in range(200):
        total += worlds.step(np.array([worlds.oracle_action(i) for i in range(20)]))[1]
    assert best < total.mean() - 5


def test_reward_terms():
    env = make(share_weight=2.0, force_weight=0.5, instability_weight=3.0)
    env.reset(seed=1)
    before = float(env.world["share"])
    _, reward, _, _, info = env.step([-0.5, 0.2, 0.1])
    after = float(env.world["share"])
    expected = {"share": -2 * after, "force": -0.25, "instability": -3 * abs(after - before)}
    assert info["reward_terms"] == pytest.approx(expected, rel=1e-14)
    assert reward == pytest.approx(sum(expected.values()), rel=1e-14)
    assert "action_mask" not in info


def test_a_step_limit_below_the_horizon_truncates_without_success():
    env = make(step_limit=150)
    env.reset(seed=0)
    for _ in range(149):
        assert env.step(env.oracle_action())[2:4] == (False, False)
    _, _, terminated, truncated, info = env.step(env.oracle_action())
    assert (terminated, truncated, info["success"]) == (False, True, False)


def test_the_horizon_sets_the_limit_and_ends_the_episode():
    env = make(horizon=210)
    assert env.params.step_limit == 210
    env.reset(seed=0)
    ends = [env.step(env.oracle_action())[2:4] for _ in range(210)]
    assert ends == [(False, False)] * 209 + [(True, False)]


# --- disturbances ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", state.KINDS)
def test_each_disturbance_does_what_it_says(kind):
    env = make(level=3, disturbances=(kind,), disturb_at=("step", 5))
    env.reset(seed=3)
    before = env.world.copy()
    for step in range(1, 6):
        info = env.step(ZEROS)[4]
        assert info.get("events", []) == ([{"kind": kind, "step": 5}] if step == 5 else [])
    after = env.world
    ratios = {
        "lag": (1.25 if kind == "longer_delay" else 1, 0.01),
        "slope": (1.25 if kind == "steeper_alarm" else 1, 1e-12),
        "advantage": (1.15 if kind == "higher_advantage" else 1, 1e-12),
    }
    for name, (ratio, tolerance) in ratios.items():
        assert after[name] / before[name] == pytest.approx(ratio, rel=tolerance), name
    assert abs(after["shock"]) == (0.2 if kind == "alarm_shock" else 0.0)


def test_a_shock_is_read_for_five_steps():
    knobs: dict = {"disturbances": ("alarm_shock",), "disturb_at": ("step", 5), "level": 1}
    shocked, plain = make(**knobs), make()
    alarms = []
    for env in (shocked, plain):
        env.reset(seed=8)
        alarms.append([float(env.step(ZEROS)[0]["alarm"][0]) for _ in range(20)])
    off = np.abs(np.array(alarms[0]) - np.array(alarms[1]))
    # The delay is longer than five steps, so that nothing else can have come back yet.
    assert off[:5] == pytest.approx(0.0)
    assert off[5:10] == pytest.approx(0.2, abs=1e-6)
    assert off[10] == pytest.approx(0.0)


def test_many_of_one_kind():
    env = make(disturbances=("higher_advantage", "longer_delay") * 3, disturb_at=("step", 2))
    env.reset(seed=0)
    for _ in range(200):
        env.step(env.oracle_action())
    assert env.world["lag"] <= state.RING - 2
