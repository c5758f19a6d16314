"""A model that says what it was told to, for tests of what plays and of what asks models."""

from collections.abc import Callable, Mapping, Sequence

from midcourse.agents.language.model import Message, Reply, Scores, Usage

Answer = Callable[[Sequence[Message]], str]


class ScriptedModel:
    """A model without weights; a token is a word.

    Args:
        replies: what it says, one after another and then from the start again; or a function of
            the conversation.
        favours: log-probability of a choice by its words, -1 for each word of others. (The end
            of a turn, which players append, is not looked at.)
        context: most words of prompt and answer together.
    """

    name = identity = "scripted"
    files = ()

    def __init__(
        self,
        replies: Sequence[str] | Answer = (),
        favours: Mapping[str, float] | None = None,
        context: int = 1_000_000,
    ):
        self.replies, self.favours, self.context = replies, favours or {}, context
        self.usage = Usage()
        self.asked: list[list[Message]] = []  # the conversations it was to continue
        self.scored: list[tuple[str, tuple[str, ...]]] = []  # prefixes and choices

    def render(self, messages: Sequence[Message]) -> str:
        """The conversation with its roles written before it."""
        return "\n".join(f"{m['role']}: {m['content']}" for m in messages) + "\nassistant: "

    def turn_end(self) -> str:
        """A word of its own."""
        return " <end>"

    def count(self, text: str) -> int:
        """Words."""
        return len(text.split())

    def score(self, prefix: str, choices: Sequence[str]) -> Scores:
        """What was told beforehand."""
        self.scored.append((prefix, tuple(choices)))
        bare = [choice.removesuffix(self.turn_end()) for choice in choices]
        told = [self.favours.get(words, -float(self.count(words))) for words in bare]
        counts = tuple(self.count(choice) for choice in choices)
        used = Usage(calls=1, tokens_in=self.count(prefix) + sum(counts))
        self.usage += used
        return Scores(tuple(told), counts, used)

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Reply:
        """The next reply, cut at a stop text and at the most words."""
        self.asked.append(list(messages))
        if callable(self.replies):
            text = self.replies(messages)
        else:
            text = self.replies[(len(self.asked) - 1) % len(self.replies)]
        for end in stop:
            text = text.partition(end)[0]
        words = text.split()
        is_whole = len(words) <= max_tokens
        text = text if is_whole else " ".join(words[:max_tokens])
        used = Usage(1, self.count(self.render(messages)), min(len(words), max_tokens))
        self.usage += used
        return Reply(text, is_whole, used)
