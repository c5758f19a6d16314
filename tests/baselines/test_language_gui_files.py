"""Folders of language trainings: what a kill leaves, damaged files, and other settings."""

from pathlib import Path

import pytest

pytest.importorskip("peft", reason="the extra `llm` is not installed")
import safetensors.torch
import torch

from midcourse.agents.language.history import Prompt
from midcourse.agents.language.local.adapter import Trained, read_trained
from midcourse.baselines.language_gui import clone, grpo
from midcourse.baselines.language_gui.episodes import Episode, Step
from midcourse.baselines.language_gui.learner import Learner
from midcourse.baselines.language_gui.policy import Decision
from midcourse.core.errors import UserError

STEP = Step(Decision((5, 9, 200, 31), ((7, 8, 0), (12, 0))), 1, -0.5)
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


def learner_of(saved, out, **changes):
    settings = {"episodes": 1, "threads": 1, "quiet": True, "out": out, **changes}
    args = clone.Args(model=str(saved), **settings)
    return Learner(args, Trained(str(saved), Prompt("Rules", 1, False)), rank=2)


def changed(learner):
    """The learner with other weights."""
    learner.put([weight + 0.1 for weight in learner.weights])
    return learner


@pytest.fixture
def adapter(saved, tmp_path):
    return changed(learner_of(saved, tmp_path / "clone")).save_adapter()


def begun(adapter, out):
    """A policy step, at its beginning or where it was saved."""
    args = grpo.Args(start=adapter, out=out, group=2, episodes=1, threads=1, quiet=True)
    return grpo.Run(args, Learner(args, read_trained(adapter), adapter))


# --- kills ----------------------------------------------------------------------------------------


def test_a_kill_while_the_adapter_is_replaced_leaves_the_old_one(saved, tmp_path, monkeypatch):
    learner = learner_of(saved, tmp_path)
    weights = learner.save_adapter() / WEIGHTS
    old, plain = weights.read_bytes(), Path.rename

    def killed(path, target):
        if Path(target).name == "adapter":
            raise KeyboardInterrupt
        return plain(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            changed(learner).save_adapter()
    learner_of(saved, tmp_path).restore()
    assert weights.read_bytes() == old
    assert [path.name for path in tmp_path.iterdir()] == ["adapter"]
    changed(learner).save_adapter()
    assert weights.read_bytes() != old
    assert [path.name for path in tmp_path.iterdir()] == ["adapter"]


def test_the_reference_stays_the_clone_that_the_run_began_with(
    saved, adapter, tmp_path, monkeypatch
):
    monkeypatch.setattr(Learner, "play", lambda *_: [Episode(0, 2)])
    run = begun(adapter, tmp_path / "grpo")
    run.save()
    before = run.reference([STEP])
    changed(changed(learner_of(saved, tmp_path / "clone"))).save_adapter()
    assert begun(adapter, tmp_path / "grpo").reference([STEP]) == before
    assert begun(adapter, tmp_path / "other").reference([STEP]) != before


# --- damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.99])
def test_a_cut_checkpoint_is_told(saved, tmp_path, kept):
    learner = learner_of(saved, tmp_path)
    learner.save()
    path = tmp_path / "checkpoint.pt"
    data = path.read_bytes()
    path.write_bytes(data[: kept if isinstance(kept, int) else int(kept * len(data))])
    with pytest.raises(UserError, match=r"checkpoint\.pt is damaged or cannot be read: remove"):
        learner.restore()


@pytest.mark.parametrize("state", ["no checkpoint", {"updates": 3}])
def test_a_checkpoint_that_holds_something_else_is_told(saved, tmp_path, state):
    learner = learner_of(saved, tmp_path)
    torch.save(state, tmp_path / "checkpoint.pt")
    with pytest.raises(UserError, match=r"checkpoint\.pt is damaged"):
        learner.restore()


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def without_a_weight(path):
    weights = safetensors.torch.load_file(path)
    weights.popitem()
    safetensors.torch.save_file(weights, path)


@pytest.mark.parametrize(
    ("file", "harm", "told"),
    [
        (WEIGHTS, cut, "Error while deserializing"),
        (WEIGHTS, Path.unlink, ".*No such file or directory: .*safetensors"),
        (WEIGHTS, without_a_weight, "Found missing adapter keys"),
        (CONFIG, cut, "Expecting"),
        (CONFIG, Path.unlink, ".*No such file or directory: .*json"),
        (CONFIG, lambda path: path.write_text("{}"), "'peft_type'"),
    ],
)
def test_a_damaged_clone_is_told(adapter, tmp_path, file, harm, told):
    harm(adapter / file)
    with pytest.raises(UserError, match=f"the adapter in {adapter} cannot be loaded: {told}"):
        begun(adapter, tmp_path / "grpo")
