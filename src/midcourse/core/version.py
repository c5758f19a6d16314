"""Which version of this package is running, for traces, results and captions."""

import importlib.metadata
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
