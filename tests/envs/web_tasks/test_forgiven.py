"""Orders that were undone as was wanted, and that a message made wrong, or right again."""

from typing import Any

import gymnasium
import pytest

import midcourse  # noqa: F401
from midcourse.core.engine.record import Record
from midcourse.envs.web_tasks.goal import done, wishes
from midcourse.envs.web_tasks.goal.drawing import set_value
from midcourse.envs.web_tasks.shop import done as shop_done
from midcourse.envs.web_tasks.shop.records import CANCELLED, PLACED

ID = "midcourse/WebTasks-v0"


@pytest.fixture
def env() -> Any:
    """A world whose user wants an order cancelled, and in which only two can be: A and B.

    Both are of one noun; their brands differ.
    """
    env: Any = gymnasium.make(ID, level=5).unwrapped
    env.reset(seed=0)
    world, shared = env.world, env.program.shared[0]
    shop, names = world["now"][0]["shop"][0], shared["web"][world["web"]]["shop"][0]["product"]
    placed = [o for o in range(int(shop["orders"])) if shop["order"][o]["status"] == PLACED]
    products = names["name"].tolist()
    pair = next(
        (p, q)
        for p in range(48)
        for q in range(48)
        if products[p][2] == products[q][2] and products[p][0] != products[q][0]
    )
    for o, p in zip(placed, pair, strict=False):
        shop["order"][o]["line"][0]["product"] = p
    for o in placed[2:]:
        shop["order"][o]["lines"] = 0
    env.orders, env.brands = placed[:2], [products[p][0] for p in pair]
    goal = world["goal"]
    goal["parts"], goal["act"][0], goal["count"] = 1, wishes.CANCEL, 1
    constraint = Record(goal["constraint"][0])
    constraint.what, constraint.live = wishes.NOUN, 1
    set_value(world, constraint, products[pair[0]][2])
    return env


def cancel(env, which):
    env.world["now"][0]["shop"][0]["order"][env.orders[which]]["status"] = CANCELLED


def want_brand(env, which):
    """The user says which brand is meant; None takes that back."""
    world, shared = Record(env.world), Record(env.program.shared[0])
    done = shop_done.undone_as_wanted(world, shared)
    constraint = Record(env.world["goal"]["constraint"][1])
    env.world["goal"]["count"], constraint.what = 2, wishes.BRAND
    constraint.live = int(which is not None)
    set_value(world, constraint, env.brands[which or 0])
    shop_done.forgive(world, shared, done)


def achieved(env):
    return done.achieved(Record(env.world), Record(env.program.shared[0]))


def test_what_a_message_made_wrong_is_forgiven_and_the_other_still_wanted(env):
    cancel(env, 0)
    assert achieved(env)
    want_brand(env, 1)
    assert not achieved(env)
    assert env.cost_to_go() > 1
    cancel(env, 1)
    assert achieved(env)


def test_two_of_which_each_was_wanted_in_its_time_are_right_when_both_fit(env):
    cancel(env, 0)
    want_brand(env, 1)
    cancel(env, 1)
    want_brand(env, None)
    assert achieved(env)
    assert env.cost_to_go() == 1


def test_one_that_is_right_again_counts_and_another_is_too_many(env):
    cancel(env, 0)
    want_brand(env, 1)
    want_brand(env, None)
    assert achieved(env)
    cancel(env, 1)
    assert not achieved(env)
    assert env.cost_to_go() == -1


def test_of_two_undone_for_one_goal_none_is_forgiven(env):
    cancel(env, 0)
    cancel(env, 1)
    assert not achieved(env)
    want_brand(env, 1)
    assert not achieved(env)
    assert env.cost_to_go() == -1
