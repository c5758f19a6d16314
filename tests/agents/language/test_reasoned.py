"""Who thinks before it acts, and who is shown examples of the oracle."""

import gymnasium
import pytest

import midcourse  # noqa: F401
from midcourse import agents
from midcourse.agents.language import examples
from midcourse.agents.language.history import History, Prompt
from midcourse.agents.language.model import Reply, Usage
from midcourse.agents.language.players import FreeText, Reasoned, ScoredChoice
from midcourse.agents.language.scripted import ScriptedModel
from midcourse.core.errors import UserError

ID = "midcourse/GuiNavigation-v0"
THOUGHT = "The icon leads back.\nACTION: back\nThat is all."


def begin(player, env_id=ID, task=0, **knobs):
    env = gymnasium.make(env_id, **knobs)
    _, info = env.reset(seed=0, options={"task": task})
    player.reset(env)
    return env.unwrapped, info


@pytest.mark.parametrize("forgetful", [False, True])
def test_the_action_stands_behind_the_mark_and_the_thought_stays_or_goes(forgetful):
    model = ScriptedModel([THOUGHT])
    player = Reasoned(model, 0, forgetful=forgetful)
    env, info = begin(player)
    assert player.act(None, info) == env.parse("back")
    kept = "ACTION: back" if forgetful else "The icon leads back.\nACTION: back"
    assert player.history.steps[0].talk == [{"role": "assistant", "content": kept}]
    assert player.history.steps[0].said == "back", "told of steps that were cut off"
    assert "ACTION:" in model.asked[0][0]["content"]


def test_a_thought_without_an_action_is_asked_for_again_with_the_reason():
    model = ScriptedModel(["I wonder " * 300, "ACTION:\n", "No. ACTION: fly ACTION: home"])
    player = Reasoned(model, 0)
    env, info = begin(player)
    assert player.act(None, info) == env.parse("home")
    first, second = (asked[-1]["content"] for asked in model.asked[1:])
    assert "was cut off, think more briefly: no action stands behind 'ACTION:'" in first
    assert "is no action: no action stands" in second


def test_examples_are_the_oracles_and_the_same_for_all():
    model = ScriptedModel(["back"])
    player = FreeText(model, 0, examples=2)
    env, info = begin(player, split="test", level=2)
    player.act(None, info)
    talk = model.asked[0]
    shown = examples.episodes(env, 2)
    assert len(talk) == 2 + 2 * sum(map(len, shown))
    other = gymnasium.make(ID, split="train", level=2).unwrapped
    at = 1
    for number, episode in zip(examples.drawn(other.task_count, 2), shown, strict=True):
        other.reset(seed=number, options={"task": number})
        over = False
        while not over:
            assert talk[at]["content"].startswith(other.text())
            _, _, over, _, info = other.step(other.parse(talk[at + 1]["content"]))
            at += 2
        assert info["success"]
        assert len(episode) == other.world["clock"]
    assert talk[at]["content"].startswith(env.text())
    again, _ = begin(FreeText(model, 9, examples=2), task=3, split="test", level=2)
    assert examples.episodes(again, 2) == shown


def test_the_task_at_hand_is_no_example():
    player = ScoredChoice(ScriptedModel(), 0)
    env, _ = begin(player, split="train")
    first, second = examples.drawn(env.task_count, 2)
    shown = examples.episodes(env, 1)
    env.reset(seed=0, options={"task": first})
    assert examples.episodes(env, 1) != shown
    env.reset(seed=0, options={"task": second})
    assert examples.episodes(env, 1) == shown


def test_who_thinks_sees_examples_with_the_mark():
    model = ScriptedModel([THOUGHT])
    player = Reasoned(model, 0, examples=1)
    _, info = begin(player)
    player.act(None, info)
    assert model.asked[0][2]["content"].startswith("ACTION: ")


@pytest.mark.parametrize(
    "env_id", ["midcourse/DelayedRepression-v0", "midcourse/DelayedReplicator-v0"]
)
def test_a_reference_oracle_gives_examples_too(env_id):
    player = FreeText(ScriptedModel(["hold"]), 0, examples=1)
    env, _ = begin(player, env_id)
    for _, _, words in examples.episodes(env, 1)[0]:
        assert env.action_space.contains(env.parse(words)), words


def test_examples_are_never_cut_off_and_leave_half_of_the_context():
    turns = [("Screen", ("a", "b"), "a")] * 5
    history = History(ScriptedModel(context=200), 20, Prompt("Rules."), [turns])
    for step in range(40):
        history.see(f"Screen {step}", ["a", "b"])
        messages = history.messages()
        assert messages[: len(history.lead)] == history.lead
        assert history._size(messages) <= 180
        history.answer("b")
    with pytest.raises(UserError, match=r"1 examples take .* more than half of the 90"):
        History(ScriptedModel(context=90), 20, Prompt("Rules."), [turns])


def test_names_and_bad_counts(monkeypatch):
    from midcourse.agents.language import named

    monkeypatch.setattr(named, "shared_model", lambda *_, **__: ScriptedModel())
    player = agents.make("language:reasoned:forgetful:examples=3:tries=2:temperature=1")
    assert (player.forgetful, player.examples, player.tries, player.temperature) == (True, 3, 2, 1)
    with pytest.raises(UserError, match="examples=-1 is out of range"):
        begin(agents.make("language:scored:examples=-1"))
    with pytest.raises(UserError, match=r"there are \d+ training tasks"):
        begin(agents.make("language:scored:examples=100000"), level=1)


@pytest.mark.parametrize(
    ("player", "text"),
    [
        (FreeText, "click 1"),
        (Reasoned, "It is far.\nACTION: click 1"),
        (Reasoned, "ACTION:\n stop"),
    ],
)
def test_an_action_that_may_go_on_behind_the_cut_is_not_taken(player, text):
    thinker = player(ScriptedModel(), 0)
    assert thinker.read(Reply(text, True, Usage()))[2] == ""
    assert thinker.read(Reply(f"{text}\n", False, Usage()))[2] == ""
    assert "the answer was cut off" in thinker.read(Reply(text, False, Usage()))[2]
