"""The attention kernels under names that transformers knows; settings stand in the model's config.

    name                  settings in `config.midcourse`, a dict      without settings
    midcourse_attention   backend                                     SDPA's results
    midcourse_focal       backend, temperature: a number above 0,     SDPA's results
                          or a list of one for each query head
    midcourse_dynamic     backend, keep: how many keys (2048)         SDPA's, up to 2048 keys

`midcourse_dynamic` needs parameters, which `add_dynamic_mask` gives to a model. Left and right
padding, caches that grow (DynamicCache) and sliding windows are seen to, except a window under
`midcourse_dynamic`; under autocast queries, keys and values take its type, as for SDPA. Anything
else, such as packed rows that transformers tells of, prefix language models, dropout, caches of
fixed length, or models that add a mask to their logits themselves, is refused by a sentence:
transformers would pass over it in silence.

Conditional attention has no name here: its gate and its global branch are layers of their own,
which cannot be reached from the queries, keys and values of one attention.
"""

import math
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import causal_mask_function

from midcourse.kernels.attention import attention
from midcourse.kernels.dispatch import require
from midcourse.kernels.dynamic_mask import content_bias, dynamic_mask_attention

SETTINGS = {
    "midcourse_attention": ("backend",),
    "midcourse_focal": ("backend", "temperature"),
    "midcourse_dynamic": ("backend", "keep"),
}
REFUSED = ("softcap", "s_aux", "position_bias", "cache", "sinks", "indices", "block_indices")
REFUSED += ("cu_seq_lens_q", "cu_seq_lens_k", "seq_idx")


class Mask:
    """What transformers hands on from `padding` to the attention, and nobody else can use.

    Attributes:
        real: which keys are real, bool (B, K); None: all.
        window: how many of the last keys are seen; None: all.
    """

    def __init__(self, real: torch.Tensor | None, window: int | None):
        self.real, self.window = real, window

    def refuse(self, _: Any) -> Any:
        """A model that does something with its mask does not attend by name.

        Raises:
            ValueError: always.
        """
        raise ValueError("this model uses its mask itself: it takes no attention by name")

    __radd__ = __getitem__ = refuse


def register() -> tuple[str, ...]:
    """Register attention and mask under each name: without the latter padding is ignored."""
    for name in SETTINGS:
        AttentionInterface.register(name, _forward)
        AttentionMaskInterface.register(name, padding)
    return tuple(SETTINGS)


def add_dynamic_mask(model: torch.nn.Module) -> None:
    """Give each attention of a model the parameters of `content_bias`, A = 0 and W normal.

    They are saved with the model's weights; call this before such weights are loaded again.

    Args:
        model: a model of transformers, whose attentions have a `head_dim` and a `v_proj`.

    Raises:
        ValueError: there is no such attention.
    """
    found = [m for m in model.modules() if hasattr(m, "v_proj") and hasattr(m, "head_dim")]
    require(len(found) > 0, f"{type(model).__name__} has no attention with v_proj and head_dim")
    for module in found:
        part: Any = module
        like = part.v_proj.weight
        width = len(like)
        heads = width // part.head_dim
        spread = getattr(part.config, "initializer_range", 0.02)
        part.dynamic_weight = torch.nn.Parameter(like.new_empty((heads, width)).normal_(std=spread))
        part.dynamic_slope = torch.nn.Parameter(like.new_zeros(heads))


def padding(
    batch_size: int,
    q_length: int,
    kv_length: int,
    q_offset: int = 0,
    kv_offset: int = 0,
    mask_function: Any = causal_mask_function,
    attention_mask: torch.Tensor | None = None,
    local_size: int | None = None,
    config: Any = None,
    **more: Any,
) -> Mask:
    """Which keys are real, and the window, as transformers hands them on to the attention.

    Raises:
        ValueError: a mask that is more than causal, a window and padding.
    """
    chunk = getattr(config, "attention_chunk_size", None)
    window = mask_function if local_size is None or local_size == chunk else causal_mask_function
    plain = window is causal_mask_function and more.get("allow_is_causal_skip", True)
    sentence = "these kernels take causal masks, sliding windows and padding; this mask is another"
    require(plain and not more.get("use_vmap", False), sentence)
    end, keys = int(q_offset) + q_length, kv_offset + kv_length
    sentence = f"the cache has room for {keys} keys and holds {end}; use one that grows"
    require(end == keys, sentence)
    if attention_mask is None:
        return Mask(None, local_size)
    real = attention_mask[:, kv_offset:].to(torch.bool)
    sentence = f"attention_mask is of {attention_mask.shape[1]} tokens, but there are {keys}"
    require(real.shape[1] == kv_length, sentence)
    return Mask(None if bool(real.all()) else real, local_size)


def _forward(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: Mask | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **more: Any,
) -> tuple[Any, None]:
    """What transformers calls: heads before tokens on the way in, after them on the way out."""
    name = module.config._attn_implementation
    settings = _settings(module.config, name)
    require(dropout == 0, f"attention dropout is {dropout}; {name} has none")
    for other in REFUSED:
        require(more.get(other) is None, f"{name} does not take {other}, which this model uses")
    causal = more.get("is_causal")
    causal = getattr(module, "is_causal", True) if causal is None else causal
    require(causal, f"{name} is causal, and this attention is not")
    mask = Mask(None, None) if attention_mask is None else attention_mask
    sentence = f"attention_mask is given for each query; {name} takes one of (batch, tokens)"
    require(isinstance(mask, Mask), sentence)
    window = mask.window if sliding_window is None else sliding_window
    q, k, v = (_autocast(x).transpose(1, 2) for x in (query, key, value))
    plain = 1.0 if scaling is None else 1 / (scaling * math.sqrt(q.shape[-1]))
    rest = {"key_padding": mask.real, "backend": settings.get("backend")}
    if name == "midcourse_dynamic":
        require(window is None, f"{name} does not go with a sliding window")
        sentence = f"{name} needs parameters: add_dynamic_mask(model) of {__name__} adds them"
        require(hasattr(module, "dynamic_slope"), sentence)
        bias = content_bias(v, module.dynamic_weight, module.dynamic_slope)
        keep = settings.get("keep", 2048)
        return dynamic_mask_attention(q, k, v, bias, keep=keep, temperature=plain, **rest), None
    temperature = settings.get("temperature", 1.0)
    if not isinstance(temperature, int | float):
        temperature = torch.tensor(temperature, device=q.device)
    temperature = temperature * plain
    return attention(q, k, v, window=window, temperature=temperature, **rest), None


def _autocast(x: torch.Tensor) -> torch.Tensor:
    """x in the type of autocast, where it is on: rotary positions come out of it in float32."""
    on = torch.is_autocast_enabled(x.device.type)
    return x.to(torch.get_autocast_dtype(x.device.type)) if on else x


def _settings(config: Any, name: str) -> dict[str, Any]:
    """The settings in a model's config.

    Raises:
        ValueError: they are no dict, or one is unknown or out of its range.
    """
    settings = getattr(config, "midcourse", None) or {}
    require(isinstance(settings, dict), f"config.midcourse is {settings!r}; a dict was expected")
    for key in settings:
        known = ", ".join(SETTINGS[name])
        require(
            key in SETTINGS[name], f"{name} has no setting {key!r}; one of {known} was expected"
        )
    given = settings.get("temperature", 1.0)
    numbers = given if isinstance(given, list | tuple) else [given]
    good = all(isinstance(t, int | float) and math.isfinite(t) and t > 0 for t in numbers)
    require(good, f"temperature is {given!r}; a number above 0, or one a head, was expected")
    return settings
