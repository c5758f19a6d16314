"""What a tile of logits contributes, in one pass of Triton each way.

The matrix products stay torch.mm (cuBLAS): at N rows, H features and V words they are 2 N H V
operations forward and 6 N H V backward (the logits again, then both gradients), all but some 20 N V
of the work, and a hand-written product would have to beat cuBLAS to pay. What plain torch would do
badly is the rest: about ten passes over each tile. Here a tile is read once forward, and read once
and written once backward, in the type of the factors: 4 N V and 6 N V bytes, beside the 4 N V that
each product of logits writes.
"""

from typing import Any

import torch
import triton
import triton.language as tl

BLOCK = 1024  # columns that a program takes at a time; not yet measured


@triton.jit
def tile_of(logits_ptr, bias_ptr, row, at, columns, scale, BIAS: tl.constexpr):
    """Logits of a row at some columns, after bias and temperature; -inf beyond the tile."""
    z = tl.load(logits_ptr + row.to(tl.int64) * columns + at, mask=at < columns, other=0.0)
    if BIAS:
        z += tl.load(bias_ptr + at, mask=at < columns, other=0.0).to(z.dtype)
    return tl.where(at < columns, z * scale, -float("inf"))


@triton.jit(do_not_specialize=["columns"])
def fold_kernel(
    logits_ptr, bias_ptr, target_ptr, scale_ptr, state_ptr, columns, rows,
    BIAS: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Fold one row of a tile into its m, s, u and target's z."""
    row = tl.program_id(0)
    target = tl.load(target_ptr + row)
    scale = tl.load(scale_ptr)
    top = tl.load(state_ptr + row)
    total = tl.load(state_ptr + rows + row)
    moment = tl.load(state_ptr + 2 * rows + row)
    chosen = tl.load(state_ptr + 3 * rows + row)
    for start in range(0, columns, BLOCK):
        at = start + tl.arange(0, BLOCK)
        z = tile_of(logits_ptr, bias_ptr, row, at, columns, scale, BIAS)
        peak = tl.maximum(top, tl.max(z, 0))
        shift = tl.where(total > 0.0, top - peak, 0.0)
        old = tl.exp(shift)
        power = tl.exp(z - peak)
        centred = tl.where(at < columns, z - peak, 0.0)
        moment = (moment + total * shift) * old + tl.sum(power * centred, 0)
        total = total * old + tl.sum(power, 0)
        top = peak
        hit = (at == target) & (at < columns)
        chosen += tl.sum(tl.where(hit, z, 0.0), 0)
    tl.store(state_ptr + row, top)
    tl.store(state_ptr + rows + row, total)
    tl.store(state_ptr + 2 * rows + row, moment)
    tl.store(state_ptr + 3 * rows + row, chosen)


@triton.jit(do_not_specialize=["columns"])
def gradient_kernel(
    logits_ptr, bias_ptr, target_ptr, scale_ptr, row_ptr, out_ptr, columns, rows,
    BIAS: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """The gradient of one block of one row of logits; it may take their place."""
    row = tl.program_id(0)
    at = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    target = tl.load(target_ptr + row)
    scale = tl.load(scale_ptr)
    normaliser = tl.load(row_ptr + row)
    entropy = tl.load(row_ptr + rows + row)
    of_chosen = tl.load(row_ptr + 2 * rows + row)
    of_entropy = tl.load(row_ptr + 3 * rows + row)
    z = tile_of(logits_ptr, bias_ptr, row, at, columns, scale, BIAS)
    logs = tl.where(at < columns, z - normaliser, 0.0)
    power = tl.exp(logs)
    hit = tl.where(at == target, 1.0, 0.0)
    slope = of_chosen * (hit - power) - of_entropy * power * (logs + entropy)
    place = out_ptr + row.to(tl.int64) * columns + at
    tl.store(place, slope * scale, mask=at < columns)


def interpreted() -> bool:
    """Whether the kernels here were made for Triton's interpreter."""
    return not isinstance(fold_kernel, triton.JITFunction)


def _launch(
    kernel: Any, grid: tuple[int, ...], logits, bias, targets, scale, tables, block
) -> None:
    """One launch over a tile; the scale goes through memory, so that it stays float64 if it is."""
    scales = torch.full((1,), scale, dtype=logits.dtype, device=logits.device)
    rows, columns = logits.shape
    with torch.cuda.device_of(logits):
        kernel[grid](
            *(logits, logits if bias is None else bias.contiguous(), targets, scales, *tables),
            *(columns, rows),
            BIAS=bias is not None,
            BLOCK=block,
            enable_fp_fusion=True,
        )


def fold(logits, bias, targets, scale, state, block: int = BLOCK) -> None:
    """`reference.fold`; logits and state must be contiguous."""
    _launch(fold_kernel, (len(logits),), logits, bias, targets, scale, (state,), block)


def gradient(logits, bias, targets, scale, rows, kind=None, block: int = BLOCK) -> torch.Tensor:
    """`reference.gradient`, in place of the logits if it is of their type."""
    grid = len(logits), triton.cdiv(logits.shape[1], block)
    same = kind in (None, logits.dtype)
    out = logits if same else torch.empty(logits.shape, dtype=kind, device=logits.device)
    tables = rows.contiguous(), out
    _launch(gradient_kernel, grid, logits, bias, targets, scale, tables, block)
    return out
