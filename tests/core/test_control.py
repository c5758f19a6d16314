"""Worlds whose actions are arrays, and whose oracle is a reference or none."""

import io
import re
from dataclasses import replace

import control
import gymnasium
import numpy as np
import pytest
import tiny
from gymnasium.utils.env_checker import check_env as gymnasium_check
from numba.core import config
from rich.console import Console

from midcourse.core.check import check_env
from midcourse.core.errors import UserError
from midcourse.core.trace import Recorder, replay
from midcourse.evaluation import plan
from midcourse.evaluation.episode import play
from midcourse.evaluation.plan import Job
from midcourse.evaluation.summary import summarise
from midcourse.wrappers.shaping import OracleShaping

NUMBERS = iter(range(10_000))
JETS, PUCK = control.IDS
FIGURES = ("cost_to_go", "optimal_steps", "progress")


@pytest.fixture
def plain(monkeypatch):
    """Without the compiler, which takes longer here than the test."""
    monkeypatch.setattr(config, "DISABLE_JIT", True)


def changed(family, **changes):
    """The id of the same world with other declarations."""
    return tiny.register(replace(family, id=f"test/Control{next(NUMBERS)}-v0", **changes))


@pytest.mark.slow
@pytest.mark.parametrize("name", control.IDS)
def test_both_kinds_of_action_keep_every_law(name):
    report = check_env(f"control:{name}", show=False)
    assert report.passed, [one.seen for one in report.outcomes]
    assert [one.number for one in report.outcomes if one.passed is None] == [10]


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("name", control.IDS)
def test_the_controllers_action_lies_in_the_space_and_leads_to_the_goal(
    name, compiled, monkeypatch
):
    monkeypatch.setattr(config, "DISABLE_JIT", not compiled)
    env, vector = gymnasium.make(name).unwrapped, gymnasium.make_vec(name, num_envs=2).unwrapped
    env.reset(seed=3)
    vector.reset(seed=3)
    over = False
    while not over:
        action = env.oracle_action()
        assert env.action_space.contains(action)
        assert action.tobytes() == vector.oracle_action(0).tobytes()
        _, _, over, truncated, info = env.step(action)
        assert not truncated
        vector.step(np.stack([action, action]))
    assert info["success"]
    assert vector.action_masks().shape == (2, 6 if name == JETS else 0)
    assert ("action_mask" in info) == (name == JETS)


@pytest.mark.parametrize("name", control.IDS)
def test_gymnasiums_checker_passes(name, plain):
    gymnasium_check(gymnasium.make(name, disturbances=1, render_mode="rgb_array").unwrapped)


@pytest.mark.parametrize("name", control.IDS)
def test_snapshots_and_traces_hold_arrays_of_actions(name, plain, tmp_path):
    env = Recorder(gymnasium.make(name, disturbances=1), tmp_path / "trace.jsonl")
    env.reset(seed=5)
    env.action_space.seed(1)
    env.step(env.action_space.sample())
    here = env.world.snapshot()
    action = env.action_space.sample()
    after = env.step(action)[0]
    env.restore(here)
    assert env.step(action)[0].tobytes() == after.tobytes()
    env.close()
    assert replay(tmp_path / "trace.jsonl").same


@pytest.mark.parametrize("name", control.IDS)
@pytest.mark.parametrize("action", [[3, 0], [np.nan, 0.0], [0], "left", None, {}, [[1], [2, 3]]])
def test_a_wrong_action_is_a_sentence_and_moves_nothing(name, action, plain):
    env = gymnasium.make(name).unwrapped
    env.reset(seed=5)
    before = env.snapshot()
    with pytest.raises(UserError, match=r"outside|takes|ragged"):
        env.step(action)
    assert env.snapshot() == before


def test_a_fraction_is_no_choice(plain):
    env = gymnasium.make(JETS)
    env.reset(seed=5)
    with pytest.raises(UserError, match="actions are float64, this environment takes int64"):
        env.step([0.5, 1.5])


def test_a_family_without_a_mask_rule_allows_all(plain):
    name = changed(control.JETS, rules={k: v for k, v in control.JETS.rules.items() if k != "mask"})
    env = gymnasium.make(name).unwrapped
    assert env.reset(seed=5)[1]["action_mask"].tolist() == [1] * 6
    assert gymnasium.make_vec(name, num_envs=2).reset(seed=5)[1]["action_mask"].all()


@pytest.mark.parametrize("figure", FIGURES)
def test_what_a_reference_cannot_know_is_refused(figure, plain):
    env = gymnasium.make(PUCK).unwrapped
    env.reset(seed=5)
    env.world["success"] = 1
    with pytest.raises(UserError, match=r"has a reference oracle \(PD controller\)"):
        getattr(env, figure)()


def test_a_world_without_a_goal_has_no_oracle_at_all(plain):
    env = gymnasium.make(changed(control.PUCK, oracle="none")).unwrapped
    env.reset(seed=5)
    for asked in ("oracle_action", *FIGURES):
        with pytest.raises(UserError, match="has no oracle: its worlds have no goal"):
            getattr(env, asked)()
    with pytest.raises(UserError, match=r"needs an exact oracle; that of .* is 'none'"):
        OracleShaping(env)


def test_progress_schedules_nothing_where_nobody_knows_it(plain):
    with pytest.raises(UserError, match="has no exact oracle and so no progress"):
        gymnasium.make(PUCK, disturbances=1, disturb_at=("progress", 0.5))


def test_drawn_times_lie_in_the_first_half_of_the_episode(plain):
    worlds = gymnasium.make_vec(PUCK, num_envs=400, disturbances=1).unwrapped
    worlds.reset(seed=0)
    times = worlds.worlds["schedule"]["at"][:, 0]
    assert set(times.tolist()) == set(range(1, 31))


def outcome_of(name, law):
    return check_env(name, laws=[law], show=False).outcomes[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scores": {}}, "no score of PD controller is declared for level 1"),
        ({"controller": ""}, "declare `controller`"),
        ({"oracle": "perfect"}, "the oracle is 'perfect'"),
        (
            {"rules": {**control.JETS.rules, "act": lambda world, shared: (2, 2)}},
            "PD controller succeeds on 0.* of 60 test tasks, at most 0.* declared is 0.95",
        ),
    ],
)
def test_a_reference_that_does_not_do_what_it_promises_is_found(changes, words, plain):
    outcome = outcome_of(changed(control.JETS, **changes), 6)
    assert outcome.passed is False
    assert re.search(words, outcome.seen), outcome.seen


def test_a_figure_that_only_an_exact_oracle_knows_is_found(plain):
    class Boasts(tiny.Single):
        FAMILY = replace(control.PUCK, id="test/Boasts-v0")

        def progress(self):
            return 0.5

    gymnasium.register(id="test/Boasts-v0", entry_point=Boasts)
    assert "progress() is 0.5" in outcome_of("test/Boasts-v0", 6).seen


@pytest.mark.parametrize("law", [6, 7])
def test_without_a_goal_a_law_about_it_does_not_apply(law, plain):
    report = check_env(changed(control.PUCK, oracle="none", floors={}), laws=[law, 8], show=False)
    assert [one.passed for one in report.outcomes] == [None, True]
    assert report.passed
    assert report.sentence.endswith(f"all 1 laws tried hold; law {law} does not apply")
    file = io.StringIO()
    report.print(Console(file=file, width=150))
    assert "does not apply" in file.getvalue()
    assert "worlds without a goal" in file.getvalue()


@pytest.mark.parametrize("name", control.IDS)
@pytest.mark.parametrize("agent", ["random", "do-nothing", "oracle"])
def test_an_evaluation_leaves_blank_what_only_an_exact_oracle_knows(name, agent, plain):
    env = gymnasium.make(name, disturbances=1)
    knobs = (("disturbances", 1),)
    line, _ = play(Job(0, name, knobs, agent, 2, 0, seed=4, agent_seed=1), env)
    assert line["success"] == (agent == "oracle")
    assert line["invalid_actions"] == 0
    row = summarise([line])[0]
    for measure in ("progress", "efficiency", "regret", "steps_to_recover", "stale_actions"):
        assert line[measure] is None
        assert str(row.estimates[measure]) == "-"


@pytest.mark.parametrize(("oracle", "ceiling"), [("reference", ("oracle",)), ("none", ())])
def test_without_a_goal_there_is_no_ceiling_to_evaluate_against(
    oracle, ceiling, plain, monkeypatch
):
    name = changed(control.PUCK, oracle=oracle)
    monkeypatch.setattr(plan, "ids", lambda: [name])
    assert plan.make_plan(name, (), {}, 2, 1, 0).agents == ("do-nothing", "random", *ceiling)
