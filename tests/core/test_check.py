"""The battery goes green on a sound world, and red on each of these broken ones."""

import io
import re
from dataclasses import replace
from typing import Any

import broken_rules
import gymnasium
import numpy as np
import pytest
import tiny
from numba.core import config
from rich.console import Console

import midcourse
from midcourse.core.check import LAWS, check_env, determinism, oracle
from midcourse.core.check.fuzz import fuzz
from midcourse.core.check.setting import LawError, Setting, allowed, pick
from midcourse.core.env import Env
from midcourse.core.errors import UserError
from midcourse.core.vector import Vector

NUMBERS = iter(range(10_000))


@pytest.fixture
def plain(monkeypatch):
    """Without the compiler, so that a broken rule costs no compilation (and can be impure)."""
    monkeypatch.setattr(config, "DISABLE_JIT", True)


def found(law, **changes):
    """What the battery says of a corridor with these changes."""
    return found_in(tiny.variant(f"Broken{next(NUMBERS)}", **changes), law)


def found_in(name, law):
    report = check_env(name, laws=[law], levels=[1], show=False)
    assert not report.passed
    assert f"broken is law {law}" in report.sentence
    return report.outcomes[0].seen


@pytest.mark.parametrize(
    ("law", "changes", "words"),
    [
        (
            1,
            {"lay_out": broken_rules.keep_message},
            "leaves message as they are not in a new environment",
        ),
        (1, {"step": broken_rules.impure}, "world 0 has the trace"),
        (3, {"step": broken_rules.impure}, "25 steps differ"),
        (
            4,
            {"step": broken_rules.drag_goal},
            "the refused action 1 changes goal|the refused action 0 changes",
        ),
        (4, {"step": broken_rules.silent}, "gives no reason"),
        (4, {"refuse": broken_rules.confused}, r"refuse\(\) changes place"),
        (4, {"refusal": None}, "declares no `refusal`"),
        (4, {"step": broken_rules.raises}, "OverflowError was raised"),
        (4, {"legal": lambda action, shared: action < 4}, "is outside the space"),
        (5, {"step": broken_rules.not_a_number}, "is not the sum of"),
        (5, {"observe": broken_rules.beyond}, "is outside its space"),
        (6, {"cost_to_go": broken_rules.too_dear}, "the oracle succeeds after"),
        (6, {"cost_to_go": broken_rules.too_cheap}, "the oracle is still under way after"),
        (6, {"act": broken_rules.away}, "the oracle (fails|is still under way)"),
        (6, {"oracle": "reference"}, "declare `controller`"),
        (7, {"step": broken_rules.succeeds_by_waiting}, "doing nothing succeeds"),
        (7, {"floors": {1: 0.01}}, "random succeeds in"),
        (7, {"floors": {2: 1.0}}, "no floor is declared for level 1"),
        (8, {"step": broken_rules.gives_up}, "is truncated otherwise than at the limit"),
        (9, {"step": broken_rules.gambles}, "changed the random state of random"),
        (10, {"text": lambda world, shared: "place 1, goal 2. "}, "arrays and text disagree"),
        (10, {"facts_of_picture": None}, "facts_of_picture is not declared"),
    ],
)
def test_a_broken_world_is_found(plain, law, changes, words):
    if "observe" in changes:
        view = replace(tiny.FAMILY.views["dict"], observe=changes.pop("observe"))
        changes = {"views": {"dict": view}}
    seen = found(law, **changes)
    assert re.search(words, seen), seen


@pytest.mark.parametrize("rule", [broken_rules.too_cheap, broken_rules.despairing])
def test_a_wrong_estimate_is_found_by_looking_one_step_ahead(plain, rule):
    setting = Setting(
        tiny.variant(rule.__name__.title().replace("_", ""), cost_to_go=rule), [2], False, {}
    )
    with pytest.raises(LawError, match=r"cost_to_go\(\) is"):
        oracle._one_step_ahead(setting, 2)


def register(single=Env, batch=Vector, **options):
    """A corridor whose environments are of other classes; returns its id."""
    family = replace(tiny.FAMILY, id=f"test/Classes{next(NUMBERS)}-v0")
    made = type("Single", (single,), {"FAMILY": family})
    many = type("Batch", (batch,), {"ENV": made})
    gymnasium.register(
        id=family.id,
        entry_point=lambda **knobs: made(**knobs),
        vector_entry_point=lambda **knobs: many(**knobs),
        disable_env_checker=True,
        order_enforce=False,
        **options,
    )
    return family.id


class OneSeedForAll(Vector):
    def reset(self, *, seed=None, options=None):
        each: Any = [seed] * self.num_envs if isinstance(seed, int) else seed
        return super().reset(seed=each, options=options)


class RoundsRewards(Vector):
    def step(self, actions):
        observation, rewards, *rest = super().step(actions)
        return observation, rewards.astype(np.float32), *rest


class NoFinals(Vector):
    def step(self, actions):
        *result, infos = super().step(actions)
        return *result, {k: v for k, v in infos.items() if not k.endswith("final_info")}


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        (OneSeedForAll, "of reset"),
        (RoundsRewards, "reward of step is float32"),
        (NoFinals, "info of step has the keys"),
    ],
)
def test_a_vector_that_is_not_gymnasiums_is_found(plain, batch, words):
    assert words in found_in(register(batch=batch), 2)


class TakesAnything(Env):
    def restore(self, snapshot):
        try:
            return super().restore(snapshot)
        except UserError:
            return self._observe()


class AddsToReward(Env):
    def step(self, action):
        observation, reward, *rest = super().step(action)
        return observation, reward + 1e-12, *rest


class ForgetsTheMask(Env):
    def reset(self, **given):
        observation, info = super().reset(**given)
        del info["action_mask"]
        return observation, info


@pytest.mark.parametrize(
    ("law", "single", "words"),
    [
        (3, TakesAnything, "was accepted"),
        (5, AddsToReward, "is not the sum of"),
        (5, ForgetsTheMask, "before they were"),
    ],
)
def test_a_single_world_that_breaks_a_law_is_found(plain, law, single, words):
    assert words in found_in(register(single=single), law)


def test_a_registered_step_limit_is_found(plain):
    assert "max_episode_steps=7" in found_in(register(max_episode_steps=7), 8)


def test_a_world_that_takes_indices_out_of_range_is_found(plain):
    name = tiny.variant("Lax", validate=lambda world, shared: True)
    complaint = fuzz(Setting(name, [1], False, {}), 1, 200)[2]
    assert "was accepted, then" in complaint
    strict = tiny.variant("Strict")
    assert fuzz(Setting(strict, [1], False, {}), 1, 200)[2] == ""


def printed_by(report, width):
    file = io.StringIO()
    report.print(Console(file=file, width=width))
    return file.getvalue()


@pytest.mark.slow
def test_a_sound_world_passes_and_the_report_says_what_was_tried():
    report = check_env("tiny:test/Tiny-v0", show=False)
    assert report.passed, report.sentence
    assert [outcome.number for outcome in report.outcomes] == list(LAWS)
    assert all(sum(outcome.tried.values()) for outcome in report.outcomes)
    printed = printed_by(report, 200)
    assert all(name in printed for name, _ in LAWS.values())
    assert "all 10 laws tried hold" in printed


@pytest.mark.slow
def test_a_rule_that_reads_beyond_its_arrays_is_found_by_bounds_checks():
    setting = Setting("tiny_beyond:test/Beyond-v0", [1], False, {})
    plan = {"level": 1, "steps": 5, "seed": 1}
    with pytest.raises(LawError, match=r"NUMBA_BOUNDSCHECK.*index .*out of bounds"):
        determinism.with_bounds_checks(setting, [plan])


def test_a_counterexample_is_printed_with_its_recipe(plain):
    name = tiny.variant("Printed", step=broken_rules.drag_goal)
    printed = printed_by(check_env(name, laws=[4], levels=[1], show=False), 300)
    assert "broken" in printed
    assert f"gymnasium.make('{name}', level=1" in printed


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("midcourse/GuiNavigatio-v0", {}, "did you mean 'midcourse/GuiNavigation-v0'"),
        ("CartPole-v1", {}, "no world of midcourse"),
        (tiny.ID, {"size": "quik"}, "did you mean 'quick'"),
        (tiny.ID, {"laws": [11]}, "law 11 does not exist"),
        (tiny.ID, {"levels": [7]}, "unknown level 7"),
        (tiny.ID, {"cels": 4}, "did you mean 'cells'"),
        (tiny.ID, {"split": "test"}, "sets 'split' itself"),
    ],
)
def test_wrong_use_is_a_sentence(name, options, words):
    with pytest.raises(UserError, match=words):
        check_env(name, **options)


def test_the_battery_is_in_the_package_and_not_loaded_before_it_is_asked_for():
    assert getattr(midcourse, "check_env") is check_env  # noqa: B009
    with pytest.raises(AttributeError, match="no attribute 'chek_env'"):
        getattr(midcourse, "chek_env")  # noqa: B009


def test_actions_are_picked_evenly_among_the_legal():
    space = gymnasium.spaces.MultiDiscrete([3, 2])
    masks = np.array([[1, 0, 1, 0, 1]] * 300, np.int8)
    actions = pick(space, np.random.default_rng(0).random((300, 2)), masks)
    assert set(map(tuple, actions.tolist())) == {(0, 1), (2, 1)}
    assert 100 < (actions[:, 0] == 0).sum() < 200
    assert allowed(space, actions, masks).all()
    assert not allowed(space, actions * 0 + 1, masks).any()
