"""Potential-based shaping changes the rewards and not which policies are best."""

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core.errors import UserError
from midcourse.wrappers import OracleShaping, OracleShapingVector

ID = "midcourse/GuiNavigation-v0"
SMALL = {"children": (2, 1), "screens": 4, "step_limit": 1000}


@pytest.mark.parametrize("gamma", [1.0, 0.9])
@pytest.mark.parametrize("disturbances", [0, 2])
def test_the_shaping_telescopes_to_minus_the_first_potential(gamma, disturbances):
    env = OracleShaping(gymnasium.make(ID, level=2, disturbances=disturbances), gamma, scale=0.2)
    for seed in range(20):
        env.reset(seed=seed)
        first, total, factor = env.potential(), 0.0, 1.0
        assert first == pytest.approx(-0.2 * env.unwrapped.cost_to_go())
        random, over = np.random.default_rng(seed), False
        while not over:
            legal = np.flatnonzero(env.action_masks())
            outcome = env.step(int(random.choice(legal)))
            terms = outcome[4]["reward_terms"]
            assert outcome[1] == pytest.approx(sum(terms.values()))
            total, factor = total + factor * terms["shaping"], factor * gamma
            over = outcome[2] or outcome[3]
        last = 0.0 if outcome[2] else env.potential()
        assert total == pytest.approx(factor * last - first)


def test_at_the_step_limit_the_potential_is_kept():
    env = OracleShaping(gymnasium.make(ID, level=2, step_limit=1))
    env.reset(seed=0)
    action = env.unwrapped.oracle_action()
    cost = env.unwrapped.cost_to_go()
    *_, truncated, info = env.step(action)
    assert truncated
    expected = -0.1 * (0.99 * (cost - 1) - cost)
    assert info["reward_terms"]["shaping"] == pytest.approx(expected)


def transitions(env):
    """Every (screen, action) of one task: reward, next screen (-1: ended), by snapshots."""
    env.reset(seed=0)
    start = env.snapshot()
    found, waiting = {}, {int(env.unwrapped.world["screen"]): start}
    while waiting:
        screen, snapshot = waiting.popitem()
        for action in range(12):
            env.restore(snapshot)
            if not env.unwrapped.action_masks()[action]:
                continue
            _, reward, terminated, _, _ = env.step(action)
            ahead = -1 if terminated else int(env.unwrapped.world["screen"])
            found[screen, action] = (reward, ahead)
            if ahead >= 0 and not any(s == ahead for s, _ in found) and ahead not in waiting:
                waiting[ahead] = env.snapshot()
    return found


def best_actions(found, gamma):
    """Value iteration, then the greedy actions of every screen."""
    screens = {screen for screen, _ in found}
    values = dict.fromkeys(screens, 0.0) | {-1: 0.0}
    worth = {}
    for _ in range(2000):
        worth = {key: reward + gamma * values[ahead] for key, (reward, ahead) in found.items()}
        for screen in screens:
            values[screen] = max(v for (s, _), v in worth.items() if s == screen)
    return {
        screen: {a for (s, a), v in worth.items() if s == screen and v > values[screen] - 1e-9}
        for screen in screens
    }


@pytest.mark.parametrize(("gamma", "seed"), [(0.9, 0), (0.9, 1), (0.99, 0)])
def test_value_iteration_finds_the_same_best_actions_with_and_without(gamma, seed):
    plain = gymnasium.make(ID, **SMALL, app_seed=seed)
    shaped = OracleShaping(gymnasium.make(ID, **SMALL, app_seed=seed), gamma, scale=0.5)
    without, beside = transitions(plain.unwrapped), transitions(shaped)
    assert without.keys() == beside.keys()
    assert any(without[key][0] != beside[key][0] for key in without)
    assert best_actions(without, gamma) == best_actions(beside, gamma)


@pytest.mark.parametrize(
    ("knobs", "told"),
    [
        ({"gamma": 0.0}, "out of range"),
        ({"gamma": 1.5}, "out of range"),
        ({"scale": -1.0}, "out of range"),
        ({"gamma": "a"}, "gamma='a' is no number"),
    ],
)
def test_settings_that_mean_nothing_are_refused(knobs, told):
    with pytest.raises(UserError, match=told):
        OracleShaping(gymnasium.make(ID), **knobs)


def drawn(random, space, mask):
    """A legal action, of a Discrete or a MultiDiscrete space."""
    sizes = getattr(space, "nvec", [len(mask)])
    parts = np.split(mask, np.cumsum(sizes)[:-1])
    action = [random.choice(np.flatnonzero(part)) for part in parts]
    return np.array(action) if len(action) > 1 else action[0]


@pytest.mark.parametrize(
    ("env_id", "knobs"),
    [
        (ID, {"level": 2, "disturbances": 1, "step_limit": 6}),
        ("midcourse/WebTasks-v0", {"level": 1, "disturbances": 1, "step_limit": 5}),
    ],
)
def test_a_shaped_vector_gives_the_rewards_of_shaped_worlds(env_id, knobs):
    count, ends = 6, {"truncated": 0, "terminated": 0}
    made = gymnasium.make_vec(env_id, count, autoreset_mode="SameStep", **knobs)
    vector = OracleShapingVector(made, gamma=0.9, scale=0.3)
    singles = [OracleShaping(gymnasium.make(env_id, **knobs), 0.9, 0.3) for _ in range(count)]
    _, info = vector.reset(seed=3)
    for i, single in enumerate(singles):
        single.reset(seed=3 + i)
    random = np.random.default_rng(0)
    for step in range(60):
        actions = np.stack(
            [drawn(random, made.single_action_space, m) for m in info["action_mask"]]
        )
        if step == 20:  # to another state and back
            kept = vector.snapshot(0)
            vector.restore(0, vector.snapshot(1))
            vector.restore(0, kept)
        _, rewards, terminated, truncated, info = vector.step(actions)
        for i, single in enumerate(singles):
            _, reward, *over, _ = single.step(actions[i])
            assert rewards[i] == pytest.approx(reward)
            assert [terminated[i], truncated[i]] == over
            if any(over):
                ends["terminated" if over[0] else "truncated"] += 1
                single.reset()
    assert min(ends.values()) > 0


def test_forks_are_shaped_too():
    vector = gymnasium.make_vec(ID, 2, autoreset_mode="SameStep")
    shaped = OracleShapingVector(vector)
    shaped.reset(seed=0)
    twins = shaped.fork(0, 2)
    one = shaped.step(np.full(2, vector.oracle_action(0)))[1][0]
    assert twins.step(np.full(2, int(twins.oracle_action(0))))[1].tolist() == [one, one]


def test_what_is_no_native_vector_is_refused():
    for made in (gymnasium.make(ID), gymnasium.make_vec("CartPole-v1", 2)):
        with pytest.raises(UserError, match="wraps a native vector of midcourse, not a"):
            OracleShapingVector(made)


def test_a_shaped_vector_is_refused_in_other_autoreset_modes():
    with pytest.raises(UserError, match="SameStep"):
        OracleShapingVector(gymnasium.make_vec(ID, 2))
