"""Players of language models, over a model that says what it was told to."""

from itertools import pairwise

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.agents.language.history import History, Prompt
from midcourse.agents.language.named import read_option
from midcourse.agents.language.players import FreeText, ScoredChoice, pick
from midcourse.agents.language.scripted import ScriptedModel
from midcourse.core.errors import UserError
from midcourse.core.family import Refusal

ID = "midcourse/GuiNavigation-v0"
WORLDS = [
    ID,
    "midcourse/DelayedRepression-v0",
    pytest.param("midcourse/WebTasks-v0", marks=pytest.mark.slow),  # compiles for a minute
]


def begin(player, env_id=ID, **knobs):
    env = gymnasium.make(env_id, **knobs)
    _, info = env.reset(seed=0)
    player.reset(env)
    return env, info


def oracle_words(env):
    """The legal action that the oracle would take, in words."""
    bare = env.unwrapped
    return next(w for w in bare.legal_actions() if bare.parse(w) == bare.oracle_action())


def test_the_likeliest_action_is_taken_and_the_goal_reached():
    model = ScriptedModel()
    player = ScoredChoice(model, 0, calibrate=False)
    env, info = begin(player)
    over = False
    while not over:
        best = oracle_words(env)
        model.favours = {best: -0.5}
        action = player.act(None, info)
        assert action == env.unwrapped.parse(best)
        _, _, terminated, truncated, info = env.step(action)
        over = terminated or truncated
    assert info["success"]


@pytest.mark.parametrize("env_id", WORLDS)
def test_any_world_with_words_is_played(env_id):
    player = ScoredChoice(ScriptedModel(), 0, temperature=1.0)
    env, info = begin(player, env_id)
    for _ in range(5):
        _, _, terminated, truncated, info = env.step(player.act(None, info))
        if terminated or truncated:
            break
    prefix, choices = player.model.scored[0]
    assert len(choices) == len(set(choices)) > 1
    assert env.unwrapped.FAMILY.id == env_id
    assert "You may say: " in prefix


def test_choices_are_scored_with_the_end_of_the_turn():
    player = ScoredChoice(ScriptedModel(), 0)
    env, info = begin(player)
    legal = env.unwrapped.legal_actions()
    player.act(None, info)
    assert player.model.scored[0][1] == tuple(f"{words} <end>" for words in legal)


def test_length_is_taken_out_by_the_mean():
    favours = {"one two three": -3.0, "one": -2.0}  # 4 and 2 words, with the end
    model = ScriptedModel(favours=favours)
    found = {}
    for normalise in ("sum", "mean"):
        player = ScoredChoice(model, 0, normalise=normalise, calibrate=False)
        begin(player)
        player.history.see("A text", list(favours))
        found[normalise] = player.scores(list(favours)).tolist()
    assert found == {"sum": [-3.0, -2.0], "mean": [-0.75, -1.0]}


def test_calibration_takes_off_what_is_likely_anyway():
    class Biased(ScriptedModel):
        def score(self, prefix, choices):
            self.favours = {"back": -1.0, "done": -4.0 if "Goal" in prefix else -9.0}
            return super().score(prefix, choices)

    for calibrate, wanted in ((False, [-1.0, -4.0]), (True, [0.0, 5.0])):
        player = ScoredChoice(Biased(), 0, normalise="sum", calibrate=calibrate)
        begin(player)
        player.history.see("Goal", ["back", "done"])
        assert player.scores(["back", "done"]).tolist() == wanted


def test_a_neutral_score_is_asked_for_once_an_episode():
    player = ScoredChoice(ScriptedModel(), 0)
    env, _ = begin(player)
    for legal in (["back"], ["back", "done"], ["done", "back"]):
        player.history.see("Goal", legal)
        player.scores(legal)
    asked = [choices for _, choices in player.model.scored]
    assert asked == [
        ("back <end>",),
        ("back <end>",),
        ("back <end>", "done <end>"),
        ("done <end>",),
        ("done <end>", "back <end>"),
    ]
    player.reset(env)
    assert not player.neutral


def test_draws_follow_the_softmax_and_their_seed():
    scores = np.array([0.0, np.log(3.0)])
    drawn = [pick(scores, 1.0, np.random.default_rng(seed)) for seed in range(2000)]
    assert np.mean(drawn) == pytest.approx(0.75, abs=0.04)
    assert pick(scores, 0.0, np.random.default_rng(0)) == 1
    assert pick(np.array([2.0, 2.0]), 0.0, np.random.default_rng(0)) == 0


def test_a_reply_is_an_action_and_the_reason_is_fed_back_where_it_is_none():
    model = ScriptedModel(["fly", "\n  back \nand more"])
    player = FreeText(model, 0)
    env, info = begin(player)
    action = player.act(None, info)
    assert action == env.unwrapped.parse("back")
    reason = env.unwrapped.parse("fly").reason
    said = model.asked[1][-1]
    assert said == {"role": "user", "content": f"That is no action: {reason}. Say another."}
    assert model.asked[1][-2] == {"role": "assistant", "content": "fly"}


def test_after_the_last_try_the_world_refuses_and_charges_a_step():
    model = ScriptedModel(["", "fly"])
    player = FreeText(model, 0, tries=2)
    env, info = begin(player)
    refusal = player.act(None, info)
    assert isinstance(refusal, Refusal)
    assert "the answer was empty" in model.asked[1][-1]["content"]
    _, _, _, _, info = env.unwrapped.refuse(refusal.reason)
    player.act(None, info)
    assert f"Refused: {refusal.reason}." in model.asked[2][-1]["content"]


def test_an_evaluation_charges_what_means_no_action(monkeypatch):
    from midcourse.agents.language import named
    from midcourse.evaluate import evaluate

    model = ScriptedModel(["fly"])
    monkeypatch.setattr(named, "shared_model", lambda *_: model)
    knobs = {"level": 2, "split": "test", "disturbances": 1}
    results = evaluate(ID, ["language:free:tries=1"], knobs, tasks=2, floors=False)
    for line in results.lines:
        assert line["invalid_actions"] == line["steps"] == line["calls"]
        assert line["truncated"]
        assert not line["success"]
        assert line["tokens_out"] == line["steps"]
        assert line["stale_actions"] == 0
    assert results.rows[0].estimates["tokens_in"].mean > 0


def test_other_agents_have_no_tokens_in_their_lines():
    from midcourse.evaluate import evaluate

    results = evaluate(ID, [], tasks=1)
    assert not any("tokens_in" in line for line in results.lines)
    assert not results.rows[0].estimates["tokens_in"].is_defined


def test_history_is_cut_at_borders_of_steps_to_half_and_recalls_what_was_said():
    model = ScriptedModel(context=170)
    history = History(model, 20, Prompt(rules="Rules"))
    sizes = []
    for step in range(30):
        history.see(f"Screen {step}", ["a", "b"])
        messages = history.messages()
        sizes.append(model.count(model.render(messages)))
        turns = [m["content"] for m in messages if m["role"] == "user"]
        assert sizes[-1] <= 150
        assert turns[-1].startswith(f"Screen {step}")
        first = step - len(turns) + 1
        assert f"Screen {first}\n" in turns[0]
        assert [m["role"] for m in messages[1:]] == ["user", "assistant"] * (len(turns) - 1) + [
            "user"
        ]
        if first:
            told = ", ".join(f"act-{i}" for i in range(first))
            assert turns[0].startswith(f"You said before: {told}.\n")
        history.answer(f"act-{step}")
    cuts = [i for i in range(1, 30) if sizes[i] < sizes[i - 1]]
    assert cuts
    assert all(sizes[i] <= 75 for i in cuts)
    assert min(b - a for a, b in pairwise(cuts)) > 3


def test_refused_answers_to_one_turn_are_dropped_where_they_fill_the_context():
    history = History(ScriptedModel(context=80), 20, Prompt(rules="Rules"))
    for screen in ("One", "Two"):
        history.see(screen, ["a", "b"])
        for i in range(9):
            history.refuse(f"answer-{i} is ten words long, as many of them are", "so it is")
            messages = history.messages()
            assert history._size(messages) <= 60
            assert messages[1]["content"].endswith(f"{screen}\nYou may say: a, b")
            assert [m["role"] for m in messages[2:]] == ["assistant", "user"] * (
                len(messages) // 2 - 1
            )
            assert messages[-2]["content"].startswith(f"answer-{i}")
        history.answer("a")


def test_fewer_actions_are_recalled_where_they_would_not_fit():
    model = ScriptedModel(context=170)
    history = History(model, 20, Prompt(rules="Rules"))
    for step in range(60):
        history.see("word " * 130, ["a", "b"])
        messages = history.messages()
        assert history._size(messages) <= 150
        assert messages[-1]["content"].endswith("You may say: a, b")
        history.answer(f"act {step}")
    assert "You said before: act" in messages[-1]["content"]


def test_an_empty_answer_leaves_no_empty_message():
    model = ScriptedModel([""])
    player = FreeText(model, 0, tries=2)
    env, info = begin(player)
    refusal = player.act(None, info)
    player.act(None, env.unwrapped.refuse(refusal.reason)[4])
    assert all(message["content"] for talk in model.asked for message in talk)


def test_long_lists_of_actions_are_told_in_part():
    model = ScriptedModel()
    history = History(model, 20)
    history.see("A web", [f"click [{i}]" for i in range(100)])
    turn = history.messages()[-1]["content"]
    assert "click [39], and 60 more" in turn
    assert "click [40]" not in turn


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda m: ScoredChoice(m, 0, normalise="max"), "neither 'sum' nor 'mean'"),
        (lambda m: ScoredChoice(m, 0, temperature=-1.0), "temperature=-1.0 is out of range"),
        (lambda m: FreeText(m, 0, temperature=float("nan")), "temperature=nan is out of range"),
        (lambda m: FreeText(m, 0, tries=0), "tries=0 is out of range"),
    ],
)
def test_bad_settings_are_told_in_a_sentence(make, said):
    with pytest.raises(UserError, match=said):
        make(ScriptedModel())


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("temprature=1", "did you mean 'temperature'"),
        ("temperature=hot", "temperature=hot is no float"),
        ("calibrate=maybe", "calibrate=maybe is neither yes nor no"),
    ],
)
def test_bad_options_in_a_name_are_told_in_a_sentence(word, said):
    with pytest.raises(UserError, match=said):
        read_option(word, {"temperature": float, "calibrate": bool})
