"""What a language model is to a player, and what each of its calls reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Message = Mapping[str, str]  # {"role": "system", "user" or "assistant", "content": words}


@dataclass(frozen=True)
class Usage:
    """What calls took; sums with `+`.

    `tokens_in` counts prompts whole, whether or not their heads had been computed before;
    `tokens_computed` is what the model ran over, where that is known.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_computed: int = 0
    seconds: float = 0.0
    cost: float = 0.0  # in the currency of the prices that the model was given

    def __add__(self, other: "Usage") -> "Usage":
        """Both together."""
        return Usage(
            self.calls + other.calls,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.tokens_computed + other.tokens_computed,
            self.seconds + other.seconds,
            self.cost + other.cost,
        )


@dataclass(frozen=True)
class Scores:
    """How likely each choice is to follow a prefix, in the order of the choices.

    `log_probs` are natural logarithms, summed over a choice's tokens; `tokens` counts these.
    """

    log_probs: tuple[float, ...]
    tokens: tuple[int, ...]
    usage: Usage

    def per_token(self) -> tuple[float, ...]:
        """Mean log-probability of a token, for each choice."""
        return tuple(p / n for p, n in zip(self.log_probs, self.tokens, strict=True))


@dataclass(frozen=True)
class Reply:
    """What a model answered.

    `tokens` and `log_probs` (one for each) are as they were drawn, where the model tells them;
    they include the token that ended the turn, which `text` does not.
    """

    text: str
    is_whole: bool  # or it was cut at the most tokens allowed
    usage: Usage
    tokens: tuple[int, ...] = ()
    log_probs: tuple[float, ...] = ()


class Model(Protocol):
    """A language model that scores what may follow, and continues a conversation."""

    name: str
    files: tuple[Path, ...]  # it was loaded from, if any
    context: int  # most tokens of prompt and answer together
    usage: Usage  # of all calls so far

    @property
    def identity(self) -> str:
        """Shared by no model that answers otherwise; what cassettes know it by."""
        ...

    def render(self, messages: Sequence[Message]) -> str:
        """A conversation as the prompt after which the assistant speaks."""
        ...

    def turn_end(self) -> str:
        """What follows the assistant's words where its turn ends."""
        ...

    def count(self, text: str) -> int:
        """Tokens of a prompt."""
        ...

    def score(self, prefix: str, choices: Sequence[str]) -> Scores:
        """How likely each choice is to follow a prefix."""
        ...

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Reply:
        """What the assistant says next."""
        ...
