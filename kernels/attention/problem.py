"""What an attention call is about, checked and in one form for both backends."""

import math
from functools import lru_cache
from numbers import Real
from typing import NamedTuple

import torch

from midcourse.kernels.dispatch import require

FLOATS = (torch.float32, torch.bfloat16, torch.float16, torch.float64)
NEVER = 0x7FFFFFFF  # an expiry
FURTHEST = 1 << 30  # position; sums of two stay in 32 bits
WIDEST = 256  # head dimension that a program holds


class Problem(NamedTuple):
    """One call. T and K count all queries and keys: of the packed rows, or batch times length."""

    q: torch.Tensor  # (T, H, D) or (B, Q, H, D)
    k: torch.Tensor  # (K, KV, D) or (B, K, KV, D)
    v: torch.Tensor  # as k, but E wide
    table: torch.Tensor  # int32 (rows, 4) on the CPU: queries begin, are; keys begin, are
    positions: torch.Tensor  # int32 (T,): the last key that each query may see, in its row
    temperature: torch.Tensor  # (T, H), expanded; the type that accumulates
    bias: torch.Tensor | None  # (K, KV), added to the logits
    expiry: torch.Tensor | None  # int32 (K, KV), expanded: key j is seen from positions below it
    window: int | None
    scale: float  # 1 / sqrt(D)
    rising: bool  # whether positions are known not to fall along a row
    placed: torch.Tensor | None  # the table on the device, if it is there already

    @property
    def tokens(self) -> int:
        """T, the number of queries in all rows."""
        return self.q.numel() // (self.q.shape[-1] * self.q.shape[-2]) if self.q.numel() else 0


def accumulated(dtype: torch.dtype) -> torch.dtype:
    """The type in which logits are held."""
    return torch.float64 if dtype == torch.float64 else torch.float32


def check_heads(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> None:
    """Whether queries, keys and values fit each other."""
    given = f"q {tuple(q.shape)}, k {tuple(k.shape)}, v {tuple(v.shape)}"
    require(q.ndim in (3, 4) and q.ndim == k.ndim, f"{given}: 3 or 4 dimensions were expected")
    fits = k.shape[:-1] == v.shape[:-1] and v.shape[-1] > 0
    require(fits, f"{given}: k and v differ in more than the last dimension")
    require(q.shape[-1] == k.shape[-1] > 0, f"{given}: the head dimensions differ")
    fits = k.shape[-2] > 0 and q.shape[-2] > 0 and q.shape[-2] % max(k.shape[-2], 1) == 0
    message = f"{q.shape[-2]} query heads are no multiple of {k.shape[-2]} key-value heads"
    require(fits, message)
    require(q.ndim == 3 or q.shape[0] == k.shape[0], f"{given}: the batch sizes differ")
    for name, part in (("q", q), ("k", k), ("v", v)):
        require(part.dtype in FLOATS, f"{name} is {part.dtype}; a floating type was expected")
        same = part.dtype == q.dtype and part.device == q.device
        require(same, f"{name} is {part.dtype} on {part.device}, q {q.dtype} on {q.device}")


def bounds(name: str, cu_seqlens: torch.Tensor | None, tokens: int) -> list[int]:
    """Row bounds as numbers; one row of all tokens where none are given. Waits for the device."""
    if cu_seqlens is None:
        return [0, tokens]
    shape, kind = tuple(cu_seqlens.shape), cu_seqlens.dtype
    whole = kind in (torch.int32, torch.int64)
    require(whole and cu_seqlens.ndim == 1, f"{name} is {kind} {shape}; int32 (rows + 1,) expected")
    values = cu_seqlens.tolist()
    require(len(values) > 0 and values[0] == 0, f"{name} begins with {values[:1]}, not with 0")
    require(values[-1] == tokens, f"{name} ends with {values[-1]}, but there are {tokens} tokens")
    for at in range(1, len(values)):
        rises = values[at - 1] <= values[at]
        require(rises, f"{name} falls from {values[at - 1]} to {values[at]}")
    return values


Rows = tuple[tuple[int, int, int, int], ...]


def row_bounds(
    q: torch.Tensor,
    k: torch.Tensor,
    cu_seqlens_q: torch.Tensor | None,
    cu_seqlens_k: torch.Tensor | None,
) -> Rows:
    """Where each row's queries begin, how many they are, and the same of its keys."""
    if q.ndim == 4:
        given = cu_seqlens_q is not None or cu_seqlens_k is not None
        require(not given, f"q has {q.ndim} dimensions; cu_seqlens is for packed rows, with 3")
        size, keys = q.shape[1], k.shape[1]
        return tuple((b * size, size, b * keys, keys) for b in range(len(q)))
    if cu_seqlens_k is None and len(q) == len(k):
        cu_seqlens_k = cu_seqlens_q
    at_q = bounds("cu_seqlens_q", cu_seqlens_q, len(q))
    at_k = bounds("cu_seqlens_k", cu_seqlens_k, len(k))
    message = f"cu_seqlens_q has {len(at_q) - 1} rows, cu_seqlens_k {len(at_k) - 1}"
    require(len(at_q) == len(at_k), message)
    return tuple(
        (a, b - a, c, d - c)
        for a, b, c, d in zip(at_q[:-1], at_q[1:], at_k[:-1], at_k[1:], strict=True)
    )


@lru_cache(64)
def layout(
    rows: Rows, causal: bool, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The table of rows, int32 (rows, 4), on the CPU and on a device, and the default positions.

    Kept, as calls often come with the same rows, and making them waits for the device.
    """
    with torch.inference_mode(False):
        table = torch.tensor(rows, dtype=torch.int32).reshape(-1, 4)
        return table, table.to(device), default_positions(table, causal, device)


def default_positions(table: torch.Tensor, causal: bool, device: torch.device) -> torch.Tensor:
    """The last key that each query may see, int32 (T,): aligned lower-right, or all keys."""
    wide = table.to(device, torch.int64)
    q_len, k_len = wide[:, 1], wide[:, 3]
    total = int(table[:, 1].sum())
    if not causal:
        return (k_len - 1).repeat_interleave(q_len, output_size=total).to(torch.int32)
    shift = (k_len - q_len - wide[:, 0]).repeat_interleave(q_len, output_size=total)
    return (torch.arange(total, device=device) + shift).to(torch.int32)


def temperatures(
    temperature: float | torch.Tensor, shape: tuple[int, ...], q: torch.Tensor
) -> torch.Tensor:
    """The temperature of each query and head, expanded to (T, H)."""
    if not isinstance(temperature, torch.Tensor):
        good = isinstance(temperature, Real) and math.isfinite(temperature) and temperature > 0
        require(good, f"temperature is {temperature!r}; a number above 0 or a tensor was expected")
        temperature = torch.full((1,), temperature, dtype=accumulated(q.dtype), device=q.device)
    size = tuple(temperature.shape)
    try:
        fits = torch.broadcast_shapes(size, shape) == shape
    except RuntimeError:
        fits = False
    require(fits, f"temperature has the shape {size}, which does not broadcast to {shape}")
    require(temperature.is_floating_point(), f"temperature is {temperature.dtype}, not a float")
    if temperature.device.type == "cpu" and temperature.numel():  # elsewhere it would wait
        least = float(temperature.detach().min())
        require(least > 0, f"temperature is {least} somewhere; numbers above 0 were expected")
    spread = temperature.to(q.device, accumulated(q.dtype)).expand(shape)
    return spread.reshape(-1, shape[-1]) if len(shape) == 3 else spread


def expiries(
    expiry: torch.Tensor | None,
    key_padding: torch.Tensor | None,
    k: torch.Tensor,
) -> torch.Tensor | None:
    """From which position on each key is hidden, int32 (K, KV), expanded; None: never."""
    shape = tuple(k.shape[:-1])
    if expiry is not None:
        whole = expiry.dtype in (torch.int32, torch.int64) and expiry.device == k.device
        fits = tuple(expiry.shape) in (shape, (*shape[:-1], 1), shape[:-1])
        given = f"expiry is {expiry.dtype} {tuple(expiry.shape)} on {expiry.device}"
        require(whole and fits, f"{given}; int32 {shape} on {k.device} was expected")
        expiry = expiry if expiry.ndim == len(shape) else expiry[..., None]
    if key_padding is not None:
        fits = key_padding.dtype == torch.bool and tuple(key_padding.shape) == shape[:-1]
        given = f"key_padding is {key_padding.dtype} {tuple(key_padding.shape)}"
        wanted = f"bool {shape[:-1]} on {k.device}, true where a key is real, was expected"
        fits = fits and key_padding.device == k.device
        require(fits, f"{given} on {key_padding.device}; {wanted}")
        never = NEVER if expiry is None else expiry
        expiry = torch.where(key_padding[..., None], never, 0)
    if expiry is None:
        return None
    return narrow(expiry, 0, NEVER).reshape(-1, expiry.shape[-1]).expand(-1, k.shape[-2])


def narrow(numbers: torch.Tensor, least: int, most: int) -> torch.Tensor:
    """int64 held to what int32 holds, and to these bounds; int32 as it is."""
    return numbers if numbers.dtype == torch.int32 else numbers.clamp(least, most).to(torch.int32)


def prepare(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *,
    cu_seqlens_q: torch.Tensor | None = None,
    cu_seqlens_k: torch.Tensor | None = None,
    key_padding: torch.Tensor | None = None,
    causal: bool = True,
    window: int | None = None,
    temperature: float | torch.Tensor = 1.0,
    bias: torch.Tensor | None = None,
    expiry: torch.Tensor | None = None,
    positions: torch.Tensor | None = None,
) -> Problem:
    """Check the arguments of `attention` and bring them into one form.

    Raises:
        ValueError: one does not fit, in one sentence.
    """
    check_heads(q, k, v)
    rows = row_bounds(q, k, cu_seqlens_q, cu_seqlens_k)
    table, placed, default = layout(rows, causal, q.device)
    require(window is None or window >= 1, f"window is {window}; 1 or more keys were expected")
    message = f"window is {window}, which needs causal attention"
    require(window is None or causal, message)
    rising = positions is None
    if positions is None:
        positions = default
    else:
        given = f"positions is {positions.dtype} {tuple(positions.shape)}"
        fits = positions.shape == q.shape[:-2] and positions.dtype in (torch.int32, torch.int64)
        require(fits and causal, f"{given}; int32 {tuple(q.shape[:-2])}, causal, was expected")
        positions = narrow(positions, -1, FURTHEST).reshape(-1).to(q.device)
    if bias is not None:
        given = f"bias is {bias.dtype} {tuple(bias.shape)}"
        fits = bias.shape == k.shape[:-1] and bias.is_floating_point()
        require(fits, f"{given}; a float {tuple(k.shape[:-1])} was expected")
        bias = bias.to(q.device, accumulated(q.dtype)).reshape(-1, k.shape[-2])
    return Problem(
        *(q, k, v, table, positions),
        temperatures(temperature, tuple(q.shape[:-1]), q),
        bias,
        expiries(expiry, key_padding, k),
        window,
        1 / math.sqrt(q.shape[-1]),
        rising,
        placed,
    )
