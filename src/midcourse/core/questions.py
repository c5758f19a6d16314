"""Questions about single states, for benchmarks that do not play: what a family asks, and how.

A family that has such questions declares `questions` in its `Family`: a function
(env, wanted, seed) -> iterator of Items, where `env` is one of its environments, which it does not
change, and `wanted` maps each kind of question to how many there should be. It yields fewer where
there are no more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# The kinds of the published test (GUI Exploration Lab), which other families may ask as well.
PATHS = {k: f"Path@{k}" for k in range(1, 8)}  # k actions along a shortest path
ACTED = (*PATHS.values(), "Edge", "Complete")  # asked by way of actions
ANSWERED = ("Caption", "Grounding")  # asked in so many words


@dataclass(frozen=True)
class Question:
    """What an agent that can `answer(question)` is shown."""

    kind: str
    prompt: str  # in words
    observation: Any  # of the state at hand
    picture: Callable[[], np.ndarray]  # of the state at hand; needs the extra `render`
    choices: tuple[int, ...] = ()  # the answer is an index into these labels
    names: tuple[str, ...] = ()  # what these labels read
    point: tuple[float, float] | None = None  # what is asked about: pixels, x and y
    label: int | None = None  # what is asked for


@dataclass(frozen=True)
class Item:
    """One entry of a question set.

    With `question` None it is asked by way of actions: the agent acts `steps` times from the
    snapshot on, along the oracle's way whatever it chooses (teacher forcing), and every action
    must satisfy `right(env, action)`. Otherwise its answer must satisfy `right(env, answer)`.
    """

    kind: str
    snapshot: bytes
    right: Callable[[Any, Any], bool]
    steps: int = 1
    question: Question | None = None
    solution: Any = None  # a right answer, for the oracle's line
