"""Steps to recover and stale actions, worked by hand."""

from typing import Any

import gymnasium
import pytest

from midcourse.evaluation.aftermath import Aftermath, copy_of

ID = "midcourse/GuiNavigation-v0"


def follow(env, choose, steps=30):
    """Play with `choose(world, step)`; returns (Aftermath, success, actions)."""
    bare = env.unwrapped
    aftermath, actions = Aftermath(bare), []
    for step in range(steps):
        before, action = copy_of(bare), choose(bare, step)
        *_, terminated, truncated, info = env.step(action)
        actions.append(action)
        aftermath.step_taken(before, action, bool(info.get("events")))
        if terminated or truncated:
            return aftermath, info["success"], actions
    return aftermath, False, actions


def start(**knobs):
    env: Any = gymnasium.make(ID, level=3, **knobs)
    for task in range(200):
        env.reset(seed=task, options={"task": task})
        if env.unwrapped.optimal_steps() >= 5:
            return env
    raise AssertionError("no long task")


def undisturbed_plan(env):
    """The oracle's actions in a world that nothing disturbs."""
    twin: Any = gymnasium.make(ID, level=3).unwrapped
    twin.reset(seed=0, options={"task": env.unwrapped.task().index})
    plan = []
    while twin.cost_to_go() > 0:
        plan.append(twin.oracle_action())
        twin.step(plan[-1])
    return plan


@pytest.mark.parametrize("kind", ["popup", "move_icons", "relabel", "dead_link", "redirect"])
def test_who_replans_at_once_has_none(kind):
    env = start(disturbances=kind, disturb_at=("step", 1))
    aftermath, success, _ = follow(env, lambda world, step: world.oracle_action())
    assert aftermath.struck
    assert success
    assert (aftermath.extra_steps, aftermath.stale_actions) == (0, 0)


def test_clicking_on_behind_a_popup_is_stale():
    env = start(disturbances="popup", disturb_at=("step", 1))
    plan = undisturbed_plan(env)
    covered = 3

    def choose(world, step):
        if 1 <= step <= covered:  # the plan's next action, though a popup lies over it
            button = int(world.world["popup"]) - 1
            return plan[1] if plan[1] != button else 11
        return plan[0] if step == 0 else world.oracle_action()

    aftermath, success, actions = follow(env, choose)
    assert success
    assert actions[1] == plan[1], "the button lies elsewhere in this world"
    assert aftermath.stale_actions == covered
    assert aftermath.extra_steps == covered
    assert len(actions) == len(plan) + 1 + covered


def test_a_dead_link_is_stale_each_time_it_is_clicked():
    env, plan = start_before_a_dead_link()
    aftermath, success, _ = follow(
        env, lambda world, step: plan[min(step, 1)] if step <= 3 else world.oracle_action()
    )
    assert success
    assert aftermath.stale_actions == 3
    assert aftermath.extra_steps == 3


def start_before_a_dead_link():
    """An episode whose plan's second action clicks the link that dies after the first."""
    env: Any = gymnasium.make(ID, level=3, disturbances="dead_link", disturb_at=("step", 1))
    for task in range(400):
        env.reset(seed=task, options={"task": task})
        plan = undisturbed_plan(env)
        *_, info = env.step(plan[0])
        world = env.unwrapped.world
        if info.get("events") and world["dead_screen"][0] == world["screen"] and plan[1] < 8:
            env.reset(seed=task, options={"task": task})
            return env, plan
    raise AssertionError("no link dies here")


def test_steps_to_recover_are_steps_less_the_cost_right_after():
    env = start(disturbances="move_icons", disturb_at=("step", 2))
    cost = []

    def choose(world, step):
        if step == 2:
            cost.append(world.cost_to_go())
        if step == 3 and world.world["screen"] != 0:
            return 9  # home, a detour
        return world.oracle_action()

    aftermath, success, actions = follow(env, choose)
    assert success
    assert aftermath.extra_steps == len(actions) - 2 - cost[0]


def test_nothing_happens_to_the_world_that_is_followed():
    one, two = (start(disturbances=2) for _ in range(2))
    follow(one, lambda world, step: 9)
    for _ in range(30):
        two.step(9)
    assert one.unwrapped.snapshot() == two.unwrapped.snapshot()
