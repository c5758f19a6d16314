"""Which backend of an op runs: plain torch, or Triton where it is asked for or at hand."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import torch

P = ParamSpec("P")
T = TypeVar("T")

BACKENDS = ("reference", "triton")


def require(condition: bool, sentence: str) -> None:
    """Raise ValueError(sentence) unless the condition holds."""
    if not condition:
        raise ValueError(sentence)


def require_once(name: str) -> None:
    """Refuse to be differentiated again, from within a gradient: it would be wrong unseen.

    Raises:
        ValueError: the gradient is to have a graph of its own.
    """
    sentence = f"{name} is differentiated once: leave out create_graph=True"
    require(not torch.is_grad_enabled(), sentence)


def as_given(function: Callable[P, T]) -> Callable[P, T]:
    """An op that computes in the types of its tensors, under torch.autocast too."""

    @functools.wraps(function)
    def plain(*args: P.args, **more: P.kwargs) -> T:
        given = (x for x in (*args, *more.values()) if isinstance(x, torch.Tensor))
        device = next((x.device.type for x in given), "")
        if device not in ("cpu", "cuda") or not torch.is_autocast_enabled(device):
            return function(*args, **more)
        with torch.autocast(device, enabled=False):
            return function(*args, **more)

    return plain


def backend_of(reference: Any, load: Any, name: str | None, device: torch.device) -> Any:
    """The module of an op that runs: `reference`, or what `load()` imports.

    Args:
        reference: the op's module in plain torch.
        load: imports and returns the op's module in Triton; called only where that runs.
        name: "reference" or "triton"; left out, triton for a GPU if it is installed.
        device: where the tensors lie.

    Raises:
        ValueError: an unknown name, or triton for tensors that no GPU reaches.
        RuntimeError: triton was asked for and is not installed.
    """
    choices = ", ".join(BACKENDS)
    require(name in (None, *BACKENDS), f"backend is {name!r}; one of {choices} was expected")
    if name == "reference" or (name is None and device.type != "cuda"):
        return reference
    try:
        module = load()
    except ModuleNotFoundError as error:
        if name is None:
            return reference
        raise RuntimeError(f"the triton backend needs {error.name}: pip install triton") from None
    require(
        device.type == "cuda" or module.interpreted(),
        f"the triton backend needs tensors on a GPU, but these lie on {device}; to interpret "
        "it there, set TRITON_INTERPRET=1 before it is imported",
    )
    return module
