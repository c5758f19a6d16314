"""What training leaves in a folder: a LoRA adapter, its model's name, and the prompt it had."""

import contextlib
import dataclasses
import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midcourse.agents.language.history import Prompt
from midcourse.core.errors import UserError

PLAYER = "player.json"


@dataclass(frozen=True)
class Trained:
    """How a player was trained, beside the adapter itself.

    Attributes:
        model: a folder, or a name in transformers' cache; "" for SmolLM2.
        prompt: what the model was told.
    """

    model: str
    prompt: Prompt

    def save(self, folder: Path) -> None:
        """Write it into the adapter's folder."""
        (folder / PLAYER).write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n")


def read_trained(folder: Path) -> Trained:
    """How the player whose adapter lies in a folder was trained.

    Raises:
        UserError: there is no such file, or it is damaged.
    """
    path = folder / PLAYER
    try:
        values = json.loads(path.read_text())
        return Trained(values["model"], Prompt(**values["prompt"]))
    except OSError:
        raise UserError(
            f"{folder} is no adapter of ours: it has no {PLAYER}; "
            f"midcourse train language-clone writes such a folder"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{path} is damaged: train again, or take another folder") from None


@contextlib.contextmanager
def without_warnings() -> Iterator[None]:
    """Peft asks transformers for what will be called otherwise; a user need not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def merge(network: Any, folder: Path) -> Any:
    """A network of transformers' with an adapter's weights added to its own.

    Raises:
        UserError: as `attach`.
    """
    return attach(network, folder).merge_and_unload()


def attach(network: Any, folder: Path, **more: Any) -> Any:
    """Peft's model of a network of transformers' with an adapter; `more` goes to peft.

    Raises:
        UserError: the adapter is missing, damaged, or of another network; or peft is not installed.
    """
    try:
        from peft import PeftModel
        from peft.utils import CONFIG_NAME, SAFETENSORS_WEIGHTS_NAME
        from safetensors import SafetensorError
    except ImportError:
        raise UserError(
            "adapters need peft, which is not installed: pip install 'midcourse[llm]'"
        ) from None
    try:
        for name in (CONFIG_NAME, SAFETENSORS_WEIGHTS_NAME):
            (folder / name).stat()  # what is not there, peft would look for in the net
        with without_warnings():
            warnings.filterwarnings("error", "Found missing adapter keys")
            return PeftModel.from_pretrained(network, str(folder), **more)
    except (
        *(OSError, EOFError, LookupError, RuntimeError, TypeError, ValueError),
        *(SafetensorError, UserWarning),
    ) as error:
        reason = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"the adapter in {folder} cannot be loaded: {reason}") from None
