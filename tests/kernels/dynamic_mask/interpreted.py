"""Attention to the best keys in Triton's interpreter; test_dynamic_mask.py runs this file."""

import pytest
import torch
from attentions import distance, tensors, widened

from midcourse.kernels.attention import triton
from midcourse.kernels.dynamic_mask import dynamic_mask_attention

CHOSEN = [("padding", torch.float32, 5), ("no keys", torch.float32, 1)]
CHOSEN += [("odd sizes", torch.float32, 7), ("more queries than keys", torch.bfloat16, 2)]

SMALL = triton.Shape(16, 16, 4)


@pytest.mark.parametrize(("name", "dtype", "keep"), CHOSEN)
def test_outputs_and_gradients_are_those_of_float64(name, dtype, keep, poisoned, monkeypatch):
    monkeypatch.setattr(triton, "tile_shapes", lambda problem: triton.Shapes(*[SMALL] * 3))
    q, k, v, more = tensors(name, dtype)
    g = torch.Generator().manual_seed(keep)
    more["bias"] = torch.randn(k.shape[:-1], generator=g).to(dtype).requires_grad_()
    *wide, wide_more = widened(q, k, v, more)
    ours = dynamic_mask_attention(q, k, v, keep=keep, backend="triton", **more)
    plain = dynamic_mask_attention(*wide, keep=keep, backend="reference", **wide_more)
    near = 1e-5 if dtype == torch.float32 else 2e-2
    assert ours.dtype == dtype
    assert distance(ours, plain) < near
    push = torch.randn(q.shape, generator=g).to(dtype)
    given = torch.autograd.grad(ours, (q, k, v, more["bias"]), push)
    wanted = torch.autograd.grad(plain, (*wide, wide_more["bias"]), push.double())
    for one, other in zip(given, wanted, strict=True):
        assert distance(one, other) < near
