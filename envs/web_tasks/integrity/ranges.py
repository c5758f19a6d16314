"""Bounds of single entries."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.speech.words import LONGEST, NUMBER, WORDS


def within(value, end):
    """Whether a value lies in [0, end)."""
    return value >= 0 and value < end


def token_good(token):
    """Whether a token is nothing, a word, or a number."""
    return within(token, len(WORDS)) or token >= NUMBER


@rare
def tokens_good(words):
    """Whether a text is made of tokens."""
    good = True
    for k in range(LONGEST):
        good = good and token_good(words[k])
    return good
