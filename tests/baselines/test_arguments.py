"""Settings that no training can use are refused in one sentence, before a folder is made."""

import importlib
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sb3_contrib", reason="the extra `rl` is not installed")

from midcourse.baselines.arguments import check_ranges, with_whole_id
from midcourse.cli import main
from midcourse.core.errors import UserError


@pytest.mark.parametrize("module", ["maskable_ppo", "tabular_q", "regulate", "web_tasks.ppo"])
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"seed": -1}, r"seed=-1 is out of range: it lies in \[0, 4294967295\]"),
        ({"seconds": 0.0}, r"seconds=0.0 is out of range: it lies in \(0, inf\]"),
        ({"steps": 0}, "steps=0 is out of range"),
        ({"worlds": 0}, "worlds=0 is out of range"),
        ({"episodes": 0}, "episodes=0 is out of range"),
        ({"discount": 1.5}, "discount=1.5 is out of range"),
        ({"checkpoint_every": 0}, "checkpoint_every=0 is out of range"),
        ({"env": "midcourse/GuiNavigatoin-v0"}, "did you mean 'midcourse/GuiNavigation-v0'"),
    ],
)
def test_what_no_training_can_use_is_refused(module, settings, told, tmp_path):
    baseline: Any = importlib.import_module(f"midcourse.baselines.{module}")
    with pytest.raises(UserError, match=told):
        baseline.train(baseline.Args(out=tmp_path / "out", **settings))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("maskable-ppo --learning-rate -1", "learning_rate=-1.0 is out of range"),
        ("maskable-ppo --batch 0", "batch=0 is out of range"),
        ("maskable-ppo --env foo", "unknown id 'foo'"),
        ("tabular-q --alpha 5", "alpha=5.0 is out of range: it lies in (0, 1]"),
        ("tabular-q --out FILE", "FILE cannot be written"),
    ],
)
def test_so_it_is_from_the_command_line(words, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("FILE").write_text("")
    assert main(["train", *words.split()]) == 2
    assert told in capsys.readouterr().err


def test_a_short_id_is_an_id():
    from midcourse.baselines import tabular_q

    args = with_whole_id(tabular_q.Args(env="GuiNavigation-v0"))
    assert args == tabular_q.Args()
    args.check()


def test_ranges_are_read_as_in_mathematics():
    class Four:
        x = 4

    for held in ("[4, 5]", "[0, 4]", "(3, 5)", "[4, inf)"):
        check_ranges(Four, {"x": held})
    for left in ("(4, 5]", "[0, 4)", "[5, inf)", "(0, 3)"):
        with pytest.raises(UserError, match=r"x=4 is out of range: it lies in "):
            check_ranges(Four, {"x": left})


@pytest.mark.parametrize(
    ("module", "settings", "told"),
    [
        ("pages", {"baseline": "tabular_q", "seeds": 0}, "seeds=0 is out of range"),
        ("pages", {"baseline": "tabular_q", "settings": (9,)}, "no setting 9: they are 0 to 3"),
        ("regulate_page", {"seeds": 0}, "seeds=0 is out of range"),
        ("web_tasks.page", {"processes": 0}, "processes=0 is out of range"),
        ("interrupt_page", {"tasks": 0}, "tasks=0 is out of range"),
        ("language_gui.page", {"trained": 0}, "trained=0 is out of range"),
    ],
)
def test_so_it_is_of_pages(module, settings, told, tmp_path):
    if module.startswith("language"):
        pytest.importorskip("peft", reason="the extra `llm` is not installed")
    page: Any = importlib.import_module(f"midcourse.baselines.{module}")
    with pytest.raises(UserError, match=told):
        page.write_page(page.Args(out=tmp_path / "out", **settings))
    assert not (tmp_path / "out").exists()


def test_what_pages_train_with_is_in_range():
    from midcourse.baselines import regulate_page
    from midcourse.baselines.web_tasks import page

    page.Args().run(1, 0).check()
    for kind in ("ppo", "tabular"):
        regulate_page.Args().run(kind, "force", 8, 0).check()
