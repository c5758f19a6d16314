"""The baselines learn, survive a kill, and write what they measured."""

import dataclasses
import json
from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.baselines import tabular_q
from midcourse.baselines.curve import Curve, check_settings, read_curve, replace
from midcourse.baselines.run import check_made
from midcourse.core.errors import UserError


def test_a_curve_drops_what_came_after_the_checkpoint_and_what_a_kill_cut(tmp_path):
    path = tmp_path / "deep" / "curve.jsonl"
    curve = Curve(path)
    for steps in (1, 2, 3):
        curve.add(steps=steps)
    with path.open("a") as file:
        file.write('{"steps": 4, "succ')
    assert [line["steps"] for line in read_curve(path)] == [1, 2, 3]
    Curve(path, steps=2).add(steps=5)
    assert [line["steps"] for line in read_curve(path)] == [1, 2, 5]
    Curve(path)
    assert read_curve(path) == []


def test_a_failed_replacement_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def fail(beside):
        beside.write_text("half")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        replace(path, fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_other_settings_are_named(tmp_path):
    with pytest.raises(UserError, match="level=1, not 2"):
        check_settings(tmp_path, {"seed": 0, "level": 2}, {"seed": 0, "level": 1})


def check_damage_is_told(path, train):
    data = path.read_bytes()
    for kept in (0, 1, len(data) // 2, len(data) - 100):
        path.write_bytes(data[:kept])
        with pytest.raises(UserError, match=f"{path.name} is damaged or cannot be read: remove"):
            train()


def q_args(out, **changes):
    settings = {"worlds": 16, "steps": 16 * 1500, "seconds": 1e9, "episodes": 40, "quiet": True}
    return tabular_q.Args(**{**settings, "out": out, **changes})


def test_tabular_q_solves_level_1(tmp_path):
    args = q_args(tmp_path)
    result = tabular_q.train(args)
    assert np.mean(result.train) >= 0.95
    check_made(dataclasses.replace(args, quiet=False))
    with pytest.raises(UserError, match=r"result\.json was made with steps=24000, not 7"):
        check_made(dataclasses.replace(args, steps=7))
    assert json.loads((tmp_path / "result.json").read_text())["train"] == result.train


def test_a_killed_tabular_q_goes_on_and_ends_alike(tmp_path):
    whole = tabular_q.train(q_args(tmp_path / "whole"))
    cut = q_args(tmp_path / "cut", steps=16 * 700, checkpoint_every=500)
    tabular_q.train(cut)  # its last checkpoint is at 500
    resumed = tabular_q.train(dataclasses.replace(cut, steps=16 * 1500))
    assert resumed.train == whole.train
    assert resumed.episodes == whole.episodes
    tables = [np.load(tmp_path / name / "table.npz")["values"] for name in ("whole", "cut")]
    assert np.array_equal(*tables)
    steps = [line["steps"] for line in read_curve(tmp_path / "cut" / "curve.jsonl")]
    assert steps == sorted(set(steps))
    with pytest.raises(UserError, match="alpha"):
        tabular_q.train(dataclasses.replace(cut, alpha=0.1))
    check_damage_is_told(tmp_path / "cut" / "checkpoint.pickle", lambda: tabular_q.train(cut))


def test_the_update_is_watkins_and_dayans(tmp_path):
    args = q_args(tmp_path, worlds=1, alpha=0.5, discount=0.9)
    knobs = {"observation": "compact", "reward_terms": False}
    vector: Any = gymnasium.make_vec(args.env, 1, autoreset_mode="SameStep", **knobs)
    run = tabular_q.Run(args, vector)
    run.table.values[:] = np.random.default_rng(0).random(run.table.values.shape, np.float32)
    for _ in range(50):
        row = run.table.find(run.observation)[0]
        before = run.table.values.copy()
        twin = vector.single(0)
        run.advance()
        changed = np.flatnonzero(run.table.values[row] != before[row])
        assert len(changed) <= 1
        for action in changed:
            observation, reward, terminated, _, info = twin.step(int(action))
            ahead = run.table.find(observation[None])[0]
            legal = info["action_mask"].astype(bool)
            target = reward + (0.0 if terminated else 0.9 * before[ahead][legal].max())
            expected = before[row, action] + 0.5 * (target - before[row, action])
            assert run.table.values[row, action] == pytest.approx(expected, abs=1e-6)


@pytest.fixture(scope="module")
def ppo():
    pytest.importorskip("sb3_contrib", reason="the extra `rl` is not installed")
    from midcourse.baselines import maskable_ppo

    return maskable_ppo


def ppo_args(ppo, out, **changes):
    settings = {"worlds": 16, "rollout": 32, "seconds": 1e9, "episodes": 60, "quiet": True}
    return ppo.Args(**{**settings, "out": out, **changes})


@pytest.mark.slow
def test_ppo_improves_over_its_start(ppo, tmp_path):
    start = ppo.train(ppo_args(ppo, tmp_path / "start", steps=1))
    result = ppo.train(ppo_args(ppo, tmp_path / "end", steps=12_000))
    assert np.mean(result.train) > np.mean(start.train) + 0.4
    assert read_curve(tmp_path / "end" / "curve.jsonl")[-1]["steps"] == result.steps


def test_a_killed_ppo_goes_on_and_ends_with_the_same_weights(ppo, tmp_path):
    import torch
    from sb3_contrib import MaskablePPO

    whole = ppo.train(ppo_args(ppo, tmp_path / "whole", steps=512 * 5))
    cut = ppo_args(ppo, tmp_path / "cut", steps=512 * 3, checkpoint_every=2)
    ppo.train(cut)
    resumed = ppo.train(dataclasses.replace(cut, steps=512 * 5))
    assert resumed.steps == whole.steps
    ours, theirs = (MaskablePPO.load(r.model).policy.state_dict() for r in (whole, resumed))
    for name in ours:
        assert torch.equal(ours[name], theirs[name]), name
    with pytest.raises(UserError, match="entropy"):
        ppo.train(dataclasses.replace(cut, entropy=0.1))
    check_damage_is_told(tmp_path / "cut" / "checkpoint.zip", lambda: ppo.train(cut))


def test_tables_are_the_linear_layer_over_one_hot_vectors(ppo):
    import torch

    from midcourse.baselines.label_policy import LabelFeatures

    env: Any = gymnasium.make("midcourse/GuiNavigation-v0", level=3)
    features = LabelFeatures(env.observation_space, width=16, matches=True)
    observation, _ = env.reset(seed=0)
    batch = {key: torch.as_tensor(np.array(value))[None] for key, value in observation.items()}
    hot = []
    for key, space in env.observation_space.spaces.items():
        sizes = space.nvec if hasattr(space, "nvec") else [getattr(space, "n", 0)]
        if sizes[0]:
            ids = batch[key].reshape(-1).long()
            pairs = zip(ids, sizes, strict=True)
            hot += [torch.nn.functional.one_hot(i, int(n)).float() for i, n in pairs]
    measures = [batch[key].reshape(-1).float() for key in features.measures]
    linear = torch.cat(hot) @ features.table.weight + features.linear(torch.cat(measures))
    found = features(batch)[0]
    assert torch.allclose(found[:16], torch.tanh(linear), atol=1e-5)
    matches = (observation["icons"] == observation["goal"]).tolist()
    assert found[16:24].tolist() == matches
    assert features.features_dim == len(found)
