"""Language players by name: `language:scored`, `language:free:tries=1:model=PATH`, ..."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from midcourse.agents.language.cassette import Cassette
from midcourse.agents.language.local.adapter import merge, read_trained
from midcourse.agents.language.model import Model
from midcourse.agents.language.players import FreeText, Player, Reasoned, ScoredChoice
from midcourse.core.errors import UserError, unknown

MODEL = ":model="  # comes last, since a path or an address may have colons
DRAWN: dict[str, Callable[[str], Any]] = {"temperature": float, "examples": int}
KINDS: dict[str, tuple[type[Player], dict[str, Callable[[str], Any]]]] = {
    "scored": (ScoredChoice, {"normalise": str, "calibrate": bool} | DRAWN),
    "free": (FreeText, {"tries": int} | DRAWN),
    "reasoned": (Reasoned, {"tries": int, "forgetful": bool} | DRAWN),
}
LOCAL: dict[str, Callable[[str], Any]] = {"dtype": str, "context": int, "adapter": str}
# What of a name does not change how its player plays: where answers are kept, a server's address.
ASIDE = re.compile(r":(cassette|replay)=[^:]*|(?<=:model=)https?://[^#]*")
REMOTE: dict[str, Callable[[str], Any]] = {
    "context": int,
    "price_in": float,
    "price_out": float,
    "timeout": float,
    "in_flight": int,
}
CASSETTE: dict[str, Callable[[str], Any]] = {"cassette": str, "replay": str}
LEARNT = {"normalise": "sum", "calibrate": False}  # how a trained player's choices were scored
SWITCH = {"": True, "yes": True, "no": False}
SERVER = ("http://", "https://")
DTYPES = ("float32", "bfloat16", "float16")


def make_player(argument: str, seed: int) -> Player:
    """A player from what follows `language:` in its name.

    That is `scored`, `free` or `reasoned`, then options between colons, and last `model=`: a folder
    or a name in transformers' cache, or a server's address and the model's name there, as in
    `http://127.0.0.1:8000/v1#name`; SmolLM2 if left out. The options are those of `ScoredChoice`,
    `FreeText` and `Reasoned`, as in `normalise=sum` or `calibrate=no`; those of the model,
    `context=` and `dtype=` (in 16 bits, what was asked before can change a score by up to 0.4, so
    that other processes or a run that goes on may choose otherwise), or for a server those of
    `RemoteModel`, whose `in_flight` counts in each process; and `cassette=FILE`, to which
    answers are written and from which they are read the next time, or `replay=FILE`, which asks no
    model. `adapter=` names a folder that `midcourse train language-clone` or `language-grpo` wrote:
    its model, unless `model=` says another, its prompt, and unless told otherwise its way to score
    (sums, not calibrated) are those that it was trained with.
    Players of one process that ask for the same model share it.

    Raises:
        UserError: an unknown kind or option, a bad value, or a model that cannot be had.
    """
    head, _, path = argument.partition(MODEL)
    kind, *words = head.split(":")
    if kind not in KINDS:
        raise unknown("language player", kind, KINDS)
    player, options = KINDS[kind]
    for_models = (REMOTE if path.startswith(SERVER) else LOCAL) | CASSETTE
    values = dict(read_option(word, options | for_models) for word in words)
    for_model = {name: values.pop(name) for name in for_models if name in values}
    if for_model.get("dtype", DTYPES[0]) not in DTYPES:
        raise unknown("dtype", for_model["dtype"], DTYPES)
    trained = read_trained(Path(for_model["adapter"])) if "adapter" in for_model else None
    path = path or (trained.model if trained else "")
    if trained and player is ScoredChoice:
        values = LEARNT | values
    read = [Path(name) for name in (path, for_model.get("adapter", "")) if name]
    made = player(shared_model(path, written(read), **for_model), seed, **values)
    if trained:
        made.prompt = trained.prompt
    return made


def plays_as(argument: str) -> str:
    """What follows `language:` in a name, but for what does not change how its player plays.

    A seed is made from it, so that a recording is played again in the same draws.
    """
    return ASIDE.sub("", argument)


def read_option(word: str, options: dict[str, Callable[[str], Any]]) -> tuple[str, Any]:
    """(name, value) of `name=value`; a switch's name alone means yes.

    Raises:
        UserError: an unknown name, or a value of the wrong kind.
    """
    name, _, value = word.partition("=")
    if name not in options:
        raise unknown("option of a language player", name, [*options, "model"])
    kind = options[name]
    if kind is bool:
        if value not in SWITCH:
            raise UserError(f"{name}={value} is neither yes nor no")
        return name, SWITCH[value]
    if not value:
        raise UserError(f"{name} names nothing: write {name}=..., or leave it out")
    try:
        return name, kind(value)
    except ValueError:
        raise UserError(f"{name}={value} is no {kind.__name__}") from None


def written(paths: Iterable[Path]) -> tuple[int, ...]:
    """When the files in some folders were last written, nanoseconds: they may be trained anew."""
    files = (file for path in paths if path.is_dir() for file in path.iterdir())
    return tuple(sorted(file.stat().st_mtime_ns for file in files))


# Loading takes longer than an episode; another model than the last two is rarely asked for again.
@lru_cache(maxsize=2)
def shared_model(
    path: str,
    written: tuple[int, ...] = (),
    cassette: str | None = None,
    replay: str | None = None,
    **options: Any,
) -> Model:
    """The model at a path or address, or SmolLM2 if it is empty; one for each process.

    `written` tells files that have been written anew from those that were loaded.

    Raises:
        UserError: it cannot be loaded, an extra is not installed, or a cassette cannot be used.
    """
    if cassette and replay:
        raise UserError("cassette= and replay= exclude each other: leave one out")
    if path.startswith(SERVER):
        from midcourse.agents.language.remote.model import RemoteModel

        model: Model = RemoteModel(path, **options)
    else:
        model = local_model(path, **options)
    tape = cassette or replay
    return Cassette(model, tape, only_replay=bool(replay)) if tape else model


def local_model(
    path: str, dtype: str = "float32", context: int | None = None, adapter: str = ""
) -> Model:
    """The model at a path, or SmolLM2 if it is empty, with an adapter.

    Raises:
        UserError: it cannot be loaded, or the extra `llm` is not installed.
    """
    try:
        from midcourse.agents.language.local.loading import load
    except ImportError as error:
        raise UserError(
            f"language players need {error.name}, which is not installed: "
            f"pip install 'midcourse[llm]'"
        ) from None
    if not path:
        from midcourse.agents.language.local.smollm2 import model_folder

        path = str(model_folder())
    model = load(path, dtype, context)
    if adapter:
        model.model = merge(model.model, Path(adapter)).eval()
        model.files = (*model.files, Path(adapter))
    return model
