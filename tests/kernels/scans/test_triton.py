"""The scan in Triton: interpreted, and compiled for GPUs that are not there."""

import os
from pathlib import Path

import pytest
import torch
from episodes import episodes
from interpreting import compiled, run_interpreted

from midcourse.kernels.scans import generalised_advantages

triton = pytest.importorskip("triton", reason="triton is not installed")
VERSION = tuple(int(part) for part in triton.__version__.split(".")[:2])


@pytest.mark.skipif(VERSION < (3, 7), reason="Triton 3.6 cannot interpret loops with numpy 2.4")
def test_interpreted():
    run_interpreted(Path(__file__).with_name("interpreted.py"))


@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter compiles nothing")
@pytest.mark.parametrize(("capability", "kind"), [(80, "*fp32"), (90, "*fp32"), (90, "*fp64")])
def test_compiles_without_a_gpu(capability, kind, tmp_path, monkeypatch):
    from midcourse.kernels.scans import triton as ours

    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    names = ("x_ptr", "factor_ptr", "map_ptr", "carry_ptr", "y_ptr")
    pointers = dict.fromkeys(names, kind) | {"last_ptr": "*u8"}
    for kernel in (ours.summary_kernel, ours.scan_kernel):
        constants = {"REVERSE": True, "BLOCK": 1024}
        assert ".entry" in compiled(kernel, capability, pointers, constants)
    assert ".entry" in compiled(ours.carry_kernel, capability, pointers, {"BLOCK": 1024})


@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter is on")
def test_tensors_that_no_gpu_reaches_are_refused():
    with pytest.raises(ValueError, match="needs tensors on a GPU, but these lie on cpu"):
        generalised_advantages(*episodes((3,)), backend="triton")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU: interpreted and compiled only")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_on_a_gpu_the_reference_agrees(poisoned, dtype):
    row = episodes((1, 0, 5000, 1023, 1024, 90000), dtype=dtype)
    for discount in (0.9, 1.0):
        wanted = generalised_advantages(*row, discount=discount)
        moved = [x.cuda() for x in row]
        given = generalised_advantages(*moved, discount=discount, backend="triton")
        torch.testing.assert_close(given.cpu(), wanted, rtol=1e-4, atol=1e-4)
