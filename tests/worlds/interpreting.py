"""Triton kernels without a GPU: tests in the interpreter, and compilation for a capability."""

import os
import subprocess
import sys
from pathlib import Path


def run_interpreted(file: Path) -> None:
    """Run a file of tests in a process where Triton interprets; all must pass, none skipped."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", "-c", str(root / "pyproject.toml"), str(file)]
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def compiled(kernel, capability: int, pointers: dict, constants: dict, **options) -> str:
    """The PTX of a kernel; arguments that are neither pointers nor constants are `i32`."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    kinds = pointers | dict.fromkeys(constants, "constexpr")
    signature = {name: kinds.get(name, "i32") for name in kernel.arg_names}
    source = ASTSource(kernel, signature, constexprs=constants)
    target = GPUTarget("cuda", capability, 32)
    return triton.compile(source, target=target, options={"enable_fp_fusion": True} | options).asm[
        "ptx"
    ]
