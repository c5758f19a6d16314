"""The chosen queries in Triton's interpreter; test_conditional.py runs this file."""

import functools

import pytest
import torch
from attentions import distance, tensors, widened

from midcourse.kernels.attention import triton
from midcourse.kernels.conditional_attention import conditional_attention, open_gates

CHOSEN = [("everything", torch.float32, 0.0), ("padding", torch.bfloat16, 0.0)]
CHOSEN += [("size one", torch.float32, 0.0), ("odd sizes", torch.float32, 9.0)]

SMALL = triton.Shape(16, 16, 4)


@pytest.mark.parametrize(("name", "dtype", "threshold"), CHOSEN)
def test_outputs_and_gradients_are_those_of_float64(name, dtype, threshold, poisoned, monkeypatch):
    monkeypatch.setattr(triton, "tile_shapes", lambda problem: triton.Shapes(*[SMALL] * 3))
    q, k, v, more = tensors(name, dtype)
    g = torch.Generator().manual_seed(7)
    z = (torch.randn(q.shape[:-2], generator=g) - threshold).to(dtype).requires_grad_()
    wide = [*widened(q, k, v, more)]
    wide_z = z.detach().double().requires_grad_()
    slope = torch.randn(q.shape, generator=g).to(dtype)
    near = 1e-5 if dtype == torch.float32 else 2e-2
    attend = functools.partial(conditional_attention, backend="triton")
    for dense in (False, True):
        ours = attend(q, k, v, open_gates(z)[0], dense=dense, **more)
        plain = conditional_attention(*wide[:3], open_gates(wide_z)[0], dense=dense, **wide[3])
        assert ours.dtype == dtype
        assert distance(ours, plain) < near
        given = torch.autograd.grad(ours, (q, k, v, z), slope)
        wanted = torch.autograd.grad(plain, (*wide[:3], wide_z), slope.double())
        for one, other in zip(given, wanted, strict=True):
            assert distance(one, other) < near
