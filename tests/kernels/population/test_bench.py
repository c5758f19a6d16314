"""`midcourse bench --gpu`: all of it but the timing runs without a GPU."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from midcourse.kernels.population import first_state, reference, step_population

pytest.importorskip("triton", reason="triton is not installed")
SCRIPT = Path(__file__).parents[3] / "benchmarks/population_gpu.py"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    import population_gpu

    return population_gpu


def test_dry_run_appends_its_rows(tmp_path):
    triton = pytest.importorskip("triton")
    if triton.__version__ < "3.7":
        pytest.skip("Triton 3.6 cannot interpret loops with numpy 2.4")
    out = tmp_path / "results.csv"
    command = [sys.executable, str(SCRIPT), "--dry", "--out", str(out)]
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["kind"] for row in rows] == ["reactive"] * 2 + ["learning"] * 2
    assert all(float(row["updates_per_second"]) > 0 for row in rows)
    assert all(row["device"] == "dry run on the CPU" and row["commit"] for row in rows)


def test_a_wrong_kernel_is_not_timed(script):
    def off_by_one(problem, state, steps, series, **shape):
        reference.advance(problem, state, steps, series)
        state.clock.add_(1)

    def right(problem, state, steps, series, **shape):
        reference.advance(problem, state, steps, series)

    script.check("cpu", script.DRY, right)
    with pytest.raises(script.WrongError, match="clock differs from the reference's"):
        script.check("cpu", script.DRY, off_by_one)


def test_a_wrong_kernel_ends_the_command(script, monkeypatch, tmp_path):
    def wrong(device, size):
        raise script.WrongError("q differs")

    monkeypatch.setattr(script, "check", wrong)
    told = []
    assert script.main(dry=True, out=tmp_path / "results.csv", report=told.append) == 1
    assert told == ["q differs"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("delay", "all_run_away"), [(0, False), (20, True)])
def test_the_measured_population_is_the_model_s(script, delay, all_run_away):
    """Reactive citizens, share of runs in which over .40 do R: published 0 and 96 of 100."""
    for seed in range(3):
        state, graph, params = script.population("reactive", 4, 6, "cpu", seed)
        state = first_state(state.actions, params, state.keys, delay, None)
        _, series = step_population(state, graph, params, 200)
        runaway = series.radicals.amax(1) > 0.40 * 240
        assert runaway.all() if all_run_away else not runaway.any()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_the_command_says_so():
    pytest.importorskip("midcourse.cli", reason="the command is not installed")
    command = [sys.executable, "-m", "midcourse", "bench", "--gpu"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.strip().endswith(
        "needs a GPU, and torch " + torch.__version__ + " sees none"
    )
    assert len(done.stderr.strip().splitlines()) == 1
