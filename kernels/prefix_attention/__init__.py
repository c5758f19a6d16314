"""Attention of many continuations that share one prefix, whose keys and values are read once."""

import torch

from midcourse.kernels.attention import attention, merge, module_of
from midcourse.kernels.dispatch import BACKENDS, as_given, require
from midcourse.kernels.prefix_attention import reference
from midcourse.kernels.prefix_attention.tree import Tree, pack_tree

__all__ = ["Tree", "merge", "pack_tree", "prefix_attention"]


@as_given
def prefix_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    prefix_k: torch.Tensor,
    prefix_v: torch.Tensor,
    tree: Tree,
    *,
    temperature: float | torch.Tensor = 1.0,
    return_lse: bool = False,
    backend: str | None = None,
) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
    """Each token of a tree attends to the whole prefix and to its ancestors.

    All queries attend to the prefix at once, and to the tree by its intervals; the two parts are
    merged by their log-sum-exp, after J. Juravsky et al., Hydragen, arXiv 2402.05099 (there with
    continuations side by side; the tree in depth-first intervals is ours). Gradients reach q, k, v,
    the prefix and the temperature.

    Args:
        q: queries of the packed tree, (T, H, D); float32, bfloat16 or float16 (the reference takes
            float64 too).
        k: the tree's keys, (T, KV, D); H is a multiple of KV.
        v: as k.
        prefix_k: (P, KV, D); P may be 0.
        prefix_v: as prefix_k.
        tree: from `pack_tree`, on the device of q.
        temperature: as `attention` takes it.
        return_lse: whether to return the log-sum-exp too.
        backend: "reference" (each token on its own) or "triton" (as `attention`). Left out: triton
            on a GPU, else the two parts in plain torch.

    Returns:
        Outputs, shape and type of q; with `return_lse` also the natural log-sum-exp, (T, H).

    Raises:
        ValueError: a shape, type, value or backend that does not fit, in one sentence.
        RuntimeError: triton was asked for and is not installed.
    """
    known = (None, *BACKENDS)
    require(backend in known, f"backend is {backend!r}; one of {', '.join(BACKENDS)} was expected")
    if q.ndim != 3 or len(tree.ends) != len(q) or len(k) != len(q):
        shapes = f"q {tuple(q.shape)} and k {tuple(k.shape)}"
        raise ValueError(f"{shapes} do not fit a tree of {len(tree.ends)} tokens")
    if prefix_k.shape != prefix_v.shape or prefix_k.shape[1:] != k.shape[1:]:
        shapes = f"prefix_k {tuple(prefix_k.shape)}, prefix_v {tuple(prefix_v.shape)}"
        raise ValueError(f"{shapes} do not fit keys of the shape {tuple(k.shape)}")
    if backend == "reference":
        parents = tree.parents.tolist()
        out, lse = reference.attend(q, k, v, prefix_k, prefix_v, parents, temperature)
    else:
        out, lse = _in_parts(q, k, v, prefix_k, prefix_v, tree, temperature, backend)
    return (out, lse) if return_lse else out


def _in_parts(q, k, v, prefix_k, prefix_v, tree, temperature, backend):
    """Over the prefix, over the tree, and merged; the parts are merged in float32 or wider."""
    more = {"temperature": temperature, "return_lse": True, "backend": backend}
    before = attention(q, prefix_k, prefix_v, causal=False, **more)
    within = attention(q, k, v, expiry=tree.ends, **more)
    return module_of(backend, q, v).merge_two(before, within)
