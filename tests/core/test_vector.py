from typing import Any

import gymnasium
import numpy as np
import pytest
import tiny
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode

from midcourse.core.check.batch import difference
from midcourse.core.errors import UserError

WAITS = np.full(6, tiny.WAIT)


def vector(n=6, **knobs):
    env = tiny.batch(n, **knobs)
    env.reset(seed=10)
    return env


def test_a_fork_is_n_copies_of_one_world():
    env = vector(disturbances=2)
    env.step(WAITS)
    fork = env.fork(2, 3)
    assert fork.num_envs == 3
    assert {fork.snapshot(i) for i in range(3)} == {env.snapshot(2)}
    fork.step(np.array([0, 1, 3]))
    assert env.worlds["clock"].tolist() == [1] * 6


def test_a_snapshot_goes_between_vectors_and_single_worlds():
    env = vector()
    single = tiny.single()
    single.restore(env.snapshot(4))
    single.step(tiny.WAIT)
    env.restore(0, single.snapshot())
    assert env.worlds["clock"].tolist() == [1, 0, 0, 0, 0, 0]
    assert env.snapshot(0) == single.snapshot()


def test_only_the_chosen_worlds_are_reset():
    env = vector()
    env.step(WAITS)
    mask = np.array([True, False] * 3)
    untouched = [env.snapshot(i) for i in (1, 3, 5)]
    observation, infos = env.reset(
        seed=[7, None, 8, None, None, None],
        options={"reset_mask": mask, "task": [3, -0, 4, 0, 5, 0]},
    )
    assert [env.snapshot(i) for i in (1, 3, 5)] == untouched
    assert env.worlds["task"][mask].tolist() == [3, 4, 5]
    assert env.worlds["seed"][[0, 2], 0].tolist() == [7, 8]
    assert infos["_success"].tolist() == mask.tolist()
    assert observation["place"].shape == (6,)


def test_seed_s_seeds_world_i_with_s_plus_i():
    env = vector()
    single = tiny.single()
    for i in range(6):
        single.reset(seed=10 + i)
        assert single.snapshot() == env.snapshot(i)


def test_fresh_arrays_by_default_and_the_same_ones_without_copy():
    fresh, reused = vector(), vector(copy=False)
    for env, same in ((fresh, False), (reused, True)):
        one, other = env.step(WAITS), env.step(WAITS)
        assert np.shares_memory(one[0]["place"], other[0]["place"]) == same
        assert np.shares_memory(one[1], other[1]) == same
        assert np.shares_memory(one[4]["action_mask"], other[4]["action_mask"]) == same


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("changed", [{"threads": 2}, {"threads": 5}, {"copy": False}])
def test_threads_and_buffers_change_nothing(mode, changed):
    plain, other = (
        vector(37, autoreset_mode=mode, disturbances=2, **knobs) for knobs in ({}, changed)
    )
    generator = np.random.default_rng(0)
    for _ in range(30):
        actions = generator.integers(4, size=37)
        ours, theirs = plain.step(actions), other.step(actions)
        assert not difference(list(ours)[4], list(theirs)[4])
        for one, two in zip(ours[:4], theirs[:4], strict=True):
            assert not difference(one, two)
        assert plain.worlds.tobytes() == other.worlds.tobytes()
        if mode == AutoresetMode.DISABLED:
            over = ours[2] | ours[3]
            for env in (plain, other) if over.any() else ():
                env.reset(options={"reset_mask": over.copy()})


def test_one_bad_action_moves_no_world():
    env = vector()
    before = env.worlds.tobytes()
    for bad in (4, -1):
        actions = WAITS.copy()
        actions[3] = bad
        with pytest.raises(UserError, match=f"action {bad} of world 3 is outside"):
            env.step(actions)
    assert env.worlds.tobytes() == before


@pytest.mark.parametrize(
    "actions", [[3] * 5, 3, [[3]] * 6, np.full(6, 3.0), ["a"] * 6, None, [[1], [2, 3]]]
)
def test_actions_of_another_shape_or_type_are_refused(actions):
    with pytest.raises(UserError, match="actions"):
        vector().step(actions)


def test_without_autoreset_an_ended_world_asks_for_a_reset():
    env = vector(autoreset_mode=AutoresetMode.DISABLED)
    actions = WAITS.copy()
    actions[2] = tiny.DONE
    env.step(actions)
    before = env.worlds.tobytes()
    with pytest.raises(ResetNeeded, match="world 2 is over"):
        env.step(WAITS)
    assert env.worlds.tobytes() == before


def test_before_the_first_reset_everything_asks_for_one():
    env = tiny.batch(6)
    for call in (lambda: env.step(WAITS), lambda: env.snapshot(0), lambda: env.worlds):
        with pytest.raises(ResetNeeded):
            call()
    with pytest.raises(ResetNeeded, match="first reset"):
        env.reset(options={"reset_mask": np.array([True] + [False] * 5)})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": 2**63 - 3}, "out of range for . worlds: world i takes seed"),
        ({"seed": [1, 2]}, "one for each world"),
        ({"seed": "a"}, "one for each world"),
        ({"seed": 1.5}, "one for each world"),
        ({"options": {"task": [1, 2]}}, "one for each world"),
        ({"options": {"task": 2**31}}, "does not exist"),
        ({"options": {"tsak": 1}}, "did you mean 'task'"),
        ({"options": {"reset_mask": [True] * 5}}, "reset_mask"),
        ({"options": {"reset_mask": np.ones(6)}}, "bool"),
        ({"options": {"reset_mask": np.zeros(6, bool)}}, "names no world"),
    ],
)
def test_a_bad_reset_is_a_sentence_and_resets_nothing(arguments, words):
    env = vector()
    before = env.worlds.tobytes()
    with pytest.raises(UserError, match=words):
        env.reset(**arguments)
    assert env.worlds.tobytes() == before


def test_arrays_are_seeds_and_tasks_too():
    env = vector()
    seeds: Any = np.arange(6) + 10
    env.reset(seed=seeds, options={"task": np.arange(6)})
    assert env.worlds["task"].tolist() == list(range(6))
    assert env.worlds["seed"][:, 0].tolist() == list(range(10, 16))


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"num_envs": 0}, "num_envs=0"),
        ({"num_envs": 1.5}, "num_envs"),
        ({"threads": 0}, "threads=0"),
        ({"autoreset_mode": "nextstep"}, "did you mean 'NextStep'"),
        ({"render_mode": "human"}, "render_mode"),
        ({"cels": 3}, "did you mean 'cells'"),
    ],
)
def test_a_bad_vector_is_a_sentence(knobs, words):
    with pytest.raises(UserError, match=words):
        gymnasium.make_vec(tiny.ID, **{"num_envs": 2, **knobs})


@pytest.mark.parametrize("i", [-1, 6, 1.0, "0", True])
def test_a_world_that_is_not_there_is_a_sentence(i):
    with pytest.raises(UserError, match="they are 0 to 5"):
        vector().snapshot(i)


@pytest.mark.parametrize("n", [0, -1, 1.5, 2**25])
def test_a_bad_fork_is_a_sentence(n):
    with pytest.raises(UserError, match="number of copies"):
        vector().fork(0, n)
