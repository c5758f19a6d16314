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
    key_range,
    spans,
    tile_logits,
    visible,
)


@triton.jit
def weights(q, k, v, d_out, lse, delta, scale, bias, seen, BIAS: tl.constexpr):
    """P and dS of a tile, float32 (queries, keys)."""
    s = tile_logits(q, k, scale * LOG2_E, bias, seen, BIAS)
    p = tl.exp2(s - lse[:, None])
    dp = tl.dot(d_out, tl.trans(v), input_precision="ieee")
    return p, p * (dp - delta[:, None])


@triton.jit
def add_query(
    dq, q, k_at, v_at, d_out, lse, delta, scale, bias, seen, k_inside, v_inside,
    BIAS: tl.constexpr, DOT: tl.constexpr,
):  # fmt: skip
    """One tile of keys for `query_kernel`."""
    k = tl.load(k_at, mask=k_inside, other=0.0).to(DOT)
    v = tl.load(v_at, mask=v_inside, other=0.0).to(DOT)
    _, ds = weights(q, k, v, d_out, lse, delta, scale, bias, seen, BIAS)
    return dq + tl.dot(ds.to(DOT), k, input_precision="ieee")


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
    row, kv = tl.program_id(0) // tiles, tl.program_id(1)
    q_start, q_len, k_start, k_len = spans(table_ptr, row)
    r = (tl.program_id(0) % tiles) * BLOCK_M + tl.arange(0, BLOCK_M)
    live = r < q_len * GROUP
    token, head = q_start + r // GROUP, kv * GROUP + r % GROUP
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
    lse = tl.load(lse_ptr + at, mask=live, other=0.0)
    lse = tl.where(lse == float("-inf"), 0.0, lse) * LOG2_E
    delta = tl.load(delta_ptr + at, mask=live, other=0.0)
    k_base = k_ptr + row.to(tl.int64) * k_row + k_start * k_token + kv * k_head
    v_base = v_ptr + row.to(tl.int64) * v_row + k_start * v_token + kv * v_head

    begin, last = key_range(position, k_len, window, WINDOW, BLOCK_N)
    earliest = tl.min(tl.where(position < 0, FAR, position), 0)
    dq = tl.zeros((BLOCK_M, BLOCK_D), tl.float32)
    for n in range(begin, last, BLOCK_N):
        j = n + tl.arange(0, BLOCK_N)
        there = j < k_len
        k_inside = there[:, None] & (d < D)[None, :]
        v_inside = there[:, None] & (e < E)[None, :]
        far = j.to(tl.int64)
        k_at = k_base + far[:, None] * k_token + d[None, :]
        v_at = v_base + far[:, None] * v_token + e[None, :]
        bias, expiry = row_scale, j
        if BIAS:
            bias = tl.load(
                bias_ptr + (k_start + j) * tl.num_programs(1) + kv, mask=there, other=0.0
            )
        if EXPIRY:
            where = expiry_ptr + (k_start + j) * expiry_token + kv * expiry_head
            expiry = tl.load(where, mask=there, other=0)
        seen = visible(position, j, k_len, expiry, window, WINDOW, EXPIRY)
        if EXPIRY:
            if tl.max(expiry, 0) > earliest:  # pyright: ignore[reportOperatorIssue]
                dq = add_query(
                    dq, q, k_at, v_at, d_out, lse, delta, row_scale, bias, seen,
                    k_inside, v_inside, BIAS, DOT,
                )  # fmt: skip
        else:
            dq = add_query(
                dq, q, k_at, v_at, d_out, lse, delta, row_scale, bias, seen,
                k_inside, v_inside, BIAS, DOT,
            )  # fmt: skip

    dq = dq * row_scale[:, None]
    tl.store(dq_ptr + at[:, None] * D + d[None, :], dq, mask=held)
    slope = tl.sum(dq * q.to(tl.float32), 1) / -temperature
    tl.store(d_temperature_ptr + at, slope, mask=live)


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
    DOT: tl.constexpr,
):  # fmt: skip
    """Gradients of keys, values and bias. Program (row and tile of keys, key-value head).

    Tiles of queries that see none of the keys cost one load of their positions.
    """
    row, kv, kv_heads = tl.program_id(0) // tiles, tl.program_id(1), tl.num_programs(1)
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
    end = tl.where(first < k_len, q_len * GROUP, 0)
    for m in range(0, end, BLOCK_M):
        r = m + tl.arange(0, BLOCK_M)
        live = r < q_len * GROUP
        token, head = q_start + r // GROUP, kv * GROUP + r % GROUP
        position = tl.load(position_ptr + token, mask=live, other=-1)
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
            lse = tl.load(lse_ptr + at, mask=live, other=0.0)
            lse = tl.where(lse == float("-inf"), 0.0, lse) * LOG2_E
            delta = tl.load(delta_ptr + at, mask=live, other=0.0)
            seen = visible(position, j, k_len, expiry, window, WINDOW, EXPIRY)
            p, ds = weights(q, k, v, d_out, lse, delta, row_scale, bias, seen, BIAS)
            dv += tl.dot(tl.trans(p).to(DOT), d_out, input_precision="ieee")
            d_bias += tl.sum(ds, 0)
            scaled = (ds * row_scale[:, None]).to(DOT)
            dk += tl.dot(tl.trans(scaled), q, input_precision="ieee")

    to = key * kv_heads + kv
    tl.store(dk_ptr + to[:, None] * D + d[None, :], dk, mask=k_inside)
    tl.store(dv_ptr + to[:, None] * E + e[None, :], dv, mask=v_inside)
    if BIAS:
        tl.store(d_bias_ptr + to, d_bias, mask=there)
