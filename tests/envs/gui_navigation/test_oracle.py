"""The oracle against exhaustive search, and on every task of the held-out splits."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.envs.gui_navigation.state import ACTIONS, KINDS

ID = "midcourse/GuiNavigation-v0"
SHAPES = [
    {"children": (3, 2), "screens": 8, "cross_links": 4},
    {"children": (2, 2), "cross_links": 6, "distractors": 2},
    {"children": (4, 2), "screens": 12, "cross_links": 5, "distractors": 4, "icons_per_page": 4},
    {"children": (1, 1, 1, 1), "cross_links": 8, "distractors": 7, "icons_per_page": 4},
    {"children": (8,), "screens": 0, "cross_links": 6, "distractors": 2, "icons_per_page": 4},
]


STATE = ("screen", "page", "popup", "goal", "move", "rename", "dead", "redirects", "running")


def key(worlds):
    """What tells apart the states that one world can come to without a further disturbance."""
    return tuple(worlds[name].item() for name in STATE)


def explore(env):
    """Every state reachable from here by any actions, with its successors by exhaustive search.

    Returns {key: (record, [keys of successors], whether some action succeeds)}.
    """
    program, shared = env.program, env.program.shared
    frame = np.zeros((), program.frame_dtype)
    start = env._worlds.copy()
    graph, open_states = {}, [start]
    while open_states:
        state = open_states.pop()
        name = key(state)
        if name in graph:
            continue
        successors, succeeds = [], False
        for action in range(ACTIONS):
            after = state.copy()
            program.entries["step_one"](after, shared, action, frame)
            if after["success"][0]:
                succeeds = True
            elif after["running"][0]:
                after["clock"] = state["clock"]
                successors.append(key(after))
                open_states.append(after)
        graph[name] = (state, successors, succeeds)
    return graph


def distances(graph):
    """Fewest actions to success from each state of the graph, by relaxation until nothing moves."""
    cost = {name: 1 if succeeds else np.inf for name, (_, _, succeeds) in graph.items()}
    changed = True
    while changed:
        changed = False
        for name, (_, successors, _) in graph.items():
            best = min([cost[name]] + [1 + cost[after] for after in successors])
            if best < cost[name]:
                cost[name], changed = best, True
    return cost


@pytest.mark.parametrize("number", range(len(SHAPES)))
def test_cost_to_go_equals_exhaustive_search(number):
    """200 apps of each shape, undisturbed and after up to five disturbances and some walking."""
    shape, generator = SHAPES[number], np.random.default_rng(number)
    kinds = [(), KINDS, ("dead_link", "dead_link", "redirect"), ("redirect", "move_icons")]
    struck, states = set(), 0
    for chosen in kinds:
        knobs = {"disturbances": chosen, "disturb_at": ("step", 1)} if chosen else {}
        env: Any = gymnasium.make(ID, app="fresh", step_limit=100_000, **shape, **knobs).unwrapped
        for task in range(50):
            env.reset(seed=task, options={"task": task})
            for _ in range(int(generator.integers(1, 4)) if chosen else 0):
                env.step(int(generator.integers(ACTIONS - 1)))
            env._worlds["pending"] = 0  # those that could not strike shall not do so in the search
            struck |= {event["kind"] for event in env.events()}
            graph = explore(env)
            states += len(graph)
            for name, best in distances(graph).items():
                env._worlds[:] = graph[name][0]
                assert env.cost_to_go() == (best if best < np.inf else -1)
    assert struck == set(KINDS)
    assert states > 200


@pytest.mark.parametrize("app", ["fixed", "per_split", "fresh"])
@pytest.mark.parametrize("split", ["validation", "test"])
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_oracle_takes_exactly_the_optimal_steps(level, split, app):
    env: Any = gymnasium.make(ID, level=level, split=split, app=app).unwrapped
    act, cost = env.program.entries["act_one"], env.program.entries["cost_one"]
    worlds: Any = gymnasium.make_vec(
        ID,
        num_envs=env.task_count,
        level=level,
        split=split,
        app=app,
        copy=False,
    )
    count = worlds.num_envs
    worlds.reset(seed=0, options={"task": list(range(count))})
    shared, records = worlds.program.shared, worlds._worlds
    optimal = np.array([cost(records[i : i + 1], shared) for i in range(count)])
    assert optimal.min() >= 2
    running, taken = np.ones(count, bool), 0
    while running.any():
        taken += 1
        actions = np.array([act(records[i : i + 1], shared) for i in range(count)])
        _, _, terminated, truncated, info = worlds.step(actions)
        ended = running & (terminated | truncated)
        assert (ended == (running & (optimal == taken))).all()
        assert info["success"][ended].all()
        running &= ~ended


@pytest.mark.parametrize("kind", KINDS)
def test_oracle_succeeds_when_disturbed(kind):
    env: Any = gymnasium.make(ID, level=4, split="test", disturbances=kind).unwrapped
    for task in range(env.task_count):
        env.reset(seed=task, options={"task": task})
        while env.world["running"]:
            env.step(env.oracle_action())
        assert env.world["success"]
