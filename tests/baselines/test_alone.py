"""Only one training at a time writes into a folder."""

import importlib
from types import SimpleNamespace

import pytest

from midcourse.baselines.curve import alone
from midcourse.core.errors import UserError
from midcourse.evaluation.journal import LOCK, take_lock

NEEDS = {
    "tabular_q": (),
    "maskable_ppo": ("sb3_contrib",),
    "regulate": ("stable_baselines3",),
    "web_tasks.ppo": ("sb3_contrib",),
    "language_gui.clone": ("peft",),
    "language_gui.grpo": ("peft",),
}


@pytest.mark.parametrize("name", NEEDS)
def test_every_training_is_refused_where_another_run_writes(name, tmp_path):
    for needed in NEEDS[name]:
        pytest.importorskip(needed)
    module = importlib.import_module(f"midcourse.baselines.{name}")
    with (
        take_lock(tmp_path),
        pytest.raises(UserError, match=f"another run is writing into {tmp_path}: wait for it"),
    ):
        module.train(module.Args(out=tmp_path))


def test_a_training_holds_its_folder_to_its_end(tmp_path):
    args = SimpleNamespace(out=tmp_path / "deep" / "out", check=lambda: None)

    @alone
    def twice(args):
        with pytest.raises(UserError, match="another run is writing into"):
            twice(args)
        return "done"

    assert [twice(args), twice(args)] == ["done", "done"]


def test_what_a_killed_run_left_half_written_is_removed(tmp_path):
    for name in (".checkpoint.123.pt", ".model.7.zip"):
        (tmp_path / name).write_bytes(b"half")
    kept = {".adapter.old", ".notes", "checkpoint.pt", "model.7.zip"}
    for name in kept:
        (tmp_path / name).write_bytes(b"whole")
    alone(lambda args: None)(SimpleNamespace(out=tmp_path, check=lambda: None))
    assert {path.name for path in tmp_path.iterdir()} == kept | {LOCK}


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="out cannot be written: Not a directory"):
        alone(lambda args: None)(SimpleNamespace(out=tmp_path / "file" / "out", check=lambda: None))
