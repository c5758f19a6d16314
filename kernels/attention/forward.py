"""The forward kernel: a tile of queries over all keys that it may see, or over a split of them.

The queries of all heads that share a key-value head lie in one tile (row r is query r // group of
head r % group), so keys and values are read once a group, also when there is one query.
"""

import triton
import triton.language as tl

LOG2_E: tl.constexpr = tl.constexpr(1.4426950408889634)
LN_2: tl.constexpr = tl.constexpr(0.6931471805599453)
FAR: tl.constexpr = tl.constexpr(0x7FFFFFFF)
YES: tl.constexpr = tl.constexpr(True)
NO: tl.constexpr = tl.constexpr(False)


@triton.jit
def spans(table_ptr, row):
    """Where a row's queries begin, how many they are, and the same of its keys."""
    q_start = tl.load(table_ptr + row * 4).to(tl.int64)
    q_len = tl.load(table_ptr + row * 4 + 1)
    k_start = tl.load(table_ptr + row * 4 + 2).to(tl.int64)
    k_len = tl.load(table_ptr + row * 4 + 3)
    return q_start, q_len, k_start, k_len


@triton.jit
def visible(position, j, k_len, expiry, window, WINDOW: tl.constexpr, EXPIRY: tl.constexpr):
    """Which of the keys j a query may see, bool; what is of queries lies across what is of keys."""
    seen = (j <= position) & (j < k_len)
    if WINDOW:
        seen = seen & (position - j < window)
    if EXPIRY:
        seen = seen & (position < expiry)
    return seen


@triton.jit
def key_range(position, k_len, window, WINDOW: tl.constexpr, BLOCK_N: tl.constexpr):
    """The first key tile and the end of the keys that any query of a tile may see."""
    last = tl.minimum(tl.max(position, 0) + 1, k_len)  # pyright: ignore[reportOperatorIssue]
    begin = 0
    if WINDOW:
        lowest = tl.min(tl.where(position < 0, FAR, position), 0)
        begin = tl.maximum(lowest - window + 1, 0) // BLOCK_N * BLOCK_N
    return begin, last


@triton.jit
def full_range(
    position, live, begin, last, k_len, window,
    WINDOW: tl.constexpr, EXPIRY: tl.constexpr, BLOCK_N: tl.constexpr,
):  # fmt: skip
    """Bounds of the key tiles all of which every query of a tile sees; they need no masks."""
    first, end = begin, begin
    if not EXPIRY:
        lowest = tl.min(tl.where(live, position, FAR), 0)
        end = tl.minimum(lowest + 1, tl.minimum(k_len, last)) // BLOCK_N * BLOCK_N  # pyright: ignore[reportOperatorIssue]
        if WINDOW:
            highest = tl.max(position, 0) + 1 - window  # pyright: ignore[reportOperatorIssue]
            first = tl.maximum(begin, tl.cdiv(tl.maximum(highest, 0), BLOCK_N) * BLOCK_N)
            first = tl.minimum(first, tl.cdiv(last, BLOCK_N) * BLOCK_N)
        end = tl.maximum(end, first)
    return first, end


@triton.jit
def tile_at(at, inside, MASKED: tl.constexpr, DOT: tl.constexpr):
    """A tile of keys, values or queries, 0 outside."""
    if MASKED:
        return tl.load(at, mask=inside, other=0.0).to(DOT)
    return tl.load(at).to(DOT)


@triton.jit
def tile_logits(q, k, scale, bias, seen, BIAS: tl.constexpr, MASKED: tl.constexpr):
    """Logits in base 2, -inf where a key may not be seen: float32 (queries, keys)."""
    s = tl.dot(q, tl.trans(k), input_precision="ieee") * scale
    if BIAS:
        s += bias[None, :] * LOG2_E
    if MASKED:
        s = tl.where(seen, s, float("-inf"))
    return s


@triton.jit
def fold(
    total, peak, weight, q, k_at, v_at, scale, bias, seen, k_inside, v_inside,
    D: tl.constexpr, BLOCK_D: tl.constexpr, E: tl.constexpr, BLOCK_E: tl.constexpr,
    BIAS: tl.constexpr, MASKED: tl.constexpr, DOT: tl.constexpr,
):  # fmt: skip
    """Take one tile of keys into the running output, its largest logit and its sum of weights."""
    k = tile_at(k_at, k_inside, MASKED or D < BLOCK_D, DOT)
    if BIAS:
        s = tile_logits(q, k, scale[:, None], bias, seen, BIAS, MASKED)
        higher = tl.maximum(peak, tl.max(s, 1))
    else:  # the scale comes with the exponent's subtraction, in one operation
        s = tile_logits(q, k, 1.0, bias, seen, BIAS, MASKED)
        higher = tl.maximum(peak, tl.max(s, 1) * scale)
    base = higher
    if MASKED or BIAS:  # a bias may be -inf
        base = tl.where(higher == float("-inf"), 0.0, higher)
    if BIAS:
        p = tl.exp2(s - base[:, None])
    else:
        p = tl.exp2(s * scale[:, None] - base[:, None])
    shrink = tl.exp2(peak - base)
    v = tile_at(v_at, v_inside, MASKED or E < BLOCK_E, DOT)
    total = total * shrink[:, None] + tl.dot(p.to(v.dtype), v, input_precision="ieee")
    return total, higher, weight * shrink + tl.sum(p, 1)


@triton.jit
def over_keys(
    total, peak, weight, q, position, row_scale, k_base, v_base, bias_ptr, expiry_ptr,
    begin, end, earliest, k_start, k_len, kv, window, k_token, v_token, expiry_token,
    D: tl.constexpr, BLOCK_D: tl.constexpr, E: tl.constexpr, BLOCK_E: tl.constexpr,
    BLOCK_N: tl.constexpr, WINDOW: tl.constexpr, BIAS: tl.constexpr, EXPIRY: tl.constexpr,
    MASKED: tl.constexpr, DOT: tl.constexpr,
):  # fmt: skip
    """Fold the key tiles from `begin` up to `end`, with masks or without."""
    d, e = tl.arange(0, BLOCK_D), tl.arange(0, BLOCK_E)
    for n in range(begin, end, BLOCK_N):
        j = n + tl.arange(0, BLOCK_N)
        there = j < k_len
        k_inside = there[:, None] & (d < D)[None, :]
        v_inside = there[:, None] & (e < E)[None, :]
        far = j.to(tl.int64)
        k_at = k_base + far[:, None] * k_token + d[None, :]
        v_at = v_base + far[:, None] * v_token + e[None, :]
        bias, expiry = j, j
        if BIAS:
            bias = tl.load(
                bias_ptr + (k_start + j) * tl.num_programs(1) + kv, mask=there, other=0.0
            )
        if EXPIRY:
            expiry = tl.load(expiry_ptr + (k_start + j) * expiry_token, mask=there, other=0)
        seen = visible(
            position[:, None], j[None, :], k_len, expiry[None, :], window, WINDOW, EXPIRY
        )
        if EXPIRY:
            if tl.max(expiry, 0) > earliest:  # pyright: ignore[reportOperatorIssue]
                total, peak, weight = fold(
                    total, peak, weight, q, k_at, v_at, row_scale, bias, seen, k_inside, v_inside,
                    D, BLOCK_D, E, BLOCK_E, BIAS, MASKED, DOT,
                )  # fmt: skip
        else:
            total, peak, weight = fold(
                total, peak, weight, q, k_at, v_at, row_scale, bias, seen, k_inside, v_inside,
                D, BLOCK_D, E, BLOCK_E, BIAS, MASKED, DOT,
            )  # fmt: skip
    return total, peak, weight


@triton.jit
def forward_kernel(
    q_ptr, k_ptr, v_ptr, out_ptr, lse_ptr,
    position_ptr, temperature_ptr, bias_ptr, expiry_ptr, table_ptr,
    scale, window, tiles, tokens, heads,
    q_token, q_head, q_row, k_token, k_head, k_row, v_token, v_head, v_row,
    temperature_token, temperature_head, expiry_token, expiry_head,
    GROUP: tl.constexpr, D: tl.constexpr, BLOCK_D: tl.constexpr,
    E: tl.constexpr, BLOCK_E: tl.constexpr,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr,
    WINDOW: tl.constexpr, BIAS: tl.constexpr, EXPIRY: tl.constexpr,
    DOT: tl.constexpr,
):  # fmt: skip
    """Program (row and tile, key-value head, split of the keys)."""
    row, split = tl.program_id(0) // tiles, tl.program_id(2)
    kv = tl.program_id(1).to(tl.int64)  # times a stride it can pass 32 bits
    q_start, q_len, k_start, k_len = spans(table_ptr, row)
    r = (tl.program_id(0) % tiles) * BLOCK_M + tl.arange(0, BLOCK_M)
    live = r < q_len * GROUP
    token, head = q_start + r // GROUP, (kv * GROUP + r % GROUP).to(tl.int64)
    position = tl.load(position_ptr + token, mask=live, other=-1)
    at = temperature_ptr + token * temperature_token + head * temperature_head
    row_scale = scale * LOG2_E / tl.load(at, mask=live, other=1.0)
    d, e = tl.arange(0, BLOCK_D), tl.arange(0, BLOCK_E)
    held = live[:, None] & (d < D)[None, :]
    q_at = q_ptr + row.to(tl.int64) * q_row + token * q_token + head * q_head
    q = tl.load(q_at[:, None] + d[None, :], mask=held, other=0.0).to(DOT)
    k_base = k_ptr + row.to(tl.int64) * k_row + k_start * k_token + kv * k_head
    v_base = v_ptr + row.to(tl.int64) * v_row + k_start * v_token + kv * v_head

    begin, last = key_range(position, k_len, window, WINDOW, BLOCK_N)
    share = tl.cdiv(tl.cdiv(k_len, BLOCK_N), tl.num_programs(2)) * BLOCK_N
    begin = tl.maximum(begin, split * share)
    last = tl.minimum(last, (split + 1) * share)
    earliest = tl.min(tl.where(position < 0, FAR, position), 0)
    peak = tl.full((BLOCK_M,), float("-inf"), tl.float32)
    weight = tl.zeros((BLOCK_M,), tl.float32)
    total = tl.zeros((BLOCK_M, BLOCK_E), tl.float32)
    full, end = full_range(position, live, begin, last, k_len, window, WINDOW, EXPIRY, BLOCK_N)
    expiry_at = expiry_ptr + kv * expiry_head
    if WINDOW:
        total, peak, weight = over_keys(
            total, peak, weight, q, position, row_scale, k_base, v_base, bias_ptr, expiry_at,
            begin, full, earliest, k_start, k_len, kv, window, k_token, v_token, expiry_token,
            D, BLOCK_D, E, BLOCK_E, BLOCK_N, WINDOW, BIAS, EXPIRY, YES, DOT,
        )  # fmt: skip
    if not EXPIRY:
        total, peak, weight = over_keys(
            total, peak, weight, q, position, row_scale, k_base, v_base, bias_ptr, expiry_at,
            full, end, earliest, k_start, k_len, kv, window, k_token, v_token, expiry_token,
            D, BLOCK_D, E, BLOCK_E, BLOCK_N, WINDOW, BIAS, EXPIRY, NO, DOT,
        )  # fmt: skip
    total, peak, weight = over_keys(
        total, peak, weight, q, position, row_scale, k_base, v_base, bias_ptr, expiry_at,
        end, last, earliest, k_start, k_len, kv, window, k_token, v_token, expiry_token,
        D, BLOCK_D, E, BLOCK_E, BLOCK_N, WINDOW, BIAS, EXPIRY, YES, DOT,
    )  # fmt: skip

    nothing = weight == 0.0
    total = total / tl.where(nothing, 1.0, weight)[:, None]
    lse = (peak + tl.log2(tl.where(nothing, 1.0, weight))) * LN_2
    to = (split.to(tl.int64) * tokens + token) * heads + head
    filled = live[:, None] & (e < E)[None, :]
    tl.store(out_ptr + to[:, None] * E + e[None, :], total, mask=filled)
    tl.store(lse_ptr + to, tl.where(nothing, float("-inf"), lse), mask=live)
