"""The page of the interrupt suite: written whole, and again from what is kept."""

import json

import pytest

from midcourse.baselines.interrupt_page import AGENTS, Args, write_page
from midcourse.core.errors import UserError
from midcourse.core.version import code_hash
from midcourse.evaluation.journal import SETTINGS
from midcourse.interruption import plan
from midcourse.interruption.sets import SETS


def test_a_small_page_has_every_set_and_agent_and_is_written_again_alike(tmp_path):
    pytest.importorskip("matplotlib")
    args = Args(tasks=2, processes=1, out=tmp_path / "runs", page=tmp_path / "interrupt.md")
    text = write_page(args).read_text()
    for name in SETS:
        for agent in AGENTS:
            assert text.count(f"| {name} | {agent} |") == 3
    assert "| 1addition | oracle | 1.00 [0.34, 1.00]" in text
    assert (tmp_path / "interrupt_sr.png").stat().st_size > 10_000
    again = write_page(args).read_text()
    assert [row for row in again.splitlines() if row.startswith("|")] == [
        row for row in text.splitlines() if row.startswith("|")
    ]


def test_what_other_code_played_is_refused(tmp_path, monkeypatch):
    args = Args(tasks=1, out=tmp_path / "runs", page=tmp_path / "interrupt.md")
    monkeypatch.setattr("midcourse.baselines.interrupt_page.AGENTS", {"do-nothing": "#111827"})
    monkeypatch.setattr("midcourse.baselines.interrupt_page.draw", lambda path, rows: None)
    write_page(args)
    path = next(args.out.glob("*-share=0.6")) / SETTINGS
    for code in (None, "0123456789abcdef"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "code": code}))
        with pytest.raises(UserError, match=r"share=0.6 holds a run by other code .*: delete it"):
            write_page(args)


def test_the_code_of_the_suite_is_all_there():
    assert len({code_hash(part) for part in plan.CODE} | {code_hash()}) == len(plan.CODE) + 1
