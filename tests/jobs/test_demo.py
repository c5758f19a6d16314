"""The demo's parts: what is chosen to be shown, what is removed, and a short whole run."""

import pytest

from midcourse import demo, demo_repression
from midcourse.cli import main
from midcourse.evaluate import evaluate
from midcourse.evaluation.episode import play

KNOBS = {"level": 2, "split": "test", "disturbances": 1}


def test_a_line_is_played_again_as_it_was():
    results = evaluate(demo.GUI, ["explorer"], KNOBS, tasks=5)
    for line in results.lines:
        assert play(demo.job_of(line))[0] == line


def test_the_telling_episode_is_as_wished():
    lines = [
        {"agent": agent, "success": success, "events": events, "steps": steps}
        for agent in ("sb3:m.zip", "random")
        for success in (True, False)
        for events in ([], [{"kind": "popup"}], [{"kind": "dead_link"}])
        for steps in (2, 9, 60)
    ]
    chosen = demo.telling(lines, demo.PPO, False)
    assert chosen == {**lines[0], "success": False, "events": [{"kind": "dead_link"}], "steps": 9}


def test_only_its_own_files_are_removed(tmp_path):
    for name in (*demo.PLAYED, "mine.txt"):
        (tmp_path / name).write_text("")
    demo.clear(tmp_path, demo.PLAYED)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.slow
def test_a_short_demo_writes_its_report_twice(tmp_path, capsys, monkeypatch):
    pytest.importorskip("sb3_contrib")
    monkeypatch.setattr(demo, "TASKS", 3)
    monkeypatch.setattr(demo_repression, "TASKS", 2)
    for _ in range(2):
        words = ["demo", "--levels", "1", "--training", "0.05", "--out", str(tmp_path)]
        assert main(words) == 0
        assert "MaskablePPO" in capsys.readouterr().out
        page = (tmp_path / "report.html").read_text()
        assert page.count('class="episode"') == 5 + 3
        assert "One task, two regulators" in page
        assert page.count("data:image/png;base64,") >= 10
