import gymnasium
import numpy as np
import pytest
import tiny
from gymnasium.error import ResetNeeded

from midcourse.core.errors import UserError
from midcourse.core.family import Refusal
from midcourse.core.tasks import split_key


@pytest.fixture
def env():
    made = tiny.single()
    made.reset(seed=1)
    return made


@pytest.mark.parametrize(
    "call",
    [
        lambda env: env.step(0),
        lambda env: env.snapshot(),
        lambda env: env.text(),
        lambda env: env.cost_to_go(),
        lambda env: env.optimal_steps(),
        lambda env: env.oracle_action(),
        lambda env: env.action_masks(),
        lambda env: env.task(),
        lambda env: env.fork(),
        lambda env: env.world,
    ],
)
def test_before_the_first_reset_everything_asks_for_one(call):
    with pytest.raises(ResetNeeded, match="no episode has begun"):
        call(tiny.single())


def test_after_the_end_a_step_asks_for_a_reset_and_moves_nothing(env):
    env.step(tiny.DONE)
    before = env.snapshot()
    with pytest.raises(ResetNeeded, match="the episode is over"):
        env.step(tiny.WAIT)
    assert env.snapshot() == before


def test_who_steps_with_words_that_mean_nothing_is_told_how_to_charge_them(env):
    with pytest.raises(UserError, match=r"mean no action \(no such word\): env.refuse"):
        env.step(Refusal("no such word"))


@pytest.mark.parametrize("action", [-1, 4, 10**30, 1.0, "left", None, [1], np.array([1, 2])])
def test_an_action_outside_the_space_is_a_sentence(env, action):
    with pytest.raises(UserError, match="Discrete\\(4\\)"):
        env.step(action)
    assert env.world["clock"] == 0


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "7", True, np.array([1, 2])])
def test_a_bad_seed_is_a_sentence(env, seed):
    with pytest.raises(UserError, match="seed"):
        env.reset(seed=seed)


@pytest.mark.parametrize("task", [-1, 2**31, 1.5, "3", True, np.array([1, 2])])
def test_a_bad_task_is_a_sentence(env, task):
    with pytest.raises(UserError, match="task"):
        env.reset(options={"task": task})


def test_an_unknown_option_names_the_nearest(env):
    with pytest.raises(UserError, match="did you mean 'task'"):
        env.reset(options={"tsk": 3})


def test_an_unknown_render_mode_is_a_sentence():
    with pytest.raises(UserError, match="rgb_array"):
        tiny.Single(render_mode="humn")


def test_rendering_without_a_mode_warns(env):
    with pytest.warns(UserWarning, match="without a render mode"):
        assert env.render() is None


def test_numpy_integers_are_actions_and_seeds(env):
    env.reset(seed=np.int64(4))
    one = env.step(np.int32(3))[0]
    env.reset(seed=4)
    assert env.step(3)[0] == one


def test_a_seed_of_64_bits_counts_whole(env):
    starts = set()
    for high in range(20):
        env.reset(seed=(high << 32) + 5)
        starts.add(int(env.world["task"]))
    assert len(starts) == 20


def test_unseeded_resets_go_on_from_the_seed(env):
    def tasks():
        env.reset(seed=8)
        found = [env.task().index]
        for _ in range(4):
            env.reset()
            found.append(env.task().index)
        return found

    assert tasks() == tasks()
    assert len(set(tasks())) > 1


def test_a_task_is_the_same_whatever_the_seed(env):
    layouts = set()
    for seed in range(5):
        env.reset(seed=seed, options={"task": 17})
        layouts.add((int(env.world["place"]), int(env.world["goal"])))
    assert len(layouts) == 1


def test_splits_and_levels_are_keyed_apart():
    keys = {
        split_key(tiny.ID, split, level) for split in ("train", "test") for level in range(1, 6)
    }
    assert len(keys) == 10


def test_a_fork_goes_its_own_way(env):
    twin = env.fork()
    assert twin.snapshot() == env.snapshot()
    twin.step(tiny.WAIT)
    assert env.world["clock"] == 0
    assert twin.world["clock"] == 1


def test_progress_goes_from_nought_to_one(env):
    values = [env.progress()]
    while env.world["running"]:
        env.step(env.oracle_action())
        values.append(env.progress())
    assert values[0] == 0.0
    assert values[-1] == 1.0
    assert values == sorted(values)


def test_events_are_in_info_only_when_something_struck():
    env = tiny.single(level=2, disturbances="fog", disturb_at=("step", 3))
    env.reset(seed=1)
    seen = ["events" in env.step(tiny.WAIT)[4] for _ in range(5)]
    assert seen == [False, False, True, False, False]
    assert env.events() == [{"kind": "fog", "step": 3}]


def test_what_the_knobs_switch_off_is_not_in_info():
    env = gymnasium.make(tiny.ID, masks=False, reward_terms=False)
    assert set(env.reset(seed=1)[1]) == {"success"}
    assert set(env.step(3)[4]) == {"success"}


def test_gymnasiums_own_checker_is_content():
    from gymnasium.utils.env_checker import check_env

    check_env(tiny.single(render_mode="rgb_array"))
