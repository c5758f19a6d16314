"""Training language policies: what is packed, what is learnt from, and that runs go on."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("peft", reason="the extra `llm` is not installed")
import torch

from midcourse import agents
from midcourse.agents.language.history import Prompt
from midcourse.agents.language.local.adapter import Trained, read_trained
from midcourse.baselines.curve import Curve, read_curve
from midcourse.baselines.language_gui import clone, grpo, page
from midcourse.baselines.language_gui.episodes import Episode, Step, oracle_episodes, play
from midcourse.baselines.language_gui.learner import Learner
from midcourse.baselines.language_gui.measure import measure
from midcourse.baselines.language_gui.policy import Decision, choice_log_probs
from midcourse.core.errors import UserError
from midcourse.evaluate import evaluate
from midcourse.evaluation.workers import Workers

DECISIONS = [
    Decision((5, 9, 200, 31), ((7, 8, 0), (7, 9, 0), (12, 0))),
    Decision((5, 9), ((7, 0), (40, 41, 42, 0))),
    Decision((60, 61, 62, 63, 64, 65, 66), ((7, 8, 0), (7, 8, 9, 0), (1,), (2,))),
]


def clone_args(saved, out, **changes):
    settings = {"model": str(saved), "updates": 4, "episodes": 1, "threads": 1, "quiet": True}
    return clone.Args(**{**settings, "out": out, **changes})


@pytest.fixture(scope="module")
def cloned(saved, tmp_path_factory):
    """A clone that sometimes succeeds: the place where the policy step begins."""
    args = clone_args(saved, tmp_path_factory.mktemp("clone"), updates=30, learning_rate=5e-3)
    return clone.train(args)


def grpo_args(cloned, out, **changes):
    settings = {"start": Path(cloned.model), "updates": 4, "group": 4, "episodes": 1, "threads": 1}
    settings |= {"tries": 2, "kl": 0.1, "epochs": 2, "learning_rate": 1e-3, "quiet": True}
    return grpo.Args(**{**settings, "out": out, **changes})


def learner_of(cloned, out):
    return Learner(grpo_args(cloned, out), read_trained(Path(cloned.model)), Path(cloned.model))


def killed(train, args, module, update, monkeypatch):
    """Train until a point of the curve has been written."""

    class Cut(Curve):
        def add(self, **values):
            super().add(**values)
            if values["steps"] == update:
                raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "Curve", Cut)
        with pytest.raises(KeyboardInterrupt):
            train(args)


# --- the policy ---------------------------------------------------------------------------------


def plainly(network, decision):
    """log pi by one pass for each choice."""
    scores = []
    for choice in decision.choices:
        tokens = torch.tensor([[*decision.prompt, *choice]])
        log_probs = torch.log_softmax(network(tokens).logits[0].double(), 1)
        first = len(decision.prompt) - 1
        scores.append(sum(log_probs[first + k, token] for k, token in enumerate(choice)))
    return torch.log_softmax(torch.stack(scores), 0), torch.stack(scores)


def test_packed_choices_are_scored_as_one_by_one(network):
    with torch.no_grad():
        log_probs, scores = choice_log_probs(network, DECISIONS)
        for row, decision in enumerate(DECISIONS):
            ours, theirs = log_probs[row], plainly(network, decision)
            count = len(decision.choices)
            assert torch.allclose(ours[:count].double(), theirs[0], atol=1e-4)
            assert torch.allclose(scores[row, :count].double(), theirs[1], atol=1e-4)
            assert torch.isneginf(ours[count:]).all()


def test_gradients_of_packed_choices_are_those_of_one_by_one(network):
    weights = list(network.base_model.parameters())
    log_probs, _ = choice_log_probs(network, DECISIONS)
    worth = torch.tensor([1.0, -2.0, 0.5])
    ours = torch.autograd.grad((log_probs[:, 1] * worth).sum(), weights, allow_unused=True)
    plain = torch.stack([plainly(network, decision)[0][1] for decision in DECISIONS])
    theirs = torch.autograd.grad((plain * worth).sum(), weights, allow_unused=True)
    for mine, other in zip(ours, theirs, strict=True):
        assert torch.allclose(mine, other, atol=1e-4 * max(1.0, float(other.abs().max())))


def test_what_was_not_chosen_from_has_no_gradient(network):
    """Only choices' tokens are read: other tokens of the prompt are conditions, not targets."""
    table = network.get_input_embeddings().weight
    network.base_model.zero_grad()
    hidden = {}
    handle = network.base_model.register_forward_hook(
        lambda module, inputs, output: hidden.update(last=output.last_hidden_state)
    )
    try:
        log_probs, _ = choice_log_probs(network, DECISIONS[:1])
        (slope,) = torch.autograd.grad(log_probs[0, 0], hidden["last"])
    finally:
        handle.remove()
    read = slope[0].abs().sum(1) > 0
    assert read.tolist() == [False, False, False, True, True, True, True, True][: len(read)]
    assert table.grad is None


# --- cloning ------------------------------------------------------------------------------------


def test_the_oracles_examples_are_its_shortest_ways(saved):
    args = clone_args(saved, "unused")
    learner = Learner(args, Trained(str(saved), Prompt("Rules", 1, False)))
    worlds = args.worlds(learner.model, learner.trained.prompt, "train")
    ways = oracle_episodes(worlds)
    assert len(ways) == 40
    for way in ways:
        assert way.success
        assert len(way.steps) == len(way.pairs) == way.optimal
        screens, goals = zip(*way.pairs, strict=True)
        assert len(set(goals)) == 1
        assert screens[-1] == goals[-1], "done is said at the goal"
        for step in way.steps:
            assert learner.model.tokenizer.decode(step.decision.prompt).count("Screen: ") == 1


def test_every_example_comes_once_before_any_comes_again():
    examples = list(range(10))
    seen = [x for update in range(5) for x in clone.drawn(examples, 4, 0, update)]
    assert sorted(seen[:10]) == sorted(seen[10:]) == examples
    assert seen[:10] != seen[10:]


@pytest.mark.parametrize("loss", ["choice", "tokens"])
def test_a_tiny_model_learns_a_few_examples_by_heart(saved, tmp_path, loss):
    args = clone_args(saved, tmp_path, loss=loss, learning_rate=1e-2)
    learner = Learner(args, Trained(str(saved), Prompt("Rules", 1, False)))
    worlds = args.worlds(learner.model, learner.trained.prompt, "train")
    few = [step for way in oracle_episodes(worlds)[:3] for step in way.steps]
    first = learner.step(clone.losses(learner, few, []))
    right: list[bool] = []
    for _ in range(60):
        right.clear()
        last = learner.step(clone.losses(learner, few, right))
        learner.updates += 1
    assert last < first / 2
    assert all(right)


def test_a_killed_clone_goes_on_and_ends_alike(saved, tmp_path, monkeypatch):
    whole = clone.train(clone_args(saved, tmp_path / "whole"))
    cut = clone_args(saved, tmp_path / "cut", checkpoint_every=2)
    killed(clone.train, cut, clone, 3, monkeypatch)
    resumed = clone.train(cut)
    ours, theirs = (
        torch.load(tmp_path / name / "checkpoint.pt")["weights"] for name in ("whole", "cut")
    )
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    assert (resumed.train, resumed.test) == (whole.train, whole.test)
    told = [read_curve(tmp_path / name / "curve.jsonl") for name in ("whole", "cut")]
    whole_losses, cut_losses = ([line["loss"] for line in lines] for lines in told)
    assert whole_losses == cut_losses
    with pytest.raises(UserError, match="rank=16, not 8"):
        clone.train(dataclasses.replace(cut, rank=8))
    with pytest.raises(UserError, match="is of 4 updates, more than --updates 3: choose another"):
        clone.train(dataclasses.replace(cut, updates=3))


def test_a_clone_plays_by_name_with_its_own_prompt_and_as_it_was_measured(cloned, saved):
    player = agents.make(f"language:scored:adapter={cloned.model}", 0)
    assert player.prompt == read_trained(Path(cloned.model)).prompt
    assert (player.normalise, player.calibrate) == ("sum", False), "as it was trained"
    assert agents.make(f"language:scored:calibrate:adapter={cloned.model}", 0).calibrate
    name = f"language:scored:adapter={cloned.model}"
    knobs = {"level": 1, "split": "test", "app": "fixed"}
    lines = evaluate(clone.Args.env, [name], knobs, floors=False).lines
    assert [float(line["success"]) for line in lines] == cloned.test[-len(lines) :]


def test_a_folder_without_an_adapter_is_told(tmp_path):
    with pytest.raises(UserError, match="no adapter of ours"):
        agents.make(f"language:scored:adapter={tmp_path}", 0)


def test_numbers_out_of_range_are_told():
    with pytest.raises(UserError, match="group=1 is out of range: it lies in"):
        grpo.Args(group=1).check()
    with pytest.raises(UserError, match="batch=0"):
        clone.Args(batch=0).check()


# --- the policy step ----------------------------------------------------------------------------


def test_advantages_are_standardised_in_their_group():
    group = [Episode(0, 2, success=success) for success in (True, False, False, False)]
    found = grpo.advantages(group)
    assert np.allclose(found, np.array([0.75, -0.25, -0.25, -0.25]) / np.sqrt(3 / 16))
    assert abs(sum(found)) < 1e-12


@pytest.mark.parametrize(
    ("ratio", "worth", "expected"),
    [(1.5, 2.0, 2.4), (1.5, -2.0, -3.0), (0.5, 2.0, 1.0), (0.5, -2.0, -1.6), (1.1, 1.0, 1.1)],
)
def test_the_clipped_value_by_hand(ratio, worth, expected):
    now, old, worth = (torch.tensor([x]).double() for x in (np.log(ratio), 0.0, worth))
    assert float(grpo.clipped_value(now, old, worth, 0.2)) == pytest.approx(expected)


def test_k3_has_the_mean_of_the_divergence():
    logits = torch.tensor([0.3, -1.0, 2.0], dtype=torch.float64)
    other = torch.log_softmax(torch.tensor([0.0, 1.0, 0.5], dtype=torch.float64), 0)
    ours = torch.log_softmax(logits, 0)
    divergence = (ours.exp() * (ours - other)).sum()
    assert torch.allclose((ours.exp() * grpo.k3(ours, other)).sum(), divergence)


def test_equal_decisions_are_run_once_and_count_as_often_as_they_came(cloned, tmp_path):
    args, learner = grpo_args(cloned, tmp_path), learner_of(cloned, tmp_path)
    steps = [Step(DECISIONS[i % 3], i % 2, -1.0 - i / 10) for i in range(7)]
    worth = [1.0, -0.5, 0.3, 2.0, -1.0, 0.1, -0.2]
    clipped: list[bool] = []
    expected = 0.0
    with torch.no_grad():
        total = sum(grpo.losses(learner, args, steps, worth, None, clipped))
        for step, value in zip(steps, worth, strict=True):
            now = plainly(learner.network, step.decision)[0][step.chosen]
            ratio = torch.exp(now - step.log_prob)
            expected -= torch.minimum(ratio * value, ratio.clamp(0.8, 1.2) * value) / 7
    assert float(total) == pytest.approx(float(expected), abs=1e-4)
    assert len(clipped) == 7


def test_a_decision_is_run_once_until_the_weights_change(cloned, tmp_path, monkeypatch):
    learner, ran = learner_of(cloned, tmp_path), []

    def counted(network, decisions):
        ran.extend(decisions)
        return choice_log_probs(network, decisions)

    monkeypatch.setattr(Learner.__module__ + ".choice_log_probs", counted)
    one, other = DECISIONS[:2]
    before = learner.scores([one, other, one])
    again = learner.scores([one])
    assert ran == [one, other]
    assert np.array_equal(before[0], before[2])
    assert np.array_equal(before[0], again[0])
    learner.put([weight + 0.1 for weight in learner.weights])
    assert not np.array_equal(learner.scores([one])[0], before[0])
    assert ran == [one, other, one]


def test_autocast_is_near_float32_and_leaves_the_weights_alone(cloned, tmp_path):
    narrow = Learner(
        grpo_args(cloned, tmp_path, autocast=True),
        read_trained(Path(cloned.model)),
        Path(cloned.model),
    )
    wide = learner_of(cloned, tmp_path)
    for one, other in zip(narrow.scores(DECISIONS), wide.scores(DECISIONS), strict=True):
        assert 1e-6 < np.abs(one - other).max() < 0.5
    steps = [Step(decision, 0, -1.0) for decision in DECISIONS]
    narrow.step(grpo.losses(narrow, narrow.args, steps, [1.0] * 3, None, []))
    assert {weight.dtype for weight in narrow.weights} == {torch.float32}


def test_groups_without_variance_are_drawn_again_and_counted(cloned, tmp_path, monkeypatch):
    run = grpo.Run(grpo_args(cloned, tmp_path, tries=5), learner_of(cloned, tmp_path))
    outcomes = iter([[1, 1, 1, 1, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 1, 0, 1, 0]])

    def scripted(worlds, tasks, seeds, *rest):
        assert tasks[:4] == [tasks[0]] * 4
        assert seeds[:4] == [seeds[0]] * 4
        return [Episode(t, 2, success=bool(x)) for t, x in zip(tasks, next(outcomes), strict=True)]

    monkeypatch.setattr(grpo, "play", scripted)
    kept, successes = run.collect()
    assert [[e.success for e in group] for group in kept] == [
        [False, True, True, True],
        [True, False, False, False],
    ]
    assert (run.groups, run.flat, len(successes)) == (6, 3, 24)


def test_the_first_ratio_is_one(cloned, tmp_path):
    """What is trained on are the tokens that were sampled, with the probabilities they had."""
    args, learner = grpo_args(cloned, tmp_path), learner_of(cloned, tmp_path)
    worlds = args.worlds(learner.model, learner.trained.prompt, "train", 8)
    episodes = play(worlds, [0, 1] * 4, range(8), learner.scores, 1.0, draws=3)
    steps = [step for episode in episodes for step in episode.steps]
    with torch.no_grad():
        for part in (steps[:9], steps[9:20]):
            log_probs, _ = choice_log_probs(learner.network, [step.decision for step in part])
            for row, step in zip(log_probs, part, strict=True):
                assert float(row[step.chosen]) == pytest.approx(step.log_prob, abs=1e-4)
        total = sum(grpo.losses(learner, args, steps, [1.0] * len(steps), None, []))
    assert float(total) == pytest.approx(-1.0, abs=1e-3)


def test_a_killed_policy_step_goes_on_and_ends_alike(cloned, tmp_path, monkeypatch):
    whole = grpo.train(grpo_args(cloned, tmp_path / "whole"))
    cut = grpo_args(cloned, tmp_path / "cut", checkpoint_every=2)
    killed(grpo.train, cut, grpo, 3, monkeypatch)
    resumed = grpo.train(cut)
    ours, theirs = (torch.load(tmp_path / name / "checkpoint.pt") for name in ("whole", "cut"))
    pairs = zip(ours["weights"], theirs["weights"], ours["more"]["clone"], strict=True)
    assert all(torch.equal(mine, other) for mine, other, _ in pairs)
    pairs = zip(ours["weights"], ours["more"]["clone"], strict=True)
    assert any(not torch.equal(mine, start) for mine, start in pairs), "something was learnt"
    assert ours["more"]["learnt"] == theirs["more"]["learnt"]
    for field in dataclasses.fields(whole):
        if field.name not in ("seconds", "model"):
            assert getattr(resumed, field.name) == getattr(whole, field.name), field.name
    told = json.loads((tmp_path / "whole" / "result.json").read_text())
    assert told["groups"] == whole.groups > whole.flat
    assert len(whole.start_new) == len(whole.new) <= len(whole.test)
    with pytest.raises(UserError, match="episodes=1, not 2"):
        grpo.train(dataclasses.replace(cut, episodes=2))


def test_tasks_at_whose_start_something_was_learnt_are_not_among_the_new(cloned, tmp_path):
    learner = learner_of(cloned, tmp_path)
    ended, fresh = learner.finish()
    assert len(ended["new"]) == sum(fresh) > 0
    starts = [episode.pairs[0] for episode in learner.others()]
    first = starts[fresh.index(True)]
    ended, fewer = learner.finish([first])
    assert sum(fewer) == len(ended["new"]) == sum(fresh) - starts.count(first)


def test_a_checkpoint_of_an_adapter_of_another_shape_is_told(saved, cloned, tmp_path):
    learner_of(cloned, tmp_path).save()
    small = clone.train(clone_args(saved, tmp_path / "small", updates=1, rank=4))
    args = grpo_args(cloned, tmp_path, start=Path(cloned.model))
    other = Learner(args, read_trained(Path(small.model)), Path(small.model))
    with pytest.raises(UserError, match="has weights of another shape than the adapter to start"):
        other.restore()


# --- the page -----------------------------------------------------------------------------------


def test_optimal_actions_are_counted_and_a_killed_measure_goes_on(tmp_path):
    with Workers(1) as workers:
        given = ["oracle", "do-nothing", "random"], {"level": 1, "split": "test"}, 4
        lines = measure(clone.Args.env, *given, tmp_path, workers)
        results = tmp_path / "results.jsonl"
        results.write_bytes(results.read_bytes()[:-300])
        assert measure(clone.Args.env, *given, tmp_path, workers) == lines
    shares = {}
    for line in lines:
        shares.setdefault(line["agent"], []).append(line["optimal_actions"])
    assert shares["oracle"] == [1.0] * 4
    assert shares["do-nothing"] == [0.0] * 4
    assert 0.0 < np.mean(shares["random"]) < 0.7


@pytest.mark.thorough
def test_a_page_is_written_and_goes_on_with_what_is_missing(saved, tmp_path):
    args = page.Args(
        model=str(saved),
        seeds=1,
        updates=20,
        stopped=10,
        steps=1,
        episodes=1,
        tasks=0,
        web_tasks=0,
        threads=1,
        out=tmp_path / "out",
        page=tmp_path / "page.md",
    )
    first = page.write_page(args).read_text()
    assert "## Trained by trial and error" in first
    assert first.count("| zero-shot |") == 1
    (args.out / "stopped-seed=0" / "page.json").unlink()
    again = page.write_page(args).read_text()
    assert [line for line in first.splitlines() if line.startswith("| zero-shot")] == [
        line for line in again.splitlines() if line.startswith("| zero-shot")
    ]
