"""The static suite: its sets, its judges, and the table."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from scipy.stats import binomtest

import midcourse  # noqa: F401
from midcourse import static
from midcourse.core.errors import UserError
from midcourse.core.questions import ACTED, ANSWERED

ID = "midcourse/GuiNavigation-v0"
KINDS = (*ACTED, *ANSWERED)


def items(count, seed=0, **knobs: Any) -> Any:
    env: Any = gymnasium.make(ID, split="test", **knobs).unwrapped
    wanted = dict.fromkeys(KINDS, count)
    return env, list(env.FAMILY.questions(env, wanted, seed))


@pytest.mark.parametrize("app", ["fixed", "fresh"])
def test_sets_are_whole_and_repeatable(app):
    _, first = items(6, level=5, app=app)
    _, again = items(6, level=5, app=app)
    _, other = items(6, level=5, app=app, seed=1)
    assert [item.snapshot for item in first] == [item.snapshot for item in again]
    assert [item.snapshot for item in first] != [item.snapshot for item in other]
    kinds = [item.kind for item in first]
    assert {kind: kinds.count(kind) for kind in KINDS} == dict.fromkeys(KINDS, 6)


def test_paths_have_their_length_and_complete_is_balanced():
    env, asked = items(8, level=5)
    at_goal = []
    for item in asked:
        env.restore(item.snapshot)
        if item.kind.startswith("Path@"):
            assert env.cost_to_go() - 1 == item.steps == int(item.kind[-1])
        elif item.kind == "Edge":
            assert env.cost_to_go() == 2
        elif item.kind == "Complete":
            at_goal.append(env.world["screen"] == env.world["goal"])
    assert sum(at_goal) == 4


def test_pairs_are_of_the_split():
    env, asked = items(5, level=3)
    shared = env.program.shared[0]
    others = int(shared["screens"]) - 1
    total = (others + 1) * others
    places = range(int(shared["pairs_from"]), int(shared["pairs_from"] + shared["pairs"]))
    pairs = {divmod(place * int(shared["stride"]) % total, others) for place in places}
    for item in asked:
        env.restore(item.snapshot)
        start, goal = int(env.world["start"]), int(env.world["goal"])
        assert start == goal or (start, goal - (goal > start)) in pairs


def test_captions_and_groundings_are_judged():
    env, asked = items(10, level=4, app="fresh")
    for item in asked:
        if item.question is None:
            continue
        observation, _ = env.restore(item.snapshot)
        label, icons = item.question.label, observation["icons"]
        if item.kind == "Caption":
            assert len(set(item.question.choices)) == 4
            right = item.solution
            slot = env.FAMILY.click(env.world, env.program.shared[0], *item.question.point)
            assert item.question.choices[right] == icons[slot]
            wrong = [choice for choice in range(4) if choice != right]
            assert not any(item.right(env, choice) for choice in [*wrong, None, "x", 1.5])
        else:
            assert icons[item.solution] == label
            x, y, width, height = np.rint(observation["boxes"][item.solution] * 256)
            assert item.right(env, (x, y))
            assert item.right(env, [x, y, width, height])
            assert not item.right(env, (x - 1, y))
            assert not any(item.right(env, a) for a in [None, "ab", (1, 2, 3), ("a", "b"), 99])


def test_table_oracle_is_right_and_floors_are_low():
    told = []
    rows = static.score(
        "oracle", ID, level=2, count=90, tries=2, progress=lambda *x: told.append(x)
    )
    assert told
    kinds = {row.kind for row in rows}
    assert {"Path@1", "Edge", "Complete", "Caption", "Grounding", "Pass@1", "Pass@2"} <= kinds
    assert {row.distribution for row in rows} == {"in", "out"}
    for row in rows:
        assert row.scores["oracle"] == 1.0
        interval, share = row.interval("random"), row.scores["random"]
        assert interval is not None
        assert share is not None
        assert 0.0 <= interval[0] <= share <= interval[1] <= 1.0
        if row.kind.startswith(("Path", "Pass", "Edge")):
            assert row.scores["do-nothing"] == 0.0


def test_agent_without_answers_cannot_answer(monkeypatch):
    from midcourse import agents

    monkeypatch.setitem(agents.REGISTRY, "mute", ("midcourse.agents.basic", "Random", False))
    rows = static.score("mute", ID, level=1, count=9, tries=0)
    scores = {row.kind: row.scores["mute"] for row in rows}
    assert scores["Caption"] is None
    assert scores["Grounding"] is None
    assert scores["Edge"] is not None


def test_knobs_reach_the_episodes_and_leave_the_questions_undisturbed():
    knobs = {"level": 3, "disturbances": 2, "titles": False}
    rows = static.score("oracle", ID, count=20, tries=1, **knobs)
    assert all(row.scores["oracle"] == 1.0 for row in rows)


@pytest.mark.parametrize(("right", "count"), [(0, 20), (10, 20), (81, 263), (29, 29)])
def test_wilson_equals_scipy(right, count):
    interval = binomtest(right, count).proportion_ci(method="wilson")
    assert static.wilson(right / count, count) == pytest.approx((interval.low, interval.high))


def test_mistakes_are_told():
    with pytest.raises(UserError, match="sets app itself"):
        static.score("random", ID, app="fixed")
    with pytest.raises(UserError, match="count is 1 at least"):
        static.score("random", ID, count=0)
    with pytest.raises(UserError, match="undisturbed screens"):
        items(1, disturbances=1)
