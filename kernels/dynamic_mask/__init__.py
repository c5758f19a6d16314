"""Attention to the keys that their values score highest, the same ones in training and decoding."""

import torch

from midcourse.kernels.attention import attention
from midcourse.kernels.attention.problem import bounds, prepare
from midcourse.kernels.dispatch import BACKENDS, as_given, require
from midcourse.kernels.dynamic_mask import reference
from midcourse.kernels.dynamic_mask.top import ranking, top_expiry

__all__ = ["content_bias", "dynamic_mask_attention", "top_expiry"]


def content_bias(v: torch.Tensor, weight: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
    """What a key's values add to its logits, for each key-value head.

        b = A softplus(W concat_heads(v))

    From Dynamic Mask Attention (arXiv 2508.02124, in the form of its code). It depends on one token
    alone, so it can be kept beside a cache.

    Args:
        v: (..., KV, D), floats.
        weight: W, (KV, KV D), type of v.
        slope: A, (KV,).

    Returns:
        b, (..., KV).

    Raises:
        ValueError: a shape that does not fit.
    """
    heads, width = v.shape[-2:]
    for name, part, shape in (
        ("weight", weight, (heads, heads * width)),
        ("slope", slope, (heads,)),
    ):
        given = f"{name} has the shape {tuple(part.shape)}"
        require(tuple(part.shape) == shape, f"{given}; {shape} was expected")
    return slope * torch.nn.functional.softplus(v.flatten(-2) @ weight.T)


@as_given
def dynamic_mask_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    bias: torch.Tensor,
    *,
    keep: int,
    backend: str | None = None,
    **more,
) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
    """Each query attends to the `keep` keys of highest bias among those that it may see.

    The bias is added to the logits, and its gradient comes through them; none comes through the
    choice. This is Dynamic Mask Attention (arXiv 2508.02124), but chosen for each query among its
    own past, so that a token decoded over a cache sees what it saw in training. As the past only
    grows, a key that has left the choice never returns: `top_expiry` says when it leaves, and
    `attention` does the rest, tiles of keys that all have left being skipped (the expiry is ours).

    Args:
        q: as `attention` takes it, packed (T, H, D) or batched (B, Q, H, D).
        k: the same.
        v: the same.
        bias: floats (K, KV) or (B, K, KV), such as `content_bias`. Of those equal in
            bfloat16 the earlier wins.
        keep: how many keys of each key-value head a query keeps, 1 or more.
        backend: "reference" (the choice made for each query anew) or "triton" (as `attention`).
            Left out: triton on a GPU, else attention in plain torch.
        more: other keywords of `attention`, but for `expiry` and `window`.

    Returns:
        As `attention`.

    Raises:
        ValueError: a shape, type, value or backend that does not fit, in one sentence.
        RuntimeError: triton was asked for and is not installed.
    """
    known = (None, *BACKENDS)
    require(backend in known, f"backend is {backend!r}; one of {', '.join(BACKENDS)} was expected")
    for name in ("window", "expiry"):
        require(name not in more, f"{name} was given, but `keep` says which keys are seen")
    if backend == "reference":
        with_lse = more.pop("return_lse", False)
        out, lse = reference.attend(prepare(q, k, v, bias=bias, **more), keep)
        out, lse = out.reshape(*q.shape[:-1], v.shape[-1]), lse.reshape(q.shape[:-1])
        return (out, lse) if with_lse else out
    given = f"bias has the shape {tuple(bias.shape)}"
    require(bias.shape == k.shape[:-1], f"{given}; {tuple(k.shape[:-1])} was expected")
    expiry = _expiry(bias, keep, more, len(q) == len(k))
    return attention(q, k, v, bias=bias, expiry=expiry, backend=backend, **more)


def _expiry(bias: torch.Tensor, keep: int, more: dict, alike: bool) -> torch.Tensor:
    """`top_expiry` of each row and head; padding outranks nothing.

    `alike` says whether there are as many keys as queries, whose bounds are then the keys' too.
    """
    scores, padding = ranking(bias), more.get("key_padding")
    if padding is not None and padding.shape == bias.shape[:-1]:
        scores = scores.masked_fill(~padding[..., None], -torch.inf)
    scores = scores.transpose(-1, -2)
    if bias.ndim == 3:
        return top_expiry(scores, keep).transpose(-1, -2)
    cuts = more.get("cu_seqlens_k")
    cuts = more.get("cu_seqlens_q") if cuts is None and alike else cuts
    at = torch.tensor(bounds("cu_seqlens_k", cuts, len(bias)))
    rows = scores.split(at.diff().tolist(), 1)
    return torch.cat([top_expiry(row, keep) for row in (scores[:, :0], *rows)], 1).T
