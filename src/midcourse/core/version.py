"""Which version of this package is running, for traces, results and captions."""

import hashlib
import importlib.metadata
import importlib.util
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PACKAGE = "midcourse"
READ_WHOLE = 1 << 26  # bytes of a file that is read whole; of a larger one so many blocks are
BLOCKS, BLOCK = 256, 1 << 16


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


def fingerprint(paths: Iterable[Path]) -> str:
    """Hash of files and of what lies in folders, 16 hexadecimal digits (BLAKE2b).

    Names inside a folder count, where it lies does not. Of a file above 64 MiB its size and 256
    blocks of 64 KiB, spread over all of it, are read, which training changes with all the rest.

    Raises:
        OSError: a file is not there, or cannot be read.
    """
    digest = hashlib.blake2b(digest_size=8)
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            name, size = file.relative_to(path).as_posix(), file.stat().st_size
            digest.update(f"{name} {size} ".encode())
            with file.open("rb") as data:
                if size <= READ_WHOLE:
                    digest.update(data.read())
                    continue
                for number in range(BLOCKS):
                    data.seek((size - BLOCK) * number // (BLOCKS - 1))
                    digest.update(data.read(BLOCK))
    return digest.hexdigest()
