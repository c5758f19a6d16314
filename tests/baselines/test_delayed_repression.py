"""One paper by one command: its page, its journal, its statistics."""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.baselines.delayed_repression import campaign, cells, numbers, published
from midcourse.baselines.delayed_repression.campaign import Args, run
from midcourse.baselines.delayed_repression.cells import Cell, cells_of
from midcourse.baselines.delayed_repression.measure import LearningRegulators, live
from midcourse.core.errors import UserError

TINY = {"seeds": 4, "delays": (0, 4), "steps": 40, "processes": 1, "quiet": True}


def tiny(tmp_path, **changes):
    settings = {"out": tmp_path / "run", "page": tmp_path / "page.md", **TINY}
    return Args(**{**settings, **changes})


def files(tmp_path):
    return {path.name: path.read_bytes() for path in tmp_path.glob("page*")}


@pytest.mark.slow
def test_a_tiny_campaign_writes_the_page_and_a_second_run_the_same_bytes(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra `report` is not installed")
    args = tiny(tmp_path, experiments=("1", "2", "5"))
    page = run(args)
    first, text = files(tmp_path), page.read_text()
    assert text.count("\n## ") == 4  # three experiments and the seeds
    assert "| 4 | 80 [67, 89] | 85.5 |" in text
    assert "--seeds 4 --steps 40 --delays 0 4 --experiments 1 2 5" in text
    for name in re.findall(r"\]\((.*?)\)", text):
        assert first[name].startswith(b"\x89PNG")
    assert len(first) == 7
    before = (args.out / "results.jsonl").read_bytes()
    run(args)
    assert files(tmp_path) == first
    assert (args.out / "results.jsonl").read_bytes() == before


def test_a_cut_run_goes_on_and_ends_with_the_same_cells(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra `report` is not installed")
    args = tiny(tmp_path, experiments=("5",), seeds=2)
    page = run(args)
    text, journal = page.read_text(), args.out / "results.jsonl"
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:5]) + lines[5][:-30])  # killed while it wrote
    run(args)
    results = [json.loads(line) for line in journal.read_bytes().splitlines()]
    expected = [json.loads(line) for line in whole.splitlines()]
    assert [(r["cell"], r["result"]) for r in results] == [
        (e["cell"], e["result"]) for e in expected
    ]
    timed = re.compile(r"[\d.]+ minutes")
    assert timed.sub("", page.read_text()) == timed.sub("", text)
    with pytest.raises(UserError, match="seeds=2, this one has 3"):
        run(dataclasses.replace(args, seeds=3))


def test_a_kill_loses_at_most_the_cells_in_progress(tmp_path):
    args = tiny(tmp_path, experiments=("5",), seeds=2)
    command = [sys.executable, "-m", "midcourse.baselines.delayed_repression", "--quiet"]
    command += ["--experiments", "5", "--delays", "0", "4", "--seeds", "2", "--steps", "40"]
    command += ["--processes", "1", "--out", str(args.out), "--page", str(args.page)]
    child = subprocess.Popen(command, start_new_session=True)
    journal, until = args.out / "results.jsonl", time.monotonic() + 120
    while not (journal.exists() and journal.read_bytes().count(b"\n") >= 2):
        assert time.monotonic() < until
        assert child.poll() is None or child.returncode == 0
        time.sleep(0.005)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    kept = journal.read_bytes()
    kept = kept[: kept.rfind(b"\n") + 1]
    assert kept.count(b"\n") >= 2
    run(args)
    assert journal.read_bytes().startswith(kept)
    names = [json.loads(line)["cell"] for line in journal.read_bytes().splitlines()]
    assert sorted(names) == sorted({cell.name for cell in cells_of(("5",), (0, 4))})


def test_results_do_not_depend_on_the_number_of_processes(tmp_path):
    chosen = [cells.crossed("fixed", d) for d in (0, 4)] + [cells.crossed("reactive", 4)]
    found = []
    for processes in (1, 2):
        args = tiny(tmp_path, seeds=3, processes=processes)
        lines = [line for line, _ in campaign._measured(args, chosen)]
        found.append({line["cell"]: line["result"] for line in lines})
    assert found[0] == found[1]


def test_bad_arguments_are_refused_before_anything_is_made(tmp_path):
    for name, value in (("seeds", 0), ("steps", 9), ("processes", 0)):
        with pytest.raises(UserError, match=f"{name}={value} is out of range"):
            run(tiny(tmp_path, **{name: value}))
    assert not (tmp_path / "run").exists()


def test_equal_seeds_have_equal_graphs_and_first_actions_in_every_setting():
    first = [
        live(Cell(population=p, delay=d, slope=k), 3, 1, 10)[0][:, 0]
        for p, d, k in (("fixed", 0, 10.0), ("reactive", 20, 10.0), ("reactive", 4, 20.0))
    ]
    assert np.array_equal(first[0], first[1])
    assert np.array_equal(first[0], first[2])


def test_cells_are_measured_once_though_experiments_share_them():
    names = [cell.name for cell in cells_of(cells.EXPERIMENTS)]
    assert len(names) == len(set(names))
    assert Cell(delay=8).name in names
    assert {c.delay for c in cells_of(("3", "5"), (7,)) if c.kind == "population"} == {7}


@pytest.mark.parametrize(
    ("share", "runs", "low", "high"),
    [(10, 50, 4, 21), (66, 50, 52, 78), (96, 50, 87, 99), (72, 50, 58, 83), (18, 50, 10, 31)],
)
def test_intervals_are_the_published_ones(share, runs, low, high):
    assert numbers.published(share, runs) == f"{share} [{low}, {high}]"
    hits = np.arange(runs) < share * runs / 100
    assert numbers.percent(hits) == f"{share}.0 [{low}, {high}]"
    assert numbers.reaches(hits, share, runs)


def test_the_paper_s_rows_are_of_whole_runs():
    for row in (*published.SLOPE_SWEEP.values(), *published.ABLATION.values()):
        assert sum(row) == 100
    assert all(sum(row) == 100 for row in published.FINE.values())


def test_comparison_of_a_single_setting_is_a_binomial_question():
    hits = np.arange(600)[:, None] < 180  # 30 %
    made = numbers.compare(hits, np.array([44.0]), runs=50)
    # P(Binomial(50, 0.3) >= 22) is 0.0251; our own 600 runs blur that by 0.01.
    assert made.as_high == pytest.approx(0.0251, abs=0.012)
    assert made.ours == pytest.approx(30.0)
    same = numbers.compare(hits, np.array([30.0]), runs=50)
    assert same.as_far > 0.9


def test_comparison_sees_that_settings_share_their_seeds():
    column = np.random.default_rng(0).random(600) < 0.3
    together = np.repeat(column[:, None], 8, 1)
    apart = np.random.default_rng(1).random((600, 8)) < column.mean()
    row = np.full(8, 100 * column.mean() + 10)
    assert numbers.compare(together, row, 50).as_high > 0.04
    assert numbers.compare(apart, row, 50).as_high < 0.01


def test_the_learning_regulator_is_watkins():
    regulators = LearningRegulators(1, np.random.default_rng(0))
    regulators.EPSILON = 0.0
    regulators.values[0, 4] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    assert regulators.act(np.array([0.3]), np.array([0.2])) == [3]  # buckets 1 and 1
    regulators.values[0, 11] = 2.0  # buckets 3 and 2
    regulators.learn(np.array([0.7]), np.array([0.30]))
    target = -0.30 - 0.1 * 1.5 + 0.95 * 2.0
    assert regulators.values[0, 4, 3] == pytest.approx(1.0 + 0.05 * (target - 1.0))
    tied = {int(regulators.act(np.array([0.0]), np.array([0.0]))[0]) for _ in range(200)}
    assert tied == set(range(6))
