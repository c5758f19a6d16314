"""A local model's scores, against one forward pass for each choice; what is kept, and when not."""

import pytest

pytest.importorskip("transformers", reason="the extra `llm` is not installed")

import numpy as np
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midcourse.agents.language.local import model as local
from midcourse.agents.language.local.loading import check_packing
from midcourse.agents.language.local.model import LocalModel, draw
from midcourse.core.errors import UserError

ACTIONS = ["click 1", "click 2", "click 12", "back", "home", "done"]
TOKEN = st.integers(0, 255)
EXAMPLES = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@torch.inference_mode()
def one_by_one(network, prefix, choices):
    """Log-probabilities from a pass over each whole text; no cache, no tree, no packed row."""
    found = {}
    for choice in choices:
        text = torch.tensor([[*prefix, *choice]])
        steps = network(text, use_cache=False).logits[0].double().log_softmax(-1)
        at = range(len(prefix) - 1, len(prefix) + len(choice) - 1)
        found[choice] = sum(float(steps[i, t]) for i, t in zip(at, choice, strict=True))
    return found


@EXAMPLES
@given(data=st.data())
def test_scores_equal_one_pass_for_each_choice_over_any_run_of_prefixes(
    network, model, monkeypatch, data
):
    monkeypatch.setattr(local, "PIECE", 16)  # long prefixes and many choices take several runs
    choice = st.lists(st.integers(0, 3), min_size=1, max_size=5).map(tuple)
    prefix: list[int] = []
    for _ in range(3):
        cut = data.draw(st.integers(0, len(prefix)))
        prefix = prefix[:cut] + data.draw(st.lists(TOKEN, min_size=1, max_size=40))
        choices = data.draw(st.lists(choice, min_size=1, max_size=14))
        found = model.score_tokens(prefix, choices)
        for path, wanted in one_by_one(network, prefix, choices).items():
            assert found[path] == pytest.approx(wanted, abs=1e-4)


def test_words_are_scored_as_their_tokens_apart(network, model, tokenizer):
    prefix = "<|user|>Goal: reach the screen<|end|>\n<|assistant|>"
    scores = model.score(prefix, ACTIONS)
    ids = {words: tuple(tokenizer(words)["input_ids"]) for words in ACTIONS}
    wanted = one_by_one(network, tokenizer(prefix)["input_ids"], ids.values())
    for words, found, count in zip(ACTIONS, scores.log_probs, scores.tokens, strict=True):
        assert found == pytest.approx(wanted[ids[words]], abs=1e-4)
        assert count == len(ids[words])
        assert tokenizer(prefix + words)["input_ids"] == tokenizer(prefix)["input_ids"] + [
            *ids[words]
        ]
    per_token = scores.per_token()
    assert per_token[0] == pytest.approx(scores.log_probs[0] / scores.tokens[0])


def test_only_new_tokens_and_shared_heads_are_run(model):
    prefix = list(range(100))
    choices = [(5, 1, 9), (5, 2, 9), (6,)]
    model.score_tokens(prefix, choices)
    assert model.computed == 100 + 3  # 5, 5 1, 5 2
    model.score_tokens([*prefix, *range(20)], choices)
    assert model.computed == 103 + 20 + 3
    model.score_tokens(prefix[:50], choices)
    assert model.computed == 126 + 1 + 3  # cut back: its last token is run again


def test_a_prompt_is_scored_once_for_each_version_of_the_weights(network, tokenizer):
    import copy

    own = copy.deepcopy(network)
    model = LocalModel(own, tokenizer, "tiny")
    before = dict(model.score_tokens([1, 2, 3], [(4, 5)]))
    computed = model.computed
    assert model.score_tokens([1, 2, 3], [(4, 5)]) == before
    assert model.computed == computed
    model.score_tokens([1, 2, 3], [(4, 5), (7,)])
    assert model.computed == computed + 1  # only what was not known
    with torch.no_grad():
        for parameter in own.parameters():
            parameter.mul_(1.5)
    after = model.score_tokens([1, 2, 3], [(4, 5)])
    assert after[4, 5] == pytest.approx(one_by_one(own, [1, 2, 3], [(4, 5)])[4, 5], abs=1e-4)
    assert abs(after[4, 5] - before[4, 5]) > 1e-2


def test_a_prompt_in_between_does_not_push_out_the_kept_one(model):
    episode, neutral = list(range(100)), list(range(200, 220))
    model.score_tokens(episode, [(1,)])
    model.score_tokens(neutral, [(1,)])
    computed = model.computed
    model.score_tokens([*episode, 7], [(1,)])
    assert model.computed == computed + 1


def test_a_later_episode_is_not_pushed_out_either(model):
    neutral = [*range(10), *range(200, 210)]
    for turns in (range(100), range(110, 190)):
        episode = [*range(10), *turns]
        model.score_tokens(episode, [(1,)])
        model.score_tokens(neutral, [(1,), (turns[0],)])  # with a choice not asked before
        computed = model.computed
        for word in (7, 8):
            episode.append(word)
            model.score_tokens(episode, [(1,)])
            model.score_tokens(neutral, [(1,), (2, word, turns[0])])
        assert model.computed <= computed + 2 * (1 + 4)


def test_another_prompt_takes_over_the_head_in_common(network, model):
    episode = list(range(100))
    model.score_tokens(episode, [(1,)])
    other = [*episode[:30], *range(200, 220)]
    found = model.score_tokens(other, [(1, 2)])
    assert model.computed == 100 + 20 + 1
    assert found[1, 2] == pytest.approx(one_by_one(network, other, [(1, 2)])[1, 2], abs=1e-4)


def test_a_run_that_broke_off_leaves_no_trace(network, model, monkeypatch):
    prefix = list(range(40))
    model.score_tokens(prefix, [(1,)])
    layer = network.model.layers[1]
    with monkeypatch.context() as broken:
        broken.setattr(layer, "forward", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            model.score_tokens([*prefix, 50, 51], [(1, 2), (3, 4)])
    longer = [*prefix, 60, 61]
    found = model.score_tokens(longer, [(1, 2)])
    assert found[1, 2] == pytest.approx(one_by_one(network, longer, [(1, 2)])[1, 2], abs=1e-4)


def test_bfloat16_is_scored_too(network, tokenizer):
    import copy

    model = LocalModel(copy.deepcopy(network).to(torch.bfloat16), tokenizer, "tiny")
    prefix, choices = list(range(60)), [(5, 1, 9), (5, 2, 9), (6,)]
    wanted = one_by_one(model.model, prefix, choices)
    for path, found in model.score_tokens(prefix, choices).items():
        assert found == pytest.approx(wanted[path], abs=0.5)


@pytest.mark.parametrize(
    ("prefix", "choices", "said"),
    [
        ("", ["back"], "prefix has no tokens"),
        ("Goal", ["back", ""], "choice '' has no tokens"),
        ("Goal " * 600, ["back"], r"holds 512: shorten"),
    ],
)
def test_what_cannot_be_scored_is_told_in_a_sentence(model, prefix, choices, said):
    with pytest.raises(UserError, match=said):
        model.score(prefix, choices)


def test_what_fits_the_context_exactly_is_scored(model):
    assert model.score_tokens([1] * 510, [(2, 3)])
    with pytest.raises(UserError, match="510 tokens and what follows it 3"):
        model.score_tokens([1] * 510, [(2, 3, 4)])


def test_a_model_that_forgets_what_left_its_window_is_refused(network, tokenizer):
    from transformers import MistralConfig, MistralForCausalLM

    small = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "vocab_size": 330}
    heads = {"num_attention_heads": 1, "num_key_value_heads": 1}
    with torch.random.fork_rng(devices=[]):
        other = MistralForCausalLM(MistralConfig(**small, **heads, sliding_window=4))
    with pytest.raises(UserError, match="sliding"):
        LocalModel(other, tokenizer, "windowed")


def test_usage_is_reported_and_added_up(model):
    prefix = "<|user|>Goal<|end|>\n<|assistant|>"
    first, second = (model.score(prefix, ACTIONS).usage for _ in range(2))
    assert (
        first.tokens_in == second.tokens_in == model.count(prefix) + sum(map(model.count, ACTIONS))
    )
    assert first.tokens_computed > second.tokens_computed == 0
    assert (model.usage.calls, model.usage.tokens_in) == (2, 2 * first.tokens_in)
    assert model.usage.seconds == pytest.approx(first.seconds + second.seconds)


def test_scores_after_a_prefix_add_up_to_one(model, tokenizer):
    scores = model.score_tokens([1, 2, 3], [(token,) for token in range(len(tokenizer))])
    assert np.exp(list(scores.values())).sum() == pytest.approx(1.0, abs=1e-5)


def test_replaced_weights_are_noticed_whatever_their_address(network, tokenizer):
    import copy

    mine = copy.deepcopy(network)
    model = LocalModel(mine, tokenizer, "tiny")
    head = mine.get_output_embeddings()
    for number in range(50):
        head.weight = torch.nn.Parameter(torch.full_like(head.weight, 1e-3 * number) + head.weight)
        found = model.score_tokens([1, 2, 3], [(4, 5)])[4, 5]
        assert found == pytest.approx(one_by_one(mine, [1, 2, 3], [(4, 5)])[4, 5], abs=1e-4)
        head.weight = torch.nn.Parameter(head.weight * 2)
        head.weight = torch.nn.Parameter(head.weight / 2 + torch.randn_like(head.weight))


def test_a_model_that_does_not_take_a_tree_of_choices_is_refused(tokenizer):
    from transformers import BloomConfig, BloomForCausalLM, GPTNeoConfig, GPTNeoForCausalLM

    bloom = BloomForCausalLM(BloomConfig(vocab_size=256, hidden_size=16, n_layer=1, n_head=2))
    with pytest.raises(UserError, match="tiny cannot score choices in one row"):
        check_packing(LocalModel(bloom, tokenizer, "tiny"))
    config = GPTNeoConfig(
        vocab_size=256, hidden_size=16, num_layers=2, num_heads=2,
        attention_types=[[["global", "local"], 1]],
    )  # fmt: skip
    with pytest.raises(UserError, match=r"do not attend to the whole prompt \(local\)"):
        LocalModel(GPTNeoForCausalLM(config), tokenizer, "tiny")


def test_any_temperature_above_nothing_is_drawn_at():
    logits = torch.tensor([1.0, 3.0, 2.0])
    generator = torch.Generator().manual_seed(0)
    assert {draw(logits, 1e-310, generator) for _ in range(5)} == {1}
