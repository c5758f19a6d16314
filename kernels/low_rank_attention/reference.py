"""Low-rank additions to values in plain torch, multiplied out: the specification."""

import torch


def multiplied(low: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """What a low-rank adapter adds to the values of each key-value head, (..., KV, E).

        v_j = v_base_j + low_j up,    o_i = sum_j P_ij v_j

    Args:
        low: (..., r).
        up: (r, KV, E), or (B, r, KV, E) for low (B, K, r).
    """
    own = "brkd" if up.ndim == 4 else "rkd"
    return torch.einsum(f"b...r,{own}->b...kd", low, up)
