"""Cases of attention, and attention written out query by query."""

import math

import torch

# q bounds, k bounds (packed) or (batch, queries, keys); heads, key-value heads, D; what is on.
# Values are D wide, or three where they are narrow.
CASES = {
    "everything": ([0, 5, 5, 6, 26], [0, 7, 9, 10, 31], 4, 2, 8, "window temperature bias expiry"),
    "size one": ([0, 1], [0, 1], 1, 1, 1, ""),
    "odd sizes": ([0, 19], [0, 37], 3, 1, 33, "temperature"),
    "a window": ([0, 37], [0, 37], 1, 1, 16, "window"),
    "more queries than keys": ([0, 20, 23], [0, 3, 3], 2, 1, 4, "bias"),
    "padding": ((2, 5, 19), None, 2, 2, 8, "padding token-temperature"),
    "no causality": ([0, 3, 20], [0, 18, 21], 2, 1, 8, "everywhere"),
    "chosen queries": ([0, 5, 9], [0, 40, 47], 2, 1, 8, "positions expiry"),
    "no keys": ([0, 3], [0, 0], 2, 1, 8, ""),
    "narrow values": ([0, 2, 19], [0, 9, 26], 4, 2, 20, "narrow"),
    "a wide window": ([0, 100], [0, 100], 1, 1, 8, "wide-window"),
    "biases of any size": ([0, 99], [0, 99], 2, 1, 8, "bias extreme token-temperature"),
    "many keys": ([0, 300], [0, 300], 2, 1, 128, ""),
}  # fmt: skip


def tensors(name, dtype, seed=0):
    """q, k, v and keywords of a case; whatever may have a gradient asks for it."""
    g = torch.Generator().manual_seed(seed)
    at_q, at_k, heads, kv_heads, width, features = CASES[name]
    packed = isinstance(at_q, list)
    shape_q = (at_q[-1],) if packed else at_q[:2]
    shape_k = (at_k[-1],) if packed else (at_q[0], at_q[2])
    narrow = 3 if "narrow" in features else width
    q, k, v = (
        torch.randn(shape, generator=g).to(dtype).requires_grad_()
        for shape in (
            (*shape_q, heads, width),
            (*shape_k, kv_heads, width),
            (*shape_k, kv_heads, narrow),
        )
    )
    more = {}
    kind = torch.float64 if dtype == torch.float64 else torch.float32
    if packed:
        more["cu_seqlens_q"] = torch.tensor(at_q, dtype=torch.int32)
        more["cu_seqlens_k"] = torch.tensor(at_k, dtype=torch.int32)
    if "window" in features:
        more["window"] = 40 if "wide" in features else 9
    if "temperature" in features:
        shape = (*shape_q, heads) if "token" in features else (heads,)
        more["temperature"] = (torch.rand(shape, generator=g) + 0.3).to(kind).requires_grad_()
    if "bias" in features:
        bias = torch.randn((*shape_k, kv_heads), generator=g).to(kind)
        if "extreme" in features:  # a tile of keys that nobody sees, and one key for the last rows
            bias[:16], bias[80] = -torch.inf, 100
        more["bias"] = bias.requires_grad_()
    if "expiry" in features:
        more["expiry"] = torch.randint(1, 40, (*shape_k, kv_heads), generator=g)
    if "padding" in features:
        more["key_padding"] = torch.ones(shape_k, dtype=torch.bool)
        more["key_padding"][0, :16] = False
        more["key_padding"][1, 7:] = False
    if "everywhere" in features:
        more["causal"] = False
    if "positions" in features:
        more["positions"] = torch.tensor([-1, 3, 17, 17, 39, 0, 1, 5, 6], dtype=torch.int32)
    return q, k, v, more


def one_query(q, keys, values, scale, bias, seen):
    """Output and log-sum-exp of one query and head over the keys that it sees, in float64."""
    chosen = [j for j in range(len(keys)) if seen(j)]
    if not chosen:
        return values.new_zeros(values.shape[-1]), -math.inf
    logits = torch.stack([(q @ keys[j]) * scale + bias[j] for j in chosen])
    total = torch.logsumexp(logits, 0)
    return sum(torch.exp(s - total) * values[j] for s, j in zip(logits, chosen, strict=True)), total


def by_hand(q, k, v, more):
    """Outputs and log-sum-exp, query by query, in float64, without the code under test."""
    heads, width = q.shape[-2:]
    kv_heads = k.shape[-2]
    if q.ndim == 3:
        at_q, at_k = more["cu_seqlens_q"].tolist(), more["cu_seqlens_k"].tolist()
    else:
        at_q = [b * q.shape[1] for b in range(len(q) + 1)]
        at_k = [b * k.shape[1] for b in range(len(k) + 1)]
    q, k, v = (x.detach().double().reshape(-1, *x.shape[-2:]) for x in (q, k, v))
    temperature = torch.as_tensor(more.get("temperature", 1.0)).detach().double()
    temperature = temperature.reshape(-1, heads) if temperature.numel() > 1 else temperature
    temperature = temperature.expand(len(q), heads)
    bias = more.get("bias", torch.zeros(len(k), kv_heads)).detach().double()
    expiry = more.get("expiry", torch.full((len(k), kv_heads), 10**6))
    padding = more.get("key_padding", torch.ones(len(k), dtype=torch.bool)).reshape(-1)
    out = q.new_zeros((len(q), heads, v.shape[-1]))
    lse = torch.zeros(len(q), heads).double()
    for a, b, c, d in zip(at_q, at_q[1:], at_k, at_k[1:], strict=False):
        for i in range(a, b):
            p = (d - c) - (b - i) if more.get("causal", True) else d - c - 1
            p = int(more["positions"][i]) if "positions" in more else p
            for h in range(heads):
                u = h // (heads // kv_heads)

                def seen(j, p=p, u=u, c=c):
                    near = p - more.get("window", 10**6) < j <= p
                    real = bool(padding[c + j]) and bias[c + j, u] > -math.inf
                    return near and p < expiry[c + j, u] and real

                scale = 1 / (math.sqrt(width) * float(temperature[i, h]))
                out[i, h], lse[i, h] = one_query(
                    q[i, h], k[c:d, u], v[c:d, u], scale, bias[c:d, u], seen
                )
    return out, lse


def gradients(attend, q, k, v, more, seed=1):
    """Outputs, log-sum-exp and every gradient, through a random loss of both."""
    g = torch.Generator().manual_seed(seed)
    out, lse = attend(q, k, v, **more, return_lse=True)
    loss = (out * torch.randn(out.shape, generator=g).to(out.dtype)).sum()
    finite = torch.where(lse == -torch.inf, 0.0, lse)
    loss = loss + (finite * torch.randn(lse.shape, generator=g).to(lse.dtype)).sum()
    leaves = [q, k, v, *(x for x in more.values() if torch.is_tensor(x) and x.requires_grad)]
    return [out, finite, *torch.autograd.grad(loss, leaves)], lse == -torch.inf


def distance(given, wanted):
    """Norm of the difference over the norm of what is wanted; NaN counts as infinite."""
    given, wanted = given.detach().double(), wanted.detach().double()
    gap = (given - wanted).norm() / wanted.norm().clamp_min(1e-3)
    return float(torch.nan_to_num(gap, nan=torch.inf))


def widened(q, k, v, more):
    """The same values in float64, as new leaves."""
    leaf = {
        name: x.detach().double().requires_grad_() if torch.is_tensor(x) and x.requires_grad else x
        for name, x in more.items()
    }
    return *(x.detach().double().requires_grad_() for x in (q, k, v)), leaf
