"""The explorer finds its way without privileged knowledge."""

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse import agents
from midcourse.agents.explorer import BACK, DONE, HOME, Explorer
from midcourse.core.errors import UserError

ID = "midcourse/GuiNavigation-v0"
NAMES = 317


class Blind(gymnasium.Wrapper):
    """An environment whose inside cannot be reached."""

    @property
    def unwrapped(self):
        raise AssertionError("the agent looked inside the environment")

    def __getattr__(self, name):
        raise AssertionError(f"the agent asked the environment for {name!r}")


def episodes(agent, env, tasks, blind=None):
    """Successes over tasks; `env` is stepped, the agent is shown `blind`."""
    solved = 0
    for task in range(tasks):
        observation, info = env.reset(seed=task, options={"task": task})
        agent.reset(blind or env)
        over = False
        while not over:
            outcome = env.step(agent.act(observation, info))
            observation, _, terminated, truncated, info = outcome
            over = terminated or truncated
        solved += info["success"]
    return solved / tasks


# Measured on 100 test tasks with seed 0: 1.00, 0.81, 0.54; with titles hidden 1.00, 0.72, 0.56;
# with two disturbances 1.00, 0.80, 0.51; random 0.10, 0.02, 0.01.
@pytest.mark.parametrize(
    ("level", "knobs", "least"),
    [
        (1, {}, 0.95),
        (2, {}, 0.65),
        (3, {}, 0.38),
        (1, {"titles": False}, 0.95),
        (2, {"titles": False}, 0.55),
        (3, {"titles": False}, 0.38),
        (1, {"disturbances": 2}, 0.95),
        (2, {"disturbances": 2}, 0.6),
        (3, {"disturbances": 2}, 0.35),
    ],
)
def test_it_solves_fresh_apps_far_above_random(level, knobs, least):
    env = gymnasium.make(ID, level=level, app="fresh", split="test", **knobs)
    assert episodes(Explorer(0), env, 50, Blind(env)) >= least
    assert episodes(agents.make("random"), env, 50) <= least - 0.3


def test_both_forms_of_the_observation_lead_to_the_same_actions():
    kept = {}
    for form in ("dict", "compact"):
        env = gymnasium.make(ID, level=3, app="fresh", observation=form)
        observation, info = env.reset(seed=5)
        agent, kept[form], over = Explorer(1), [], False
        agent.reset(env)
        while not over:
            action = agent.act(observation, info)
            kept[form].append(action)
            observation, _, terminated, truncated, info = env.step(action)
            over = terminated or truncated
    assert kept["dict"] == kept["compact"]


@pytest.mark.parametrize("kind", ["popup", "move_icons", "relabel", "dead_link", "redirect"])
@pytest.mark.parametrize("titles", [True, False])
def test_every_disturbance_is_survived(kind, titles):
    knobs = {"disturbances": (kind,), "disturb_at": ("step", 2), "titles": titles}
    env = gymnasium.make(
        ID, children=(3, 2), screens=8, cross_links=4, step_limit=120, app="fresh", **knobs
    )
    for task in range(20):
        assert episodes(Explorer(task), env, 1) == 1.0


def test_it_plays_without_masks():
    env = gymnasium.make(ID, level=1, app="fresh", masks=False, step_limit=60)
    assert episodes(Explorer(0), env, 20) == 1.0


def test_one_seed_one_way():
    env = gymnasium.make(ID, level=3, app="fresh")
    ways = []
    for _ in range(2):
        observation, info = env.reset(seed=11)
        agent, way = Explorer(3), []
        agent.reset(env)
        for _ in range(20):
            way.append(agent.act(observation, info))
            observation, _, terminated, truncated, info = env.step(way[-1])
            if terminated or truncated:
                break
        ways.append(way)
    assert ways[0] == ways[1]


def sight(icons, goal=9, title=0, message=0):
    return np.array([*icons, *[0] * (8 - len(icons)), goal, title, message], np.int16)


ANYWHERE = {"action_mask": np.array([1] * 8 + [1, 1, 0, 1], np.int8)}


def test_it_goes_straight_to_the_goals_label_and_says_done():
    agent = Explorer(0)
    assert agent.act(sight([4, 9, 5]), ANYWHERE) == 1
    assert agent.act(sight([7]), ANYWHERE) == DONE


def test_it_says_done_where_the_title_is_the_goals():
    assert Explorer(0).act(sight([4, 5], title=9), ANYWHERE) == DONE


def test_it_closes_a_popup_and_still_knows_that_it_has_arrived():
    agent = Explorer(0)
    assert agent.act(sight([9]), ANYWHERE) == 0
    assert agent.act(sight([0, 0, 1]), ANYWHERE) == 2  # it struck when the goal was reached
    assert agent.act(sight([4], message=10), ANYWHERE) == DONE


def test_it_clicks_no_dead_link_twice():
    agent = Explorer(0)
    assert agent.act(sight([9, 4]), ANYWHERE) == 0
    assert agent.act(sight([9, 4], message=8), ANYWHERE) == 1


def test_it_forgets_where_changed_labels_led():
    agent = Explorer(0)
    assert agent.act(sight([4]), ANYWHERE) == 0
    assert agent.act(sight([4], message=3), ANYWHERE) in (BACK, HOME)  # label 4 leads nowhere
    assert agent.act(sight([4], goal=30), ANYWHERE) == 0  # it is another label now


def test_an_observation_of_another_kind_is_refused_in_a_sentence():
    with pytest.raises(UserError, match="icons, goal, title, message"):
        Explorer(0).act(np.zeros(3), {})
