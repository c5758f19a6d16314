"""The policy that reads pages: what it reads, what it may choose, and that its runs go on."""

import dataclasses
import json
from typing import Any

import gymnasium
import numpy as np
import pytest

pytest.importorskip("sb3_contrib", reason="the extra `rl` is not installed")
import torch
from sb3_contrib import MaskablePPO

import midcourse  # noqa: F401
from midcourse.agents import make
from midcourse.baselines.web_tasks import ppo
from midcourse.baselines.web_tasks.policy import legal
from midcourse.baselines.web_tasks.reading import PageReader
from midcourse.baselines.web_tasks.starts import NearStarts
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.goal.wishes import NOUN, TEMPLATES, TEMPLATES_OF_LEVEL

ID = "midcourse/WebTasks-v0"


def args(out, **changes):
    settings = {"worlds": 8, "rollout": 8, "batch": 32, "epochs": 2, "hidden": 16, "episodes": 4}
    settings |= {"seconds": 1e9, "steps": 64 * 5, "quiet": True, "out": out}
    return ppo.Args(**{**settings, **changes})


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return ppo.train(args(tmp_path_factory.mktemp("whole")))


def test_a_killed_run_goes_on_and_ends_with_the_same_weights(trained, tmp_path):
    cut = args(tmp_path, steps=64 * 3, checkpoint_every=2)
    ppo.train(cut)
    resumed = ppo.train(dataclasses.replace(cut, steps=64 * 5))
    assert (resumed.steps, resumed.episodes) == (trained.steps, trained.episodes)
    ours, theirs = (MaskablePPO.load(r.model).policy.state_dict() for r in (trained, resumed))
    for name in ours:
        assert torch.equal(ours[name], theirs[name]), name


def test_it_never_picks_what_is_masked_and_plays_as_an_agent(trained):
    env: Any = gymnasium.make(ID, level=2, disturbances=1)
    agent = make(f"sb3:{trained.model}", 0)
    verbs = env.action_space.nvec[0]
    for seed in range(6):
        observation, info = env.reset(seed=seed)
        agent.reset(env)
        over = False
        while not over:
            first, second = action = agent.act(observation, info)
            assert env.action_space.contains(action)
            assert info["action_mask"][first]
            assert info["action_mask"][verbs + second]
            observation, _, terminated, truncated, info = env.step(action)
            over = terminated or truncated


def test_log_probabilities_are_of_the_pairs_that_were_drawn(trained):
    model = MaskablePPO.load(trained.model)
    vector: Any = gymnasium.make_vec(ID, 5, level=2)
    observation, info = vector.reset(seed=0)
    seen = {key: torch.as_tensor(value) for key, value in observation.items()}
    masks = info["action_mask"]
    with torch.no_grad():
        actions, values, drawn = model.policy(seen, action_masks=masks)
        values_again, log_prob, entropy = model.policy.evaluate_actions(
            seen, actions, torch.as_tensor(masks).float()
        )
        pairs = model.policy.get_distribution(seen, masks)
        sums = torch.zeros(5)
        for first in range(masks.shape[1] - vector.single_action_space.nvec[1]):
            firsts = torch.full((5,), first)
            given = pairs.given(firsts)
            sums += (pairs.firsts.log_prob(firsts).exp()[:, None] * given.probs).sum(1)
    assert actions.shape == (5, 2)
    assert values.shape == (5, 1)
    assert log_prob.shape == entropy.shape == (5,)
    assert torch.allclose(values, values_again)
    assert torch.allclose(drawn, log_prob)
    assert torch.allclose(sums, torch.ones(5), atol=1e-5)


def test_the_world_refuses_no_pair_that_the_policy_may_choose():
    worlds = 32
    vector: Any = gymnasium.make_vec(ID, worlds, level=5, autoreset_mode="SameStep")
    observation, info = vector.reset(seed=1)
    verbs = int(vector.single_action_space.nvec[0])
    random = np.random.default_rng(0)
    refused = {state.NO_ELEMENT, state.NOT_ACTIVE, state.NO_TEXT, state.NO_OPTION, state.NO_PAGE,
               state.NO_SITE, state.NO_TAB, state.TABS_FULL}  # fmt: skip
    used = set()
    for _ in range(150):
        masks = info["action_mask"]
        weights = random.random((worlds, verbs)) * masks[:, :verbs]
        weights[:, state.STOP] *= 0.95  # rarely: it ends an episode
        first = weights.argmax(1)
        seen = {
            key: torch.as_tensor(value.reshape(worlds, -1).astype(np.int64))
            for key, value in observation.items()
        }
        allowed = legal(seen, torch.as_tensor(first)).numpy() & (masks[:, verbs:] != 0)
        assert allowed.any(1).all()
        second = (random.random(allowed.shape) * allowed).argmax(1)
        used |= {int(observation["role"][i, f]) if f < state.ELEMENTS else int(f)
                 for i, f in enumerate(first)}  # fmt: skip
        observation, _, _, _, info = vector.step(np.stack([first, second], 1))
        replies = set(observation["reply"].tolist())
        assert not replies & refused
    wanted = {state.TEXTBOX, state.COMBOBOX, state.GOTO, state.SWITCH_TAB, state.STOP}
    assert wanted <= used


def test_a_hit_is_an_element_that_says_what_a_requirement_asks_for():
    env: Any = gymnasium.make(ID, level=1).unwrapped
    reader = PageReader(env.observation_space, width=8)
    found = 0
    for seed in range(40):
        env.reset(seed=seed)
        goal = env.world["goal"]["constraint"][0]
        if goal["what"] != NOUN:
            continue
        observation, *_ = env.step(np.array([0, state.FROM_GOAL]))  # search for it
        seen = {key: torch.as_tensor(np.array(value)).reshape(1, -1)
                for key, value in observation.items()}  # fmt: skip
        elements = reader._find(seen, seen["goal"].long(), seen["goal_words"].long().reshape(
            1, seen["goal"].shape[1], -1))  # fmt: skip
        words = env.world["now"][0]["element"]["words"]
        for place, hit in zip(elements.place.tolist(), elements.hits[:, NOUN], strict=True):
            assert bool(hit) == (goal["words"][0] in words[place])
            found += bool(hit)
    assert found > 10


def test_episodes_begin_within_reach_and_are_the_worlds_own(tmp_path):
    made: Any = gymnasium.make_vec(ID, 16, level=1, autoreset_mode="SameStep")
    vector = NearStarts(made, enough=2.0)  # never
    vector.reach = [2] * len(vector.reach)
    observation, info = vector.reset(seed=0)
    assert {vector.cost_to_go(i) for i in range(16)} == {1, 2}
    for _ in range(10):
        for i in range(16):
            twin = vector.single(i)
            for key, value in twin._observe()[0].items():
                assert np.array_equal(observation[key][i], value), key
            assert np.array_equal(info["action_mask"][i], twin.action_masks())
        actions = np.stack([vector.oracle_action(i) for i in range(16)])
        observation, _, _, _, info = vector.step(actions)
    solved = [one for act in json.loads(json.dumps(vector.state()))["solved"] for one in act]
    assert sum(solved) == len(solved) > 60


def test_a_reach_grows_when_enough_was_solved_and_whole_episodes_come():
    made: Any = gymnasium.make_vec(ID, 64, level=1, autoreset_mode="SameStep")
    vector = NearStarts(made, enough=0.9)
    vector.reset(seed=0)
    assert sum(vector.whole) == 0
    for _ in range(150):
        vector.step(np.stack([vector.oracle_action(i) for i in range(64)]))
    met = [act for act, longest in enumerate(vector.longest) if longest > 1]
    wanted = {template[0] for template in TEMPLATES[: TEMPLATES_OF_LEVEL[0]]}
    assert set(met) == wanted
    assert all(1 < vector.reach[act] <= 2 * vector.longest[act] for act in met)
    assert sum(vector.whole) > 0
