"""Causal attention over packed or padded rows: grouped queries, windows, temperatures, expiry."""

from typing import Any

import torch

from midcourse.kernels.attention import reference
from midcourse.kernels.attention.merge import merge
from midcourse.kernels.attention.problem import prepare
from midcourse.kernels.dispatch import as_given, backend_of

__all__ = ["attention", "merge"]


@as_given
def attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *,
    cu_seqlens_q: torch.Tensor | None = None,
    cu_seqlens_k: torch.Tensor | None = None,
    key_padding: torch.Tensor | None = None,
    causal: bool = True,
    window: int | None = None,
    temperature: float | torch.Tensor = 1.0,
    bias: torch.Tensor | None = None,
    expiry: torch.Tensor | None = None,
    positions: torch.Tensor | None = None,
    return_lse: bool = False,
    backend: str | None = None,
) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
    """Softmax attention in which each query sees its row's keys up to its own position.

        S_ij = q_i . k_j / (t_i sqrt(D)) + b_j,    o_i = sum_j softmax_j(S_ij) v_j

    over the keys j with p_i - window < j <= p_i < expiry_j. Where a row has more keys than queries,
    as with a cache, they are aligned lower-right: the last query sees all keys. A query that sees
    nothing gets 0. A temperature t below 1 is focal attention (arXiv 2511.06818). Gradients reach
    q, k, v, temperature and bias, and flow from the log-sum-exp too; once in Triton, any number of
    times in the reference. One pass over the keys with a
    running softmax is after T. Dao, arXiv 2307.08691; expiry is ours.

    Args:
        q: packed (T, H, D), or batched (B, Q, H, D); float32, bfloat16 or float16 (the reference
            takes float64 too).
        k: (K, KV, D) or (B, K, KV, D); H is a multiple of KV. Keys are not repeated, and no layout
            is copied as long as D is contiguous.
        v: as k, but its last dimension E may differ.
        cu_seqlens_q: bounds of the packed rows' queries, int32 (rows + 1,), read by the host; left
            out: one row. Not for a batch.
        cu_seqlens_k: the same of the keys; left out: as the queries', if there are as many keys.
        key_padding: bool, (K,) or (B, K), true where a key is real.
        causal: whether a query sees the keys up to its own only; else all of its row.
        window: of how many keys, itself among them, a query sees the last ones.
        temperature: a number, or a tensor that broadcasts to q without D, such as () or (H,).
        bias: of each key, (K, KV) or (B, K, KV), for all queries; -inf hides it.
        expiry: int32 (K,) or (K, KV), or with B: the position in the row from which a key is no
            longer seen. It says padding (0), the end of a subtree, or when a key leaves a top-w.
        positions: int32 (T,) or (B, Q): the last key that each query sees, -1 for none, in place of
            the alignment; quickest where it rises along a row.
        return_lse: whether to return the log-sum-exp too.
        backend: "reference" (plain torch) or "triton" (a GPU, or Triton's interpreter). Left out:
            triton for tensors that it takes on a GPU, if it is installed, else the reference.

    Returns:
        Outputs, shape and type of q, but E wide; with `return_lse` also the natural log-sum-exp,
        without D, float32 (float64 for float64), -inf where nothing is seen.

    Raises:
        ValueError: a shape, type, value or backend that does not fit, in one sentence.
        RuntimeError: triton was asked for and is not installed.
    """
    problem = prepare(
        q,
        k,
        v,
        cu_seqlens_q=cu_seqlens_q,
        cu_seqlens_k=cu_seqlens_k,
        key_padding=key_padding,
        causal=causal,
        window=window,
        temperature=temperature,
        bias=bias,
        expiry=expiry,
        positions=positions,
    )
    out, lse = attend_by(backend, q, v)(problem)
    out, lse = out.reshape(*q.shape[:-1], v.shape[-1]), lse.reshape(q.shape[:-1])
    return (out, lse) if return_lse else out


def attend_by(name: str | None, q: torch.Tensor, v: torch.Tensor):
    """The function of a backend that attends."""
    return module_of(name, q, v).attend


def module_of(name: str | None, q: torch.Tensor, v: torch.Tensor) -> Any:
    """The module of a backend, or where none is named of the one that takes these tensors."""
    module = backend_of(reference, _triton, name, q.device)
    if name is None and module is not reference:
        narrow = max(q.shape[-1], v.shape[-1]) <= module.WIDEST
        takes = q.dtype in module.TYPES and narrow
        module = module if takes else reference
    return module


def _triton():
    """The backend in Triton, imported only where it is asked for."""
    from midcourse.kernels.attention import triton

    return triton
