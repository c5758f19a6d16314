"""The page of the language policies keeps what is finished, if it is what was asked for."""

import json

import pytest

pytest.importorskip("peft", reason="the extra `llm` is not installed")

from midcourse.baselines.language_gui import clone, grpo, page
from midcourse.baselines.language_gui.learner import LanguageResult
from midcourse.core.errors import UserError


@pytest.mark.parametrize("other", [{"updates": 9}, {"stopped": 9}, {"episodes": 9}, {"model": "x"}])
def test_a_page_refuses_runs_of_other_settings(tmp_path, monkeypatch, other):
    def trained(args):
        return LanguageResult(args.updates, 0.0, [], [], [], [], None, None, "")

    def unreached(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(clone, "train", trained)
    monkeypatch.setattr(grpo, "train", unreached)
    settings = {"seeds": 1, "out": tmp_path / "out", "page": tmp_path / "page.md"}
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            page.write_page(page.Args(**settings))
    ((name, value),) = other.items()
    kept = json.loads((tmp_path / "out" / "stopped-seed=0" / "page.json").read_text())["settings"]
    kept |= {"updates": page.Args.updates}
    with pytest.raises(UserError, match=f"was made with {name}={kept[name]!r}, not {value!r}: "):
        page.write_page(page.Args(**settings, **other))
