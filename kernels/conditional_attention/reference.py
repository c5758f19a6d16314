"""Conditional attention in plain torch, dense: the specification."""

import torch

from midcourse.kernels.attention import reference
from midcourse.kernels.attention.problem import Problem


def attend(problem: Problem, gate: torch.Tensor) -> torch.Tensor:
    """Outputs (T, H, D): every query attends, and its gate d_i, 0 or 1, is multiplied on.

        o_i = d_i sum_j softmax_j(S_ij) v_j,    S as in `attention`

    so that dL/dd_i = sum(dO_i * A_i), for closed gates too. Gates are (T, 1, 1).
    """
    return reference.attend(problem)[0] * gate
