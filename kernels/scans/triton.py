"""The recurrence as an associative scan in blocks, with carries between them.

A step is the map y -> x + c * y; maps compose associatively. Three launches: the composed map of
every block; one program that scans those and leaves what enters each block; every block again, with
what enters it. x is read twice and y written once, 14 bytes a step in float32 with the flags; the
blocks' maps are 16 bytes for 1,024 steps. `reverse` counts positions from the end, so that the scan
itself always runs forward. Each block is read again rather than kept because programs of one launch
cannot wait for each other safely.
"""

from typing import Any

import torch
import triton
import triton.language as tl

BLOCK = 1024  # steps of a program; not yet measured on a GPU


@triton.jit
def composed(c_first, y_first, c_then, y_then):
    """The map that applies the first, then the second; 0 forgets even a NaN."""
    carried = tl.where(c_then == 0.0, 0.0, c_then * y_first)
    return tl.where(c_then == 0.0, 0.0, c_then * c_first), y_then + carried


@triton.jit
def steps_of(x_ptr, last_ptr, factor_ptr, block, steps, REVERSE: tl.constexpr, BLOCK: tl.constexpr):
    """Positions, mask, coefficients and addends of a block, in the order of the scan."""
    order = block.to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    here = order < steps
    at = order
    edge = order - 1
    if REVERSE:
        at = steps - 1 - order
        edge = at
    x = tl.load(x_ptr + at, mask=here, other=0.0)
    cut = tl.load(last_ptr + edge, mask=here & (edge >= 0), other=1)
    c = tl.where(cut != 0, 0.0, tl.load(factor_ptr)).to(x.dtype)
    return at, here, c, x


@triton.jit(do_not_specialize=["steps"])
def summary_kernel(
    x_ptr, last_ptr, factor_ptr, map_ptr, steps, blocks,
    REVERSE: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """The composed map of each block: its coefficient at map[b], its addend at map[blocks + b]."""
    block = tl.program_id(0)
    _, here, c, x = steps_of(x_ptr, last_ptr, factor_ptr, block, steps, REVERSE, BLOCK)
    # steps beyond the end are the identity
    c = tl.where(here, c, 1.0)
    c, y = tl.associative_scan((c, x), 0, composed)
    final = tl.arange(0, BLOCK) == BLOCK - 1
    tl.store(map_ptr + block, tl.sum(tl.where(final, c, 0.0), 0))
    tl.store(map_ptr + blocks + block, tl.sum(tl.where(final, y, 0.0), 0))


@triton.jit(do_not_specialize=["blocks"])
def carry_kernel(map_ptr, carry_ptr, blocks, BLOCK: tl.constexpr):
    """What enters each block, by one program that takes BLOCK maps at a time."""
    carry = tl.zeros((BLOCK,), map_ptr.dtype.element_ty)
    tl.store(carry_ptr + tl.arange(0, BLOCK), carry, mask=tl.arange(0, BLOCK) == 0)
    for start in range(0, blocks, BLOCK):
        at = start + tl.arange(0, BLOCK)
        c = tl.load(map_ptr + at, mask=at < blocks, other=1.0)
        x = tl.load(map_ptr + blocks + at, mask=at < blocks, other=0.0)
        c, y = tl.associative_scan((c, x), 0, composed)
        y += tl.where(c == 0.0, 0.0, c * carry)
        tl.store(carry_ptr + at + 1, y, mask=at + 1 < blocks)
        final = tl.arange(0, BLOCK) == BLOCK - 1
        carry = tl.zeros_like(carry) + tl.sum(tl.where(final, y, 0.0), 0)


@triton.jit(do_not_specialize=["steps"])
def scan_kernel(
    x_ptr, last_ptr, factor_ptr, carry_ptr, y_ptr, steps,
    REVERSE: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Every step of each block, with what enters it."""
    block = tl.program_id(0)
    at, here, c, x = steps_of(x_ptr, last_ptr, factor_ptr, block, steps, REVERSE, BLOCK)
    c, y = tl.associative_scan((c, x), 0, composed)
    y += tl.where(c == 0.0, 0.0, c * tl.load(carry_ptr + block))
    tl.store(y_ptr + at, y, mask=here)


def interpreted() -> bool:
    """Whether the kernels here were made for Triton's interpreter."""
    return not isinstance(scan_kernel, triton.JITFunction)


def scan(
    x: torch.Tensor, last: torch.Tensor, factor: float, reverse: bool, block: int | None = None
) -> torch.Tensor:
    """The recurrence of `reference.scan`, on a GPU; arguments and result as there."""
    x, steps, device = x.contiguous(), len(x), x.device
    y = torch.empty(steps, dtype=x.dtype, device=device)
    if not steps:
        return y
    block = block or BLOCK
    blocks = triton.cdiv(steps, block)
    flags = last.contiguous().view(torch.uint8)
    factors = torch.full((1,), factor, dtype=x.dtype, device=device)
    maps = torch.empty(2 * blocks, dtype=x.dtype, device=device)
    carry = torch.empty(blocks, dtype=x.dtype, device=device)
    shape: Any = {"REVERSE": reverse, "BLOCK": block, "enable_fp_fusion": True}
    every: Any = (blocks,)
    carries: Any = carry_kernel[(1,)]
    with torch.cuda.device_of(x):
        summary_kernel[every](x, flags, factors, maps, steps, blocks, **shape)
        carries(maps, carry, blocks, BLOCK=block, enable_fp_fusion=True)
        scan_kernel[every](x, flags, factors, carry, y, steps, **shape)
    return y
