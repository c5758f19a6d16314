"""The learning regulators: they train, survive a kill, are played by name, and fill a page."""

import dataclasses
import json
from typing import Any

import gymnasium
import numpy as np
import pytest
import sizes

import midcourse  # noqa: F401
from midcourse import agents
from midcourse.baselines.curve import read_curve
from midcourse.baselines.regulation import Desk

pytest.importorskip("sb3_contrib", reason="the extra `rl` is not installed")

from midcourse.agents.policy import load
from midcourse.baselines import regulate, regulate_page
from midcourse.baselines.regulation import policy_rule

ID = "midcourse/DelayedRepression-v0"


def args(out, **changes):
    settings = {"worlds": 4, "rollout": 16, "batch": 32, "epochs": 2, "steps": 256, "episodes": 3}
    settings |= {
        "step_limit": 40,
        "quiet": True,
        "checkpoint_every": 2,
        "seconds": 1e9,
        **sizes.REGULATED,
    }
    return regulate.Args(**{**settings, "out": out, **changes})


def weights(path):
    return {k: v.numpy() for k, v in load(path).state_dict().items()}


def test_a_killed_run_goes_on_and_ends_alike_and_its_policy_is_played_by_name(tmp_path):
    whole = regulate.train(args(tmp_path / "whole"))
    cut = args(tmp_path / "cut", steps=150)
    regulate.train(cut)
    resumed = regulate.train(dataclasses.replace(cut, steps=256))
    assert (resumed.steps, resumed.episodes) == (whole.steps, whole.episodes) == (256, 4)
    ours, theirs = (weights(tmp_path / name / "model.zip") for name in ("whole", "cut"))
    assert all(np.array_equal(ours[k], theirs[k]) for k in ours)
    curve = read_curve(tmp_path / "whole" / "curve.jsonl")
    assert -1.25 < curve[-1]["reward"] < 0.0

    rule = policy_rule(load(tmp_path / "whole" / "model.zip"), "force")
    env = gymnasium.make(ID, levers="force", step_limit=40, **sizes.REGULATED)
    observation, info = env.reset(seed=0)
    agent = agents.make(f"sb3-greedy:{tmp_path / 'whole' / 'model.zip'}")
    agent.reset(env)
    batch = {key: value[None] for key, value in observation.items()}
    assert agent.act(observation, info) == rule(batch)[0, 0]
    assert rule(batch)[0, 1:].tolist() == [0, 2]


def test_the_published_table_is_learnt_and_played(tmp_path):
    made = args(tmp_path, algorithm_name="tabular", steps=400)
    result = regulate.train(made)
    assert result.steps == 400
    assert result.episodes == 10
    values = np.load(tmp_path / "table.npy")
    assert values.shape == (12, 6)
    assert values.min() < -0.01
    assert values.max() <= 0.0  # every reward is a loss
    rule: Any = agents.make(f"regulator-table:{tmp_path / 'table.npy'}")
    desk = Desk(ID, 3, seed=1, **made.task_knobs("test"))
    assert desk.play(rule.levers).reward.max() < 0.0
    again = regulate.train(dataclasses.replace(made, out=tmp_path / "again"))
    assert np.array_equal(np.load(tmp_path / "again" / "table.npy"), values)
    assert again.test == result.test


def test_a_desk_measures_what_single_worlds_say():
    knobs = {"population": "reactive", "delay": 3, "split": "test", **sizes.REGULATED}
    desk = Desk(ID, 3, seed=5, levers="all", step_limit=40, **knobs)
    rule: Any = agents.make("ramp")
    first, again = desk.play(rule.levers), desk.play(rule.levers)
    assert first.rows() == again.rows()
    env: Any = gymnasium.make(ID, step_limit=40, **knobs).unwrapped
    for i in range(3):
        observation, info = env.reset(seed=5 + i, options={"task": i})
        rule.reset(env)
        shares, forces, rewards = [], [], []
        for _ in range(40):
            action = rule.act(observation, info)
            observation, reward, _, _, info = env.step(action)
            terms = info["reward_terms"]
            shares.append(-terms["radical_share"])
            forces.append(-10.0 * terms["force"])
            rewards.append(reward)
        assert first.own[i] == pytest.approx(np.mean(rewards))
        assert first.reward[i] == pytest.approx(-np.mean(shares) - 0.1 * np.mean(forces), abs=1e-6)
        assert first.share[i] == pytest.approx(np.mean(shares[20:]), abs=1e-6)
        assert first.force[i] == pytest.approx(np.mean(forces[20:]))
        assert first.amplitude[i] == pytest.approx(np.ptp(shares[20:]) / 2, abs=1e-6)
        assert first.success[i] == info["success"]


def test_the_page_is_written_by_one_command_and_goes_on_where_it_stopped(tmp_path, monkeypatch):
    few = {"constant-force": ["constant-force:0", "constant-force:0.5"], "ramp": ["ramp"]}
    monkeypatch.setattr(regulate_page, "candidates", lambda levers: few)
    made = regulate_page.Args(
        seeds=1, tasks=4, choices=3, delays=(3,), levers=("force",), steps=600, processes=1,
        out=tmp_path / "runs", page=tmp_path / "page.md", **sizes.REGULATED,
    )  # fmt: skip
    page = regulate_page.write_page(made).read_text()
    for name in ("`do-nothing`", "`random`", "`ramp`", "`reference`", "**PPO**", "tabular Q"):
        assert page.count(f"| {name}") == 1, name
    assert "--seeds 1 --tasks 4 --choices 3 --delays 3 --levers force --steps 600" in page
    chosen = json.loads((tmp_path / "runs" / "rules-force-3.json").read_text())
    assert len(chosen) == 2
    assert "ramp" in chosen
    monkeypatch.setattr(regulate_page, "_train", None)  # nothing is trained again
    again = regulate_page.write_page(made).read_text()
    assert again == page
