"""Conditional attention beside attention of all queries, and what it does not compute."""

from pathlib import Path

import pytest
import torch
from attentions import CASES, distance, tensors
from interpreting import run_interpreted

from midcourse.kernels.attention import attention, reference
from midcourse.kernels.conditional_attention import conditional_attention, open_gates

HERE = Path(__file__).parent


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def test_a_gate_is_hard_and_has_the_gradient_of_the_soft_one():
    z = torch.tensor([-1.0, -0.01, 0.0, 0.01, 1.0], requires_grad=True)
    gate, soft = open_gates(z, temperature=0.1)
    assert gate.tolist() == [0, 0, 1, 1, 1]
    assert torch.allclose(soft, torch.sigmoid(10 * z))
    slope = torch.autograd.grad(gate.sum(), z, retain_graph=True)[0]
    assert torch.allclose(slope, 10 * soft * (1 - soft))
    assert open_gates(z.detach(), threshold=1.0)[0].tolist() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dense", [False, True])
def test_open_gates_attend_and_closed_ones_give_nothing(name, dense):
    q, k, v, more = tensors(name, torch.float64)
    gate = normal(*q.shape[:-2], seed=5) > 0
    out = conditional_attention(q, k, v, gate, dense=dense, **more)
    wanted = attention(q, k, v, **more) * gate[..., None, None]
    assert distance(out, wanted) < 1e-12
    assert bool((out[~gate] == 0).all())
    plain = conditional_attention(q, k, v, gate, backend="reference", **more)
    assert distance(plain, wanted) < 1e-12


@pytest.mark.parametrize("dense", [False, True])
def test_gradients_are_those_of_the_dense_product_where_gates_are_open(dense):
    q, k, v = (normal(2, 7, h, 4, seed=h).requires_grad_() for h in (4, 2, 2))
    z = normal(2, 7, seed=9).requires_grad_()
    gate, _ = open_gates(z, temperature=1.0)
    slope = normal(2, 7, 4, 4, seed=8)
    ours = conditional_attention(q, k, v, gate, dense=dense)
    given = torch.autograd.grad(ours, (q, k, v, z), slope, retain_graph=True)
    plain = conditional_attention(q, k, v, gate, backend="reference")
    wanted = torch.autograd.grad(plain, (q, k, v, z), slope)
    for one, other in zip(given[:3], wanted[:3], strict=True):
        assert distance(one, other) < 1e-12
    open_ = gate.detach() > 0
    assert distance(given[3][open_], wanted[3][open_]) < 1e-12
    assert bool((wanted[3][~open_] != 0).all())
    if dense:
        assert distance(given[3], wanted[3]) < 1e-12
    else:
        assert bool((given[3][~open_] == 0).all())


def test_closed_gates_are_not_computed(monkeypatch):
    handed = []
    plain = reference.attend

    def counted(problem):
        handed.append(problem.tokens)
        return plain(problem)

    monkeypatch.setattr(reference, "attend", counted)
    q, k = normal(3, 10, 4, 8), normal(3, 10, 2, 8, seed=1)
    gate = torch.zeros((3, 10), dtype=torch.bool)
    gate[0, 4] = gate[2, 1] = gate[2, 9] = True
    conditional_attention(q, k, k, gate)
    conditional_attention(q, k, k, gate, dense=True)
    assert handed == [3, 30]


def test_a_cache_is_aligned_lower_right():
    q, k = normal(1, 1, 2, 4), normal(1, 9, 2, 4, seed=1)
    yes, no = torch.ones((1, 1)), torch.zeros((1, 1))
    assert distance(conditional_attention(q, k, k, yes), attention(q, k, k)) < 1e-12
    assert bool((conditional_attention(q, k, k, no) == 0).all())


@pytest.mark.parametrize("chosen", [0, 1])
def test_nobody_and_everybody(chosen):
    q, k, v = (normal(2, 5, 2, 4, seed=s).requires_grad_() for s in range(3))
    gate = torch.full((2, 5), float(chosen), requires_grad=True)
    out = conditional_attention(q, k, v, gate)
    assert distance(out, chosen * attention(q, k, v)) < 1e-12
    for slope in torch.autograd.grad(out.square().sum(), (q, k, v, gate)):
        assert bool(slope.isfinite().all())
        assert bool((slope != 0).any()) == bool(chosen)


def test_what_does_not_fit_is_named():
    q = torch.zeros((5, 2, 4))
    with pytest.raises(ValueError, match=r"gate is torch.float32 \(4,\) on cpu; bool or floats"):
        conditional_attention(q, q, q, torch.ones(4))
    with pytest.raises(ValueError, match="backend is 'gpu'; one of reference, triton"):
        conditional_attention(q, q, q, torch.ones(5), backend="gpu")
    with pytest.raises(ValueError, match="temperature is 0; a number above 0"):
        open_gates(q, temperature=0)
    with pytest.raises(ValueError, match=r"threshold is 1.5; a number in \[0, 1\]"):
        open_gates(q, threshold=1.5)


def test_interpreted():
    triton = pytest.importorskip("triton", reason="triton is not installed")
    if tuple(int(part) for part in triton.__version__.split(".")[:2]) < (3, 7):
        pytest.skip("Triton 3.6 cannot interpret loops with numpy 2.4")
    run_interpreted(HERE / "interpreted.py")
