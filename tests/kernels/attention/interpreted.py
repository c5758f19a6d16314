"""The kernels in Triton's interpreter, which test_triton.py switches on to run this file."""

import functools

import pytest
import torch
from attentions import CASES, distance, gradients, tensors, widened

from midcourse.kernels.attention import attention, merge, merging, reference, triton
from midcourse.kernels.attention.problem import prepare

SMALL = triton.Shape(16, 16, 4)
NEAR = {torch.float32: 1e-5, torch.bfloat16: 1e-2, torch.float16: 4e-3}
CHOSEN = [(name, torch.float32) for name in CASES]
CHOSEN += [("everything", torch.bfloat16), ("padding", torch.float16)]


@pytest.fixture(autouse=True)
def poisoned(monkeypatch):
    """New buffers hold NaN, so that a cell left unwritten shows; tiles are small, so many meet."""
    empty, empty_like = torch.empty, torch.empty_like

    def filled(make, *args, **kwargs):
        made = make(*args, **kwargs)
        return made.fill_(torch.nan) if made.is_floating_point() else made

    monkeypatch.setattr(torch, "empty", functools.partial(filled, empty))
    monkeypatch.setattr(torch, "empty_like", functools.partial(filled, empty_like))
    monkeypatch.setattr(triton, "tile_shapes", lambda problem: triton.Shapes(*[SMALL] * 3))


@pytest.mark.parametrize(("name", "dtype"), CHOSEN)
def test_outputs_and_gradients_are_those_of_float64(name, dtype):
    q, k, v, more = tensors(name, dtype)
    named = functools.partial(attention, backend="triton")
    given, empty = gradients(named, q, k, v, more)
    wanted, nothing = gradients(attention, *widened(q, k, v, more))
    assert torch.equal(empty, nothing)
    for one, other in zip(given, wanted, strict=True):
        assert one.shape == other.shape
        assert distance(one, other) < NEAR[dtype]
    assert given[0].dtype == given[2].dtype == dtype
    assert bool((given[0][empty] == 0).all())


def test_splits_of_the_keys_merge_into_the_whole(monkeypatch):
    split = triton.Shapes(SMALL._replace(splits=3), SMALL, SMALL)
    monkeypatch.setattr(triton, "tile_shapes", lambda problem: split)
    q, k, v, more = tensors("padding", torch.float32)
    out, lse = triton.attend(prepare(q, k, v, **more))
    wanted, sums = attention(*widened(q, k, v, more)[:3], **more, return_lse=True)
    assert distance(out.reshape(q.shape), wanted) < 1e-6
    assert torch.allclose(lse.reshape(sums.shape), sums.float(), atol=1e-5)


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_parts_merge_in_one_launch_as_in_torch(parts, dtype):
    g = torch.Generator().manual_seed(parts)
    outputs = torch.randn((parts + 1, 7, 3, 5), generator=g).to(dtype)
    lse = 9 * torch.randn((parts + 1, 7, 3), generator=g)
    lse[:, 0] = -torch.inf
    lse[1, 1] = -torch.inf
    wanted = merge(outputs.double(), lse.double())
    for more in (None, (outputs[-1], lse[-1])):
        few = slice(None) if more is None else slice(parts)
        out, total = merging.merged(outputs[few], lse[few], more, dtype)
        assert out.dtype == dtype
        assert distance(out, wanted[0]) < NEAR[dtype]
        torch.testing.assert_close(total, wanted[1].float())
    nothing = merging.merged(outputs[:, :0], lse[:, :0], None, dtype)
    assert [x.shape for x in nothing] == [(0, 3, 5), (0, 3)]


def test_gradients_of_a_merge_are_those_of_float64():
    g = torch.Generator().manual_seed(0)
    shapes = [(7, 3, 5), (7, 3)] * 2
    parts = [torch.randn(shape, generator=g) for shape in shapes]
    parts[1][0] = parts[3][0] = parts[3][1] = -torch.inf
    found = []
    for module, kind in ((triton, torch.float32), (reference, torch.float64)):
        leaves = [part.to(kind).requires_grad_() for part in parts]
        out, lse = module.merge_two(tuple(leaves[:2]), tuple(leaves[2:]))
        loss = (out * torch.linspace(-1, 2, 105).reshape(7, 3, 5)).sum()
        loss = loss + (torch.where(lse == -torch.inf, 0.0, lse) * torch.arange(3)).sum()
        found.append(torch.autograd.grad(loss, leaves))
    for ours, theirs in zip(*found, strict=True):
        assert distance(ours, theirs) < 1e-5


def test_second_derivatives_are_refused_not_wrong():
    q, k, v, more = tensors("a window", torch.float32)
    out = attention(q, k, v, **more, backend="triton")
    with pytest.raises(ValueError, match="attention in triton is differentiated once: leave out"):
        torch.autograd.grad(out.sum(), q, create_graph=True)


def test_keys_in_any_layout_are_read_where_they_lie():
    g = torch.Generator().manual_seed(3)
    q = torch.randn((2, 3, 2, 8), generator=g)
    cache = torch.randn((2, 2, 2, 9, 8), generator=g)  # of keys and values: batch, heads, length
    k, v = cache[0].transpose(1, 2)[:, 2:], cache[1].transpose(1, 2)[:, 2:]
    assert triton.dense(k) is k
    given = attention(q, k, v, backend="triton")
    assert distance(given, attention(q, k, v)) < 1e-6


def test_what_the_kernels_cannot_take_is_named():
    q = torch.zeros((1, 1, 257))
    with pytest.raises(ValueError, match="the head dimension is 257; triton takes up to 256"):
        attention(q, q, q, backend="triton")
    q = torch.zeros((1, 1, 2), dtype=torch.float64)
    with pytest.raises(ValueError, match=r"q is torch.float64; triton takes float32"):
        attention(q, q, q, backend="triton")
