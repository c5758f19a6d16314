"""Parts of the keys put together in one launch, where plain torch takes some fifteen."""

from typing import Any

import torch
import triton
import triton.language as tl

ROWS = 16  # of a program; not yet measured


@triton.jit
def merge_kernel(
    outputs_ptr, lse_ptr, more_ptr, more_lse_ptr, out_ptr, total_ptr, rows,
    PARTS: tl.constexpr, MORE: tl.constexpr, E: tl.constexpr, BLOCK_E: tl.constexpr,
    BLOCK: tl.constexpr,
):  # fmt: skip
    """Rows of PARTS parts, that lie behind each other, and of one that lies elsewhere if MORE."""
    r = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    e = tl.arange(0, BLOCK_E)
    live = r < rows
    inside = live[:, None] & (e < E)[None, :]
    at = r[:, None] * E + e[None, :]
    peak = tl.full((BLOCK,), float("-inf"), tl.float32)
    for part in tl.static_range(PARTS):
        one = tl.load(lse_ptr + part * rows + r, mask=live, other=float("-inf"))
        peak = tl.maximum(peak, one)
    if MORE:
        peak = tl.maximum(peak, tl.load(more_lse_ptr + r, mask=live, other=float("-inf")))
    base = tl.where(peak == float("-inf"), 0.0, peak)
    weight = tl.zeros((BLOCK,), tl.float32)
    total = tl.zeros((BLOCK, BLOCK_E), tl.float32)
    for part in tl.static_range(PARTS):
        one = tl.load(lse_ptr + part * rows + r, mask=live, other=float("-inf"))
        w = tl.exp(one - base)
        o = tl.load(outputs_ptr + part * rows * E + at, mask=inside, other=0.0)
        weight += w
        total += w[:, None] * o.to(tl.float32)
    if MORE:
        w = tl.exp(tl.load(more_lse_ptr + r, mask=live, other=float("-inf")) - base)
        o = tl.load(more_ptr + at, mask=inside, other=0.0)
        weight += w
        total += w[:, None] * o.to(tl.float32)
    nothing = weight == 0.0
    weight = tl.where(nothing, 1.0, weight)
    tl.store(out_ptr + at, total / weight[:, None], mask=inside)
    tl.store(total_ptr + r, tl.where(nothing, float("-inf"), base + tl.log(weight)), mask=live)


def merged(
    outputs: torch.Tensor,
    lse: torch.Tensor,
    more: tuple[torch.Tensor, torch.Tensor] | None,
    kind: torch.dtype,
) -> tuple[torch.Tensor, torch.Tensor]:
    """`merge` of stacked parts and perhaps of one more; all contiguous, lse float32.

    Args:
        outputs: (parts, ..., E).
        lse: (parts, ...).
        more: outputs (..., E) and lse (...) of another part.
        kind: type of the output.

    Returns:
        The output, (..., E), and lse, (...).
    """
    shape = outputs.shape[1:]
    out = torch.empty(shape, dtype=kind, device=outputs.device)
    total = torch.empty(shape[:-1], dtype=torch.float32, device=outputs.device)
    rows = total.numel()
    if not rows:
        return out, total
    launch: Any = merge_kernel[(triton.cdiv(rows, ROWS),)]
    with torch.cuda.device_of(outputs):
        launch(
            *(outputs, lse, *(more or (outputs, lse)), out, total, rows),
            PARTS=len(outputs),
            MORE=more is not None,
            E=shape[-1],
            BLOCK_E=triton.next_power_of_2(shape[-1]),
            BLOCK=ROWS,
        )
    return out, total


class Merge(torch.autograd.Function):
    """Two parts for autograd.

    With p = e^(lse_i - lse): do_i = p do and dlse_i = p (do . (o_i - o) + dlse).
    """

    @staticmethod
    def forward(ctx: Any, first, first_lse, then, then_lse):
        """Output, in the type of the parts, and lse."""
        parts = [x.contiguous() for x in (first, first_lse, then, then_lse)]
        out, lse = merged(parts[0][None], parts[1][None], (parts[2], parts[3]), first.dtype)
        ctx.save_for_backward(*parts, out, lse)
        return out, lse

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, d_out, d_lse):  # pyright: ignore[reportIncompatibleMethodOverride]
        """Gradients of both parts."""
        first, first_lse, then, then_lse, out, lse = ctx.saved_tensors
        base, found = torch.where(lse == -torch.inf, 0.0, lse), []
        for part, own in ((first, first_lse), (then, then_lse)):
            share = torch.exp(own - base)
            slope = (d_out.float() * (part.float() - out.float())).sum(-1) + d_lse
            found += [(share[..., None] * d_out).to(part.dtype), share * slope]
        return tuple(found)
