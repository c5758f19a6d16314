"""`midcourse bench`: what is measured is kept, and what is missing is said before."""

import csv

import pytest

from midcourse import bench
from midcourse.core.errors import UserError

ROWS = """
from midcourse.bench import Row
from midcourse.core.errors import UserError

def rows(report):
    yield Row("{name}", "1 s", "2 s", 2.0, 1.5, 2.5, {goal})
    {after}
"""
MISSING = """
def require():
    raise UserError("its peer is not installed")
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of benchmarks, to which the function that it gives adds one."""
    made = tmp_path / "benchmarks"
    made.mkdir()
    monkeypatch.setattr(bench, "FOLDER", made)

    def add(name, goal=1.0, after="", more=""):
        (made / f"{name}.py").write_text(ROWS.format(name=name, goal=goal, after=after) + more)

    return add


def measured(out):
    with (out / "bench.csv").open() as file:
        return [row["what"] for row in csv.DictReader(file)]


def test_rows_are_appended_and_a_missed_goal_is_told(folder, tmp_path):
    folder("one")
    assert bench.main(out=tmp_path) == 0
    folder("two", goal=3.0)
    assert bench.main(out=tmp_path) == 1
    assert measured(tmp_path) == ["one", "one", "two"]


def test_what_was_measured_before_a_stop_is_kept(folder, tmp_path):
    folder("one", after="raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        bench.main(out=tmp_path)
    assert measured(tmp_path) == ["one"]


def test_a_subject_without_its_peer_is_left_out_unless_it_was_chosen(folder, tmp_path, capsys):
    folder("one")
    folder("two", more=MISSING)
    assert bench.main(out=tmp_path) == 0
    assert measured(tmp_path) == ["one"]
    assert "left out: its peer is not installed" in capsys.readouterr().out
    for asked in ({"chosen": ["one", "two"]}, {"readme": True}):
        with pytest.raises(UserError, match="its peer is not installed"):
            bench.main(out=tmp_path, **asked)
    assert measured(tmp_path) == ["one"]  # nothing was measured in vain


def test_an_unknown_subject_is_named(folder, tmp_path):
    folder("one")
    with pytest.raises(UserError, match="one"):
        bench.main(["ona"], tmp_path)
