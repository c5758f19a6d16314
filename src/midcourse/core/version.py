"""Which version of this package is running, for traces, results and captions."""

import hashlib
import importlib.metadata
import importlib.util
import subprocess
from functools import cache
from pathlib import Path

PACKAGE = "midcourse"


def package_version() -> str:
    """The installed version of this package, or "unknown" where it runs without installation."""
    try:
        return importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


@cache
def commit() -> str:
    """The short commit of the checkout that this package runs from, with + where files differ.

    "unknown" outside one: an installed package inside somebody else's checkout must not report
    that one's commit.
    """
    package = Path(__file__).resolve().parents[1]
    root = package.parent.parent
    if root / "src" / PACKAGE != package or not (root / ".git").exists():
        return "unknown"
    words = ["git", "-C", str(root), "describe", "--always", "--dirty=+", "--abbrev=10"]
    words.append("--exclude=*")  # no tags
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()


@cache
def code_hash(*packages: str) -> str:
    """Hash of all Python files in and below packages, 16 hexadecimal digits (BLAKE2b).

    It tells two states of a checkout apart where `commit` has the same + for both, and does not
    change with what else is committed.
    """
    digest = hashlib.blake2b(digest_size=8)
    for package in packages:
        spec = importlib.util.find_spec(package)
        for folder in (spec and spec.submodule_search_locations) or ():
            for path in sorted(Path(folder).rglob("*.py")):
                inner, text = path.relative_to(folder).as_posix(), path.read_bytes()
                digest.update(f"{package}/{inner} {len(text)} ".encode() + text)
    return digest.hexdigest()
