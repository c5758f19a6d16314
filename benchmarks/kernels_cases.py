"""What kernels_gpu.py checks and times: each kernel beside its peers, on the same tensors."""

import importlib.util
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch.nn.functional import cross_entropy, linear, scaled_dot_product_attention

from midcourse.kernels.attention import attention
from midcourse.kernels.conditional_attention import conditional_attention
from midcourse.kernels.dynamic_mask import dynamic_mask_attention
from midcourse.kernels.low_rank_attention import low_rank_attention
from midcourse.kernels.prefix_attention import pack_tree, prefix_attention
from midcourse.kernels.scans import discounted_returns
from midcourse.kernels.token_logprobs import token_logprobs


class Size(NamedTuple):
    """How much is measured."""

    tokens: int
    heads: int
    kv_heads: int
    width: int
    prefix: int
    branches: int
    keep: int
    hidden: int
    words: int
    steps: int  # of scans
    least: float  # seconds of one measurement; 0 for one call


FULL = Size(32768, 16, 4, 128, 4096, 64, 2048, 4096, 128256, 1 << 26, 0.5)
DRY = Size(48, 2, 1, 16, 20, 3, 8, 16, 40, 200, 0.0)
BRANCH = 16  # tokens of a continuation
SKIPPED = 0.8  # of the tokens, by their gates


class Case(NamedTuple):
    """One thing that is timed; a call of `ours` and of each peer does the same work."""

    kernel: str
    case: str
    ours: Callable[[], Any]
    peers: dict[str, Callable[[], Any]]
    operations: float
    bytes: float
    captured: bool = False  # timed as replays of a CUDA graph, without the host's launches
    fewer: float = 1.0  # share of these operations that a peer needs


def normal(generator, *shape, dtype=torch.float32):
    """Random numbers that want a gradient; drawn on the CPU, so equal on every device."""
    return torch.randn(shape, generator=generator).to(dtype).requires_grad_()


def trained(function: Callable, parts: list[torch.Tensor]) -> Callable[[], Any]:
    """A call that computes a function of tensors and the gradients of its sum."""

    def run():
        out = function(*parts)
        return torch.autograd.grad(out, parts, torch.ones_like(out))

    return run


class Sample(NamedTuple):
    """How large what is checked is, in which type, and how near it has to come."""

    tokens: int
    width: int
    prefix: int
    branch: int  # tokens of a continuation
    rows: int  # of hidden states
    features: int
    words: int
    tile: tuple[int, int]  # of these
    steps: int  # of scans
    dtype: torch.dtype
    near: float


# Odd sizes in float32; and in the type, with the tiles and widths of what is timed.
SMALL = Sample(77, 24, 50, 9, 37, 24, 61, (1024, 8192), 77, torch.float32, 1e-4)
TIMED = Sample(1100, 128, 700, 16, 300, 256, 9001, (128, 2048), 9001, torch.bfloat16, 2e-2)


def ops(sample: Sample = SMALL) -> dict[str, tuple[Callable, list[tuple[int, ...]]]]:
    """Each kernel as a function of tensors and a backend, and shapes for its check."""
    n, d, far = sample.tokens, sample.width, sample.prefix
    tree = pack_tree([[1, 2, 3], [1, 2, 4, 4], [5] * sample.branch, [6, 7] * 6])
    size = len(tree.ends)
    gate = (torch.arange(n) % 5 == 0).float()
    targets = torch.arange(sample.rows) % sample.words
    episodes = torch.tensor([0, 5, 5, sample.steps]), torch.tensor([True, False, False])
    row = [(n, 4, d), (n, 2, d), (n, 2, d)]
    branch = [(size, 4, d), (size, 2, d), (size, 2, d)]

    def put(x, like):
        return x.to(like.device)

    return {
        "attention": (lambda q, k, v, b: both(attention(q, k, v, return_lse=True, backend=b)), row),
        "focal": (lambda q, k, v, b: attention(q, k, v, temperature=0.4, backend=b), row),
        "conditional_attention": (
            lambda q, k, v, b: conditional_attention(q, k, v, put(gate, q), backend=b),
            row,
        ),
        "dynamic_mask": (
            lambda q, k, v, w, b: dynamic_mask_attention(q, k, v, w, keep=9, backend=b),
            [*row, (n, 2)],
        ),
        "low_rank_attention": (
            lambda q, k, v, low, up, b: low_rank_attention(q, k, v, low, up, backend=b),
            [*row, (n, 8), (8, 2, d)],
        ),
        "prefix_attention": (
            lambda q, k, v, a, c, b: prefix_attention(q, k, v, a, c, tree.to(q.device), backend=b),
            [*branch, (far, 2, d), (far, 2, d)],
        ),
        "token_logprobs": (
            lambda h, w, b: sum(token_logprobs(h, w, put(targets, h), tile=sample.tile, backend=b)),
            [(sample.rows, sample.features), (sample.words, sample.features)],
        ),
        "scans": (
            lambda r, last, b: discounted_returns(
                r, put(episodes[0], r), last, put(episodes[1], r), backend=b
            ),
            [(sample.steps,), (3,)],
        ),
    }


def both(found: Any) -> torch.Tensor:
    """Outputs and log-sum-exp in one, so that a gradient comes through both."""
    return found[0] + found[1][..., None]


def heads_first(*parts):
    """(tokens, heads, D) as SDPA wants it: (1, heads, tokens, D)."""
    return [x.transpose(0, 1)[None] for x in parts]


def sdpa(q, k, v, **more):
    """Torch's causal attention over packed heads, by whatever torch chooses."""
    q, k, v = heads_first(q, k, v)
    return scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True, **more)


def by_flash(q, k, v, **more):
    """The same, by torch's flash attention and nothing else."""
    from torch.nn.attention import SDPBackend, sdpa_kernel

    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        return sdpa(q, k, v, **more)


def flexed() -> Callable:
    """Compiled flex attention with a causal block mask, made at the first call."""
    made: list[Any] = []

    def run(q, k, v):
        from torch.nn.attention.flex_attention import create_block_mask, flex_attention

        if not made:
            size = len(q), len(k)
            mask = create_block_mask(lambda b, h, i, j: i >= j, None, None, *size, device=q.device)
            made.extend([torch.compile(flex_attention), mask])
        return made[0](*heads_first(q, k, v), block_mask=made[1], enable_gqa=True)

    return run


def attentions(size: Size, device: str, dtype: torch.dtype) -> Iterator[Case]:
    """Causal attention and its relatives over one long row."""
    g = torch.Generator().manual_seed(0)
    n, h, u, d = size.tokens, size.heads, size.kv_heads, size.width
    q, k, v = (normal(g, n, x, d, dtype=dtype) for x in (h, u, u))
    parts = [x.detach().to(device).requires_grad_() for x in (q, k, v)]
    gate = (torch.rand(n, generator=g) >= SKIPPED).to(device)
    scores = torch.randn((n, u), generator=g).to(device)
    both: dict[str, Callable] = {"sdpa": sdpa}
    if device == "cuda":
        both["sdpa flash"] = by_flash
    scale = 1 / (0.4 * d**0.5)
    focal = {name: lambda q, k, v, f=f: f(q, k, v, scale=scale) for name, f in both.items()}
    peers = both | ({"flex": flexed()} if device == "cuda" else {})
    ours = {
        "attention": (attention, 1.0, peers),
        "focal": (lambda q, k, v: attention(q, k, v, temperature=0.4), 1.0, focal),
        "conditional_attention": (
            lambda q, k, v: conditional_attention(q, k, v, gate),
            1 - SKIPPED,
            both,
        ),
        "dynamic_mask": (
            lambda q, k, v: dynamic_mask_attention(q, k, v, scores, keep=size.keep),
            min(1.0, 2 * size.keep / n),
            both,
        ),
    }
    products = 2 * n * n * h * d  # of a causal forward pass, multiplications and additions
    moved = sum(x.numel() * x.element_size() for x in (*parts, q))
    for name, (function, share, others) in ours.items():

        def once(f):
            return lambda: f(*(x.detach() for x in parts))

        there = {peer: once(f) for peer, f in others.items()}
        yield Case(name, f"forward, {n}", once(function), there, share * products, moved)
        there = {peer: trained(f, parts) for peer, f in others.items()}
        run = trained(function, parts)
        yield Case(name, f"both, {n}", run, there, share * 3.5 * products, 3 * moved)


def branches(size: Size, device: str, dtype: torch.dtype) -> Iterator[Case]:
    """Many continuations of one prefix, beside SDPA over a prefix that is repeated."""
    g = torch.Generator().manual_seed(1)
    h, u, d, b = size.heads, size.kv_heads, size.width, size.branches
    tree = pack_tree([[i] * BRANCH for i in range(b)]).to(device)
    shapes = [(b * BRANCH, h, d), *[(b * BRANCH, u, d)] * 2, *[(size.prefix, u, d)] * 2]
    parts = [normal(g, *shape, dtype=dtype).detach().to(device) for shape in shapes]
    q, k, v, prefix_k, prefix_v = parts
    rows = q.reshape(b, BRANCH, h, d).transpose(1, 2)
    whole = []
    for near, far in ((k, prefix_k), (v, prefix_v)):
        own = near.reshape(b, BRANCH, u, d)
        whole.append(torch.cat([far.expand(b, -1, -1, -1), own], 1).transpose(1, 2).contiguous())
    seen = torch.ones((BRANCH, size.prefix + BRANCH), dtype=torch.bool, device=device)
    seen = seen.tril(size.prefix)

    def repeated():
        return scaled_dot_product_attention(rows, *whole, attn_mask=seen, enable_gqa=True)

    products = 4 * b * BRANCH * h * d * (size.prefix + BRANCH / 2)
    moved = sum(x.numel() * x.element_size() for x in (*parts, q))
    case = f"{b} of {BRANCH} on {size.prefix}"
    run = lambda: prefix_attention(q, k, v, prefix_k, prefix_v, tree)  # noqa: E731
    there = {"sdpa repeated": repeated}
    yield Case("prefix_attention", case, run, there, products, moved)
    yield Case("prefix_attention", f"{case}, captured", run, there, products, moved, True)


def others(size: Size, device: str, dtype: torch.dtype) -> Iterator[Case]:
    """Log-probabilities, forward and backward, and a scan."""
    g = torch.Generator().manual_seed(2)
    n, h, w = size.tokens, size.hidden, size.words
    parts = [normal(g, n, h, dtype=dtype), normal(g, w, h, dtype=dtype)]
    hidden, weight = (x.detach().to(device).requires_grad_() for x in parts)
    targets = torch.randint(0, w, (n,), generator=g).to(device)
    peers = {"unfused": lambda x, y: -cross_entropy(linear(x, y).float(), targets)}
    if importlib.util.find_spec("liger_kernel"):
        from liger_kernel.transformers import LigerFusedLinearCrossEntropyLoss  # pyright: ignore[reportMissingImports]

        liger = LigerFusedLinearCrossEntropyLoss()
        peers["liger"] = lambda x, y: -liger(y, x, targets)
    there = {name: trained(f, [hidden, weight]) for name, f in peers.items()}
    run = trained(lambda x, y: token_logprobs(x, y, targets)[0].mean(), [hidden, weight])
    moved = 3 * (hidden.numel() + weight.numel()) * hidden.element_size()
    case, work = f"both, {n} x {h} x {w}", 8.0 * n * h * w
    yield Case("token_logprobs", case, run, there, work, moved, fewer=0.75)
    rewards = torch.randn(size.steps, generator=g).to(device)
    episodes = torch.linspace(0, size.steps, 9).long().to(device)
    rest = torch.zeros(8, device=device), torch.ones(8, dtype=torch.bool, device=device)
    run = lambda: discounted_returns(rewards, episodes, *rest)  # noqa: E731
    yield Case("scans", f"{size.steps} in 8 episodes", run, {}, 0, 8 * size.steps)
