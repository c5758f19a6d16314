"""Trees, splits, floors, memory, and the quick ways through the rules beside the general ones."""

import tracemalloc
from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core.engine.record import Record
from midcourse.core.errors import UserError
from midcourse.envs.gui_navigation import observe, rules
from midcourse.envs.gui_navigation.state import (
    ACTIONS,
    BACK,
    DONE,
    NOTHING,
    PUBLISHED_TREE,
    QUIET,
    SLOTS,
    GuiParams,
)

ID = "midcourse/GuiNavigation-v0"
LEVELS = (1, 2, 3, 4, 5)


def make(**knobs: Any) -> Any:
    return gymnasium.make(ID, **knobs).unwrapped


def depths(app, screens):
    depth = np.zeros(screens, int)
    for screen in range(1, screens):
        depth[screen] = depth[app["parent"][screen]] + 1
    return np.bincount(depth)


def test_level_five_is_the_published_tree():
    env: Any = make(level=5)
    app = env.program.shared[0]["app"]
    assert depths(app, 231).tolist() == [1, 5, 15, 30, 60, 60, 60]
    children = np.bincount(app["parent"][1:231], minlength=231)
    first = np.cumsum([0, 1, 5, 15, 30, 60, 60])
    expected = np.repeat(PUBLISHED_TREE, np.diff([*first, 231]))
    assert (children == expected).all()
    assert env.params.count() == 231


@pytest.mark.parametrize(("level", "screens"), [(1, 8), (2, 21), (3, 41), (4, 111), (5, 231)])
def test_levels_have_their_screens(level, screens):
    assert GuiParams.make(level=level).count() == screens


@pytest.mark.parametrize("level", LEVELS)
def test_links_are_those_asked_for(level):
    env: Any = make(level=level)
    app, params = env.program.shared[0]["app"], env.params
    leads = app["page"]["lead"][:, :, :SLOTS]
    links = sum(int((leads[screen] >= 0).sum()) for screen in range(params.count()))
    assert links == params.count() - 1 + params.cross_links
    icons = int(app["icons"].sum())
    assert icons == links + params.count() * params.distractors


@pytest.mark.parametrize("level", LEVELS)
def test_splits_share_no_pair(level):
    pairs = {}
    for split in ("train", "validation", "test"):
        worlds: Any = gymnasium.make_vec(ID, num_envs=make(level=level, split=split).task_count,
                                    level=level, split=split)  # fmt: skip
        worlds.reset(seed=0, options={"task": list(range(worlds.num_envs))})
        records = worlds._worlds
        pairs[split] = set(zip(records["start"].tolist(), records["goal"].tolist(), strict=True))
        assert len(pairs[split]) == worlds.num_envs
        assert all(start != goal for start, goal in pairs[split])
    assert not pairs["train"] & pairs["validation"]
    assert not pairs["train"] & pairs["test"]
    assert not pairs["validation"] & pairs["test"]


def test_apps_of_splits_and_tasks_differ():
    def app(**knobs):
        env: Any = make(level=2, **knobs)
        env.reset(seed=0, options={"task": knobs.get("app_seed", 0)})
        where = env.world if knobs["app"] == "fresh" else env.program.shared[0]
        return where["app"].tobytes()

    splits = ("train", "validation", "test")
    assert len({app(app="fixed", split=split) for split in splits}) == 1
    assert len({app(app="per_split", split=split) for split in splits}) == 3
    assert len({app(app="fresh", split=split) for split in splits}) == 3
    assert app(app="fixed", app_seed=1) != app(app="fixed")


@pytest.mark.parametrize("app", ["fixed", "fresh"])
@pytest.mark.parametrize("level", LEVELS)
def test_do_nothing_never_succeeds_and_random_stays_under_its_floor(level, app):
    env: Any = make(level=level, app=app, split="test")
    tasks = list(range(env.task_count)) * (10 if env.task_count >= 50 else 50)
    worlds: Any = gymnasium.make_vec(ID, num_envs=len(tasks), level=level, app=app, split="test")
    worlds.reset(seed=0, options={"task": tasks})
    *_, info = worlds.step(np.full(len(tasks), DONE))
    assert not info["success"].any()
    _, info = worlds.reset(seed=1, options={"task": tasks})
    generator, running, solved = np.random.default_rng(0), np.ones(len(tasks), bool), 0
    while running.any():
        legal = info["action_mask"] > 0
        actions = (generator.random(legal.shape) * legal).argmax(axis=1)
        _, _, terminated, truncated, info = worlds.step(actions)
        solved += int((info["success"] & running).sum())
        running &= ~(terminated | truncated)
    assert solved / len(tasks) < env.FAMILY.floors[level]


def test_sixteen_thousand_worlds_take_less_than_a_gibibyte():
    actions = np.full(16_384, BACK)
    gymnasium.make_vec(ID, num_envs=1, level=3).reset()  # compiled, so that this is not counted
    tracemalloc.start()
    worlds: Any = gymnasium.make_vec(ID, num_envs=16_384, level=3, app="fixed")
    worlds.reset(seed=0)
    for _ in range(3):
        step = worlds.step(actions)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(step[1]) == 16_384
    assert 16_384 * worlds._worlds.dtype.itemsize < peak < 2**30


@pytest.mark.parametrize("level", LEVELS)
def test_quick_observation_equals_the_general_one(level):
    """A page as built is copied; slot by slot it must come out the same."""
    env: Any = make(level=level)
    env.reset(seed=0)
    world, shared = Record(env.world), Record(env.program.shared[0])
    quick = Record(np.zeros(1, observe.FRAME)[0])
    general = Record(np.zeros(1, observe.FRAME)[0])
    for screen in range(env.params.count()):
        for page in range(shared.app.pages[screen]):
            world.screen, world.page = screen, page
            observe.observe(world, shared, quick)
            observe.write_icons(world, shared, shared.app, general)
            assert quick.icons.array.tolist() == general.icons.array.tolist()


@pytest.mark.parametrize("level", LEVELS)
def test_quick_leads_equal_the_general_ones(level):
    env: Any = make(level=level)
    env.reset(seed=0)
    world, shared = Record(env.world), Record(env.program.shared[0])
    for screen in range(env.params.count()):
        for page in range(shared.app.pages[screen]):
            world.screen, world.page = screen, page
            built = shared.app.page[screen, page].lead
            for slot in range(SLOTS):
                message = QUIET if built[slot] >= 0 else NOTHING - 1 - built[slot]
                assert rules.lead_now(world, shared, shared.app, slot) == (built[slot], message)


@pytest.mark.parametrize("level", [1, 4])
def test_compiled_steps_equal_plain_python(level):
    """The rule run by the interpreter on one record, and compiled on another."""
    env: Any = make(level=level, disturbances=("popup", "move_icons"), disturb_at=("step", 3))
    env.reset(seed=0)
    generator = np.random.default_rng(0)
    for _ in range(300):
        action = int(generator.integers(ACTIONS))
        kept = env._worlds.copy()
        env.step(action)
        struck = env.events(int(env.world["clock"]))
        if not struck:
            rules.step(Record(kept[0]), Record(env.program.shared[0]), action)
            for name in ("screen", "page", "popup", "message", "success", "terminated", "terms"):
                assert np.array_equal(kept[name], env._worlds[name]), name
        if not env.world["running"]:
            env.reset()


@pytest.mark.parametrize(
    ("knobs", "sentence"),
    [
        ({"children": (1,)}, "make 2 screens; an app has 4 to 231"),
        ({"level": 2, "children": (8, 8, 8)}, "an app has 4 to 231"),
        ({"children": (8,), "distractors": 8}, "16 icons; a screen holds 12"),
        ({"children": (1,) * 9}, "has 9 depths, not 1 to 8"),
        ({"icons_per_page": 3}, r"icons_per_page=3 is out of range: it lies in \[4, 8\]"),
        ({"app": "fixd"}, "did you mean 'fixed'"),
        ({"levl": 1}, "unknown knob 'levl': did you mean 'level'"),
        ({"disturbances": "dead_link"}, "cannot strike under these knobs"),
        ({"wrong_done_reward": 0.5}, "wrong_done_reward=0.5 is out of range"),
    ],
)
def test_knobs_out_of_range_are_told_in_one_sentence(knobs, sentence):
    with pytest.raises(UserError, match=sentence):
        make(**knobs)
