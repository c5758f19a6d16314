"""From a filled frame to (observation, info), by an expression made once for each program.

A frame is one record of fresh memory; what the user gets are views of it. Looking fields up in
one literal is twice as fast as looping over their names, and this is most of a step's time.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import spaces

Reader = Callable[[np.ndarray, bool], tuple[Any, dict[str, Any]]]


def make_reader(
    space: spaces.Space, masks: bool, reward_terms: bool, terms: tuple[str, ...]
) -> Reader:
    """The function (frame, success) -> (observation, info) for these spaces and knobs."""
    info = ["'success': success"]
    if masks:
        info.append("'action_mask': frame['action_mask']")
    if reward_terms:
        values = ", ".join(f"{name!r}: terms[{k}]" for k, name in enumerate(terms))
        info.append(f"'reward_terms': {{{values}}}")
    lines = [
        "def read(frame, success):",
        "    terms = frame['reward_terms'].tolist()" if reward_terms else "    pass",
        f"    return {_observation(space)}, {{{', '.join(info)}}}",
    ]
    namespace: dict[str, Any] = {}
    exec("\n".join(lines), namespace)
    return namespace["read"]


def _observation(space: spaces.Space) -> str:
    if not isinstance(space, spaces.Dict):
        return _field("observation", space)
    return "{" + ", ".join(f"{key!r}: {_field(key, sub)}" for key, sub in space.items()) + "}"


def _field(key: str, space: spaces.Space) -> str:
    return f"frame[{key!r}][()]" if isinstance(space, spaces.Discrete) else f"frame[{key!r}]"
