"""Attention over shared values with low-rank additions, which are never multiplied out."""

import torch

from midcourse.kernels.attention import attention
from midcourse.kernels.dispatch import BACKENDS, as_given, require
from midcourse.kernels.low_rank_attention import reference

__all__ = ["low_rank_attention"]


@as_given
def low_rank_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    low: torch.Tensor,
    up: torch.Tensor,
    *,
    return_lse: bool = False,
    backend: str | None = None,
    **more,
) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
    """Attention to the values v + low up, of which only the two caches exist.

        o = P v + (P low) up,    P = softmax(S) as in `attention`

    After LRAgent (arXiv 2602.01053): agents with adapters of rank r on their values share one base
    cache v, and keep low = x A beside it, or share that too where they share A. A step over K keys
    costs K r + r D more a head, in place of K r D. There one kernel has two accumulators; here
    attention runs twice, so keys are read twice, and every feature and gradient of `attention`
    holds. For agents over one base, expand k and v: the copies are not made on a GPU.

    Args:
        q: as `attention` takes it, packed (T, H, D) or batched (B, Q, H, D).
        k: the same.
        v: values of the base, as `attention` takes them.
        low: (K, r) or (B, K, r), type of q, for all key-value heads.
        up: (r, KV, E), type of q, its scale (alpha / r) multiplied in; or (B, r, KV, E), an adapter
            for each row of a batch.
        return_lse: whether to return the log-sum-exp too.
        backend: "reference" (values multiplied out) or "triton" (as `attention`). Left out: triton
            on a GPU, else the two parts in plain torch.
        more: other keywords of `attention`.

    Returns:
        As `attention`.

    Raises:
        ValueError: a shape, type, value or backend that does not fit, in one sentence.
        RuntimeError: triton was asked for and is not installed.
    """
    known = (None, *BACKENDS)
    require(backend in known, f"backend is {backend!r}; one of {', '.join(BACKENDS)} was expected")
    _check(k, v, low, up)
    more |= {"return_lse": True, "backend": backend}
    if backend == "reference":
        out, lse = attention(q, k, v + reference.multiplied(low, up), **more)
    else:
        out, lse = attention(q, k, v, **more)
        shared = low[..., None, :].expand(*k.shape[:-1], low.shape[-1])
        out = out + _raised(attention(q, k, shared, **more)[0], up)
    return (out, lse) if return_lse else out


def _raised(few: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """(P low) up: from (..., H, r) to (..., H, E)."""
    groups = few.unflatten(-2, (up.shape[-2], -1))
    own = "brkd" if up.ndim == 4 else "rkd"
    return torch.einsum(f"b...kgr,{own}->b...kgd", groups, up).flatten(-3, -2)


def _check(k, v, low, up) -> None:
    """Shapes of the adapter beside the base."""
    for name, part in (("low", low), ("up", up)):
        same = part.dtype == v.dtype and part.device == v.device
        require(same, f"{name} is {part.dtype} on {part.device}, v {v.dtype} on {v.device}")
    given = f"low has the shape {tuple(low.shape)}"
    fits = low.ndim == k.ndim - 1 and low.shape[:-1] == k.shape[:-2] and low.shape[-1] > 0
    require(fits, f"{given}; {(*k.shape[:-2], 'r')} was expected")
    one = (low.shape[-1], *v.shape[-2:])
    given, each = f"up has the shape {tuple(up.shape)}", (len(k), *one)
    if k.ndim == 4:
        require(tuple(up.shape) in (one, each), f"{given}; {one} or {each} was expected")
    else:
        require(tuple(up.shape) == one, f"{given}; {one} was expected")
