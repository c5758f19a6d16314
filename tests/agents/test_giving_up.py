"""Who says at once that nothing can be done is right of few tasks, and a floor of some worlds."""

import gymnasium
import pytest

import midcourse  # noqa: F401
from midcourse import agents
from midcourse.core.errors import UserError
from midcourse.evaluation.plan import CEILING, FLOORS, GIVING_UP, floors_of, make_plan
from midcourse.interruption import plan
from midcourse.interruption.moments import Moment

ID, OTHER = "midcourse/WebTasks-v0", "midcourse/GuiNavigation-v0"


def test_it_stops_at_once_and_is_right_of_few():
    env = gymnasium.make(ID, level=5, split="test")
    agent, solved = agents.make(GIVING_UP), 0
    for task in range(165):
        observation, info = env.reset(seed=task, options={"task": task})
        agent.reset(env)
        _, _, terminated, _, info = env.step(agent.act(observation, info))
        assert terminated
        solved += info["success"]
    assert 0 < solved / 165 < 0.15


@pytest.mark.parametrize(("name", "more"), [(ID, (GIVING_UP,)), (OTHER, ())])
def test_it_is_a_floor_where_pages_offer_reasons(name, more):
    assert floors_of(gymnasium.make(name)) == (*FLOORS, *more)
    assert make_plan(name, (), {}, 1, 1, 0).agents == (*FLOORS, *more, CEILING)


def test_it_is_a_floor_of_the_interrupt_suite():
    made = plan.make_plan(ID, (), {}, ("1addition",), Moment.make(), 1, 0, True)
    assert made.agents == (*FLOORS, GIVING_UP, plan.IGNORING, CEILING)


def test_a_world_without_pages_is_refused_in_a_sentence():
    env = gymnasium.make(OTHER)
    env.reset(seed=0)
    with pytest.raises(UserError, match="has no pages"):
        agents.make(GIVING_UP).reset(env)
