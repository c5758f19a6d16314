"""Launches of the attention kernels, and how autograd reaches them."""

from typing import Any, NamedTuple

import torch
import triton
import triton.language as tl

from midcourse.kernels.attention.backward import key_kernel, query_kernel
from midcourse.kernels.attention.forward import forward_kernel
from midcourse.kernels.attention.merging import Merge, merged
from midcourse.kernels.attention.problem import WIDEST, Problem
from midcourse.kernels.dispatch import require, require_once

TYPES = {torch.float32: tl.float32, torch.bfloat16: tl.bfloat16, torch.float16: tl.float16}

BUSY = 256  # programs
LEAST_KEYS = 256  # of a split
LONGEST = 1 << 30  # window; longer ones make no difference, and sums of two stay in 32 bits


class Shape(NamedTuple):
    """Tile sizes of a launch, its warps and stages, and in how many parts the keys are split."""

    queries: int
    keys: int
    warps: int
    splits: int = 1
    stages: int = 2


class Shapes(NamedTuple):
    """Of the three kernels."""

    forward: Shape
    query: Shape
    key: Shape


def interpreted() -> bool:
    """Whether the kernels here were made for Triton's interpreter."""
    return not isinstance(forward_kernel, triton.JITFunction)


def tile_shapes(problem: Problem) -> Shapes:
    """Tile sizes by type and head dimension, splits by how few queries there are.

    Few queries over a long cache are few programs, so the keys are split among more of them until a
    GPU is busy. On an H100, 32,768 tokens of 16 heads over 4 in bfloat16, D = 128, milliseconds
    with 64 x 64 tiles and 4 warps, 128 x 64 and 8, 128 x 128 and 8: forward 10.4 and 9.6 (3 stages)
    and 9.2 (2 stages, as all that follow); gradients of queries 11.2, 12.0, 10.7, of keys 24.6,
    24.0, 24.8. With keys as its rows the latter took 27.4 at best. Other sizes: not measured.
    """
    wide = max(problem.q.shape[-1], problem.v.shape[-1]) * problem.q.element_size()
    longest = int(problem.table[:, 1].max()) * (problem.q.shape[-2] // problem.k.shape[-2])
    if problem.q.element_size() == 2 and 64 < wide <= 256 and longest >= 128 and roomy(problem):
        return Shapes(Shape(128, 128, 8), Shape(128, 128, 8), Shape(128, 64, 8))
    most = 64 if wide <= 256 else 32
    queries = min(most, max(16, triton.next_power_of_2(longest)))
    programs = triton.cdiv(longest, queries) * len(problem.table) * problem.k.shape[-2]
    most_splits = int(problem.table[:, 3].max()) // LEAST_KEYS
    splits = max(1, min(BUSY // max(programs, 1), most_splits))
    shape = Shape(queries, most, 4)
    return Shapes(shape._replace(splits=splits), shape, shape)


def roomy(problem: Problem) -> bool:
    """Whether a program has the shared memory of an H100, 227 KiB."""
    device = problem.q.device
    return device.type == "cuda" and torch.cuda.get_device_capability(device)[0] == 9


def check(problem: Problem) -> None:
    """Whether the kernels take these tensors."""
    width, kind = max(problem.q.shape[-1], problem.v.shape[-1]), problem.q.dtype
    require(width <= WIDEST, f"the head dimension is {width}; triton takes up to {WIDEST}")
    require(kind in TYPES, f"q is {kind}; triton takes float32, bfloat16 and float16")


def strides(x: torch.Tensor) -> tuple[int, int, int]:
    """Of a token, of a head, and what a row adds to the former: packed rows add nothing."""
    if x.ndim == 3:
        return x.stride(0), x.stride(1), 0
    return x.stride(1), x.stride(2), x.stride(0) - x.shape[1] * x.stride(1)


def dense(x: torch.Tensor) -> torch.Tensor:
    """x itself where its last dimension is contiguous, else a copy."""
    return x if x.stride(-1) == 1 else x.contiguous()


def common(problem: Problem, shape: Shape) -> tuple[tuple, tuple, dict[str, Any]]:
    """What every kernel is given: tensors, strides, constants of the compilation."""
    q, k, v = problem.q, problem.k, problem.v
    bias = problem.temperature if problem.bias is None else problem.bias.contiguous()
    expiry = problem.positions if problem.expiry is None else problem.expiry
    table = problem.table.to(q.device) if problem.placed is None else problem.placed
    tensors = (problem.positions, problem.temperature, bias, expiry, table)
    steps = (*strides(q), *strides(k), *strides(v), *problem.temperature.stride())
    steps += (0, 0) if problem.expiry is None else problem.expiry.stride()
    constants = {
        "GROUP": q.shape[-2] // k.shape[-2],
        "D": q.shape[-1],
        "BLOCK_D": max(16, triton.next_power_of_2(q.shape[-1])),
        "E": v.shape[-1],
        "BLOCK_E": max(16, triton.next_power_of_2(v.shape[-1])),
        "BLOCK_M": shape.queries,
        "BLOCK_N": shape.keys,
        "WINDOW": problem.window is not None,
        "BIAS": problem.bias is not None,
        "EXPIRY": problem.expiry is not None,
        "DOT": tl.float32 if interpreted() else TYPES[q.dtype],
        "num_warps": shape.warps,
        "num_stages": shape.stages,
        "enable_fp_fusion": True,
    }
    return tensors, steps, constants


def query_tiles(problem: Problem, shape: Shape) -> int:
    """Tiles of queries in the longest row."""
    group = problem.q.shape[-2] // problem.k.shape[-2]
    return triton.cdiv(int(problem.table[:, 1].max()) * group, shape.queries)


def forward(problem: Problem, shape: Shape) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs (T, H, E) in the type of q and lse, float32 (T, H)."""
    q, k = problem.q, problem.k
    tokens, heads, width = problem.tokens, q.shape[-2], problem.v.shape[-1]
    parts = shape.splits
    # partial outputs stay in float32 until they are merged
    kind = q.dtype if parts == 1 else torch.float32
    out = torch.empty((parts, tokens, heads, width), dtype=kind, device=q.device)
    lse = torch.empty((parts, tokens, heads), dtype=torch.float32, device=q.device)
    if not tokens:
        return out[0], lse[0]
    tensors, steps, constants = common(problem, shape)
    tiles = query_tiles(problem, shape)
    launch: Any = forward_kernel[(tiles * len(problem.table), k.shape[-2], parts)]
    with torch.cuda.device_of(q):
        launch(
            *(q, k, problem.v, out, lse, *tensors),
            *(problem.scale, min(problem.window or 0, LONGEST), tiles, tokens, heads, *steps),
            **constants,
        )
    if parts == 1:
        return out[0], lse[0]
    return merged(out, lse, None, q.dtype)


def backward(
    problem: Problem,
    shapes: Shapes,
    d_out: torch.Tensor,
    lse: torch.Tensor,
    delta: torch.Tensor,
) -> tuple[torch.Tensor, ...]:
    """Gradients of q, k, v (packed), of the temperature (T, H) and of the bias (K, KV)."""
    q, k = problem.q, problem.k
    heads, kv_heads, width = q.shape[-2], k.shape[-2], q.shape[-1]
    tokens, keys = problem.tokens, k.numel() // (kv_heads * width)
    values = (keys, kv_heads, problem.v.shape[-1])
    dq = torch.empty((tokens, heads, width), dtype=q.dtype, device=q.device)
    dk = torch.empty((keys, kv_heads, width), dtype=q.dtype, device=q.device)
    dv = torch.empty(values, dtype=q.dtype, device=q.device)
    d_temperature = torch.empty((tokens, heads), dtype=torch.float32, device=q.device)
    d_bias = torch.empty((keys, kv_heads), dtype=torch.float32, device=q.device)
    rows = len(problem.table)
    launch: Any
    with torch.cuda.device_of(q):
        tensors, steps, constants = common(problem, shapes.query)
        tiles = query_tiles(problem, shapes.query)
        if tiles:
            launch = query_kernel[(tiles * rows, kv_heads)]
            launch(
                *(q, k, problem.v, d_out, lse, delta, dq, d_temperature, *tensors),
                *(problem.scale, min(problem.window or 0, LONGEST), tiles, heads, *steps),
                **constants,
            )
        tensors, steps, constants = common(problem, shapes.key)
        tiles = triton.cdiv(int(problem.table[:, 3].max()), shapes.key.keys)
        if tiles:
            launch = key_kernel[(tiles * rows, kv_heads)]
            launch(
                *(q, k, problem.v, d_out, lse, delta, dk, dv, d_bias, *tensors),
                *(problem.scale, min(problem.window or 0, LONGEST), tiles, heads, *steps),
                RISING=problem.rising,
                **constants,
            )
    return dq, dk, dv, d_temperature, d_bias


class Attention(torch.autograd.Function):
    """Both kernels for autograd; the gradient of lse enters through delta."""

    @staticmethod
    def forward(ctx: Any, q, k, v, temperature, bias, problem: Problem, shapes: Shapes):
        """Outputs and lse."""
        problem = problem._replace(q=q, k=k, v=v, temperature=temperature, bias=bias)
        out, lse = forward(problem, shapes.forward)
        ctx.save_for_backward(q, k, v, temperature, bias, out, lse)
        ctx.problem = problem._replace(q=None, k=None, v=None, temperature=None, bias=None)
        ctx.shapes = shapes
        return out, lse

    @staticmethod
    def backward(ctx: Any, d_out, d_lse):  # pyright: ignore[reportIncompatibleMethodOverride]
        """Gradients of q, k, v, temperature and bias."""
        require_once("attention in triton")
        q, k, v, temperature, bias, out, lse = ctx.saved_tensors
        problem = ctx.problem._replace(q=q, k=k, v=v, temperature=temperature, bias=bias)
        d_out = d_out.contiguous()
        delta = (d_out.float() * out.float()).sum(-1) - d_lse
        dq, dk, dv, d_temperature, d_bias = backward(problem, ctx.shapes, d_out, lse, delta)
        packed = (dq.reshape(q.shape), dk.reshape(k.shape), dv.reshape(v.shape))
        return *packed, d_temperature, d_bias if bias is not None else None, None, None


def attend(problem: Problem) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs (T, H, E) in the type of q and lse, float32 (T, H), as `reference.attend`."""
    check(problem)
    q, k, v = (dense(x) for x in (problem.q, problem.k, problem.v))
    if not len(problem.table):
        nobody = (0, q.shape[-2])
        return q.new_empty((*nobody, v.shape[-1])), q.new_empty(nobody, dtype=torch.float32)
    rest = problem.temperature, problem.bias, problem, tile_shapes(problem)
    outputs: Any = Attention.apply(q, k, v, *rest)
    return outputs


def merge_two(
    first: tuple[torch.Tensor, torch.Tensor], then: tuple[torch.Tensor, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """`reference.merge_two` in one launch."""
    outputs: Any = Merge.apply(*first, *then)
    return outputs
