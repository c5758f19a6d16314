"""The kernels in Triton's interpreter, which test_triton.py switches on to run this file."""

import functools

import pytest
import torch
from attentions import CASES, distance, gradients, tensors, widened

from midcourse.kernels.attention import attention, triton
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


def test_second_derivatives_are_refused_not_wrong():
    q, k, v, more = tensors("a window", torch.float32)
    out = attention(q, k, v, **more, backend="triton")
    (slope,) = torch.autograd.grad(out.sum(), q, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.square().sum().backward()


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
