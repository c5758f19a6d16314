"""Parts of the keys put together in one launch, where plain torch takes some fifteen."""

from typing import Any

import torch
import triton
import triton.language as tl

from midcourse.kernels.dispatch import require_once

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
    for part in tl.static_range(PARTS):  # pyright: ignore[reportGeneralTypeIssues]
        one = tl.load(lse_ptr + part * rows + r, mask=live, other=float("-inf"))
        peak = tl.maximum(peak, one)
    if MORE:
        peak = tl.maximum(peak, tl.load(more_lse_ptr + r, mask=live, other=float("-inf")))
    base = tl.where(peak == float("-inf"), 0.0, peak)
    weight = tl.zeros((BLOCK,), tl.float32)
    total = tl.zeros((BLOCK, BLOCK_E), tl.float32)
    for part in tl.static_range(PARTS):  # pyright: ignore[reportGeneralTypeIssues]
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
            enable_fp_fusion=True,
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
        ctx.save_for_backward(*parts, lse)
        return out, lse

    @staticmethod
    def backward(ctx: Any, d_out, d_lse):  # pyright: ignore[reportIncompatibleMethodOverride]
        """Gradients of both parts."""
        require_once("a merge in triton")
        first, first_lse, then, then_lse, lse = ctx.saved_tensors
        base = torch.where(lse == -torch.inf, 0.0, lse)
        shares = [torch.exp(own - base)[..., None] for own in (first_lse, then_lse)]
        out = shares[0] * first + shares[1] * then  # in float32, as it was before it was stored
        found = []
        for share, part in zip(shares, (first, then), strict=True):
            slope = (d_out * (part - out)).sum(-1) + d_lse
            found += [(share * d_out).to(part.dtype), share[..., 0] * slope]
        return tuple(found)
