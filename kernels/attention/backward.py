"""The backward kernels: one over tiles of queries, one over tiles of keys; no atomic additions.

With P = exp(S - lse), D_i = dO_i . O_i - dlse_i and dS = P (dP - D):

    dq_i = scale_i sum_j dS_ij k_j      dk_j = sum_i scale_i dS_ij q_i      dv_j = sum_i P_ij dO_i
    db_j = sum_i dS_ij                  dt_i = -(dq_i . q_i) / t_i
"""

import triton
import triton.language as tl

from midcourse.kernels.attention.forward import (
    FAR,
    LOG2_E,
    NO,
    YES,
    full_range,
    key_range,
    spans,
    tile_at,
    tile_logits,
    visible,
)


@triton.jit
def weights(
    q, k, v, d_out, lse, delta, scale, bias, seen, BIAS: tl.constexpr, MASKED: tl.constexpr
):
    """P and dS of a tile, float32 (queries, keys)."""
    s = tile_logits(q, k, scale[:, None] * LOG2_E, bias, seen, BIAS, MASKED)
    p = tl.exp2(s - lse[:, None])
    dp = tl.dot(d_out, tl.trans(v), input_precision="ieee")
    return p, p * (dp - delta[:, None])


@triton.jit
def add_query(
    dq, q, k_at, v_at, d_out, lse, delta, scale, bias, seen, k_inside, v_inside,
    D: tl.constexpr, BLOCK_D: tl.constexpr, E: tl.constexpr, BLOCK_E: tl.constexpr,
    BIAS: tl.constexpr, MASKED: tl.constexpr, DOT: tl.constexpr,
):  # fmt: skip
    """One tile of keys for `query_kernel`."""
    k = tile_at(k_at, k_inside, MASKED or D < BLOCK_D, DOT)
    v = tile_at(v_at, v_inside, MASKED or E < BLOCK_E, DOT)
    _, ds = weights(q, k, v, d_out, lse, delta, scale, bias, seen, BIAS, MASKED)
    return dq + tl.dot(ds.to(DOT), k, input_precision="ieee")


@triton.jit
def over_keys(
    dq, q, d_out, lse, delta, position, row_scale, k_base, v_base, bias_ptr, expiry_ptr,
    begin, end, earliest, k_start, k_len, kv, window, k_token, v_token, expiry_token,
    D: tl.constexpr, BLOCK_D: tl.constexpr, E: tl.constexpr, BLOCK_E: tl.constexpr,
    BLOCK_N: tl.constexpr, WINDOW: tl.constexpr, BIAS: tl.constexpr, EXPIRY: tl.constexpr,
    MASKED: tl.constexpr, DOT: tl.constexpr,
):  # fmt: skip
    """Add the key tiles from `begin` up to `end` to dq, with masks or without."""
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
                dq = add_query(
                    dq, q, k_at, v_at, d_out, lse, delta, row_scale, bias, seen, k_inside,
                    v_inside, D, BLOCK_D, E, BLOCK_E, BIAS, MASKED, DOT,
                )  # fmt: skip
        else:
            dq = add_query(
                dq, q, k_at, v_at, d_out, lse, delta, row_scale, bias, seen, k_inside, v_inside,
                D, BLOCK_D, E, BLOCK_E, BIAS, MASKED, DOT,
            )  # fmt: skip
    return dq


@triton.jit
def query_kernel(
    q_ptr, k_ptr, v_ptr, d_out_ptr, lse_ptr, delta_ptr, dq_ptr, d_temperature_ptr,
    position_ptr, temperature_ptr, bias_ptr, expiry_ptr, table_ptr,
    scale, window, tiles, heads,
    q_token, q_head, q_row, k_token, k_head, k_row, v_token, v_head, v_row,
    temperature_token, temperature_head, expiry_token, expiry_head,
    GROUP: tl.constexpr, D: tl.constexpr, BLOCK_D: tl.constexpr,
    E: tl.constexpr, BLOCK_E: tl.constexpr,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr,
    WINDOW: tl.constexpr, BIAS: tl.constexpr, EXPIRY: tl.constexpr,
    DOT: tl.constexpr,
):  # fmt: skip
    """Gradients of queries and temperatures. Program (row and tile, key-value head)."""
    row, kv = tl.program_id(0) // tiles, tl.program_id(1).to(tl.int64)
    q_start, q_len, k_start, k_len = spans(table_ptr, row)
    r = (tl.program_id(0) % tiles) * BLOCK_M + tl.arange(0, BLOCK_M)
    live = r < q_len * GROUP
    token, head = q_start + r // GROUP, (kv * GROUP + r % GROUP).to(tl.int64)
    position = tl.load(position_ptr + token, mask=live, other=-1)
    at = temperature_ptr + token * temperature_token + head * temperature_head
    temperature = tl.load(at, mask=live, other=1.0)
    row_scale = scale / temperature
    d, e = tl.arange(0, BLOCK_D), tl.arange(0, BLOCK_E)
    held = live[:, None] & (d < D)[None, :]
    at = q_ptr + row.to(tl.int64) * q_row + token * q_token + head * q_head
    q = tl.load(at[:, None] + d[None, :], mask=held, other=0.0).to(DOT)
    at = token * heads + head
    filled = live[:, None] & (e < E)[None, :]
    d_out = tl.load(d_out_ptr + at[:, None] * E + e[None, :], mask=filled, other=0.0).to(DOT)
    lse = tl.load(lse_ptr + at, mask=live, other=float("inf"))  # so that P is 0
    lse = tl.where(lse == float("-inf"), 0.0, lse) * LOG2_E
    delta = tl.load(delta_ptr + at, mask=live, other=0.0)
    k_base = k_ptr + row.to(tl.int64) * k_row + k_start * k_token + kv * k_head
    v_base = v_ptr + row.to(tl.int64) * v_row + k_start * v_token + kv * v_head

    begin, last = key_range(position, k_len, window, WINDOW, BLOCK_N)
    earliest = tl.min(tl.where(position < 0, FAR, position), 0)
    dq = tl.zeros((BLOCK_M, BLOCK_D), tl.float32)
    full, end = full_range(position, live, begin, last, k_len, window, WINDOW, EXPIRY, BLOCK_N)
    expiry_at = expiry_ptr + kv * expiry_head
    if WINDOW:
        dq = over_keys(
            dq, q, d_out, lse, delta, position, row_scale, k_base, v_base, bias_ptr, expiry_at,
            begin, full, earliest, k_start, k_len, kv, window, k_token, v_token, expiry_token,
            D, BLOCK_D, E, BLOCK_E, BLOCK_N, WINDOW, BIAS, EXPIRY, YES, DOT,
        )  # fmt: skip
    if not EXPIRY:
        dq = over_keys(
            dq, q, d_out, lse, delta, position, row_scale, k_base, v_base, bias_ptr, expiry_at,
            full, end, earliest, k_start, k_len, kv, window, k_token, v_token, expiry_token,
            D, BLOCK_D, E, BLOCK_E, BLOCK_N, WINDOW, BIAS, EXPIRY, NO, DOT,
        )  # fmt: skip
    dq = over_keys(
        dq, q, d_out, lse, delta, position, row_scale, k_base, v_base, bias_ptr, expiry_at,
        end, last, earliest, k_start, k_len, kv, window, k_token, v_token, expiry_token,
        D, BLOCK_D, E, BLOCK_E, BLOCK_N, WINDOW, BIAS, EXPIRY, YES, DOT,
    )  # fmt: skip

    dq = dq * row_scale[:, None]
    tl.store(dq_ptr + at[:, None] * D + d[None, :], dq, mask=held)
    slope = tl.sum(dq * q.to(tl.float32), 1) / -temperature
    tl.store(d_temperature_ptr + at, slope, mask=live)


@triton.jit
def first_tile(
    position_ptr, rows, wanted, low, high,
    GROUP: tl.constexpr, BLOCK_M: tl.constexpr, LAST: tl.constexpr,
):  # fmt: skip
    """The first query tile from `low` on whose first (or last) position is `wanted` or later.

    By bisection, as positions rise along a row; `high` if there is none.
    """
    while low < high:
        middle = (low + high) // 2
        r = middle * BLOCK_M
        if LAST:
            r = tl.minimum(r + BLOCK_M, rows) - 1
        late = tl.load(position_ptr + r // GROUP) >= wanted
        low, high = tl.where(late, low, middle + 1), tl.where(late, middle, high)
    return low


@triton.jit
def over_queries(
    dk, dv, d_bias, k, v, bias, expiry, j, q_base, d_out_ptr, lse_ptr, delta_ptr,
    position_ptr, temperature_ptr, begin, end, latest, first, scale, window, q_start, q_len, k_len,
    kv, heads, q_token, q_head, temperature_token, temperature_head,
    GROUP: tl.constexpr, D: tl.constexpr, BLOCK_D: tl.constexpr,
    E: tl.constexpr, BLOCK_E: tl.constexpr, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr,
    WINDOW: tl.constexpr, BIAS: tl.constexpr, EXPIRY: tl.constexpr,
    CHOSEN: tl.constexpr, MASKED: tl.constexpr, DOT: tl.constexpr,
):  # fmt: skip
    """Add the query tiles from `begin` up to `end`; if not CHOSEN, those that see none pass."""
    d, e = tl.arange(0, BLOCK_D), tl.arange(0, BLOCK_E)
    for tile in range(begin, end):
        r = tile * BLOCK_M + tl.arange(0, BLOCK_M)
        live = r < q_len * GROUP
        token, head = q_start + r // GROUP, (kv * GROUP + r % GROUP).to(tl.int64)
        position = tl.load(position_ptr + token, mask=live, other=-1)
        some = True
        if not CHOSEN:
            earliest = tl.min(tl.where(position < 0, FAR, position), 0)
            some = (tl.max(position, 0) >= first) & (earliest < latest)  # pyright: ignore[reportOperatorIssue]
            if WINDOW:
                some = some & (earliest - window < first + BLOCK_N - 1)
        if some:
            t_at = temperature_ptr + token * temperature_token + head * temperature_head
            row_scale = scale / tl.load(t_at, mask=live, other=1.0)
            held = live[:, None] & (d < D)[None, :]
            q_at = q_base + token * q_token + head * q_head
            q = tl.load(q_at[:, None] + d[None, :], mask=held, other=0.0).to(DOT)
            at = token * heads + head
            filled = live[:, None] & (e < E)[None, :]
            d_out_at = d_out_ptr + at[:, None] * E + e[None, :]
            d_out = tl.load(d_out_at, mask=filled, other=0.0).to(DOT)
            lse = tl.load(lse_ptr + at, mask=live, other=float("inf"))  # so that P is 0
            lse = tl.where(lse == float("-inf"), 0.0, lse) * LOG2_E
            delta = tl.load(delta_ptr + at, mask=live, other=0.0)
            seen = visible(
                position[:, None], j[None, :], k_len, expiry[None, :], window, WINDOW, EXPIRY
            )
            p, ds = weights(q, k, v, d_out, lse, delta, row_scale, bias, seen, BIAS, MASKED)
            dv += tl.dot(tl.trans(p).to(DOT), d_out, input_precision="ieee")
            if BIAS:
                d_bias += tl.sum(ds, 0)
            scaled = (ds * row_scale[:, None]).to(DOT)
            dk += tl.dot(tl.trans(scaled), q, input_precision="ieee")
    return dk, dv, d_bias


@triton.jit
def key_kernel(
    q_ptr, k_ptr, v_ptr, d_out_ptr, lse_ptr, delta_ptr, dk_ptr, dv_ptr, d_bias_ptr,
    position_ptr, temperature_ptr, bias_ptr, expiry_ptr, table_ptr,
    scale, window, tiles, heads,
    q_token, q_head, q_row, k_token, k_head, k_row, v_token, v_head, v_row,
    temperature_token, temperature_head, expiry_token, expiry_head,
    GROUP: tl.constexpr, D: tl.constexpr, BLOCK_D: tl.constexpr,
    E: tl.constexpr, BLOCK_E: tl.constexpr,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr,
    WINDOW: tl.constexpr, BIAS: tl.constexpr, EXPIRY: tl.constexpr,
    RISING: tl.constexpr, DOT: tl.constexpr,
):  # fmt: skip
    """Gradients of keys, values and bias. Program (row and tile of keys, key-value head).

    Tiles of queries that see none of the keys are left out by bisection where positions rise, and
    cost one load of their positions where they do not.
    """
    row, kv_heads = tl.program_id(0) // tiles, tl.num_programs(1)
    kv = tl.program_id(1).to(tl.int64)
    q_start, q_len, k_start, k_len = spans(table_ptr, row)
    first = (tl.program_id(0) % tiles) * BLOCK_N
    j = first + tl.arange(0, BLOCK_N)
    there = j < k_len
    d, e = tl.arange(0, BLOCK_D), tl.arange(0, BLOCK_E)
    k_inside = there[:, None] & (d < D)[None, :]
    v_inside = there[:, None] & (e < E)[None, :]
    key = k_start + j
    k_at = k_ptr + row.to(tl.int64) * k_row + key * k_token + kv * k_head
    k = tl.load(k_at[:, None] + d[None, :], mask=k_inside, other=0.0).to(DOT)
    v_at = v_ptr + row.to(tl.int64) * v_row + key * v_token + kv * v_head
    v = tl.load(v_at[:, None] + e[None, :], mask=v_inside, other=0.0).to(DOT)
    bias, expiry = tl.zeros((BLOCK_N,), tl.float32), j
    if BIAS:
        bias = tl.load(bias_ptr + key * kv_heads + kv, mask=there, other=0.0)
    if EXPIRY:
        expiry = tl.load(expiry_ptr + key * expiry_token + kv * expiry_head, mask=there, other=0)
    latest = FAR
    if EXPIRY:
        latest = tl.max(expiry, 0)
    dk = tl.zeros((BLOCK_N, BLOCK_D), tl.float32)
    dv = tl.zeros((BLOCK_N, BLOCK_E), tl.float32)
    d_bias = tl.zeros((BLOCK_N,), tl.float32)
    q_base = q_ptr + row.to(tl.int64) * q_row
    begin, end = 0 * q_len, tl.where(first < k_len, tl.cdiv(q_len * GROUP, BLOCK_M), 0)
    full, masked = begin, begin  # tiles whose queries all see all keys begin, and end
    if RISING:
        at = position_ptr + q_start
        rows, beyond = q_len * GROUP, first + BLOCK_N - 1
        begin = first_tile(at, rows, first, begin, end, GROUP, BLOCK_M, YES)
        full, masked = begin, begin
        if EXPIRY:
            end = first_tile(at, rows, latest, begin, end, GROUP, BLOCK_M, NO)
        if WINDOW:
            end = first_tile(at, rows, beyond + window, begin, end, GROUP, BLOCK_M, NO)
        if not EXPIRY:
            full = first_tile(at, rows, beyond, begin, end, GROUP, BLOCK_M, NO)
            masked = end
            if WINDOW:
                masked = first_tile(at, rows, first + window, full, end, GROUP, BLOCK_M, YES)
            dk, dv, d_bias = over_queries(
                dk, dv, d_bias, k, v, bias, expiry, j, q_base, d_out_ptr, lse_ptr, delta_ptr,
                position_ptr, temperature_ptr, begin, full, latest, first, scale, window, q_start,
                q_len, k_len, kv, heads, q_token, q_head, temperature_token, temperature_head,
                GROUP, D, BLOCK_D, E, BLOCK_E, BLOCK_M, BLOCK_N, WINDOW, BIAS, EXPIRY,
                YES, YES, DOT,
            )  # fmt: skip
            dk, dv, d_bias = over_queries(
                dk, dv, d_bias, k, v, bias, expiry, j, q_base, d_out_ptr, lse_ptr, delta_ptr,
                position_ptr, temperature_ptr, full, masked, latest, first, scale, window, q_start,
                q_len, k_len, kv, heads, q_token, q_head, temperature_token, temperature_head,
                GROUP, D, BLOCK_D, E, BLOCK_E, BLOCK_M, BLOCK_N, WINDOW, BIAS, EXPIRY,
                YES, NO, DOT,
            )  # fmt: skip
    if WINDOW or EXPIRY or not RISING:
        dk, dv, d_bias = over_queries(
            dk, dv, d_bias, k, v, bias, expiry, j, q_base, d_out_ptr, lse_ptr, delta_ptr,
            position_ptr, temperature_ptr, masked, end, latest, first, scale, window, q_start,
            q_len, k_len, kv, heads, q_token, q_head, temperature_token, temperature_head,
            GROUP, D, BLOCK_D, E, BLOCK_E, BLOCK_M, BLOCK_N, WINDOW, BIAS, EXPIRY,
            RISING, YES, DOT,
        )  # fmt: skip

    to = key * kv_heads + kv
    tl.store(dk_ptr + to[:, None] * D + d[None, :], dk, mask=k_inside)
    tl.store(dv_ptr + to[:, None] * E + e[None, :], dv, mask=v_inside)
    if BIAS:
        tl.store(d_bias_ptr + to, d_bias, mask=there)
