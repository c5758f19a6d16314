"""What a local model says, against transformers' own generation."""

import pytest

pytest.importorskip("transformers", reason="the extra `llm` is not installed")

import torch

from midcourse.agents.language.local.model import LocalModel
from midcourse.core.errors import UserError

TALK = [{"role": "user", "content": "Goal: reach the screen"}]


def test_the_likeliest_reply_is_that_of_generate(network, model, tokenizer):
    reply = model.complete(TALK, max_tokens=12)
    prompt = torch.tensor([tokenizer(model.render(TALK))["input_ids"]])
    whole = network.generate(prompt, max_new_tokens=12, do_sample=False, pad_token_id=0)
    assert reply.tokens == tuple(whole[0, prompt.shape[1] :].tolist())
    assert reply.usage.tokens_out == len(reply.tokens)


def test_draws_follow_their_seed_and_move_no_global_state(model):
    torch.manual_seed(0)
    state = torch.get_rng_state()
    said = [
        model.complete(TALK, max_tokens=8, temperature=1.0, seed=seed).tokens
        for seed in (1, 1, 2, 3)
    ]
    assert said[0] == said[1]
    assert len(set(said)) > 1
    assert torch.equal(state, torch.get_rng_state())


def test_what_was_drawn_has_the_log_probability_that_scoring_gives(model):
    reply = model.complete(TALK, max_tokens=6, temperature=1.0, seed=1)
    prompt = model.encode(model.render(TALK))
    scored = model.score_tokens(prompt, [reply.tokens])[reply.tokens]
    assert sum(reply.log_probs) == pytest.approx(scored, abs=1e-4)


def test_a_reply_ends_with_the_turn_or_is_known_to_be_cut(network, model, tokenizer):
    cut = model.complete(TALK, max_tokens=3)
    assert len(cut.tokens) == 3
    assert not cut.is_whole
    ending = LocalModel(network, tokenizer, "tiny")
    ending.ends = {cut.tokens[1]}  # as if the second token were the end of a turn
    short = ending.complete(TALK, max_tokens=3)
    assert short.is_whole
    assert short.tokens == cut.tokens[:2]
    assert short.text == tokenizer.decode(cut.tokens[:1], skip_special_tokens=True)


def test_a_stop_text_ends_the_reply_before_it(model):
    whole = model.complete(TALK, max_tokens=8).text
    stop = whole[len(whole) // 2]
    reply = model.complete(TALK, max_tokens=8, stop=[stop])
    assert reply.is_whole
    assert reply.text == whole[: whole.index(stop)]


def test_the_template_tells_how_a_turn_ends(model):
    assert model.turn_end() == "<|end|>"
    assert model.render(TALK).endswith("<|end|>\n<|assistant|>")


def test_a_model_without_a_template_is_told_in_a_sentence(network, tokenizer):
    import copy

    mute = copy.deepcopy(tokenizer)
    mute.chat_template = None
    with pytest.raises(UserError, match="tiny has no chat template"):
        LocalModel(network, mute, "tiny").complete(TALK)


def test_a_conversation_that_fills_the_context_is_told_in_a_sentence(network, tokenizer):
    model = LocalModel(network, tokenizer, "tiny", context=24)
    with pytest.raises(UserError, match="holds 24: shorten"):
        model.complete([{"role": "user", "content": "done " * 30}])
    prompt = model.count(model.render(TALK))
    assert prompt < 24
    assert len(model.complete(TALK, max_tokens=99).tokens) <= 24 - prompt


def test_replies_wait_for_nothing_that_was_computed(model):
    prompt = model.count(model.render(TALK))
    reply = model.complete(TALK, max_tokens=5)
    assert reply.usage.tokens_computed == prompt + len(reply.tokens) - 1
