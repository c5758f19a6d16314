"""What is installed is what stands in the tree."""

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text())
FOLDERS = {"midcourse": "src/midcourse"} | {
    f"midcourse.{name}": name for name in ("envs", "agents", "kernels", "wrappers", "baselines")
}


def test_every_package_of_the_tree_is_declared():
    found = set()
    for package, folder in FOLDERS.items():
        for init in (ROOT / folder).rglob("__init__.py"):
            parts = init.parent.relative_to(ROOT / folder).parts
            if not any(part.startswith("_") for part in parts):
                found.add(".".join([package, *parts]))
    assert found == set(SETUP["tool"]["setuptools"]["packages"])


def test_every_python_file_lies_in_a_package():
    for folder in FOLDERS.values():
        for path in (ROOT / folder).rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), path


def test_type_checker_finds_every_folder():
    for name in ("envs", "agents", "kernels", "wrappers", "baselines"):
        assert (ROOT / "typings/midcourse" / name).resolve() == (ROOT / name).resolve()
        assert name in SETUP["tool"]["basedpyright"]["include"]


def test_version_is_stated_once():
    from midcourse import __version__

    assert __version__ == SETUP["project"]["version"]


def test_import_brings_in_nothing_heavy():
    code = (
        "import sys, json, midcourse, midcourse.agents, midcourse.wrappers;"
        "import midcourse.agents.language;"
        "print(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    )
    loaded = set(json.loads(subprocess.check_output([sys.executable, "-c", code])))
    heavy = {"numba", "torch", "transformers", "triton", "pygame", "matplotlib", "scipy"}
    assert not loaded & (heavy | {"pettingzoo"})
    assert not loaded & {"envs", "agents", "kernels", "wrappers", "baselines"}


@pytest.mark.slow
def test_the_wheel_holds_everything_and_nothing_bare(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for package, folder in FOLDERS.items():
        for path in (ROOT / folder).rglob("*.py"):
            relative = path.relative_to(ROOT / folder)
            if not any(part.startswith("_") for part in relative.parts[:-1]):
                assert "/".join([*package.split("."), *relative.parts]) in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"midcourse"}
    assert "midcourse/py.typed" in names
