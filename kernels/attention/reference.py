"""Attention in plain torch: the specification, on any device."""

import torch

from midcourse.kernels.attention.merge import merge
from midcourse.kernels.attention.problem import Problem, accumulated


def seen(problem: Problem, row: list[int]) -> torch.Tensor:
    """Which keys each query of a row sees, bool (KV, queries, keys).

    Key j is seen from position p if p - window < j <= p < expiry_j.
    """
    q_start, q_len, k_start, k_len = row
    p = problem.positions[q_start : q_start + q_len, None]
    j = torch.arange(k_len, device=p.device)
    mask = j <= p
    if problem.window is not None:
        mask = mask & (j > p - problem.window)
    mask = mask.expand(problem.k.shape[-2], q_len, k_len)
    if problem.expiry is not None:
        mask = mask & (p < problem.expiry[k_start : k_start + k_len].T[:, None, :])
    return mask


def attend(problem: Problem) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs (T, H, E) in the type of q and log-sum-exp (T, H).

    In each row, for query i of head h, whose keys and values are those of head h // (H / KV):

        S_ij = q_i . k_j / (t_i sqrt(D)) + b_j    where j is seen from i, else -inf
        lse_i = log sum_j e^S_ij,    o_i = sum_j e^(S_ij - lse_i) v_j

    A query that sees nothing, or only what has b = -inf, has o = 0 and lse = -inf. Focal attention
    (arXiv 2511.06818) is t < 1.
    """
    kind = accumulated(problem.q.dtype)
    heads, width = problem.q.shape[-2:]
    group = heads // problem.k.shape[-2]
    q = problem.q.reshape(-1, heads, width).to(kind)
    k, v = (x.reshape(-1, *x.shape[-2:]).to(kind) for x in (problem.k, problem.v))
    outputs, sums = [], []
    for row in problem.table.tolist():
        a, b, c, d = row[0], row[0] + row[1], row[2], row[2] + row[3]
        near, far = (x[c:d].repeat_interleave(group, 1) for x in (k, v))
        s = torch.einsum("ihd,jhd->hij", q[a:b], near) * problem.scale
        s = s / problem.temperature[a:b].T[:, :, None]
        if problem.bias is not None:
            s = s + problem.bias[c:d].repeat_interleave(group, 1).T[:, None, :]
        mask = seen(problem, row).repeat_interleave(group, 0)
        s = s.masked_fill(~mask, -torch.inf)
        empty = (s == -torch.inf).all(-1, keepdim=True)
        s = s.masked_fill(empty, 0)
        lse = torch.logsumexp(s, -1, keepdim=True)
        p = torch.exp(s - lse).masked_fill(empty, 0)
        outputs.append(torch.einsum("hij,jhd->ihd", p, far))
        sums.append(lse.masked_fill(empty, -torch.inf)[:, :, 0].T)
    if not outputs:
        return q.new_empty((0, heads, v.shape[-1]), dtype=problem.q.dtype), q.new_empty((0, heads))
    return torch.cat(outputs).to(problem.q.dtype), torch.cat(sums)


def merge_two(
    first: tuple[torch.Tensor, torch.Tensor], then: tuple[torch.Tensor, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """`merge` of two parts, (output, lse) each, in the type of lse; the output in its own again."""
    outputs = torch.stack([first[0], then[0]]).to(first[1].dtype)
    out, lse = merge(outputs, torch.stack([first[1], then[1]]))
    return out.to(first[0].dtype), lse
