"""`midcourse eval`, killed without warning, ends with the same results file."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from midcourse.evaluation.journal import RESULTS

KILLS = 5


def command(folder, processes=1):
    words = "eval --level 3 --split test --disturbances 1 --tasks 100 --repeats 3 --agents explorer"
    options = ["--out", str(folder), "--processes", str(processes)]
    return [sys.executable, "-m", "midcourse", *words.split(), *options]


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@pytest.mark.slow
def test_kills_end_with_the_same_bytes(tmp_path):
    subprocess.run(command(tmp_path / "whole"), check=True, capture_output=True)
    whole = (tmp_path / "whole" / RESULTS).read_bytes()
    path = tmp_path / "killed" / RESULTS
    generator = random.Random(0)
    for kill in range(KILLS):
        aim = size(path) + generator.randrange(1, len(whole) // (KILLS + 2))
        process = subprocess.Popen(
            command(path.parent, processes=1 + kill % 2),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while size(path) < aim and process.poll() is None:
            time.sleep(0.0005)
        time.sleep(generator.uniform(0, 0.003))
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "it ended before it could be killed"
        assert path.read_bytes() == whole[: size(path)]
    assert size(path) < len(whole)
    subprocess.run(command(path.parent), check=True, capture_output=True)
    assert path.read_bytes() == whole


@pytest.mark.slow
def test_workers_end_with_a_killed_run(tmp_path):
    process = subprocess.Popen(
        command(tmp_path, processes=2), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while size(tmp_path / RESULTS) == 0 and process.poll() is None:
        time.sleep(0.01)
    children = descendants(process.pid)
    assert children
    process.kill()
    process.wait()
    deadline = time.monotonic() + 30
    while any(runs(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [child for child in children if runs(child)]


def descendants(parent: int) -> list[int]:
    """The processes that a process began, and theirs (Linux)."""
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *descendants(child)]
    return found


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
