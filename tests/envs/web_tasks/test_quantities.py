"""Quantities that another site counts: told by where they stand, and wanted as they stood."""

import re
from typing import Any

import gymnasium
import pytest

import midcourse  # noqa: F401
from midcourse.envs.web_tasks.goal import wishes
from midcourse.envs.web_tasks.shop.quantities import SOURCES, number_in, source_in

ID = "midcourse/WebTasks-v0"
PHRASE = re.compile(
    r"as many as there are ([\w -]+?) (?:of (\w+) in the tracker|in the back office)"
)


def make(**knobs) -> Any:
    return gymnasium.make(ID, level=5, step_limit=100, **knobs).unwrapped


def is_counted(env) -> bool:
    goal = env.world["goal"]
    return goal["act"][0] == wishes.BUY and goal["field"] == wishes.ELSEWHERE


def quantity(env):
    rows = env.world["goal"]["constraint"]
    return next(int(row["value"]) for row in rows if row["what"] == wishes.QUANTITY)


def looked_up(env, things: str, project: str | None) -> int:
    """What a person finds who reads the sentence and goes there."""
    env = env.fork()
    env.step(env.parse("goto [tracker]" if project else "goto [office]"))
    name = project or "Reports"
    link = next(e.number for e in env.page().elements if e.caption == name)
    env.step(env.parse(f"click [{link}]"))
    caption = things if project else things.split()[0]
    values = [e.value for e in env.page().elements if e.caption.lower() == caption and e.value]
    assert len(values) == 1
    return int(values[0])


@pytest.fixture(scope="module")
def tasks() -> list[int]:
    """Seeds whose quantity is counted on another site."""
    env, found = make(), []
    for seed in range(1500):
        env.reset(seed=seed)
        if is_counted(env):
            found.append(seed)
    return found


def test_the_sentence_leads_to_the_number(tasks):
    env, sources = make(), set()
    for seed in tasks:
        env.reset(seed=seed)
        said = PHRASE.search(env.text())
        assert said, env.text()
        assert looked_up(env, said[1], said[2]) == number_in(quantity(env))
        assert 2 <= number_in(quantity(env)) <= 9
        sources.add(source_in(quantity(env)))
    assert 0 not in sources
    assert len(sources) > len(SOURCES) // 2


def test_the_number_itself_is_not_told(tasks):
    env = make()
    env.reset(seed=tasks[0])
    number = str(number_in(quantity(env)))
    assert number not in env.page().task.split()
    assert number not in env.page().task


def test_one_more_or_less_fails(tasks):
    env = make()
    for seed in tasks[:6]:
        for change in (-1, 0, 1):
            env.reset(seed=seed)
            goal = env.world["goal"].copy()
            rows = env.world["goal"]["constraint"]
            (place,) = [k for k, row in enumerate(rows) if row["what"] == wishes.QUANTITY]
            rows[place]["value"] = number_in(quantity(env)) + change
            while env.cost_to_go() > 1:
                env.step(env.oracle_action())
            stop = env.oracle_action()
            env.world["goal"] = goal
            assert env.step(stop)[4]["success"] == (change == 0)


def test_a_revision_names_another_place_with_another_number(tasks):
    env, revised = make(disturbances=("revision",), disturb_at=("step", 1)), 0
    for seed in tasks:
        env.reset(seed=seed)
        before = quantity(env)
        env.step(env.oracle_action())
        if quantity(env) != before:
            revised += 1
            assert number_in(quantity(env)) != number_in(before)
            assert source_in(quantity(env)) > 0
            (message,) = env.page().messages
            assert len(PHRASE.findall(message)) == 2
        while env.world["running"]:
            info = env.step(env.oracle_action())[4]
        assert info["success"]
    assert revised > 3


def test_what_is_counted_is_what_was_there_at_the_start(tasks):
    """An issue closed since then does not change how many are wanted."""
    env = make()
    seed = next(s for s in tasks if env.reset(seed=s) and "open issues" in env.text())
    env.reset(seed=seed)
    before = quantity(env)
    project = PHRASE.search(env.text())[2]
    env.step(env.parse("goto [tracker]"))
    link = next(e.number for e in env.page().elements if e.caption == project)
    env.step(env.parse(f"click [{link}]"))
    issue = next(e for e in env.page().elements if e.role == "link" and e.text)
    env.step(env.parse(f"click [{issue.number}]"))
    state = next(e for e in env.page().elements if (e.caption, e.role) == ("State", "combobox"))
    env.step(env.parse(f"select [{state.number}] [closed]"))
    save = next(e for e in env.page().elements if e.caption == "Save")
    env.step(env.parse(f"click [{save.number}]"))
    assert quantity(env) == before
    while env.world["running"]:
        info = env.step(env.oracle_action())[4]
    assert info["success"]
