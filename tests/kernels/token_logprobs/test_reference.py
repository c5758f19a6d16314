"""Token log-probabilities in tiles of plain torch, against the formula with all logits at once."""

import math

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from vocabularies import differentiated, vocabulary

from midcourse.kernels.token_logprobs import token_logprobs
from midcourse.kernels.token_logprobs.reference import unfused

SIZES = [(0, 3, 4), (1, 1, 1), (1, 5, 17), (7, 3, 64), (13, 8, 33)]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("tile", [(1, 1), (4, 16), (5, 7), (1024, 8192)])
def test_every_tile_gives_the_formula_s(sizes, tile):
    row = vocabulary(*sizes)
    wanted = differentiated(unfused, *row, temperature=0.7)
    given = differentiated(token_logprobs, *row, temperature=0.7, tile=tile)
    for ours, theirs in zip(given, wanted, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize(("dtype", "bound"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2)])
def test_narrow_inputs_are_summed_in_float32(dtype, bound):
    row = vocabulary(13, 8, 33, dtype=dtype)
    wide = [x.double() if x.is_floating_point() else x for x in row]
    wanted = differentiated(unfused, *wide)
    given = differentiated(token_logprobs, *row, tile=(4, 8))
    for ours, theirs in zip(given[:2], wanted[:2], strict=True):
        assert ours.dtype == torch.float32
        torch.testing.assert_close(ours.double(), theirs, rtol=1e-5, atol=1e-5)
    for ours, theirs in zip(given[2:], wanted[2:], strict=True):
        assert ours.dtype == dtype
        torch.testing.assert_close(ours.double(), theirs, rtol=bound, atol=bound)


def test_gradients_by_differences():
    hidden, weight, targets, bias = vocabulary(4, 3, 5)
    inputs = [x.requires_grad_() for x in (hidden, weight, bias)]

    def both(hidden, weight, bias):
        return token_logprobs(hidden, weight, targets, bias=bias, temperature=1.3, tile=(3, 2))

    assert torch.autograd.gradcheck(both, inputs)


def test_by_hand():
    targets = torch.tensor([2, -100])
    found = token_logprobs(torch.zeros(2, 3), torch.ones(4, 3), targets)
    assert found[0].tolist() == pytest.approx([-math.log(4), 0.0])
    assert found[1].tolist() == pytest.approx([math.log(4), 0.0])


def test_large_logits_do_not_cancel():
    hidden = torch.tensor([[1.0]])
    weight = torch.tensor([[-1e6], [1e6], [1e6]])
    found, entropy = token_logprobs(hidden, weight, torch.tensor([1]), tile=(1, 1))
    assert found.item() == pytest.approx(-math.log(2))
    assert entropy.item() == pytest.approx(math.log(2))


class Largest(TorchDispatchMode):
    """The most numbers in any tensor that an operation gives."""

    most = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        for part in made if isinstance(made, tuple | list) else [made]:
            if isinstance(part, torch.Tensor):
                self.most = max(self.most, part.numel())
        return made


def test_no_tensor_is_larger_than_a_tile_or_an_argument():
    row = vocabulary(100, 2, 90)
    with Largest() as seen:
        differentiated(token_logprobs, *row, tile=(16, 16))
    assert seen.most <= 4 * 100
    with Largest() as seen:
        differentiated(unfused, *row)
    assert seen.most >= 100 * 90


@pytest.mark.parametrize("trained", ["hidden", "weight", "bias"])
def test_a_gradient_alone_is_that_of_all_together(trained):
    hidden, weight, targets, bias = vocabulary(13, 8, 33)
    wanted = dict(
        zip(
            ("hidden", "weight", "bias"),
            differentiated(token_logprobs, hidden, weight, targets, bias, tile=(4, 16))[2:],
            strict=True,
        )
    )
    inputs = {"hidden": hidden, "weight": weight, "bias": bias}
    inputs[trained].requires_grad_()
    found, entropy = token_logprobs(targets=targets, tile=(4, 16), **inputs)
    own = torch.linspace(-1, 2, 13, dtype=torch.float64)
    ((found * own).sum() + (entropy * own.flip(0)).sum()).backward()
    assert torch.equal(inputs[trained].grad, wanted[trained])


def test_second_derivatives_are_refused():
    hidden, weight, targets, _ = vocabulary(3, 2, 9)
    found, _ = token_logprobs(hidden.requires_grad_(), weight, targets)
    with pytest.raises(ValueError, match="token_logprobs is differentiated once: leave out"):
        torch.autograd.grad(found.sum(), hidden, create_graph=True)


def test_autocast_changes_nothing():
    row = vocabulary(5, 8, 33, dtype=torch.float32)
    wanted = differentiated(token_logprobs, *row)
    with torch.autocast("cpu", torch.bfloat16):
        given = differentiated(token_logprobs, *row)
    for one, other in zip(given, wanted, strict=True):
        assert torch.equal(one, other)


def test_the_gradient_of_a_frozen_head_is_not_computed():
    hidden, weight, targets, bias = vocabulary(4, 50, 90)
    found, _ = token_logprobs(hidden.requires_grad_(), weight, targets, bias=bias, tile=(16, 16))
    with Largest() as seen:
        found.sum().backward()
    assert seen.most < weight.numel()


def test_what_does_not_fit_is_named():
    hidden, weight, targets, bias = vocabulary(4, 3, 5)

    def refused(match, **wrong):
        given = {"hidden": hidden, "weight": weight, "targets": targets, "bias": bias} | wrong
        with pytest.raises(ValueError, match=match):
            token_logprobs(**given)

    refused("hidden has 1 dimensions; 2", hidden=hidden[0])
    refused(r"weight has shape \(5, 2\); \(V, 3\)", weight=weight[:, :2])
    refused(r"targets have shape \(3,\); \(4,\)", targets=targets[:3])
    refused("targets are torch.int32", targets=targets.int())
    refused("targets hold 5; 0 to 4", targets=torch.full((4,), 5))
    refused("targets hold -1; 0 to 4", targets=torch.full((4,), -1))
    refused("weight is torch.float32; torch.float64", weight=weight.float())
    refused(r"bias has shape \(4,\); \(5,\)", bias=bias[:4])
    refused("bias lies on meta; cpu", bias=bias.to("meta"))
    refused("temperature is 0; a positive", temperature=0)
    refused(r"tile is \(0, 3\); two", tile=(0, 3))
    refused("backend is 'cuda'; one of", backend="cuda")
