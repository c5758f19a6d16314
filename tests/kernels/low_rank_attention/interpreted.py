"""Two caches in Triton's interpreter; test_low_rank.py runs this file."""

import pytest
import torch
from attentions import distance

from midcourse.kernels.attention import triton
from midcourse.kernels.low_rank_attention import low_rank_attention

SMALL = triton.Shape(16, 16, 4)


@pytest.mark.parametrize(
    ("dtype", "near", "keys", "rank"),
    [(torch.float32, 1e-5, 37, 8), (torch.bfloat16, 1e-2, 19, 3), (torch.float32, 1e-5, 2, 1)],
)
def test_outputs_and_gradients_are_those_of_float64(dtype, near, keys, rank, poisoned, monkeypatch):
    monkeypatch.setattr(triton, "tile_shapes", lambda problem: triton.Shapes(*[SMALL] * 3))
    g = torch.Generator().manual_seed(keys)
    shapes = [(2, min(keys, 5), 4, 8), (2, keys, 2, 8), (2, keys, 2, 8)]
    shapes += [(2, keys, rank), (2, rank, 2, 8)]
    parts = [torch.randn(shape, generator=g).to(dtype).requires_grad_() for shape in shapes]
    wide = [part.detach().double().requires_grad_() for part in parts]
    given = low_rank_attention(*parts, backend="triton")
    wanted = low_rank_attention(*wide, backend="reference")
    assert given.dtype == dtype
    assert distance(given, wanted) < near
    slope = torch.randn(given.shape, generator=g).to(dtype)
    ours = torch.autograd.grad(given, parts, slope)
    theirs = torch.autograd.grad(wanted, wide, slope.double())
    for one, other in zip(ours, theirs, strict=True):
        assert distance(one, other) < near


def test_the_base_of_many_agents_is_read_where_it_lies():
    g = torch.Generator().manual_seed(0)
    q, base = torch.randn((3, 1, 4, 8), generator=g), torch.randn((1, 20, 2, 8), generator=g)
    low, up = torch.randn((3, 20, 2), generator=g), torch.randn((3, 2, 2, 8), generator=g)
    k = base.expand(3, -1, -1, -1)
    assert triton.dense(k) is k
    given = low_rank_attention(q, k, k, low, up, backend="triton")
    assert distance(given, low_rank_attention(q, k, k, low, up, backend="reference")) < 1e-6
