"""Tiles in Triton: interpreted, and compiled for GPUs that are not there."""

import os
from pathlib import Path

import pytest
import torch
from interpreting import compiled, run_interpreted
from vocabularies import differentiated, vocabulary

from midcourse.kernels.token_logprobs import reference, token_logprobs

triton = pytest.importorskip("triton", reason="triton is not installed")
VERSION = tuple(int(part) for part in triton.__version__.split(".")[:2])


@pytest.mark.skipif(VERSION < (3, 7), reason="Triton 3.6 cannot interpret loops with numpy 2.4")
def test_interpreted():
    run_interpreted(Path(__file__).with_name("interpreted.py"))


@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter compiles nothing")
@pytest.mark.parametrize("capability", [80, 90])
def test_compiles_without_a_gpu(capability, tmp_path, monkeypatch):
    from midcourse.kernels.token_logprobs import triton as ours

    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    names = ("logits_ptr", "bias_ptr", "scale_ptr", "state_ptr", "row_ptr", "out_ptr")
    pointers = dict.fromkeys(names, "*fp32") | {"target_ptr": "*i64"}
    for kernel in (ours.fold_kernel, ours.gradient_kernel):
        constants = {"BIAS": True, "BLOCK": 1024}
        assert ".entry" in compiled(kernel, capability, pointers, constants)


@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter is on")
def test_tensors_that_no_gpu_reaches_are_refused():
    hidden, weight, targets, _ = vocabulary(3, 2, 4)
    with pytest.raises(ValueError, match="needs tensors on a GPU, but these lie on cpu"):
        token_logprobs(hidden, weight, targets, backend="triton")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU: interpreted and compiled only")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_on_a_gpu_the_formula_agrees(dtype):
    row = vocabulary(300, 64, 5000, dtype=dtype)
    wide = [x.double() if x.is_floating_point() else x for x in row]
    wanted = differentiated(reference.unfused, *wide)
    inputs = [x.cuda().requires_grad_(x.is_floating_point()) for x in row]
    hidden, weight, targets, bias = inputs
    outputs = token_logprobs(hidden, weight, targets, bias=bias, tile=(128, 999), backend="triton")
    own = torch.linspace(-1, 2, 300, dtype=outputs[0].dtype, device="cuda")
    loss = (outputs[0] * own).sum() + (outputs[1] * own.flip(0)).sum()
    given = *outputs, *torch.autograd.grad(loss, (hidden, weight, bias))
    bound = 2e-2 if dtype == torch.bfloat16 else 1e-3
    for ours, theirs in zip(given, wanted, strict=True):
        torch.testing.assert_close(ours.cpu().double(), theirs, rtol=bound, atol=bound)
