"""Returns and advantages in plain torch, against the textbook's loops."""

import pytest
import torch
from episodes import episodes, looped

from midcourse.kernels.scans import discounted_returns, generalised_advantages, lambda_returns

LENGTHS = [(), (0,), (1,), (0, 1, 0), (0, 0, 7, 0, 1, 13, 0), (64,), (3, 129, 2)]


def estimates(row, discount=0.9, trace=0.8):
    rewards, _, *rest = row
    return (
        discounted_returns(rewards, *rest, discount=discount),
        lambda_returns(*row, discount=discount, trace=trace),
        generalised_advantages(*row, discount=discount, trace=trace),
    )


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize(("discount", "trace"), [(0.9, 0.8), (1.0, 1.0), (0.0, 0.5), (0.7, 0.0)])
def test_loops_agree(lengths, discount, trace):
    row = episodes(lengths)
    wanted = looped(*row, discount, trace)
    for ours, theirs in zip(estimates(row, discount, trace), wanted, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_narrow_inputs_are_computed_in_float32(dtype):
    row = episodes((5, 0, 90), dtype=dtype)
    for ours, theirs in zip(estimates(row), looped(*row, 0.9, 0.8), strict=True):
        assert ours.dtype == torch.float32
        torch.testing.assert_close(ours, theirs.float(), rtol=1e-5, atol=1e-5)


def test_by_hand():
    ones = torch.ones(3)
    cut = torch.tensor([0, 2, 3])
    ends = torch.tensor([True, False])
    tail = torch.tensor([torch.nan, 4.0])
    given = discounted_returns(ones, cut, tail, ends, discount=0.5)
    assert given.tolist() == [1.5, 1.0, 3.0]


def test_advantages_are_lambda_returns_less_values():
    row = episodes((4, 9, 0, 30))
    _, mixed, advantages = estimates(row)
    torch.testing.assert_close(advantages, mixed - row[1])


def test_an_infinity_stays_in_its_episode():
    row = episodes((3, 4, 3))
    row[0][3:7] = torch.inf
    row[0][4] = torch.nan
    for part in estimates(row):
        assert part[:3].isfinite().all()
        assert part[7:].isfinite().all()
        assert not part[3:5].isfinite().any()


@pytest.mark.parametrize("lengths", [(1,), (0, 3, 1, 5)])
def test_gradients_of_both_orders(lengths):
    rewards, values, offsets, bootstrap, terminated = episodes(lengths)

    def both(rewards, values, bootstrap):
        row = rewards, values, offsets, bootstrap, terminated
        return sum((part**2).sum() for part in estimates(row))

    inputs = tuple(x.requires_grad_() for x in (rewards, values, bootstrap))
    assert torch.autograd.gradcheck(both, inputs)
    assert torch.autograd.gradgradcheck(both, inputs)


def test_what_does_not_fit_is_named():
    row = list(episodes((2, 3)))

    def refused(match, place=None, part=None, **more):
        wrong = [part if i == place else x for i, x in enumerate(row)]
        with pytest.raises(ValueError, match=match):
            generalised_advantages(*wrong, **more)

    refused("discount is 1.5; a number in", discount=1.5)
    refused("trace is -1; a number in", trace=-1)
    refused("backend is 'cuda'; one of reference, triton", backend="cuda")
    refused(r"values has shape \(4,\); \(5,\)", 1, torch.zeros(4))
    refused("rewards have 2 dimensions", 0, torch.zeros(1, 5))
    refused("values is torch.int64; floats", 1, torch.zeros(5, dtype=torch.int64))
    refused("offsets run from 0 to 4; 0 to 5", 2, torch.tensor([0, 2, 4]))
    refused("offsets fall by 1;", 2, torch.tensor([0, 6, 5]))
    refused("offsets are torch.float32", 2, torch.zeros(3))
    refused(r"bootstrap has shape \(1,\); \(2,\)", 3, torch.zeros(1))
    refused("terminated is torch.float32", 4, torch.zeros(2))
    refused("another argument on meta", 1, torch.zeros(5, device="meta"))
