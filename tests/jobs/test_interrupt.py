"""The interrupt suite: when messages come, what is frozen, and what the measures say."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core.engine.record import Record
from midcourse.core.errors import UserError
from midcourse.envs.web_tasks.goal import wishes
from midcourse.envs.web_tasks.goal.targets import reason
from midcourse.evaluation.journal import RESULTS
from midcourse.interrupt import evaluate_interrupted
from midcourse.interruption import measures
from midcourse.interruption.moments import Moment
from midcourse.interruption.sets import SETS, frozen_list

ID = "midcourse/WebTasks-v0"
KNOBS = {"level": 5, "split": "test"}


def play(*agents, **asked: Any):
    return evaluate_interrupted(ID, agents, floors=False, **asked)


# --- moments ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "actions", "expected"),
    [(0.2, 10, 2), (0.2, 4, 0), (0.4, 7, 2), (0.6, 5, 3), (0.8, 11, 8), (0.5, 1, 0),
     (0.29, 100, 29)],
)  # fmt: skip
def test_the_message_comes_after_the_floor_of_a_share(share, actions, expected):
    assert Moment.make(share).strike(0, actions, stopped=True) == expected


def test_two_shares_are_never_written_alike():
    assert str(Moment.make(0.9999999)) != str(Moment.make(1))


def test_the_midpoint_is_the_default():
    assert Moment.make().share == Fraction(1, 2)


@pytest.mark.parametrize(
    ("at", "actions", "stopped", "expected"),
    [(5, 9, True, 5), (5, 5, True, 4), (5, 3, True, 2), (5, 3, False, 3), (0, 3, True, 0),
     (9, 1, True, 0)],
)  # fmt: skip
def test_a_fixed_moment_is_held_before_the_stop(at, actions, stopped, expected):
    assert Moment.make(at=at).strike(0, actions, stopped) == expected


def test_messages_are_chained_on_the_way_after_the_last():
    """N0 = 10, N1 = 14, N2 = 15: k1 = 5, k2 = 5 + floor(9 / 2) = 9, k3 = 9 + floor(6 / 2) = 12."""
    middle, times, before = Moment.make(), [], 0
    for actions in (10, 14, 15):
        before = middle.strike(before, actions, stopped=True)
        times.append(before)
    assert times == [5, 9, 12]


def test_share_one_comes_just_before_the_stop():
    assert Moment.make(1.0).strike(0, 8, stopped=True) == 7
    assert Moment.make(1.0).strike(0, 8, stopped=False) == 8


# --- sets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_165_different_tasks_with_messages(name):
    items = frozen_list(ID, KNOBS, name, 165)
    assert items == frozen_list(ID, KNOBS, name, 165)
    assert len({(item.task, item.seed) for item in items}) == 165
    assert {item.kinds for item in items} == set(SETS[name])


def test_messages_do_not_take_each_other_back():
    for item in frozen_list(ID, KNOBS, "2revision", 60):
        env: Any = gymnasium.make(ID, **KNOBS).unwrapped.disturbed(item.kinds, ("step", 0))
        env.reset(seed=item.seed, options={"task": item.task})
        first, last = env.start()["goal"], env.world["goal"]
        assert first["constraint"]["value"].tolist() != last["constraint"]["value"].tolist()


@pytest.mark.parametrize("name", SETS)
def test_the_final_goal_is_the_same_whatever_the_moment(name):
    generator = np.random.default_rng(0)
    for item in frozen_list(ID, KNOBS, name, 25):
        goals = {after(item, [0] * len(item.kinds), generator)}
        for _ in range(4):
            times = np.sort(generator.integers(0, 40, len(item.kinds)))
            goals.add(after(item, times.tolist(), generator))
        assert len(goals) == 1


def after(item, times, generator):
    """The goal after messages at these steps of a walk that never stops, but may buy or cancel."""
    messages = {"disturbances": item.kinds, "disturb_at": [("step", at) for at in times]}
    env: Any = gymnasium.make(ID, **KNOBS, **messages).unwrapped
    env.reset(seed=item.seed, options={"task": item.task})
    while len(env.events()) < len(item.kinds):
        env.step(busy(env, generator))
    return env.world["goal"].tobytes()


def busy(env, generator):
    """The oracle's action unless it stops, else any element."""
    action = env.oracle_action()
    if action[0] < 64 and generator.random() < 0.7:
        return action
    return np.array([generator.integers(64), generator.integers(8)])


# --- protocol ---------------------------------------------------------------------------------


def test_the_oracle_solves_all_sets_on_the_cheapest_way():
    results = play("oracle")
    assert len(results.lines) == 6 * 165
    for row in results.rows:
        assert row.estimates["success"].mean == 1.0
        assert row.curve[29] == 1.0
        for column in ("steps_to_recover", "stale_actions", "damage"):
            assert row.estimates[column].mean == 0.0
    for line in results.lines:
        assert line["struck_at"][0] == line["first"]["actions"] // 2


def test_the_oracle_solves_what_messages_make_wrong_and_right_again():
    """Late messages: orders have been sent back by then, and may be wanted back or again."""
    for line in play("oracle", sets=["3mixed", "2revision"], share=0.8).lines:
        assert line["success"], line["position"]


def test_who_ignores_messages_falls_far_behind():
    most = {"1addition": 0.8, "2revision": 0.2, "3mixed": 0.2}
    results = play("ignores-messages", sets=list(most), tasks=60)
    for row, bound in zip(results.rows, most.values(), strict=True):
        assert row.estimates["success"].mean < bound
        assert row.estimates["damage"].mean > 0.1
        assert row.estimates["stale_actions"].mean > 0.2


def test_an_ignored_retraction_makes_wrong_what_could_not_be_done_and_changes_not_wanted_now():
    results = play("ignores-messages", sets=["2retraction"], tasks=60, share=0.2)
    row = results.rows[0]
    for line in results.lines:
        messages = {"disturbances": line["kinds"], "disturb_at": [("step", 0)] * 2}
        env: Any = gymnasium.make(ID, **KNOBS, **messages).unwrapped
        env.reset(seed=line["seed"], options={"task": line["task"]["index"]})
        start = env.start()
        why = reason(Record(start), Record(env.program.shared[0]))
        fallen = [int(note["new"]["what"]) for note in env.world["message"][:2]]
        changes = wishes.SET in start["goal"]["act"] and max(fallen) >= wishes.TO0
        typed = {wishes.TITLE, wishes.BODY, wishes.COMMENT, wishes.WORDS} & set(fallen)
        assert line["success"] or why or changes or typed  # what fell can be typed no more
        assert not (line["success"] and why)
    assert row.estimates["success"].mean > 0.6
    assert row.estimates["steps_to_recover"].mean > 0.2


@pytest.mark.parametrize("asked", [{"share": 0.2}, {"share": 0.8}, {"at": 5}, {"at": 100}])
def test_the_second_message_is_placed_on_the_way_after_the_first(asked):
    """What the oracle does is known: it goes the cheapest way after each message."""
    for line in play("oracle", sets=["2addition"], tasks=20, **asked).lines:
        moment, (k1, k2) = Moment.make(**asked), line["struck_at"]
        assert k1 == moment.strike(0, line["first"]["actions"], stopped=True)
        messages = {"disturbances": line["kinds"][:1], "disturb_at": [("step", k1)]}
        env: Any = gymnasium.make(ID, **KNOBS, **messages).unwrapped
        env.reset(seed=line["seed"], options={"task": line["task"]["index"]})
        steps, over = 0, False
        while not over:
            over, steps = env.step(env.oracle_action())[2], steps + 1
        assert k2 == moment.strike(k1, steps, stopped=True)
        assert line["success"]


def test_doing_nothing_hears_the_message_before_it_stops():
    for line in play("do-nothing", sets=["1addition"], tasks=5, at=5).lines:
        assert line["first"]["actions"] == 1
        assert (line["came"], line["struck_at"], line["actions_after"]) == (True, [0], 1)
        assert not line["success"]


def test_a_message_after_the_step_limit_cannot_come():
    """At share 1 of a run that the step limit ended: counted as a failure."""
    lines = play("random", sets=["1addition"], tasks=40, share=1.0, knobs={"step_limit": 5}).lines
    late = [line for line in lines if not line["came"]]
    assert late
    for line in late:
        assert (line["success"], line["actions_after"], line["damage"]) == (False, None, None)
        assert measures.actions_after(line) == 30


def test_measures_by_hand():
    lines = [
        episode(success=True, after=4, full=(True, 10)),
        episode(success=True, after=12, full=(False, 60)),
        episode(success=False, after=2, full=(True, 8)),
        episode(success=False, after=None, full=(False, 1)),
    ]
    row = measures.summarise(lines)[0]
    assert row.estimates["success"].mean == 0.5
    assert row.estimates["sr@5"].mean == 0.25
    assert [row.curve[n - 1] for n in (3, 4, 11, 12, 30)] == [0, 0.25, 0.25, 0.5, 0.5]
    assert row.estimates["actions_after"].mean == (4 + 12 + 30 + 30) / 4
    assert row.estimates["against_full"].mean == ((4 - 10) + (12 - 30) + (30 - 8) + 0) / 4
    assert row.buckets == {
        "solved, solved": (1, -6.0),
        "failed, solved": (1, -18.0),
        "solved, failed": (1, 22.0),
        "failed, failed": (1, 0.0),
    }


def episode(success, after, full):
    return {
        "set": "1addition",
        "agent": "somebody",
        "success": success,
        "actions_after": after,
        "full": {"success": full[0], "actions": full[1]},
        "steps_to_recover": None,
        "stale_actions": None,
        "damage": None,
    }


# --- the results file -------------------------------------------------------------------------

SHORT: dict[str, Any] = {"sets": ["2revision", "3mixed"], "tasks": 4}


def test_a_run_that_was_cut_anywhere_ends_with_the_same_bytes(tmp_path):
    play("oracle", "random", out=tmp_path / "whole", **SHORT)
    whole = (tmp_path / "whole" / RESULTS).read_bytes()
    assert len(whole.splitlines()) == 16
    for part in (0.0, 0.31, 0.5, 0.99):
        cut = tmp_path / f"cut-{part}"
        shutil.copytree(tmp_path / "whole", cut)
        (cut / "summary.json").unlink()
        os.truncate(cut / RESULTS, int(part * len(whole)))
        play("oracle", "random", out=cut, **SHORT)
        assert (cut / RESULTS).read_bytes() == whole
        summary = (cut / "summary.json").read_text()
        assert summary == (tmp_path / "whole" / "summary.json").read_text()


def test_two_processes_write_the_same_bytes(tmp_path):
    for processes in (1, 2):
        play("random", out=tmp_path / str(processes), processes=processes, **SHORT)
    assert (tmp_path / "1" / RESULTS).read_bytes() == (tmp_path / "2" / RESULTS).read_bytes()


@pytest.mark.slow
def test_a_killed_command_resumes_with_the_same_bytes(tmp_path):
    def command(folder):
        words = "eval WebTasks-v0 --suite interrupt --sets 1addition,3mixed --tasks 10 --out"
        return [sys.executable, "-m", "midcourse", *words.split(), str(folder)]

    subprocess.run(command(tmp_path / "whole"), check=True, capture_output=True)
    whole = (tmp_path / "whole" / RESULTS).read_bytes()
    path = tmp_path / "killed" / RESULTS
    for part in (0.2, 0.6):
        process = subprocess.Popen(
            command(path.parent), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not path.exists() or path.stat().st_size < part * len(whole):
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.0005)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert path.stat().st_size < len(whole)
    subprocess.run(command(path.parent), check=True, capture_output=True)
    assert path.read_bytes() == whole


def test_a_line_says_what_decides_it(tmp_path):
    play("oracle", out=tmp_path, sets=["1retraction"], tasks=1)
    line = json.loads((tmp_path / RESULTS).read_text())
    assert line["knobs"] == KNOBS
    assert line["kinds"] == ["retraction"]
    assert line["moment"] == "share 0.5"


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"sets": ["1adition"]}, "did you mean '1addition'"),
        ({"agents": ["orakel"]}, "unknown agent 'orakel'"),
        ({"agents": []}, "no agents"),
        ({"share": 1.5}, "share=1.5 is out of range"),
        ({"at": -1}, "at=-1 is out of range"),
        ({"at": 3, "share": 0.5}, "exclude each other"),
        ({"tasks": 0}, "tasks=0 is out of range"),
        ({"seed": -1}, "seed=-1 is out of range"),
        ({"knobs": {"split": "train"}}, "sets split itself"),
        ({"knobs": {"disturbances": 1}}, "sets disturbances itself"),
        ({"knobs": {"level": 1}, "sets": ["2retraction"]}, "no test task can take"),
        ({"knobs": {"level": 1}}, "no test task can take"),
        ({"knobs": {"levle": 1}}, "did you mean 'level'"),
        ({"knobs": {"max_episode_steps": 2}}, "unknown knob 'max_episode_steps'"),
        ({"env": "midcourse/GuiNavigation-v0"}, "wants the disturbances addition"),
        ({"env": "midcourse/WebTask-v0"}, "WebTasks-v0"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(asked, told):
    with pytest.raises(UserError, match=told) as error:
        evaluate_interrupted(**{"env": ID, "agents": ["oracle"], "floors": False, **asked})
    assert "\n" not in str(error.value)


def test_ignoring_messages_needs_a_goal_that_they_change():
    from midcourse.agents import make

    env = gymnasium.make("midcourse/GuiNavigation-v0")
    env.reset(seed=0)
    with pytest.raises(UserError, match="ignores-messages is for worlds"):
        make("ignores-messages").reset(env)
