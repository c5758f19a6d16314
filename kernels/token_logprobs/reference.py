"""Log-probabilities and entropies of a softmax over a vocabulary, in plain torch.

The specification, for one row with hidden state h and target y:

    z = (W h + b) / T,   p = softmax(z),   log-probability = log p_y,   entropy = -sum_j p_j log p_j

`unfused` computes that as it stands. The other functions are what one tile of logits contributes:
`fold` passes over the vocabulary tile by tile and keeps per row

    m = max z,   s = sum e^(z - m),   u = sum e^(z - m) (z - m),   the target's z

so that log p_y = z_y - m - log s and entropy = log s - u / s. u is taken about the maximum, so that
large logits do not cancel. With upstream gradients g of the log-probability and e of the entropy H

    dz_j = g * (1[j = y] - p_j) - e * p_j * (log p_j + H)
"""

import torch


def unfused(
    hidden: torch.Tensor,
    weight: torch.Tensor,
    targets: torch.Tensor,
    bias: torch.Tensor | None = None,
    temperature: float = 1.0,
    ignore_index: int = -100,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The formula, with all logits in memory; arguments and result as `token_logprobs`."""
    kind = torch.float64 if hidden.dtype == torch.float64 else torch.float32
    logits = hidden.to(kind) @ weight.to(kind).T
    if bias is not None:
        logits = logits + bias.to(kind)
    logs = torch.log_softmax(logits / temperature, 1)
    kept = targets != ignore_index
    chosen = logs.gather(1, torch.where(kept, targets, 0)[:, None].long()).squeeze(1)
    entropy = -(logs.exp() * logs).sum(1)
    return torch.where(kept, chosen, 0.0), torch.where(kept, entropy, 0.0)


def fold(
    logits: torch.Tensor, bias: torch.Tensor | None, targets: torch.Tensor, scale: float,
    state: torch.Tensor,
) -> None:  # fmt: skip
    """Fold a tile into the state.

    Args:
        logits: (rows, columns), before bias and temperature; may be overwritten.
        bias: (columns,) or None.
        targets: int64 (rows,), counted from the tile's first column; others lie outside it.
        scale: 1 / temperature.
        state: (4, rows), the m, s, u and target's z of the columns before; changed.
    """
    z = (logits if bias is None else logits + bias) * scale
    top, total, moment, chosen = state
    peak = torch.maximum(top, z.amax(1))
    shift = torch.where(total > 0, top - peak, 0.0)
    old = shift.exp()
    centred = z - peak[:, None]
    power = centred.exp()
    moment.copy_((moment + total * shift) * old + (power * centred).sum(1))
    total.copy_(total * old + power.sum(1))
    top.copy_(peak)
    inside = (targets >= 0) & (targets < z.shape[1])
    found = z.gather(1, torch.where(inside, targets, 0)[:, None]).squeeze(1)
    chosen.copy_(torch.where(inside, found, chosen))


def gradient(
    logits: torch.Tensor, bias: torch.Tensor | None, targets: torch.Tensor, scale: float,
    rows: torch.Tensor, kind: torch.dtype | None = None,
) -> torch.Tensor:  # fmt: skip
    """Gradient of a tile's logits before bias and temperature, (rows, columns).

    `rows` is (4, rows): log-sum-exp, entropy and the two upstream gradients; `kind` is the type of
    the result, that of the logits if left out; the rest is as in `fold`.
    """
    z = (logits if bias is None else logits + bias) * scale
    normaliser, entropy, of_chosen, of_entropy = rows[..., None]
    logs = z - normaliser
    columns = torch.arange(z.shape[1], device=z.device)
    hit = (columns == targets[:, None]).to(z.dtype)
    power = logs.exp()
    slope = scale * (of_chosen * (hit - power) - of_entropy * power * (logs + entropy))
    return slope if kind is None else slope.to(kind)
