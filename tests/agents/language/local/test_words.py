"""Templates and tokenizers of other makers: dates, ends of turns, spaces put before a text."""

import pytest

pytest.importorskip("transformers", reason="the extra `llm` is not installed")

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from midcourse.agents.language.local.words import Words

TALK = [{"role": "user", "content": "?"}]
PIECES = ["\u2581", "\n", "click", "\u2581click", "\u25811"]  # U+2581 stands for a space


def spaced(template):
    """A tokenizer that puts a space before a text, as those of SentencePiece do."""
    bare = Tokenizer(models.WordLevel({piece: i for i, piece in enumerate(PIECES)}, "\n"))
    bare.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split("\n", "isolated"),
            pre_tokenizers.Metaspace(prepend_scheme="first"),
        ]
    )
    return PreTrainedTokenizerFast(tokenizer_object=bare, chat_template=template)


def test_what_follows_a_prompt_is_no_texts_begin():
    words = Words(spaced("{{ messages[0].content }}"), "spaced")
    begun, followed = words.encode("click 1"), words.encode_next("click 1")
    assert [PIECES[i] for i in begun] == ["\u2581click", "\u25811"]
    assert [PIECES[i] for i in followed] == ["click", "\u25811"]


def test_a_prompt_does_not_depend_on_the_day():
    template = "{{ strftime_now('%d %b %Y') }} {{ messages[0].content }}"
    assert Words(spaced(template), "dated").render(TALK) == "01 Jan 2026 ?"


@pytest.mark.parametrize(("written", "end"), [("</s>\\n", "</s>"), ("\\n", "\n"), ("", "")])
def test_a_turn_ends_as_the_template_writes_it(written, end):
    template = "{% for m in messages %}{{ m.content }}" + written + "{% endfor %}"
    assert Words(spaced(template.replace("\\n", "\n")), "ending").turn_end() == end
