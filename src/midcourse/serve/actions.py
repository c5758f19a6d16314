"""What a form asks for, as an action of the world.

Every form is one action. Its field `do` says which:

| do | other fields | the action in words |
|---|---|---|
| click | element | `click [element]` |
| type | element, words | `type [element] [words]` |
| select | element, option | `select [element] [option]` |
| back, forward, new_tab, close_tab, scroll, stop | | the same word |
| goto | site | `goto [site]` |
| switch_tab | tab | `switch_tab [tab]` |
| answer | element | stop, and point at the element |
| reason | reason | `stop [reason]`: nothing can be done |
| list | | stop, and answer with what the page lists |
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from midcourse.core.page import Element, Page

FIELDS = {
    "click": ("element",),
    "type": ("element", "words"),
    "select": ("element", "option"),
    "back": (),
    "forward": (),
    "new_tab": (),
    "close_tab": (),
    "scroll": (),
    "stop": (),
    "goto": ("site",),
    "switch_tab": ("tab",),
    "answer": ("element",),
    "reason": ("reason",),
    "list": (),
}
CARRIED = ("csrf", "step")  # by every form
ROLES = {"click": ("link", "button"), "type": ("textbox",), "select": ("combobox",)}
MOST_FIELDS = 8
LONGEST_NUMBER = 20  # digits
BRACKETS = str.maketrans("[]", "()")  # brackets end a text in the words of an action


class BadForm(Exception):  # noqa: N818
    """A form that no page holds; the sentence says why."""


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of a form as browsers send it, `application/x-www-form-urlencoded`.

    Raises:
        BadForm: no such form, or a field that comes twice.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadForm("The form cannot be read.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadForm("A field of the form comes twice.")
    return fields


def whole_number(fields: Mapping[str, str], name: str) -> int:
    """A field that holds a whole number, 0 or more.

    Raises:
        BadForm: it is missing or holds something else.
    """
    text = fields.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise BadForm(f"The form's field '{name}' must be a whole number.")
    return int(text)


def check_fields(fields: Mapping[str, str]) -> str:
    """What a form asks for: its field `do`.

    Raises:
        BadForm: `do` is unknown, or the other fields do not fit it.
    """
    do = fields.get("do", "")
    if do not in FIELDS:
        raise BadForm("The form does not say what to do.")
    if set(fields) != {"do", *CARRIED, *FIELDS[do]}:
        raise BadForm("The form's fields do not fit what it asks for.")
    return do


def action_of(env: Any, page: Page, fields: Mapping[str, str]) -> Any:
    """The action that a form means on the page at hand, or a Refusal of its text.

    Raises:
        BadForm: the form is none of this page's.
    """
    do = check_fields(fields)
    if do == "answer":
        number = whole_number(fields, "element")
        if number not in page.answers or not page.wants_answer:
            raise BadForm("This page has no such answer.")
        return page.answers[number]
    return env.parse(words_of(page, do, fields))


def words_of(page: Page, do: str, fields: Mapping[str, str]) -> str:
    """The action in the words that `Env.parse` understands.

    Raises:
        BadForm: the page has no such element, option, site or tab.
    """
    if do in ROLES:
        element = element_of(page, do, whole_number(fields, "element"))
        if do == "click":
            return f"click [{element.number}]"
        if do == "type":
            return f"type [{element.number}] [{fields['words'].translate(BRACKETS)}]"
        if fields["option"] not in element.options:
            raise BadForm("There is no such option.")
        return f"select [{element.number}] [{fields['option']}]"
    if do == "goto":
        if fields["site"] not in page.sites:
            raise BadForm("There is no such site.")
        return f"goto [{fields['site']}]"
    if do == "reason":
        if fields["reason"] not in page.reasons:
            raise BadForm("There is no such reason.")
        return f"stop [{fields['reason']}]"
    if do == "list":
        if not (page.answer_list and page.wants_answer):
            raise BadForm("This page has no list.")
        return f"stop [{page.answer_list}]"
    if do == "switch_tab":
        number = whole_number(fields, "tab")
        if number not in [tab.number for tab in page.tabs]:
            raise BadForm("There is no such tab.")
        return f"switch_tab [{number}]"
    return do


def element_of(page: Page, do: str, number: int) -> Element:
    """The element that a form is about.

    Raises:
        BadForm: there is no such element, or it cannot be used so.
    """
    if number >= len(page.elements) or page.elements[number].role not in ROLES[do]:
        raise BadForm("This page has no such element.")
    return page.elements[number]
