"""Which keys stay among the best, and attention to them."""

from pathlib import Path

import pytest
import torch
from attentions import CASES, distance, tensors
from hypothesis import given, settings
from hypothesis import strategies as st
from interpreting import run_interpreted

from midcourse.kernels.attention import attention
from midcourse.kernels.dynamic_mask import content_bias, dynamic_mask_attention, top_expiry

HERE = Path(__file__).parent


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-3, 3), max_size=40), st.integers(1, 12))
def test_a_key_is_seen_exactly_while_it_is_among_the_best(scores, keep):
    expiry = top_expiry(torch.tensor(scores, dtype=torch.float32), keep).tolist()
    for p in range(len(scores)):
        best = sorted(range(p + 1), key=lambda j: (-scores[j], j))[:keep]
        assert [j for j in range(p + 1) if p < expiry[j]] == sorted(best)


def test_heads_and_batches_are_told_apart():
    scores = normal(3, 2, 33)
    together = top_expiry(scores, 5)
    alone = torch.stack([torch.stack([top_expiry(row, 5) for row in rows]) for rows in scores])
    assert together.dtype == torch.int32
    assert torch.equal(together, alone)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "window" not in case[5]])
@pytest.mark.parametrize("keep", [1, 6])
def test_queries_attend_as_if_each_chose_anew(name, keep):
    q, k, v, more = tensors(name, torch.float64)
    more.pop("expiry", None)
    more["bias"] = normal(*k.shape[:-1], seed=4).round(decimals=1)  # with equal ones
    out, lse = dynamic_mask_attention(q, k, v, keep=keep, return_lse=True, **more)
    wanted, sums = dynamic_mask_attention(
        q, k, v, keep=keep, return_lse=True, backend="reference", **more
    )
    assert distance(out, wanted) < 1e-12
    assert torch.allclose(lse, sums, rtol=1e-12)


def test_with_room_for_all_keys_it_is_attention():
    q, k, bias = normal(2, 7, 4, 8), normal(2, 7, 2, 8, seed=1), normal(2, 7, 2, seed=2)
    given = dynamic_mask_attention(q, k, k, bias, keep=7)
    assert distance(given, attention(q, k, k, bias=bias)) < 1e-12


def test_a_decoded_token_sees_what_it_saw_in_training():
    q, k, v = normal(2, 21, 4, 8), normal(2, 21, 2, 8, seed=1), normal(2, 21, 2, 8, seed=2)
    bias = normal(2, 21, 2, seed=3)
    trained = dynamic_mask_attention(q, k, v, bias, keep=4)
    for n in range(1, 22):
        past, last = (k[:, :n], v[:, :n], bias[:, :n]), slice(n - 1, n)
        decoded = dynamic_mask_attention(q[:, last], *past, keep=4)
        assert distance(decoded, trained[:, last]) < 1e-12


def test_a_query_in_a_row_of_its_own_sees_all_keys():
    q, k, bias = normal(1, 4, 8), normal(9, 2, 8, seed=1), normal(9, 2, seed=2)
    one = torch.tensor([0, 1], dtype=torch.int32)
    given = dynamic_mask_attention(q, k, k, bias, keep=9, cu_seqlens_q=one)
    assert distance(given, attention(q, k, k, bias=bias)) < 1e-12


@pytest.mark.parametrize("backend", [None, "reference"])
def test_the_last_bits_of_a_repeated_tokens_bias_choose_nothing(backend):
    q, k, v = normal(2, 21, 4, 8), normal(2, 21, 2, 8, seed=1), normal(2, 21, 2, 8, seed=2)
    bias = normal(2, 3, 2, seed=3).repeat(1, 7, 1)  # three tokens, seven times
    noise = 1 + normal(2, 21, 2, seed=4) * 1e-7
    even = dynamic_mask_attention(q, k, v, bias, keep=4, backend=backend)
    assert (
        distance(dynamic_mask_attention(q, k, v, bias * noise, keep=4, backend=backend), even)
        < 1e-6
    )


def test_gradients_reach_the_scores_weights_and_the_values_twice():
    g = torch.Generator().manual_seed(0)
    q, k, v, weight = (
        torch.randn(shape, generator=g, dtype=torch.float64).requires_grad_()
        for shape in ((6, 2, 2), (6, 2, 2), (6, 2, 2), (2, 4))
    )
    slope = torch.tensor([0.7, -1.2], dtype=torch.float64, requires_grad=True)

    def attend(q, k, v, weight, slope):
        return dynamic_mask_attention(q, k, v, content_bias(v, weight, slope), keep=2)

    assert torch.autograd.gradcheck(attend, (q, k, v, weight, slope))


def test_the_bias_is_a_slope_times_softplus():
    v = torch.tensor([[[1.0, 2.0], [0.0, -1.0]]])
    weight = torch.tensor([[1.0, 0, 0, 0], [0, 1.0, 0, 1.0]])
    given = content_bias(v, weight, torch.tensor([2.0, -3.0]))
    assert torch.allclose(given, torch.tensor([[2 * 1.3132617, -3 * 1.3132617]]))


def test_what_does_not_fit_is_named():
    q, bias = torch.zeros((5, 2, 4)), torch.zeros((5, 2))
    with pytest.raises(ValueError, match="keep is 0; 1 or more was expected"):
        dynamic_mask_attention(q, q, q, bias, keep=0)
    with pytest.raises(ValueError, match=r"bias has the shape \(5, 1\); \(5, 2\) was expected"):
        dynamic_mask_attention(q, q, q, bias[:, :1], keep=1)
    with pytest.raises(ValueError, match="window was given, but `keep` says which keys are seen"):
        dynamic_mask_attention(q, q, q, bias, keep=1, window=3)
    with pytest.raises(ValueError, match=r"weight has the shape \(2, 4\); \(2, 8\) was expected"):
        content_bias(q, torch.zeros((2, 4)), torch.zeros(2))


def test_interpreted():
    triton = pytest.importorskip("triton", reason="triton is not installed")
    if tuple(int(part) for part in triton.__version__.split(".")[:2]) < (3, 7):
        pytest.skip("Triton 3.6 cannot interpret loops with numpy 2.4")
    run_interpreted(HERE / "interpreted.py")
