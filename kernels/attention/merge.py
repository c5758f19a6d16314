"""Attention over parts of the keys, put together."""

import torch


def merge(outputs: torch.Tensor, lse: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Merge attention over disjoint sets of keys into attention over their union.

        lse = log sum_i e^lse_i,    o = sum_i e^(lse_i - lse) o_i

    Associative and commutative, and differentiable in both. A part without keys has lse = -inf and
    counts for nothing; where all parts are empty the output is 0 and lse -inf. The rule is that of
    online softmax (Milakov and Gimelshein, arXiv 1805.02867).

    Args:
        outputs: (parts, ..., D), a floating type.
        lse: natural log-sum-exp of each part, (parts, ...), float32 or float64.

    Returns:
        The output, (..., D) in the type of `outputs`, and lse, (...).

    Raises:
        ValueError: the shapes do not fit, or there are no parts.
    """
    if outputs.shape[:-1] != lse.shape or outputs.ndim < 2 or outputs.shape[0] == 0:
        shapes = f"outputs {tuple(outputs.shape)} and lse {tuple(lse.shape)}"
        raise ValueError(f"{shapes} do not fit: (parts, ..., D) and (parts, ...) were expected")
    peak = lse.detach().amax(0)
    base = torch.where(peak == -torch.inf, 0.0, peak)
    weight = torch.exp(lse - base)
    total = weight.sum(0)
    empty = total == 0
    total = torch.where(empty, 1.0, total)
    output = ((weight / total)[..., None] * outputs).sum(0)
    merged = torch.where(empty, -torch.inf, base + torch.log(total))
    return output.to(outputs.dtype), merged
