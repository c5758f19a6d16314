"""Who may import whom: the imports are parsed, nothing is run."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {"torch", "triton", "pygame", "matplotlib", "numba", "stable_baselines3"}
HEAVY |= {"transformers", "openai"}

# Modules that are themselves imported late: by `bind` with numba, by name with their extra.
LATE = ("loops.py", "sb3.py", "local/loading.py", "local/model.py", "local/kept.py")

# Public functions of a family that need no world, and what its numbers stand for.
FORMULAS = re.compile(
    r"^midcourse\.envs\.(\w+(\.(theory|integrate|regimes))?|web_tasks\.(state|goal\.wishes|speech\.words))$"
)

# folder -> prefixes of ours that its modules may import, also inside functions
ALLOWED = {
    "src/midcourse/core": ["midcourse.core"],
    "kernels": ["midcourse.kernels"],
    "envs": ["midcourse.core", "midcourse.envs", "midcourse.kernels"],
    "wrappers": ["midcourse.core", "midcourse.wrappers", "midcourse.kernels"],
    "agents": ["midcourse.core", "midcourse.kernels", "midcourse.agents"],
    "baselines": ["midcourse"],
}


def imports(path: Path, *, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module)
    return found


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_layer_imports_only_what_lies_below_it(folder):
    for path in modules(folder):
        for name in imports(path):
            if name == "midcourse" and folder != "src/midcourse/core":
                continue
            if name.split(".")[0] == "midcourse":
                allowed = any(name == a or name.startswith(a + ".") for a in ALLOWED[folder])
                assert allowed, f"{path.relative_to(ROOT)} imports {name}"


def test_core_reaches_no_other_part_of_ours_even_by_name():
    for path in modules("src/midcourse/core"):
        assert "midcourse.envs" not in imports(path)
        assert "midcourse" not in imports(path), path


def test_a_family_imports_only_itself_and_core():
    for family in sorted((ROOT / "envs").iterdir()):
        if family.is_dir():
            for path in family.rglob("*.py"):
                for name in imports(path):
                    if name.startswith("midcourse.envs"):
                        assert name.startswith(f"midcourse.envs.{family.name}"), (path, name)


def test_baselines_and_jobs_reach_worlds_by_name():
    paths = modules("baselines") + sorted((ROOT / "src/midcourse").glob("*.py"))
    paths += modules("src/midcourse/serve")
    for path in paths:
        if path.name == "__init__.py":
            continue
        for name in imports(path):
            worlds = name.startswith("midcourse.envs.") and not FORMULAS.search(name)
            assert not worlds, f"{path} imports {name}"


def test_kernels_import_only_torch_and_triton_beside_the_standard_library():
    for path in modules("kernels"):
        known = {"torch", "triton", "midcourse", *sys.stdlib_module_names}
        known |= {"transformers"} if path.name == "into_transformers.py" else set()
        for name in imports(path):
            assert name.split(".")[0] in known, name


@pytest.mark.parametrize("folder", ["src/midcourse/core", "envs", "wrappers", "agents"])
def test_nothing_heavy_is_imported_at_the_top_of_a_module(folder):
    for path in modules(folder):
        if path.as_posix().endswith(LATE):
            continue
        heavy = {n.split(".")[0] for n in imports(path, top_level_only=True)} & HEAVY
        assert not heavy, f"{path.relative_to(ROOT)} imports {heavy} at its top"
