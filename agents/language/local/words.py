"""Words and tokens: a conversation in a model's own template."""

from collections.abc import Sequence
from typing import Any

from midcourse.agents.language.model import Message
from midcourse.core.errors import UserError

DATED = "strftime_now"  # what a template calls for today's date
DAY = "{% macro strftime_now(form) %}01 Jan 2026{% endmacro %}"
MARK = "\u2603"  # stands for what the assistant says, where its turn's end is looked for


class Words:
    """A tokenizer of transformers', and the chat template that it carries.

    Args:
        tokenizer: of the model.
        name: of the model, for what users are told.
    """

    def __init__(self, tokenizer: Any, name: str):
        self.tokenizer, self.name = tokenizer, name

    def render(self, messages: Sequence[Message]) -> str:
        """A conversation in the model's own template, up to where the assistant speaks.

        Raises:
            UserError: the model has no chat template, or refuses these roles.
        """
        return self._templated(messages, add_generation_prompt=True)

    def turn_end(self) -> str:
        """What the template writes after the assistant's words; "" if nothing."""
        talk = [{"role": "user", "content": "?"}, {"role": "assistant", "content": MARK}]
        end = self._templated(talk).rpartition(MARK)[2]
        return end.rstrip() or end

    def _templated(self, messages: Sequence[Message], **options: Any) -> str:
        if not self.tokenizer.chat_template:
            raise UserError(
                f"{self.name} has no chat template: choose a model that was tuned to converse"
            )
        try:
            return self.tokenizer.apply_chat_template(
                [dict(message) for message in messages],
                chat_template=undated(self.tokenizer.chat_template),
                tokenize=False,
                **options,
            )
        except Exception as error:  # a template is a program of the model's maker
            raise UserError(f"{self.name} cannot render this conversation: {error}") from None

    def encode(self, text: str) -> list[int]:
        """The tokens of a text; special tokens that it spells out are meant as such."""
        return self.tokenizer(text, add_special_tokens=False)["input_ids"]

    def encode_next(self, text: str) -> list[int]:
        """The tokens of a text that follows a prompt, which ends in a line's end.

        Not as at a text's begin, before which some tokenisers put a space.
        """
        lead = self.encode("\n")
        whole = self.encode("\n" + text)
        return whole[len(lead) :] if whole[: len(lead)] == lead else self.encode(text)

    def count(self, text: str) -> int:
        """Tokens of a prompt."""
        return len(self.encode(text))


def undated(template: Any) -> Any:
    """A template in which every day is the same: a prompt does not depend on when it is made."""
    return DAY + template if isinstance(template, str) and DATED in template else template
