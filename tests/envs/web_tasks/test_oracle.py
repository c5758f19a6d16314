"""The oracle's cost is exact: no action ever lowers it by more than one, and its own always does.

With a cost of 0 at success, the first says that no way is shorter, the second that one is as short.
"""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.goal.wishes import TEMPLATES, asks
from midcourse.envs.web_tasks.proof.plainly import every_action

ID = "midcourse/WebTasks-v0"


def make(**knobs) -> Any:
    return gymnasium.make(ID, **knobs).unwrapped


def cost_after(env, action):
    """The cost after an action; None where a message changed the goal; infinite without a way."""
    _, _, terminated, _, info = env.step(np.array(action))
    if env.world["news"]:
        return None
    if terminated:
        return 0 if info["success"] else np.inf
    cost = env.cost_to_go()
    return cost if cost >= 0 else np.inf


def wander(env, rng, wildness):
    """One step: the oracle's, or any that does not end the episode."""
    actions = [a for a in every_action(env.world) if a[0] != state.STOP]
    wild = actions[rng.integers(len(actions))]
    if rng.random() < wildness or env.cost_to_go() < 0:
        return wild
    action = env.oracle_action()
    return wild if action[0] == state.STOP else action


@pytest.mark.parametrize(("level", "disturbances"), [(1, 0), (5, 0), (5, 2)])
def test_no_action_saves_more_than_one_and_the_oracle_s_saves_one(level, disturbances):
    env = make(level=level, step_limit=1000, disturbances=disturbances)
    rng = np.random.default_rng(level + disturbances)
    tried = 0
    for seed in range(40):
        env.reset(seed=seed)
        wildness = rng.choice([0.2, 0.5, 0.9])
        for _ in range(30):
            env.step(np.array(wander(env, rng, wildness)))
            if rng.random() < 0.2:
                check_here(env)
                tried += 1
    assert tried > 200


def meddle(env, rng):
    """One step like those that change things: to an entry, a button, another site or tab."""
    elements = env.page().elements
    entries = [e for e in elements if e.role == "link" and not e.in_navigation]
    buttons = [e for e in elements if e.role == "button"]
    pick = rng.random()
    for there, share in ((buttons, 0.45), (entries, 0.65), (elements, 0.8)):
        if there and pick < share:
            return there[rng.integers(len(there))].number, rng.integers(4)
    verb = rng.choice([state.GOTO, state.GOTO, state.NEW_TAB, state.SWITCH_TAB, state.BACK])
    return verb, rng.integers(5)


def test_the_same_where_an_answer_is_wanted_and_something_is_to_be_undone():
    env = make(level=5, step_limit=1000)
    tried = 0
    for seed in range(300):
        env.reset(seed=seed)
        if not asks(int(env.world["goal"]["act"][0])):
            continue
        rng = np.random.default_rng(seed)
        for _ in range(rng.integers(1, 4)):
            for _ in range(rng.integers(1, 12)):
                env.step(np.array(meddle(env, rng)))
            for _ in range(rng.integers(0, 6)):
                if env.cost_to_go() > 1:
                    env.step(env.oracle_action())
            check_here(env)
            tried += 1
    assert tried > 150


def check_here(env):
    snapshot, cost = env.snapshot(), env.cost_to_go()
    cost = cost if cost >= 0 else np.inf
    for action in every_action(env.world):
        after = cost_after(env, action)
        env.restore(snapshot)
        assert after is None or after >= cost - 1, (action, env.text())
    if cost < np.inf:
        action = env.oracle_action()
        assert cost_after(env, action) in (None, cost - 1), (action, env.text())
        env.restore(snapshot)


def test_every_template_is_laid_out_and_solved_after_every_kind_of_message():
    for kind in state.KINDS:
        env = make(level=5, step_limit=200, disturbances=(kind,), disturb_at=("progress", 0.6))
        solved = set()
        for seed in range(800):
            env.reset(seed=seed)
            over, info = False, {"success": False}
            while not over:
                _, _, terminated, truncated, info = env.step(env.oracle_action())
                over = terminated or truncated
            assert info["success"], (kind, seed)
            solved.add(int(env.world["goal"]["template"]))
        assert solved == set(range(len(TEMPLATES)))
