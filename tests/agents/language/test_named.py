"""Language players by name, over a saved tiny model; an evaluation from end to end."""

import os
import shutil
import sys
from typing import Any

import numpy as np
import pytest

from midcourse import agents
from midcourse.agents.language import named
from midcourse.core.errors import UserError

safetensors = pytest.importorskip("safetensors.numpy", reason="the extra `llm` is not installed")

ID = "midcourse/GuiNavigation-v0"


def test_a_name_says_who_plays_how_with_which_model(saved):
    name = f"language:scored:normalise=sum:calibrate=no:temperature=0.5:context=300:model={saved}"
    player = agents.make(name, 3)
    assert (player.normalise, player.calibrate, player.temperature) == ("sum", False, 0.5)
    assert player.model.context == 300
    assert agents.make(name).model is player.model, "one process loads a model once"
    assert agents.make(f"language:free:tries=2:model={saved}").tries == 2
    assert agents.make(f"language:reasoned:forgetful:model={saved}").forgetful
    assert "language:" in agents.names()


def test_an_evaluation_is_the_same_on_one_process_and_goes_on(saved, tmp_path):
    from midcourse.evaluate import evaluate

    name = f"language:scored:temperature=1:context=400:model={saved}"
    knobs = {"level": 1, "split": "test"}
    first = evaluate(ID, [name], knobs, tasks=1, floors=False, out=tmp_path / "run")
    named.shared_model.cache_clear()  # nothing kept from before
    again = evaluate(ID, [name], knobs, tasks=1, floors=False)
    assert list(first.lines) == list(again.lines)
    for line in first.lines:
        assert line["steps"] < line["calls"] <= 2 * line["steps"], "calibration asks, too"
        assert line["tokens_in"] > 100 * line["calls"]
        assert line["invalid_actions"] == 0
        assert line["cost"] is None
    resumed = evaluate(ID, [name], knobs, tasks=1, floors=False, out=tmp_path / "run")
    assert list(resumed.lines) == list(first.lines)


def test_examples_are_tried_before_anything_is_played(saved):
    from midcourse.evaluate import evaluate

    name = f"language:scored:examples=1:model={saved}"
    with pytest.raises(UserError, match=r"1 examples take .* more than half of the 512"):
        evaluate(ID, [name], {"level": 1, "split": "test"}, tasks=1)


def test_the_table_shows_tokens_and_time_beside_success(saved, tmp_path, capsys):
    from midcourse.cli import main

    name = f"language:scored:context=400:model={saved}"
    words = ["eval", "GuiNavigation-v0", "--agents", name, "--level", "1", "--split", "test"]
    assert main([*words, "--tasks", "1", "--no-floors", "--out", str(tmp_path / "run")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for heading in ("tokens in", "tokens out", "seconds"):
        assert heading in said
    assert f"{name}: " in said.replace("\n", "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("language", "wants an argument"),
        ("language:score", "did you mean 'scored'"),
        ("language:scored:modl=x", "unknown option of a language player 'modl'"),
        ("language:scored:dtype=int8", "unknown dtype 'int8'"),
        ("language:scored:model=/nowhere/at/all", "there is no model at /nowhere/at/all"),
        ("language:scored:model=some/model", "there is no model 'some/model'"),
        ("language:scored:replay=", "replay names nothing"),
        ("language:scored:context=-3:model=SAVED", "context=-3 is out of range"),
        ("language:scored:context=0:model=SAVED", "context=0 is out of range"),
    ],
)
def test_a_wrong_name_is_answered_in_a_sentence(saved, name, said):
    with pytest.raises(UserError, match=said):
        agents.make(name.replace("SAVED", str(saved)))


def test_a_damaged_model_is_told_in_a_sentence(saved, tmp_path):
    damaged = tmp_path / "damaged"
    shutil.copytree(saved, damaged)
    os.truncate(damaged / "model.safetensors", 1000)
    with pytest.raises(UserError, match=r"damaged cannot be loaded as a language model: \S"):
        agents.make(f"language:scored:model={damaged}")


def test_an_evaluation_does_not_go_on_with_other_weights_under_the_same_name(saved, tmp_path):
    from midcourse.evaluate import evaluate

    folder = tmp_path / "model"
    shutil.copytree(saved, folder)
    asked: Any = (ID, [f"language:scored:model={folder}"], {"level": 1, "split": "test"})
    given: Any = {"tasks": 1, "floors": False, "out": tmp_path / "run"}
    evaluate(*asked, **given)
    evaluate(*asked, **given)
    weights = safetensors.load_file(folder / "model.safetensors")
    changed = {name: value * np.float32(1.5) for name, value in weights.items()}
    safetensors.save_file(changed, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"holds a run of language:scored:model=.* other files"):
        evaluate(*asked, **given)


def test_a_folder_that_was_written_anew_is_loaded_anew(saved, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(saved, folder)
    first, again = (agents.make(f"language:scored:model={folder}") for _ in range(2))
    assert first.model is again.model
    weights = safetensors.load_file(folder / "model.safetensors")
    changed = {name: value * np.float32(1.5) for name, value in weights.items()}
    safetensors.save_file(changed, folder / "model.safetensors", metadata={"format": "pt"})
    other = agents.make(f"language:scored:model={folder}").model
    name = "lm_head.weight"
    theirs = other.model.state_dict()[name]
    assert not np.array_equal(theirs, first.model.model.state_dict()[name])


def test_a_model_is_known_by_what_it_was_loaded_from(saved, tmp_path):
    moved = tmp_path / saved.name
    shutil.copytree(saved, moved)
    first, second = (named.local_model(str(path)) for path in (saved, moved))
    assert first.identity == second.identity
    assert named.local_model(str(saved), "bfloat16").identity != first.identity
    (moved / "more").write_text("x")
    assert named.local_model(str(moved)).identity != first.identity


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    monkeypatch.delitem(sys.modules, "midcourse.agents.language.local.loading", raising=False)
    monkeypatch.delitem(sys.modules, "midcourse.agents.language.local.model", raising=False)
    monkeypatch.delitem(sys.modules, "midcourse.agents.language.local.kept", raising=False)
    named.shared_model.cache_clear()
    with pytest.raises(UserError, match=r"transformers.*pip install 'midcourse\[llm\]'"):
        agents.make("language:scored")
