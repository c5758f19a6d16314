"""The specification of attention, against attention written out and torch's own."""

import pytest
import torch
from attentions import CASES, by_hand, distance, tensors

from midcourse.kernels.attention import attention, merge


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@pytest.mark.parametrize("name", CASES)
def test_every_query_attends_as_written_out(name):
    q, k, v, more = tensors(name, torch.float64)
    out, lse = attention(q, k, v, **more, return_lse=True)
    wanted, sums = by_hand(q, k, v, more)
    assert distance(out.reshape(wanted.shape), wanted) < 1e-12
    assert torch.allclose(lse.reshape(sums.shape), sums, rtol=1e-12)


def test_causal_attention_is_torch_s():
    q, k, v = normal(2, 11, 4, 8), normal(2, 11, 2, 8, seed=1), normal(2, 11, 2, 8, seed=2)
    turned = (x.transpose(1, 2) for x in (q, k, v))
    theirs = torch.nn.functional.scaled_dot_product_attention(
        *turned, is_causal=True, enable_gqa=True
    )
    assert distance(attention(q, k, v), theirs.transpose(1, 2)) < 1e-12


def test_a_temperature_sharpens_as_a_scale_does():
    q, k, v = normal(1, 7, 2, 4), normal(1, 7, 2, 4, seed=1), normal(1, 7, 2, 4, seed=2)
    turned = (x.transpose(1, 2) for x in (q, k, v))
    theirs = torch.nn.functional.scaled_dot_product_attention(
        *turned, is_causal=True, scale=1 / (0.4 * 2)
    )
    assert distance(attention(q, k, v, temperature=0.4), theirs.transpose(1, 2)) < 1e-12


@pytest.mark.parametrize("window", [None, 4])
def test_tokens_decoded_over_a_cache_are_those_of_one_pass(window):
    q, k, v = normal(2, 9, 4, 8), normal(2, 9, 2, 8, seed=1), normal(2, 9, 2, 8, seed=2)
    bias = normal(2, 9, 2, seed=3)
    whole = attention(q, k, v, bias=bias, window=window, temperature=0.5)
    for a, b in ((0, 4), (4, 5), (5, 6), (6, 9)):  # a prompt, two tokens, a draft of three
        past = k[:, :b], v[:, :b]
        step = attention(q[:, a:b], *past, bias=bias[:, :b], window=window, temperature=0.5)
        assert distance(step, whole[:, a:b]) < 1e-12


def test_gradients_are_finite_differences():
    q, k, v = (normal(5, 2, 3, seed=s).requires_grad_() for s in range(3))
    temperature = torch.tensor([0.4, 1.5], dtype=torch.float64, requires_grad=True)
    bias = normal(5, 2, seed=3).requires_grad_()

    def attend(q, k, v, temperature, bias):
        return attention(q, k, v, temperature=temperature, bias=bias, window=3, return_lse=True)

    assert torch.autograd.gradcheck(attend, (q, k, v, temperature, bias))


def test_nothing_to_see_leaves_no_nan_in_gradients():
    q, k, v = (normal(2, 3, 1, 4, seed=s).requires_grad_() for s in range(3))
    padding = torch.tensor([[False] * 3, [True] * 3])
    out = attention(q, k, v, key_padding=padding)
    assert bool((out[0] == 0).all())
    for x in torch.autograd.grad(out.square().sum(), (q, k, v)):
        assert bool(x.isfinite().all())
        assert bool((x[0] == 0).all())


def test_numbers_beyond_32_bits_mean_never_and_everything():
    q, k, v = (normal(4, 1, 2, seed=s) for s in range(3))
    never = torch.full((4,), torch.iinfo(torch.int64).max)
    assert torch.equal(attention(q, k, v, expiry=never), attention(q, k, v))
    whole = attention(q, k, v, causal=False)
    assert torch.equal(attention(q, k, v, positions=never), whole)
    nothing = attention(q, k, v, expiry=-never)
    assert bool((nothing == 0).all())


def test_autocast_leaves_the_types_as_they_are():
    q, k, v = (normal(4, 1, 2, seed=s, dtype=torch.float32) for s in range(3))
    with torch.autocast("cpu", torch.bfloat16):
        inside = attention(q, k, v)
    assert torch.equal(inside, attention(q, k, v))


def test_no_rows_and_no_queries():
    nobody = torch.zeros((0, 2, 4))
    out, lse = attention(nobody, nobody, nobody, return_lse=True)
    assert out.shape == (0, 2, 4)
    assert lse.shape == (0, 2)
    zero = torch.tensor([0], dtype=torch.int32)
    assert attention(nobody, nobody, nobody, cu_seqlens_q=zero).shape == (0, 2, 4)


def test_parts_merge_into_the_whole_in_any_order():
    q, k, v = normal(3, 2, 4), normal(12, 2, 4, seed=1), normal(12, 2, 4, seed=2)
    parts = [
        attention(q, k[a:b], v[a:b], causal=False, return_lse=True)
        for a, b in ((0, 5), (5, 5), (5, 6), (6, 12))
    ]
    out, lse = (torch.stack(x) for x in zip(*parts, strict=True))
    wanted, total = attention(q, k, v, causal=False, return_lse=True)
    left = [x[None] for x in merge(out[:2], lse[:2])]
    right = [x[None] for x in merge(out[2:], lse[2:])]
    nested = merge(*(torch.cat(x) for x in zip(right, left, strict=True)))
    for given in (merge(out, lse), merge(out.flip(0), lse.flip(0)), nested):
        assert distance(given[0], wanted) < 1e-12
        assert distance(given[1], total) < 1e-12


def test_empty_parts_merge_into_nothing():
    out, lse = torch.zeros((2, 1, 3)), torch.full((2, 1), -torch.inf, requires_grad=True)
    merged, total = merge(out, lse)
    assert bool((merged == 0).all())
    assert bool((total == -torch.inf).all())
    assert bool(torch.autograd.grad(merged.sum(), lse)[0].isfinite().all())


REFUSED = [
    ({"window": 0}, "window is 0; 1 or more keys were expected"),
    ({"window": 3, "causal": False}, "window is 3, which needs causal attention"),
    ({"temperature": -0.5}, "temperature is -0.5; a number above 0 or a tensor was expected"),
    ({"temperature": [1.0, 1.0]}, r"temperature is \[1.0, 1.0\]; a number above 0 or a tensor"),
    ({"temperature": torch.tensor([0.0, 1])}, "temperature is 0.0 somewhere; numbers above 0"),
    ({"temperature": torch.tensor(torch.nan)}, "temperature is nan somewhere; numbers above 0"),
    ({"temperature": torch.ones(3)}, r"temperature has the shape \(3,\), which does not broadcast"),
    ({"cu_seqlens_q": torch.tensor([0, 4, 2, 5])}, "cu_seqlens_q falls from 4 to 2"),
    ({"cu_seqlens_q": torch.tensor([0, 4])}, "cu_seqlens_q ends with 4, but there are 5 tokens"),
    ({"cu_seqlens_q": torch.tensor([1, 5])}, r"cu_seqlens_q begins with \[1\], not with 0"),
    ({"cu_seqlens_q": torch.tensor([0.0, 5.0])}, r"cu_seqlens_q is torch.float32 \(2,\); int32"),
    ({"key_padding": torch.ones(5)}, r"key_padding is torch.float32 \(5,\) on cpu; bool \(5,\)"),
    ({"key_padding": torch.ones(5, dtype=torch.bool, device="meta")}, r"\(5,\) on meta; bool"),
    ({"bias": torch.ones(5)}, r"bias is torch.float32 \(5,\); a float \(5, 1\) was expected"),
    ({"expiry": torch.ones(4, dtype=torch.int32)}, r"expiry is torch.int32 \(4,\) on cpu; int32"),
    ({"positions": torch.zeros(4)}, r"positions is torch.float32 \(4,\); int32 \(5,\)"),
    ({"backend": "cuda"}, "backend is 'cuda'; one of reference, triton was expected"),
]


@pytest.mark.parametrize(("more", "sentence"), REFUSED)
def test_what_does_not_fit_is_named(more, sentence):
    q = torch.zeros((5, 2, 4))
    with pytest.raises(ValueError, match=sentence):
        attention(q, q[:, :1], q[:, :1], **more)


def test_shapes_that_do_not_fit_are_named():
    q = torch.zeros((5, 3, 4))
    with pytest.raises(ValueError, match="3 query heads are no multiple of 2 key-value heads"):
        attention(q, q[:, :2], q[:, :2])
    with pytest.raises(ValueError, match="the head dimensions differ"):
        attention(q, q[:, :, :2], q[:, :, :2])
    with pytest.raises(ValueError, match="k and v differ in more than the last dimension"):
        attention(q, q, q[:4])
    with pytest.raises(ValueError, match=r"k is torch.float64 on cpu, q torch.float32 on cpu"):
        attention(q, q.double(), q)
