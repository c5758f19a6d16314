"""The Triton kernels: interpreted, and compiled for GPUs that are not there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from attentions import CASES, distance, gradients, tensors, widened

from midcourse.kernels.attention import attention

triton = pytest.importorskip("triton", reason="triton is not installed")
VERSION = tuple(int(part) for part in triton.__version__.split(".")[:2])
HERE = Path(__file__).parent
ROOT = HERE.parents[2]

WORDS = ("position_ptr", "expiry_ptr", "table_ptr")
FLOATS = ("lse_ptr", "delta_ptr", "d_temperature_ptr", "d_bias_ptr", "temperature_ptr", "bias_ptr")

# capability, kernel, type, head dimension, every feature
BUILDS = [
    (90, "forward", "bf16", 64, True),
    (80, "query", "bf16", 64, True),
    (90, "key", "bf16", 64, True),
    (80, "key", "bf16", 64, False),
    (80, "forward", "fp32", 16, False),
]


@pytest.mark.skipif(VERSION < (3, 7), reason="Triton 3.6 cannot interpret loops with numpy 2.4")
def test_interpreted():
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", "-c", str(ROOT / "pyproject.toml"), str(HERE / "interpreted.py")]
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.parametrize(
    ("queries", "keys", "splits"), [(1, 32768, 32), (1, 700, 2), (1, 9, 1), (4096, 4096, 1)]
)
def test_keys_are_split_where_queries_are_few(queries, keys, splits):
    from midcourse.kernels.attention.problem import prepare
    from midcourse.kernels.attention.triton import tile_shapes

    q, k = torch.zeros((1, queries, 32, 1)), torch.zeros((1, keys, 8, 1))
    assert tile_shapes(prepare(q, k, k)).forward.splits == splits


def built(capability, name, kind, width, featured):
    import triton.language as tl
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from midcourse.kernels.attention import backward, forward

    kernels = {"forward": forward.forward_kernel, "query": backward.query_kernel}
    kernel = (kernels | {"key": backward.key_kernel})[name]
    dot = {"bf16": tl.bfloat16, "fp32": tl.float32}[kind]
    side = 64 if kind == "bf16" else 16
    values = 16 if name == "query" else width  # narrower than keys in one build
    constants = {"GROUP": 2, "D": width, "BLOCK_D": width, "E": values, "BLOCK_E": values}
    constants |= {"BLOCK_M": side, "BLOCK_N": side}
    constants |= dict.fromkeys(("WINDOW", "BIAS", "EXPIRY"), featured) | {"DOT": dot}
    if name == "key":
        constants["RISING"] = not featured
    signature = {}
    for argument in kernel.arg_names:
        if argument in constants:
            signature[argument] = "constexpr"
        elif argument in WORDS:
            signature[argument] = "*i32"
        elif argument.endswith("_ptr"):
            signature[argument] = "*fp32" if argument in FLOATS else f"*{kind}"
        else:
            signature[argument] = "fp32" if argument == "scale" else "i32"
    return triton.compile(
        ASTSource(kernel, signature, constexprs=constants),
        target=GPUTarget("cuda", capability, 32),
        options={"num_warps": 4, "enable_fp_fusion": True},
    )


@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter compiles nothing")
@pytest.mark.parametrize("build", BUILDS)
def test_compiles_without_a_gpu(build, tmp_path, monkeypatch):
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    code = built(*build)
    tensor_cores = "mma" in code.asm["ptx"]
    assert tensor_cores == (build[2] == "bf16"), "float32 products are exact, others are fast"
    assert code.metadata.shared <= 160 * 1024, "more shared memory than an A100 has"


@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter compiles nothing")
@pytest.mark.parametrize("capability", [80, 90])
def test_the_merge_compiles_without_a_gpu(capability, tmp_path, monkeypatch):
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from midcourse.kernels.attention.merging import merge_kernel

    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    constants = {"PARTS": 2, "MORE": True, "E": 128, "BLOCK_E": 128, "BLOCK": 16}
    kinds = {"outputs_ptr": "*bf16", "more_ptr": "*bf16", "out_ptr": "*bf16", "rows": "i32"}
    signature = {
        name: "constexpr" if name in constants else kinds.get(name, "*fp32")
        for name in merge_kernel.arg_names
    }
    code = triton.compile(
        ASTSource(merge_kernel, signature, constexprs=constants),
        target=GPUTarget("cuda", capability, 32),
        options={"num_warps": 4, "enable_fp_fusion": True},
    )
    assert "ld.global" in code.asm["ptx"]
    assert code.metadata.shared <= 48 * 1024


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU: interpreted and compiled only")
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_on_a_gpu_it_is_float64_s(name, dtype):
    q, k, v, more = tensors(name, dtype)
    wanted, _ = gradients(attention, *widened(q, k, v, more))

    def moved(q, k, v, return_lse, **more):
        more = {n: x.cuda() if torch.is_tensor(x) else x for n, x in more.items()}
        parts = attention(q.cuda(), k.cuda(), v.cuda(), return_lse=True, backend="triton", **more)
        return parts[0].cpu(), parts[1].cpu()

    given, _ = gradients(moved, q, k, v, more)
    for one, other in zip(given, wanted, strict=True):
        assert distance(one, other) < (1e-5 if dtype == torch.float32 else 2e-2)
