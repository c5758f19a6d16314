"""Each disturbance strikes when it was asked to, is logged, and does what its row says."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.envs.gui_navigation.state import (
    CLOSE,
    DONE,
    HOME,
    KINDS,
    MESSAGES,
    POPUP_CLOSED,
    POPUP_OPEN,
    SCROLL,
    SLOTS,
)
from midcourse.envs.gui_navigation.text import labels

ID = "midcourse/GuiNavigation-v0"


def make(**knobs: Any) -> Any:
    return gymnasium.make(ID, **{"level": 3, **knobs}).unwrapped


def follow(env, seed, task=None):
    """The events of an episode that the oracle plays."""
    env.reset(seed=seed, options={"task": task})
    told = []
    while env.world["running"]:
        *_, info = env.step(env.oracle_action())
        told += [(event["kind"], event["step"]) for event in info.get("events", ())]
        assert all(event["step"] == env.world["clock"] for event in info.get("events", ()))
    assert env.world["success"]
    assert sorted(told) == sorted((event["kind"], event["step"]) for event in env.events())
    return told


@pytest.mark.parametrize("kind", KINDS)
def test_by_name_and_step(kind):
    env: Any = make(disturbances=kind, disturb_at=("step", 1))
    struck = [follow(env, seed) for seed in range(40)]
    assert all(events in ([], [(kind, events[0][1] if events else 0)]) for events in struck)
    at_once = sum(events == [(kind, 1)] for events in struck)
    # a link dies, or a screen redirects, only where another way exists
    assert at_once == 40 if kind not in ("dead_link", "redirect") else at_once > 4


@pytest.mark.parametrize("kind", KINDS)
def test_by_progress(kind):
    env: Any = make(disturbances=kind, disturb_at=("progress", 0.4))
    struck = 0
    for seed in range(40):
        env.reset(seed=seed)
        optimal = env.optimal_steps()
        while env.world["running"]:
            due = (optimal - env.cost_to_go()) * 1000 >= 400 * optimal
            *_, info = env.step(env.oracle_action())
            if "events" in info:
                struck += 1
                assert not due or kind in ("dead_link", "redirect")
                break
    assert struck == 40 if kind not in ("dead_link", "redirect") else struck > 4


@pytest.mark.parametrize("number", [1, 2, 5])
def test_by_number_draws_kinds_without_repetition(number):
    env: Any = make(disturbances=number)
    drawn = set()
    for seed in range(200):
        kinds = [kind for kind, _ in follow(env, seed)]
        assert len(set(kinds)) == len(kinds) <= number
        drawn |= set(kinds)
    assert drawn == set(KINDS)


def test_popup_lets_nothing_through_but_its_button():
    env: Any = make(disturbances="popup", disturb_at=("step", 1))
    env.reset(seed=0)
    observation, *_, info = env.step(SCROLL)
    slot = int(np.flatnonzero(observation["icons"])[0])
    assert observation["icons"].tolist().count(CLOSE) == 1
    assert np.flatnonzero(info["action_mask"]).tolist() == [slot]
    before = int(env.world["screen"])
    others = [action for action in range(SLOTS + 4) if action != slot]
    for action in others:
        observation, reward, terminated, *_ = env.step(action)
        assert observation["message"] == POPUP_OPEN
        assert (env.world["screen"], terminated, reward) == (before, False, -0.01)
    observation, *_ = env.step(slot)
    assert observation["message"] == POPUP_CLOSED
    assert CLOSE not in observation["icons"]


def leads(env):
    """(label, screen it leads to) of every icon on every page of the screen at hand."""
    twin = env.fork()
    twin._worlds["pending"] = 0
    found = set()
    for _ in range(3):
        page = twin._worlds.copy()
        icons = labels(twin.world, twin.program.shared[0])
        for slot in np.flatnonzero(icons):
            twin.step(int(slot))
            found.add((icons[slot], int(twin.world["screen"])))
            twin._worlds[:] = page
        twin.step(SCROLL)
    return found


def test_moving_icons_keeps_what_they_are_called_and_where_they_lead():
    env: Any = make(level=5, disturbances="move_icons", disturb_at=("step", 1))
    for seed in range(20):
        env.reset(seed=seed)
        before = leads(env)
        assert len(before) > 1
        *_, info = env.step(SCROLL)
        assert info["events"] == [{"kind": "move_icons", "step": 1}]
        assert leads(env) == before


def test_relabelling_changes_every_name_but_no_way():
    env: Any = make(disturbances="relabel", disturb_at=("step", 1))
    for seed in range(10):
        before, _ = env.reset(seed=seed)
        cost = env.cost_to_go()
        after, *_ = env.step(SCROLL)
        assert env.cost_to_go() == cost
        assert before["goal"] != after["goal"]
        assert before["title"] != after["title"]
        shown = before["icons"] > 0
        assert (before["icons"][shown] != after["icons"][shown]).all()
        assert (after["icons"][~shown] == 0).all()


@pytest.mark.parametrize("kind", ["dead_link", "redirect"])
def test_faults_make_the_way_costlier_and_leave_one(kind):
    env: Any = make(disturbances=kind, disturb_at=("step", 1))
    costlier = 0
    for seed in range(60):
        env.reset(seed=seed)
        before = env.cost_to_go()
        env.step(SCROLL if env.world["screen"] else HOME)  # neither leaves a page of one
        if env.events():
            assert env.cost_to_go() >= before
            costlier += env.cost_to_go() > before
    assert costlier > 3


def test_walking_into_a_dead_link_and_a_redirect_is_told():
    told = set()
    for kind in ("dead_link", "redirect"):
        env: Any = make(disturbances=kind, disturb_at=("step", 1))
        for seed in range(60):
            env.reset(seed=seed)
            plain = make()
            plain.reset(seed=seed)
            env.step(SCROLL)
            while plain.world["running"] and env.world["running"]:
                action = plain.oracle_action()  # it does not know of the disturbance
                plain.step(action)
                observation, *_ = env.step(action)
                told.add(MESSAGES[int(observation["message"])])
                if env.world["screen"] != plain.world["screen"] or action == DONE:
                    break
    assert {"the link is dead", "you were redirected"} <= told
