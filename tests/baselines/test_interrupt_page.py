"""The page of the interrupt suite: written whole, and again from what is kept."""

import pytest

from midcourse.baselines.interrupt_page import AGENTS, Args, write_page
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
