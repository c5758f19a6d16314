"""Dynamic mask attention in plain torch, query by query: the specification."""

import torch

from midcourse.kernels.attention import reference
from midcourse.kernels.attention.problem import Problem
from midcourse.kernels.dispatch import require
from midcourse.kernels.dynamic_mask.top import FAR, ranking


def best(scores: torch.Tensor, seen: torch.Tensor, keep: int) -> torch.Tensor:
    """Which of the keys that are seen rank among the first `keep`; of equal ones the earlier."""
    order = scores.masked_fill(~seen, -torch.inf).argsort(dim=-1, descending=True, stable=True)
    return seen & (order.argsort(-1) < keep)


def attend(problem: Problem, keep: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs (T, H, D) and log-sum-exp (T, H).

    Query i may see the keys of V(i), and T(i) are the `keep` among them whose b, in
    bfloat16, is largest:

        o_i = sum_{j in T(i)} softmax_j(q_i . k_j / (t sqrt(D)) + b_j) v_j

    One call of attention for each query, from which the keys outside T(i) are hidden.
    """
    require(keep >= 1, f"keep is {keep}; 1 or more was expected")
    assert problem.bias is not None
    bias = ranking(problem.bias)
    heads, width = problem.q.shape[-2], problem.v.shape[-1]
    outputs = [problem.q.new_empty((0, heads, width))]
    sums = [problem.temperature[:0]]
    for row in problem.table.tolist():
        start, queries, first, keys = row
        seen = reference.seen(problem, row)
        scores = bias[first : first + keys].T[:, None].expand_as(seen)
        kept = best(scores, seen, keep)
        for i in range(queries):
            expiry = torch.zeros_like(bias, dtype=torch.int32)
            expiry[first : first + keys] = torch.where(kept[:, i].T, FAR, 0).int()
            table = torch.tensor([[start + i, 1, first, keys]], dtype=torch.int32)
            out, lse = reference.attend(problem._replace(table=table, expiry=expiry))
            outputs.append(out)
            sums.append(lse)
    return torch.cat(outputs), torch.cat(sums)
