"""Two caches beside the one that they stand for."""

from pathlib import Path

import pytest
import torch
from attentions import distance
from interpreting import run_interpreted

from midcourse.kernels.attention import attention
from midcourse.kernels.low_rank_attention import low_rank_attention

HERE = Path(__file__).parent


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@pytest.mark.parametrize("rank", [1, 3, 8])
def test_the_cache_that_is_never_built_is_attended_to(rank):
    q, k, v = normal(5, 4, 8), normal(11, 2, 8, seed=1), normal(11, 2, 6, seed=2)
    low, up = normal(11, rank, seed=3), normal(rank, 2, 6, seed=4)
    full = torch.stack([v[:, h] + low @ up[:, h] for h in range(2)], 1)
    wanted, lse = attention(q, k, full, window=7, return_lse=True)
    for backend in (None, "reference"):
        ours = low_rank_attention(q, k, v, low, up, window=7, return_lse=True, backend=backend)
        assert distance(ours[0], wanted) < 1e-12
        assert distance(ours[1], lse) < 1e-12


@pytest.mark.parametrize("shared", [False, True])
def test_agents_share_one_base(shared):
    agents = 3
    q, k, v = normal(agents, 1, 4, 8), normal(1, 9, 2, 8, seed=1), normal(1, 9, 2, 8, seed=2)
    low, up = normal(agents, 9, 2, seed=3), normal(agents, 2, 2, 8, seed=4)
    low = low[:1].expand(agents, -1, -1) if shared else low
    base = k.expand(agents, -1, -1, -1), v.expand(agents, -1, -1, -1)
    together = low_rank_attention(q, *base, low, up)
    for i in range(agents):
        alone = low_rank_attention(q[i : i + 1], k, v, low[i : i + 1], up[i])
        assert distance(together[i : i + 1], alone) < 1e-12


def test_gradients_are_finite_differences():
    parts = [normal(4, 2, 3), normal(4, 1, 3, seed=1), normal(4, 1, 3, seed=2)]
    parts += [normal(4, 2, seed=3), normal(2, 1, 3, seed=4)]
    assert torch.autograd.gradcheck(low_rank_attention, [part.requires_grad_() for part in parts])


def test_no_keys_and_no_queries():
    q, k, up = normal(3, 2, 4), normal(0, 1, 4), normal(2, 1, 4)
    assert bool((low_rank_attention(q, k, k, normal(0, 2), up, causal=False) == 0).all())
    assert low_rank_attention(q[:0], k, k, normal(0, 2), up).shape == (0, 2, 4)


def test_what_does_not_fit_is_named():
    q = torch.zeros((2, 5, 2, 4))
    low, up = torch.zeros((2, 5, 3)), torch.zeros((3, 2, 4))
    with pytest.raises(ValueError, match=r"low has the shape \(5, 3\); \(2, 5, 'r'\) was expected"):
        low_rank_attention(q, q, q, low[0], up)
    with pytest.raises(ValueError, match=r"up has the shape \(2, 4\); \(3, 2, 4\) or"):
        low_rank_attention(q, q, q, low, up[0])
    with pytest.raises(ValueError, match=r"up is torch.float64 on cpu, v torch.float32 on cpu"):
        low_rank_attention(q, q, q, low, up.double())
    with pytest.raises(ValueError, match="backend is 'gpu'; one of reference, triton"):
        low_rank_attention(q, q, q, low, up, backend="gpu")


def test_interpreted():
    triton = pytest.importorskip("triton", reason="triton is not installed")
    if tuple(int(part) for part in triton.__version__.split(".")[:2]) < (3, 7):
        pytest.skip("Triton 3.6 cannot interpret loops with numpy 2.4")
    run_interpreted(HERE / "interpreted.py")
