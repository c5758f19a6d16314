"""PettingZoo's form of the citizens' world: its own checks, one world in all forms, errors."""

import warnings

import gymnasium
import numpy as np
import pettingzoo
import pytest
import sizes

from midcourse.core.errors import UserError
from midcourse.core.family import Refusal
from midcourse.envs import delayed_repression_v0

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of PettingZoo's checks, over PettingZoo's own worlds
    from pettingzoo.test import api_test, max_cycles_test, parallel_api_test, parallel_seed_test
    from pettingzoo.test.seed_test import seed_test
    from pettingzoo.test.state_test import state_test

ID = "midcourse/DelayedRepressionCitizens-v0"
FORMS = ("published", "scalar", "rich")
# What PettingZoo says of every world whose observations are not boxes, or may be all zeros.
ITS_TASTE = ("probably should be", "all zeros", "not a NumPy array")


def small(**knobs):
    return delayed_repression_v0.parallel_env(**{**sizes.CITIZENS, **knobs})


# --- PettingZoo's own checks ----------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_parallel_api(form):
    parallel_api_test(small(observation=form), num_cycles=600)


def test_api_without_a_warning_where_observations_are_boxes():
    api_test(
        delayed_repression_v0.env(**sizes.CITIZENS, observation="rich", step_limit=40),
        num_cycles=60,
    )


@pytest.mark.parametrize("form", ["published", "scalar"])
def test_api_with_no_warning_but_of_taste(form):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        api_test(
            delayed_repression_v0.env(**sizes.CITIZENS, observation=form, step_limit=40),
            num_cycles=60,
        )
    said = {str(warning.message) for warning in caught}
    assert not [words for words in said if not any(part in words for part in ITS_TASTE)]


def test_seeds():
    parallel_seed_test(small, num_cycles=60)
    seed_test(
        lambda: delayed_repression_v0.env(**sizes.CITIZENS, observation="rich"), num_cycles=20
    )


def test_max_cycles():
    max_cycles_test(delayed_repression_v0)


def test_state():
    state_test(
        delayed_repression_v0.env(**sizes.CITIZENS, observation="rich"), small(observation="rich")
    )


def test_registry():
    env = pettingzoo.make(
        "parallel", "midcourse/delayed_repression-v0", max_cycles=3, **sizes.CITIZENS
    )
    assert env.params.step_limit == 3
    assert isinstance(env.unwrapped, delayed_repression_v0.parallel_env)
    assert pettingzoo.make("aec", "midcourse/delayed_repression_v0", **sizes.CITIZENS).metadata[
        "name"
    ]


# --- the same world in every form -----------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_single_vector_dicts_and_arrays_are_one_world(form):
    knobs = {
        **sizes.CITIZENS,
        "observation": form,
        "disturbances": 4,
        "step_limit": 60,
        "masks": True,
    }
    joint = gymnasium.make(ID, **knobs).unwrapped
    vector = gymnasium.make_vec(ID, num_envs=3, **knobs)
    dicts, arrays = small(**knobs), small(**knobs)
    seen = joint.reset(seed=12)[0]
    batch = vector.reset(seed=11)[0]  # world 1 of it has seed 12
    rows = dicts.reset(seed=12)[0]
    arrays.reset(seed=12)
    generator = np.random.default_rng(0)
    for _ in range(60):
        assert np.array([rows[agent] for agent in dicts.possible_agents]).tobytes() == (
            seen.tobytes()
        )
        assert batch[1].tobytes() == seen.tobytes()
        actions = generator.integers(0, 3, (3, 24))
        seen, reward, terminated, truncated, info = joint.step(actions[1])
        batch, means, _, ends, infos = vector.step(actions)
        given = dict(zip(dicts.possible_agents, actions[1].tolist(), strict=True))
        rows, rewards, terminations, truncations, whispers = dicts.step(given)
        seen_too, paid, over, cut = arrays.step_array(actions[1])
        assert seen_too.tobytes() == seen.tobytes()
        world = joint.world.tobytes()
        assert vector.worlds[1].tobytes() == world
        assert dicts.joint.world.tobytes() == world
        assert arrays.joint.world.tobytes() == world
        assert list(rewards.values()) == paid.tolist() == joint.world["reward"].tolist()
        assert means[1] == reward
        assert set(truncations.values()) == {truncated} == {cut} == {bool(ends[1])}
        assert set(terminations.values()) == {terminated} == {over} == {False}
        assert whispers["citizen_3"].get("events") == info.get("events")
        assert whispers["citizen_3"]["action_mask"].tolist() == [1, 1, 1]
        assert infos["success"].tolist() == [False] * 3
    assert truncated
    assert dicts.agents == arrays.agents == []


def test_what_a_user_writes_into_a_result_stays_there():
    env = small(masks=True)
    observations, infos = env.reset(seed=0)
    first = env.step(dict.fromkeys(env.agents, 2))
    kept = [array.copy() for array in first[0].values()]
    infos["citizen_0"]["mine"] = 1
    observations["citizen_0"][:] = 0
    first[4]["citizen_0"]["mine"] = 1
    first[2]["citizen_0"] = True
    first[1].clear()
    second = env.step(dict.fromkeys(env.agents, 0))
    assert [array.tolist() for array in first[0].values()] == [array.tolist() for array in kept]
    assert "mine" not in second[4]["citizen_0"]
    assert "mine" not in first[4]["citizen_1"]
    assert not any(second[2].values())
    assert len(second[1]) == 24
    with pytest.raises(ValueError, match="read-only"):
        second[4]["citizen_0"]["action_mask"][0] = 0


def test_snapshots_through_the_shell():
    env = small(disturbances=2)
    generator = np.random.default_rng(0)
    env.reset(seed=3)
    for _ in range(20):
        env.step_array(generator.integers(0, 3, 24))
    here = env.snapshot()
    twin, other = env.fork(), small(disturbances=2)
    observations, infos = other.restore(here)
    assert observations.keys() == infos.keys() == set(env.agents)
    assert np.array(list(observations.values())).tobytes() == env.state().tobytes()
    ahead = generator.integers(0, 3, (30, 24))
    ends = []
    for one in (env, twin, other):
        paid = [one.step_array(actions)[1] for actions in ahead]
        ends.append((np.array(paid).tobytes(), one.snapshot()))
    env.restore(here)
    paid = [env.step_array(actions)[1] for actions in ahead]
    ends.append((np.array(paid).tobytes(), env.snapshot()))
    assert ends.count(ends[0]) == 4
    assert env.task() == twin.task()
    joint = gymnasium.make(ID, **sizes.CITIZENS, disturbances=2).unwrapped
    joint.restore(here)
    assert joint.snapshot() == here


def test_a_snapshot_of_the_end_has_no_agents():
    env = small(step_limit=2)
    env.reset(seed=0)
    env.step_array(np.zeros(24, np.int64))
    running = env.snapshot()
    env.step_array(np.zeros(24, np.int64))
    over = env.snapshot()
    env.restore(running)
    assert len(env.agents) == 24
    env.restore(over)
    assert env.agents == []


def test_each_citizen_is_told_its_own():
    env = small()
    env.reset(seed=1)
    env.step(dict.fromkeys(env.agents, 1))
    said = {agent: env.text(agent) for agent in env.agents}
    assert "citizen 7 of 24" in said["citizen_7"]
    pull = env.joint.world["influence"][7] / 16384
    assert f"neighbours: {pull:.4f}" in said["citizen_7"]
    flags = ["no bridge" not in text for text in said.values()]
    assert flags == (env.joint.world["bridge"] != 0).tolist()
    assert [env.parse("citizen_3", word) for word in env.legal_actions("citizen_3")] == [0, 1, 2]
    assert env.parse("citizen_3", " Radical ") == 2
    assert isinstance(env.parse("citizen_3", "rebel"), Refusal)
    assert env.action_masks().tolist() == [[1, 1, 1]] * 24
    picture = small(render_mode="rgb_array")
    picture.reset(seed=1)
    assert picture.render().shape == (256, 256, 3)


def test_spaces_are_the_rows_of_the_joint_ones():
    assert small().observation_space("citizen_0") == gymnasium.spaces.MultiDiscrete([3, 3, 2, 2])
    assert small(observation="scalar").observation_space("citizen_0").n == 36
    box = small(observation="rich").observation_space("citizen_0")
    assert box == gymnasium.spaces.Box(0.0, 1.0, (14,), np.float32)
    env = small()
    assert env.action_space("citizen_0") == gymnasium.spaces.Discrete(3)
    assert env.action_space("citizen_0") is env.action_space("citizen_0")
    assert env.action_space("citizen_0") is not env.action_space("citizen_1")


# --- what a user may get wrong --------------------------------------------------------------------


def actions(**changed):
    return {**{f"citizen_{i}": 0 for i in range(24)}, **changed}


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({k: v for k, v in actions().items() if k != "citizen_5"}, "citizen_5 has no action"),
        (actions(citizen_99=0), "unknown agent 'citizen_99': they are citizen_0 to citizen_23"),
        ({}, "citizen_0 has no action"),
        (actions(citizen_5=3), r"action 3 of citizen_5 is outside Discrete\(3\)"),
        (actions(citizen_5=-1), "action -1 of citizen_5"),
        (actions(citizen_5=300), "action 300 of citizen_5"),
        (actions(citizen_5=1.0), "action 1.0 of citizen_5"),
        (actions(citizen_5=None), "action None of citizen_5"),
        (actions(citizen_5="L"), "action 'L' of citizen_5"),
        (actions(citizen_5=np.array([1, 2])), "of citizen_5"),
        ([0] * 24, "takes a dictionary"),
        (None, "takes a dictionary"),
    ],
)
def test_wrong_actions_are_named_and_move_nothing(given, part):
    env = small()
    env.reset(seed=0)
    before = env.snapshot()
    with pytest.raises(UserError, match=part):
        env.step(given)
    assert env.snapshot() == before


@pytest.mark.parametrize(
    "given",
    [
        np.zeros(23, np.int64),
        np.full(24, 3),
        np.full(24, -1),
        np.zeros(24),
        np.zeros((24, 1), np.int64),
        "LLL",
        None,
    ],
)
def test_wrong_arrays_are_named_and_move_nothing(given):
    env = small()
    env.reset(seed=0)
    before = env.snapshot()
    with pytest.raises(UserError):
        env.step_array(given)
    assert env.snapshot() == before


def test_other_kinds_of_whole_numbers_are_taken():
    env, other = small(), small()
    env.reset(seed=0)
    other.reset(seed=0)
    env.step(dict(zip(env.agents, np.ones(24, np.int8), strict=True)))
    other.step_array(np.ones(24, np.int32))
    assert env.snapshot() == other.snapshot()


def test_steps_outside_an_episode():
    env = small(max_cycles=1)
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(actions())
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.text("citizen_0")
    env.reset(seed=0)
    env.step(actions())
    for again in (lambda: env.step(actions()), lambda: env.step_array(np.zeros(24, np.int64))):
        with pytest.raises(gymnasium.error.ResetNeeded, match="the episode is over"):
            again()


def test_other_mistakes():
    with pytest.raises(UserError, match="give one of them"):
        small(max_cycles=3, step_limit=3)
    with pytest.raises(UserError, match="did you mean 'citizens'"):
        delayed_repression_v0.parallel_env(citizen=3)
    with pytest.raises(UserError, match="render_mode"):
        small(render_mode="ansi")
    env = small()
    env.reset(seed=0)
    for ask in (env.text, env.observation_space, env.action_space, env.legal_actions):
        with pytest.raises(UserError, match="unknown agent 'me'"):
            ask("me")
    with pytest.raises(UserError, match="unknown reset option 'tasks'"):
        env.reset(options={"tasks": 1})
    with pytest.raises(UserError, match="seed=-1"):
        env.reset(seed=-1)
    with pytest.raises(UserError, match="not a midcourse snapshot"):
        env.restore(b"nothing")
