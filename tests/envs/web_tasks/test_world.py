"""The web keeps its books under any play, and its words mean what they say."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

import midcourse  # noqa: F401
from midcourse.core.family import Refusal
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.shop.records import (
    CANCELLED,
    COUPON_SHARES,
    PLACED,
    RETURNED,
    SHIPPING_PRICES,
)

ID = "midcourse/WebTasks-v0"


def make(**knobs) -> Any:
    return gymnasium.make(ID, **knobs).unwrapped


def legal(masks, rng):
    """One unmasked number of each kind in every world."""
    scores = rng.random(masks.shape) * masks
    return np.stack([scores[:, : state.VERBS].argmax(1), scores[:, state.VERBS :].argmax(1)], 1)


def test_books_are_kept_through_ten_thousand_random_episodes():
    n, rng = 512, np.random.default_rng(0)
    vector: Any = gymnasium.make_vec(ID, n, level=3, step_limit=25, disturbances=1)
    _, info = vector.reset(seed=0)
    start = vector.worlds["now"][:, 0]["shop"][:, 0]["stock"]["stock"].copy()
    ended = 0
    while ended < 10_000:
        actions = legal(info["action_mask"], rng)
        actions[rng.random(n) < 0.9, 0] %= state.STOP  # few stop early
        _, _, terminated, truncated, info = vector.step(actions)
        ended += int((terminated | truncated).sum())
        began = vector.worlds["clock"] == 0
        shops = vector.worlds["now"][:, 0]["shop"][:, 0]
        start[began] = shops["stock"]["stock"][began]
        check_books(shops, start)
    worlds, validate = vector.worlds, vector.program.entries["validate_one"]
    assert all(validate(worlds[i : i + 1], vector.program.shared) for i in range(n))


def check_books(shops, start):
    """Stock and orders tell the same story, and sums add up."""
    stock, orders = shops["stock"], shops["order"]
    assert (stock["stock"] >= 0).all()
    lines = orders["line"]
    used = np.arange(lines.shape[2]) < orders["lines"][..., None]
    fresh = orders["fresh"] == 1
    gone = np.isin(orders["status"], (CANCELLED, RETURNED))
    changed = np.zeros_like(start, dtype=np.int64)
    for kept, sign in ((fresh & ~gone, -1), (~fresh & gone, 1)):
        world, order, place = np.nonzero(used & kept[..., None])
        line = lines[world, order, place]
        np.add.at(changed, (world, line["product"]), sign * line["quantity"].astype(np.int64))
    assert (stock["stock"] == start + changed).all()
    world, order = np.nonzero(fresh)
    for w, o in zip(world[:20], order[:20], strict=True):
        bought = lines[w, o][used[w, o]]
        price = int((stock["price"][w][bought["product"]] * bought["quantity"].astype(int)).sum())
        coupon = int(orders[w, o]["coupon"])
        price -= price * COUPON_SHARES[coupon] // 100 if coupon >= 0 else 0
        assert orders[w, o]["total"] == price + SHIPPING_PRICES[orders[w, o]["shipping"]]


def test_whatever_is_called_legal_is_understood_and_not_refused():
    env, rng = make(level=4, step_limit=1000), np.random.default_rng(1)
    for seed in range(4):
        env.reset(seed=seed)
        for _ in range(25):
            words = env.legal_actions()
            before = env.snapshot()
            for said in words:
                action = env.parse(said)
                assert not isinstance(action, Refusal), said
                assert env.parse(say(env, action)).tolist() == list(action)
            pick = [said for said in words if not said.startswith("stop")]
            env.restore(before)
            env.step(env.parse(pick[rng.integers(len(pick))]))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"(click|type|select|stop|goto) \[.{0,9}\] \[.{0,9}\]"))
def test_any_words_mean_an_action_or_are_refused_with_a_reason(words):
    env = WORDS
    env.reset(seed=1)
    meant = env.parse(words)
    if isinstance(meant, Refusal):
        assert meant.reason
    else:
        assert env.action_space.contains(np.asarray(meant))


WORDS = make(level=2)


def test_a_message_tells_what_changed_and_the_first_words_stay():
    env = make(level=5, disturbances=("revision", "retraction"), disturb_at=("step", 2))
    told = 0
    for seed in range(20):
        env.reset(seed=seed)
        first = env.text().splitlines()[0]
        env.step(np.array([0, state.FROM_GOAL]))
        env.step(np.array([1, 0]))
        lines = env.text().splitlines()
        assert lines[0] == first
        notes = [row for row in lines if row.startswith("Message after step 2: ")]
        assert len(notes) == int(env.world["said"])
        told += len(notes)
    assert told > 20


def test_a_placed_order_can_be_cancelled_once_and_gives_its_items_back():
    env = make(level=5)
    env.reset(seed=3)
    shop = env.world["now"][0]["shop"][0]
    placed = next(o for o in range(int(shop["orders"])) if shop["order"][o]["status"] == PLACED)
    line = shop["order"][placed]["line"][0].copy()
    before = int(shop["stock"][line["product"]]["stock"])
    click(env, "link 'Orders'")
    click(env, f"link 'Order' #{shop['order'][placed]['number']}")
    click(env, "button 'Cancel order'")
    assert shop["order"][placed]["status"] == CANCELLED
    assert int(shop["stock"][line["product"]]["stock"]) == before + int(line["quantity"])
    assert "button 'Cancel order'" not in env.text()


def click(env, words):
    row = next(row for row in env.text().splitlines() if row.startswith("[") and words in row)
    env.step(env.parse(f"click {row.split()[0]}"))


def say(env, action):
    return env.program.family.say(env.world, env.program.shared[0], action)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_checkers_of_gymnasium_and_stable_baselines_have_nothing_to_say(level):
    check_env(make(level=level, render_mode="rgb_array"))
    checker = pytest.importorskip(
        "stable_baselines3.common.env_checker", reason="the extra `rl` is not installed"
    )
    checker.check_env(make(level=level, disturbances=1))
