"""The family to copy: a copy under another name is found, registers, and keeps every law."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATE = Path(__file__).parents[1] / "envs" / "_template"

# A module that stands for an installed copy of the tree with one more family in `envs/`.
WORLD = """
import midcourse.envs
midcourse.envs.__path__.append({folder!r})
midcourse.envs.register_all()
"""

CHECK = """
import midcourse
report = midcourse.check_env("copied_world:midcourse/Hallway-v0")
raise SystemExit(0 if report.passed else 1)
"""


@pytest.mark.slow
def test_a_copy_of_the_template_keeps_every_law(tmp_path):
    families = tmp_path / "families"
    shutil.copytree(TEMPLATE, families / "hallway", ignore=shutil.ignore_patterns("__pycache__"))
    for path in (families / "hallway").glob("*.py"):
        text = path.read_text().replace("envs._template", "envs.hallway")
        path.write_text(text.replace("midcourse/Corridor-v0", "midcourse/Hallway-v0"))
    (tmp_path / "copied_world.py").write_text(WORLD.format(folder=str(families)))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", CHECK]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "all 10 laws" in run.stdout
