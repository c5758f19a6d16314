"""A language model of transformers', loaded from this machine and tried before it plays."""

from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer

from midcourse.agents.language.local.model import LocalModel
from midcourse.core.errors import UserError

# What transformers raises of a folder that holds no whole model.
DAMAGED = (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError)


def load(path: str | Path, dtype: str = "float32", context: int | None = None) -> LocalModel:
    """A model by path or by its name in transformers' cache, on a GPU where there is one.

    Nothing is fetched: what is not on this machine cannot be loaded.

    Raises:
        UserError: it cannot be loaded.
    """
    folder = folder_of(path)
    try:
        with torch.random.fork_rng(devices=[]):
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder, dtype=getattr(torch, dtype), trust_remote_code=False
            )
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except DAMAGED as error:
        reason = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} cannot be loaded as a language model: {reason}") from None
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    name = folder.name if Path(path).is_dir() else str(path)
    made = LocalModel(model, tokenizer, name, context, files=[folder])
    check_packing(made)
    return made


def folder_of(path: str | Path) -> Path:
    """The folder of a model by path or by its name in transformers' cache.

    (`from_pretrained` of a name asks the hub even where it is told not to.)

    Raises:
        UserError: there is none.
    """
    folder = Path(path).expanduser()
    if folder.is_dir():
        return folder
    if str(path).startswith((".", "/", "~")):
        raise UserError(f"there is no model at {path}: name a folder that transformers saved")
    try:
        return Path(snapshot_download(str(path), local_files_only=True))
    except (OSError, ValueError):
        raise UserError(
            f"there is no model {path!r}: it is neither a folder nor in transformers' cache"
        ) from None


@torch.inference_mode()
def check_packing(model: LocalModel) -> None:
    """Refuse a model that scores a packed row otherwise than a pass for each choice.

    Raises:
        UserError: its attention has no place for a tree of choices.
    """
    size = model.model.config.get_text_config().vocab_size
    prefix = [(7 * place + 1) % size for place in range(12)]
    paths = [tuple(token % size for token in path) for path in ((2, 3), (2, 4, 5), (6,))]
    try:
        packed = model.score_tokens(prefix, paths)
        model.forget()
        for path in paths:
            row = torch.tensor([[*prefix, *path]], device=model.model.device)
            logs = model.model(row, use_cache=False).logits[0, len(prefix) - 1 : -1].float()
            alone = torch.log_softmax(logs, 1).gather(1, row[0, len(prefix) :, None]).sum()
            if not abs(float(alone) - packed[path]) <= (
                0.01 if model.model.dtype.itemsize == 4 else 1
            ):
                raise ValueError("its scores depend on what is scored beside them")
    except (ValueError, TypeError, RuntimeError, IndexError, AttributeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{model.name} cannot score choices in one row: {reason}") from None
    model.computed = 0
