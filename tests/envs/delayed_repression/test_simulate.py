"""The interleaved kernel against the rule, byte by byte, and what it refuses."""

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401  registers the ids
from midcourse.core.errors import UserError
from midcourse.envs.delayed_repression.population.state import RING, UNIT
from midcourse.envs.delayed_repression.regulator.simulate import simulate

ID = "midcourse/DelayedRepression-v0"
CITIZENS = 230  # not whole groups; their sum takes more than a byte; one number compiles once
BESIDE = ("clock", "terms", "lived", "tail_sum", "tail_most", "tail_least", "tail_force")


def pair(worlds, levers, **knobs):
    """Two vectors in the same state, one step after the start."""
    envs = []
    for _ in range(2):
        env = gymnasium.make_vec(ID, worlds, graph="shared", suite=False, **knobs).unwrapped
        env.reset(seed=7)
        env.step(levers)
        envs.append(env)
    return envs


def assert_same_worlds(fast, slow):
    """Every field of a population agrees, byte by byte."""
    for name in fast.worlds.dtype.names:
        if name not in BESIDE and fast.worlds.dtype[name].base.names is None:
            assert fast.worlds[name].tobytes() == slow.worlds[name].tobytes(), name


@pytest.mark.parametrize("population", ["fixed", "reactive"])
@pytest.mark.parametrize("worlds", [1, 3, 64, 70])
def test_equals_the_rule(population, worlds):
    generator = np.random.default_rng(worlds)
    levers = generator.integers((6, 5, 5), size=(worlds, 3))
    size = {"citizens": CITIZENS, "communities": 3}
    fast, slow = pair(worlds, levers, population=population, **size, delay=5)
    counts = simulate(fast, 40)
    for step in range(41):
        assert (counts[step] == slow.worlds["radicals"]).all()
        if step < 40:
            slow.step(levers)
    assert_same_worlds(fast, slow)


@pytest.mark.parametrize("citizens", [pytest.param(21, marks=pytest.mark.thorough), CITIZENS])
@pytest.mark.parametrize("steps", [0, 3, 70])  # less than a ring of past alarms, and more
def test_worlds_need_not_be_in_step(citizens, steps):
    """Each lane has its own step, delay, levers and shock; some have none."""
    worlds = 67
    generator = np.random.default_rng(citizens + steps)
    levers = generator.integers((6, 5, 5), size=(worlds, 3))
    drawn = {
        "step": generator.integers(0, 150, worlds),
        "delay": generator.integers(0, 64, worlds),
        "shock": generator.integers(-1000, 1001, worlds),
        "shock_left": generator.choice([0, 0, 1, 5, 20], worlds),
        "alarms": generator.integers(0, 2 * UNIT * citizens, (worlds, RING)),
    }
    fast, slow = pair(worlds, levers, population="reactive", citizens=citizens, communities=3)
    for env in (fast, slow):
        for name, values in drawn.items():
            env.worlds[name] = values
    simulate(fast, steps)
    for _ in range(steps):
        slow.step(levers)
    assert_same_worlds(fast, slow)


def test_citizens_without_neighbours():
    levers = np.tile([2, 0, 2], (3, 1))
    fast, slow = pair(3, levers, citizens=CITIZENS, communities=3)
    for env in (fast, slow):
        env.program.shared["row"] = 0
    simulate(fast, 20)
    for _ in range(20):
        slow.step(levers)
    assert_same_worlds(fast, slow)


def test_a_shock_lasts_as_long():
    levers = np.tile([2, 0, 2], (5, 1))
    fast, slow = pair(
        5,
        levers,
        citizens=CITIZENS,
        communities=3,
        disturbances="alarm_shock",
        disturb_at=("step", 1),
    )
    assert (fast.worlds["shock_left"] > 0).all()
    simulate(fast, 30)
    for _ in range(30):
        slow.step(levers)
    assert fast.worlds["alarms"].tobytes() == slow.worlds["alarms"].tobytes()
    assert (fast.worlds["shock_left"] == 0).all()


@pytest.mark.parametrize(
    ("knobs", "steps", "sentence"),
    [
        ({"graph": "fresh"}, 1, "graph='shared'"),
        ({"graph": "shared", "population": "learning"}, 1, "fixed or reactive"),
        ({"graph": "shared"}, -1, "from 0 on"),
        ({"graph": "shared"}, "many", "from 0 on"),
    ],
)
def test_what_it_refuses(knobs, steps, sentence):
    env = gymnasium.make_vec(ID, 2, citizens=21, communities=3, suite=False, **knobs).unwrapped
    with pytest.raises(UserError, match=sentence):
        simulate(env, steps)


def test_another_world_is_refused():
    env = gymnasium.make_vec("midcourse/GuiNavigation-v0", 2).unwrapped
    with pytest.raises(UserError, match="DelayedRepression-v0"):
        simulate(env, 1)
