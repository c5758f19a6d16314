"""`midcourse bench kernels`: all of it but the timing runs without a GPU."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

triton = pytest.importorskip("triton", reason="triton is not installed")
FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    import kernels_gpu

    return kernels_gpu


def test_dry_run_appends_its_rows(tmp_path):
    if tuple(int(part) for part in triton.__version__.split(".")[:2]) < (3, 7):
        pytest.skip("Triton 3.6 cannot interpret loops with numpy 2.4")
    out = tmp_path / "results.csv"
    command = [sys.executable, str(FOLDER / "kernels_gpu.py"), "--dry", "--out", str(out)]
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = list(csv.DictReader(out.read_text().splitlines()))
    ours = [row for row in rows if row["by"] == "midcourse"]
    assert len(ours) == 12
    assert {"sdpa", "sdpa repeated", "unfused"} <= {row["by"] for row in rows}
    assert all(float(row["seconds"]) > 0 and float(row["floor"]) > 0 for row in rows)
    assert all(row["device"] == "dry run on the CPU" and row["commit"] for row in rows)


@pytest.mark.parametrize("wrong", ["results", "gradient 1"])
def test_a_wrong_kernel_is_not_timed(script, wrong):
    def square(x, backend):
        if backend == "reference":
            return x.square()
        if wrong == "results":
            return x.square() * 1.001
        return x.square() + (x - x.detach())

    with pytest.raises(script.WrongError, match=f"square: its {wrong} differ by"):
        script.check("cpu", {"square": (square, [(5,)])})
    script.check("cpu", {"square": (lambda x, backend: x.square(), [(5,)])})


def test_a_wrong_kernel_ends_the_command(script, monkeypatch, tmp_path):
    def wrong(device):
        raise script.WrongError("attention: its results differ")

    monkeypatch.setattr(script, "check", wrong)
    told = []
    assert script.main(dry=True, out=tmp_path / "results.csv", report=told.append) == 1
    assert told == ["attention: its results differ"]
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_the_command_says_so():
    pytest.importorskip("midcourse.cli", reason="the command is not installed")
    command = [sys.executable, "-m", "midcourse", "bench", "kernels"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.strip().endswith(
        "needs a GPU, and torch " + torch.__version__ + " sees none"
    )
    assert len(done.stderr.strip().splitlines()) == 1
