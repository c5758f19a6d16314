"""What is measured of language policies: optimal actions, and pairs never passed."""

import itertools

import pytest

pytest.importorskip("peft", reason="the extra `llm` is not installed")

from midcourse.agents.language.history import Prompt
from midcourse.agents.language.local.adapter import Trained
from midcourse.baselines.language_gui import clone
from midcourse.baselines.language_gui.episodes import Episode
from midcourse.baselines.language_gui.learner import Learner
from midcourse.baselines.language_gui.measure import Optimal
from midcourse.evaluation.plan import make_env

GUI = "midcourse/GuiNavigation-v0"


def counted(env, task, action):
    """(whether a first action counts as optimal, whether it was advised, whether it succeeded)."""
    _, info = env.reset(seed=task, options={"task": task})
    watch, advised = Optimal(), env.unwrapped.oracle_action()
    watch(env, None, info, 0.0)
    _, reward, *_, info = env.step(action)
    watch(env, action, info, reward)
    return bool(watch.optimal), action == advised, info["success"]


def test_the_step_limit_does_not_make_an_optimal_action_wrong():
    knobs = {"level": 2, "split": "test"}
    plain, cut = (make_env(GUI, knobs | more) for more in ({}, {"step_limit": 1}))
    seen = set()
    for task in range(10):
        plain.reset(seed=task, options={"task": task})
        for words in plain.unwrapped.legal_actions():
            action = plain.unwrapped.parse(words)
            wanted = counted(plain, task, action)
            assert counted(cut, task, action) == wanted
            seen.add(wanted)
    assert (True, False, False) in seen, "none was optimal, but not advised"
    assert (False, False, False) in seen


@pytest.mark.parametrize("app", ["fixed", "per_split"])
def test_screens_of_other_apps_were_never_passed(saved, tmp_path, monkeypatch, app):
    pairs = [pair for pair in itertools.product(range(8), repeat=2) if pair[0] != pair[1]]
    episodes = [Episode(0, 2, pairs=[pair]) for pair in pairs]
    monkeypatch.setattr(Learner, "play", lambda *_: episodes)
    args = clone.Args(app=app, episodes=1, threads=1, out=tmp_path)
    found, _ = Learner(args, Trained(str(saved), Prompt("Rules", 1, False))).finish()
    assert (len(found["new"]) == len(found["test"])) == (app == "per_split")
