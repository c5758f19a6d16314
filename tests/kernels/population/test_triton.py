"""The Triton kernel: interpreted, compiled for GPUs that are not there, and on one that is."""

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from populations import population, tensors

from midcourse.kernels.population import step_population

triton = pytest.importorskip("triton", reason="triton is not installed")
VERSION = tuple(int(part) for part in triton.__version__.split(".")[:2])
HERE = Path(__file__).parent
ROOT = HERE.parents[2]

POINTERS = {
    "actions": "*i8", "punished": "*i8", "alarms": "*i32", "keys": "*i64", "clock": "*i64",
    "edges": "*i32", "charisma": "*i32", "cost": "*i32", "detect": "*i32", "kind": "*i8",
    "bridge": "*i8", "force": "*fp64", "slope": "*fp64", "threshold": "*fp64", "numbers": "*fp64",
    "radicals": "*i32", "sums": "*i32", "rewards": "*i64",
}  # fmt: skip

# capability, learning, rewards, worlds of a program, citizens, warps, type of q
BUILDS = [
    (80, True, True, 1, 256, 4, "*fp32"),
    (90, True, True, 1, 256, 4, "*fp32"),
    (90, True, False, 4, 32, 1, "*fp64"),
    (90, False, False, 1, 4096, 16, "*i8"),
]


@pytest.mark.skipif(VERSION < (3, 7), reason="Triton 3.6 cannot interpret loops with numpy 2.4")
def test_interpreted():
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", "-c", str(ROOT / "pyproject.toml"), str(HERE / "interpreted.py")]
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def built(capability, learning, rewards, worlds, citizens, warps, q):
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from midcourse.kernels.population.triton import SIZES, STRIDES, advance_kernel

    pointers = {f"{name}_ptr": kind for name, kind in (POINTERS | {"q": q}).items()}
    constants = {"LEARNING": learning, "REWARDS": rewards}
    constants |= {"BLOCK_WORLDS": worlds, "BLOCK_CITIZENS": citizens}
    kinds = pointers | dict.fromkeys(SIZES + STRIDES, "i32") | dict.fromkeys(constants, "constexpr")
    signature = {name: kinds[name] for name in advance_kernel.arg_names}
    return triton.compile(
        ASTSource(advance_kernel, signature, constexprs=constants),
        target=GPUTarget("cuda", capability, 32),
        options={"num_warps": warps, "enable_fp_fusion": False},
    )


@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter compiles nothing")
@pytest.mark.parametrize("build", BUILDS)
def test_compiles_without_a_gpu(build, tmp_path, monkeypatch):
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    ptx = built(*build).asm["ptx"]
    assert "fma" not in ptx, "a fused multiply-add would change bits"
    inverse_ln2 = struct.pack(">d", 1.4426950408889634).hex()
    assert f"0d{inverse_ln2}" in ptx.lower(), "a float64 was rounded on its way"


@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter compiles nothing")
def test_barriers_stand_between_stores_and_reads(tmp_path, monkeypatch):
    """In a step: the store of actions, a barrier, all reads, a barrier, all other stores."""
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    code = built(*BUILDS[1]).asm["ttgir"]
    found = re.findall(r"(?:gpu|ttg)\.(barrier)|tt\.(load|store)\b", code)
    order = "".join({"barrier": "|", "load": "r", "store": "w"}[a or b] for a, b in found)
    # first the state is read and recorded; last, after the loop, flags and clocks are stored
    assert re.fullmatch(r"r+w+\|w\|r+\|w+", order), order


@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter is on")
def test_tensors_that_no_gpu_reaches_are_refused():
    *world, _ = population(1, 3, 0)
    with pytest.raises(ValueError, match="needs tensors on a GPU, but these lie on cpu"):
        step_population(*world, 1, backend="triton")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU: interpreted and compiled only")
@pytest.mark.parametrize("kind", ["mixed", "fixed", "reactive", "learning"])
@pytest.mark.parametrize(("worlds", "citizens"), [(5, 3), (1000, 37), (700, 240), (40, 3000)])
def test_on_a_gpu_every_bit_is_the_reference_s(kind, worlds, citizens):
    from midcourse.kernels.population import triton as ours
    from midcourse.kernels.population.state import copied, empty_series, prepare

    state, graph, params, force = population(worlds, citizens, 3, kind=kind)
    plain = step_population(state, graph, params, 20, force=force, rewards=True)
    moved = [
        type(part)(*(v.cuda() if isinstance(v, torch.Tensor) else v for v in part))
        for part in (state, graph, params)
    ]
    problem = prepare(*moved, 20, force.cuda())
    for shape in ({}, {"block_worlds": 2}, {"num_warps": 1}, {"num_warps": 16}):
        after, series = copied(moved[0]), empty_series(problem, 20, rewards=True)
        ours.advance(problem, after, 20, series, **shape)
        for wanted, given in zip(tensors(*plain), tensors(after, series), strict=True):
            assert torch.equal(wanted, given.cpu())
