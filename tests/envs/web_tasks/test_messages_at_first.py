"""A message before the first action: what it leaves in record, snapshot, trace and batch."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core import snapshot as packing
from midcourse.core.engine.record import AT_FIRST, Record
from midcourse.core.errors import UserError
from midcourse.core.trace import Recorder, replay

ID = "midcourse/WebTasks-v0"
KINDS = ("addition", "revision")


def make(**knobs: Any) -> Any:
    messages = {"disturbances": KINDS, "disturb_at": ("step", 0)}
    return gymnasium.make(ID, level=5, **{**messages, **knobs}).unwrapped


def test_it_is_told_as_of_step_0_and_survives_a_snapshot():
    env = make()
    env.reset(seed=3)
    assert env.events() == [{"kind": kind, "step": 0} for kind in KINDS]
    assert env.text().count("Message after step 0") == 2
    other = make()
    other.restore(env.snapshot())
    assert other.events() == env.events()
    info = env.step(env.oracle_action())[4]
    assert "events" not in info


def test_the_start_without_messages_is_that_of_a_calm_world():
    env, calm = make(), make(disturbances=0, disturb_at=None)
    for seed in range(10):
        env.reset(seed=seed, options={"task": seed})
        calm.reset(seed=seed, options={"task": seed})
        start = env.start()
        for name in ("goal", "now", "said", "web", "task", "key"):
            assert start[name].tobytes() == calm.world[name].tobytes()


def test_a_world_with_other_disturbances_is_the_one_that_is_made_with_them():
    calm, made = make(disturbances=0, disturb_at=None), make()
    other = calm.disturbed(KINDS, ("step", 0))
    for env in (other, made):
        env.reset(seed=5)
    assert other.snapshot() == made.snapshot()
    calm.reset(seed=5)
    assert calm.events() == []
    with pytest.raises(UserError, match="did you mean 'addition'"):
        calm.disturbed("adition")


def test_it_is_replayed_from_a_trace(tmp_path):
    world: Any = gymnasium.make(ID, level=5, disturbances=KINDS, disturb_at=("step", 0)).unwrapped
    env = Recorder(world, tmp_path / "trace")
    env.reset(seed=3)
    for _ in range(3):
        env.step(world.oracle_action())
    env.close()
    assert replay(tmp_path / "trace").difference is None


def test_a_batch_begins_with_it_too():
    messages: Any = {"disturbances": KINDS, "disturb_at": ("step", 0)}
    vector: Any = gymnasium.make_vec(ID, 4, level=5, **messages)
    vector.reset(seed=7)
    for i in range(4):
        env = make()
        env.reset(seed=7 + i)
        assert env.world.tobytes() == vector.worlds[i].tobytes()


def test_a_snapshot_with_a_message_at_first_that_nobody_asked_for_is_refused():
    env = make(disturb_at=("step", 2))
    env.reset(seed=0)
    world = np.array([env.world])
    world["schedule"][0, 0]["fired"] = AT_FIRST
    world["pending"] -= 1
    with pytest.raises(UserError, match="out of range"):
        env.restore(packing.pack(packing.header(env.program), world))


def test_damage_counts_what_nobody_wanted():
    env = make(disturbances=0, disturb_at=None, templates=1)  # buy
    env.reset(seed=0)
    assert damage(env) == 0
    while env.cost_to_go() > 1:
        env.step(env.oracle_action())
    assert damage(env) == 0
    shop = env.world["now"][0]["shop"][0]
    bought = int(shop["orders"]) - 1
    shop["order"][bought]["line"][0]["colour"] ^= 1
    assert damage(env) == 1
    shop["order"][0]["status"] += 1  # one of the past, undone
    assert damage(env) == 2


def damage(env):
    return env.FAMILY.damage(Record(env.world), Record(env.program.shared[0]))
