"""Attention of chosen queries only: the others are gathered away, and give 0."""

import torch

from midcourse.kernels.attention import attend_by
from midcourse.kernels.attention.problem import Problem, prepare
from midcourse.kernels.conditional_attention import reference
from midcourse.kernels.dispatch import BACKENDS, as_given, require

__all__ = ["conditional_attention", "open_gates"]


def open_gates(
    logits: torch.Tensor, *, temperature: float = 0.1, threshold: float = 0.5
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gates that are 0 or 1, with the gradient of the soft gates behind them.

        s = sigmoid(z / T),    d = 1[s >= threshold],    dd/ds := 1 (straight-through)

    As in L2A (arXiv 2603.17484), where z is one linear read-out of a token, at first 0, so that
    all gates are open, and to the loss the mean over the layers of s.square().sum(-1) is added,
    times a lambda that rises from 0.

    Args:
        logits: z, floats of any shape.
        temperature: T, above 0.
        threshold: from which s on a gate is open, in [0, 1].

    Returns:
        d and s, each shaped and typed as the logits.

    Raises:
        ValueError: a number out of its range.
    """
    require(temperature > 0, f"temperature is {temperature}; a number above 0 was expected")
    require(0 <= threshold <= 1, f"threshold is {threshold}; a number in [0, 1] was expected")
    soft = torch.sigmoid(logits / temperature)
    hard = (soft >= threshold).to(soft.dtype)
    return hard + (soft - soft.detach()), soft


@as_given
def conditional_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    gate: torch.Tensor,
    *,
    dense: bool = False,
    backend: str | None = None,
    **more,
) -> torch.Tensor:
    """Attention of the tokens whose gate is open, times the gate; 0 for the others.

        o_i = d_i A_i,    A = attention(q, k, v)

    The chosen queries of a row are gathered once for all heads, so the others cost nothing; keys
    and values of all tokens are seen. This is the global branch of L2A (arXiv 2603.17484), whose
    tokens all attend to a window besides: `attention(..., window=4095)` with keys of its own.

    A gate that is skipped gets no gradient, so it would stay closed. In training some calls, a
    tenth in the paper, are therefore `dense`: the result is the same, but every A_i is computed,
    and the gradient sum(dO_i * A_i) reaches closed gates too. The coin is the caller's, for
    instance `dense=bool(torch.rand((), generator=g) < 0.1)`, so that a layer that is computed
    again in backward takes the same side.

    Args:
        q: as `attention` takes it, packed (T, H, D) or batched (B, Q, H, D).
        k: the same.
        v: the same.
        gate: (T,) or (B, Q), bool, or floats that are 0 or 1, as from `open_gates`.
        dense: whether to compute the queries of closed gates too.
        backend: "reference" (all queries in plain torch, then the gate) or "triton" (as
            `attention`). Left out: triton on a GPU, else the chosen queries in plain torch.
        more: other keywords of `attention`, all but `return_lse`.

    Returns:
        Outputs, as `attention`.

    Raises:
        ValueError: a shape, type, value or backend that does not fit, in one sentence.
        RuntimeError: triton was asked for and is not installed.
    """
    known = (None, *BACKENDS)
    require(backend in known, f"backend is {backend!r}; one of {', '.join(BACKENDS)} was expected")
    problem = prepare(q, k, v, **more)
    given = f"gate is {gate.dtype} {tuple(gate.shape)} on {gate.device}"
    fits = gate.shape == q.shape[:-2] and (gate.dtype == torch.bool or gate.is_floating_point())
    wanted = f"bool or floats {tuple(q.shape[:-2])} on {q.device}"
    require(fits and gate.device == q.device, f"{given}; {wanted} was expected")
    gate = gate.reshape(-1, 1, 1).to(q.dtype)
    shape = (*q.shape[:-1], v.shape[-1])
    if backend == "reference":
        return reference.attend(problem, gate).reshape(shape)
    attend = attend_by(backend, q, v)
    if dense:
        return (attend(problem)[0] * gate).reshape(shape)
    chosen = gate.detach().flatten() > 0
    index = chosen.nonzero()[:, 0]
    few = attend(gathered(problem, chosen, index))[0] * gate[index]
    return few.new_zeros(shape).flatten(0, -3).index_copy(0, index, few).reshape(shape)


def gathered(problem: Problem, chosen: torch.Tensor, index: torch.Tensor) -> Problem:
    """The problem of the chosen queries alone, packed; they keep their positions.

    Args:
        problem: of all queries.
        chosen: bool (T,).
        index: int64, where it is true.
    """
    before = torch.nn.functional.pad(chosen.cumsum(0), (1, 0)).cpu()
    table = problem.table.clone()
    begin, end = table[:, 0].long(), (table[:, 0] + table[:, 1]).long()
    table[:, 0] = before[begin]
    table[:, 1] = before[end] - before[begin]
    return problem._replace(
        q=problem.q.reshape(-1, *problem.q.shape[-2:])[index],
        table=table,
        placed=None,
        positions=problem.positions[index],
        temperature=problem.temperature[index],
    )
