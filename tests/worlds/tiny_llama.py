"""A tiny random Llama and a tiny tokenizer, made here: nothing is downloaded."""

import pytest

TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@pytest.fixture(scope="session")
def tokenizer():
    pytest.importorskip("transformers", reason="the extra `llm` is not installed")
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    special = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    words = "click 1 click 2 click 12 back home done Goal: reach the screen, then say done. Steps"
    bare.train_from_iterator([words] * 4, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bare, eos_token="<|end|>", chat_template=TEMPLATE
    )


@pytest.fixture(scope="session")
def network(tokenizer):
    """float32, 2 layers, grouped queries; never changed by a test."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        eos_token_id=tokenizer.eos_token_id,
        initializer_range=0.3,  # so that what follows depends on what came before
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return LlamaForCausalLM(config).eval()


@pytest.fixture
def model(network, tokenizer):
    """A local model that has run over nothing yet."""
    from midcourse.agents.language.local.model import LocalModel

    return LocalModel(network, tokenizer, "tiny")


@pytest.fixture(scope="module")
def saved(network, tokenizer, tmp_path_factory):
    """The model in a folder; no player of the tests before or after shares what was loaded."""
    from midcourse.agents.language import named

    folder = tmp_path_factory.mktemp("tiny") / "model"
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    named.shared_model.cache_clear()
    yield folder
    named.shared_model.cache_clear()
