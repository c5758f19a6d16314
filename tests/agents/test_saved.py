"""Agents that play what was saved: tables of values and SB3's policies."""

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse import agents
from midcourse.agents import tabular
from midcourse.core.errors import UserError

ID = "midcourse/GuiNavigation-v0"


def test_names_lists_every_agent():
    names = agents.names()
    assert {"random", "do-nothing", "oracle", "explorer", "sb3:", "tabular-q:"} <= set(names)


@pytest.mark.parametrize(
    ("name", "said"), [("orcale", "oracle"), ("sb3", "sb3:"), ("random:x", "no arg")]
)
def test_a_wrong_name_is_answered_with_the_right_one(name, said):
    with pytest.raises(UserError, match=said):
        agents.make(name)


def test_a_table_is_kept_and_played_greedily(tmp_path):
    env = gymnasium.make(ID, observation="compact")
    observation, info = env.reset(seed=0)
    values = np.zeros(12, np.float32)
    values[np.flatnonzero(info["action_mask"])[1]] = 1.0
    values[~info["action_mask"].astype(bool)] = 9.0  # illegal, so never taken
    tabular.save(tmp_path / "table.npz", {observation.tobytes(): values})
    agent = agents.make(f"tabular-q:{tmp_path / 'table.npz'}")
    agent.reset(env)
    assert agent.act(observation, info) == np.flatnonzero(info["action_mask"])[1]
    unknown, info = env.reset(seed=1)
    assert info["action_mask"][agent.act(unknown, info)]


def test_a_table_does_not_play_other_observations(tmp_path):
    tabular.save(tmp_path / "t.npz", {b"\0" * 22: np.zeros(12, np.float32)})
    agent = agents.make(f"tabular-q:{tmp_path / 't.npz'}")
    with pytest.raises(UserError, match="observation='compact'"):
        agent.reset(gymnasium.make(ID))


@pytest.mark.parametrize("word", ["tabular-q", "sb3"])
def test_a_missing_or_foreign_file_is_told_in_a_sentence(word, tmp_path):
    with pytest.raises(UserError, match="there is no"):
        agents.make(f"{word}:{tmp_path / 'none'}")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(UserError, match="is not a"):
        agents.make(f"{word}:{tmp_path / 'text'}")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    sb3 = pytest.importorskip("sb3_contrib", reason="the extra `rl` is not installed")
    from midcourse.baselines.label_policy import LabelPolicy
    from midcourse.wrappers import SB3VecEnv

    path = tmp_path_factory.mktemp("saved") / "model.zip"
    sb3.MaskablePPO(LabelPolicy, SB3VecEnv.make(ID, 2), seed=0, device="cpu").save(path)
    return path


def play(agent, env, steps=15):
    observation, info = env.reset(seed=3)
    agent.reset(env)
    actions = []
    for _ in range(steps):
        actions.append(agent.act(observation, info))
        assert info["action_mask"][actions[-1]], "a masked action"
        observation, _, terminated, truncated, info = env.step(actions[-1])
        if terminated or truncated:
            observation, info = env.reset()
            agent.reset(env)
    return actions


def test_a_policy_is_sampled_with_masks_and_a_seed_of_its_own(saved):
    import torch

    env = gymnasium.make(ID)
    torch.manual_seed(0)
    first = play(agents.make(f"sb3:{saved}", 4), env)
    assert play(agents.make(f"sb3:{saved.with_suffix('')}", 4), env) == first
    assert any(play(agents.make(f"sb3:{saved}", seed), env) != first for seed in (5, 6))
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    play(agents.make(f"sb3:{saved}", 4), env)
    assert torch.rand(1) == expected, "the global generator was moved"


def test_a_policy_made_for_other_spaces_names_what_differs(saved):
    agent = agents.make(f"sb3:{saved}")
    with pytest.raises(UserError, match="observation_space"):
        agent.reset(gymnasium.make(ID, observation="compact"))


def test_plain_ppo_is_played_too(tmp_path):
    sb3 = pytest.importorskip("stable_baselines3", reason="the extra `rl` is not installed")
    env = gymnasium.make(ID, observation="compact")
    sb3.PPO("MlpPolicy", env, seed=0, device="cpu").save(tmp_path / "ppo")
    agent = agents.make(f"sb3:{tmp_path / 'ppo'}")
    observation, info = env.reset(seed=0)
    agent.reset(env)
    assert env.action_space.contains(agent.act(observation, info))
