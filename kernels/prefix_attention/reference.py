"""Many continuations of one prefix, each on its own, in plain torch: the specification."""

import torch

from midcourse.kernels.attention import attention


def ancestors(parents: list[int], token: int) -> list[int]:
    """The way from the first token of a continuation to `token`, itself among them."""
    way = []
    while token >= 0:
        way.append(token)
        token = parents[token]
    return way[::-1]


def attend(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    prefix_k: torch.Tensor,
    prefix_v: torch.Tensor,
    parents: list[int],
    temperature: float | torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs and log-sum-exp: each token attends to the prefix and to the way that leads to it.

    With A(i) the ancestors of token i in the tree, i among them, and P the prefix,

        o_i = sum_{j in P + A(i)} softmax_j(q_i . k_j / (t sqrt(D))) v_j

    One call of attention for each token, over keys and values that are copied for it.
    """
    outputs, sums = [], []
    for i in range(len(parents)):
        way = torch.tensor(ancestors(parents, i), device=q.device)
        near, far = torch.cat([prefix_k, k[way]]), torch.cat([prefix_v, v[way]])
        t = temperature
        if isinstance(t, torch.Tensor):
            t = t.expand(q.shape[:-1])[i : i + 1]
        parts = attention(
            q[i : i + 1], near, far, temperature=t, return_lse=True, backend="reference"
        )
        outputs.append(parts[0])
        sums.append(parts[1])
    return torch.cat([q[:0], *outputs]), torch.cat([*sums]) if sums else q.new_empty(q.shape[:-1])
