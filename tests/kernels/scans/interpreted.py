"""The scan in Triton's interpreter; test_triton.py runs this file where the interpreter is on."""

import pytest
import torch
from episodes import episodes, looped

from midcourse.kernels.scans import discounted_returns, generalised_advantages, reference, triton


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """The interpreter takes a Python call for each step of a block, also of an empty one."""
    monkeypatch.setattr(triton, "BLOCK", 8)


@pytest.mark.parametrize("reverse", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("lengths", [(0,), (1,), (7, 0, 1, 13), (16,), (17, 20, 3), (80,)])
def test_every_block_size_gives_the_reference_s(poisoned, lengths, dtype, reverse):
    x, _, offsets, _, _ = episodes(lengths, dtype=dtype)
    last = torch.zeros(len(x) + 1, dtype=torch.bool).index_fill(0, offsets[1:], True)[1:]
    wanted = reference.scan(x, last, 0.95, reverse)
    for block in (4, 16):
        given = triton.scan(x, last, 0.95, reverse, block=block)
        torch.testing.assert_close(given, wanted, rtol=1e-5, atol=1e-5)


def test_a_nan_stays_in_its_episode_across_blocks():
    x = torch.ones(40)
    x[10:20] = torch.nan
    last = torch.zeros(40, dtype=torch.bool)
    last[[9, 19, 39]] = True
    for reverse in (True, False):
        given = triton.scan(x, last, 0.9, reverse, block=8)
        assert given[:10].isfinite().all()
        assert given[20:].isfinite().all()
        assert given[10:20].isnan().all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_public_functions_take_it_by_name(poisoned, dtype):
    row = episodes((5, 0, 30), dtype=dtype)
    rewards, _, *rest = row
    plain, _, wanted = looped(*row, 0.9, 0.8)
    given = generalised_advantages(*row, discount=0.9, trace=0.8, backend="triton")
    torch.testing.assert_close(given, wanted.float(), rtol=1e-5, atol=1e-5)
    given = discounted_returns(rewards, *rest, discount=0.9, backend="triton")
    torch.testing.assert_close(given, plain.float(), rtol=1e-5, atol=1e-5)


def test_gradients_are_the_reference_s():
    row = episodes((9, 0, 4))
    inputs = [x.requires_grad_() for x in (row[0], row[1], row[3])]
    weight = torch.arange(13.0)
    found = []
    for backend in ("triton", "reference"):
        given = generalised_advantages(*row, backend=backend)
        found.append(torch.autograd.grad((given * weight).sum(), inputs))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)
