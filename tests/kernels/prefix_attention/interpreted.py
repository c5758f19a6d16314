"""The kernels over a tree in Triton's interpreter; test_prefix.py runs this file."""

import functools

import pytest
import torch
from attentions import distance

from midcourse.kernels.attention import triton
from midcourse.kernels.prefix_attention import pack_tree, prefix_attention

SMALL = triton.Shape(16, 16, 4)


@pytest.mark.parametrize(
    ("dtype", "near", "prefix"), [(torch.float32, 1e-5, 21), (torch.bfloat16, 1e-2, 3)]
)
def test_outputs_and_gradients_are_those_of_float64(dtype, near, prefix, monkeypatch):
    empty = torch.empty

    def poisoned(*args, **kwargs):
        made = empty(*args, **kwargs)
        return made.fill_(torch.nan) if made.is_floating_point() else made

    monkeypatch.setattr(torch, "empty", poisoned)
    monkeypatch.setattr(triton, "tile_shapes", lambda problem: triton.Shapes(*[SMALL] * 3))
    g = torch.Generator().manual_seed(prefix)
    lists = [torch.randint(0, 2, (n % 6,), generator=g).tolist() for n in range(12)]
    tree = pack_tree(lists)
    size = len(tree.ends)
    shapes = [(size, 2), (size, 1), (size, 1), (prefix, 1), (prefix, 1)]
    parts = [torch.randn((*s, 8), generator=g).to(dtype).requires_grad_() for s in shapes]
    wide = [part.detach().double().requires_grad_() for part in parts]
    attend = functools.partial(prefix_attention, tree=tree, temperature=0.4)
    given, wanted = attend(*parts, backend="triton"), attend(*wide, backend="reference")
    assert given.dtype == dtype
    assert distance(given, wanted) < near
    slope = torch.randn(given.shape, generator=g).to(dtype)
    ours = torch.autograd.grad(given, parts, slope)
    theirs = torch.autograd.grad(wanted, wide, slope.double())
    for one, other in zip(ours, theirs, strict=True):
        assert distance(one, other) < near
