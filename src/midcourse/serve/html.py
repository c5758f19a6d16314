"""HTML that is escaped by construction: text becomes HTML only through `tag`."""

from html import escape

from midcourse.serve.style import STYLE

VOID = ("input", "meta")  # elements without an end tag


class Html(str):
    """A piece of HTML. Any other string is text, and is escaped."""

    __slots__ = ()


Child = str | None


def tag(element: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """An element. A None among the children is left out.

    Attributes: `cls` is `class`, `for_` is `for`; True stands alone, False and None are left out.
    """
    said = "".join(
        f" {key}" if value is True else f' {key}="{escape(str(value))}"'
        for key, value in ((_name(key), value) for key, value in attributes.items())
        if value is not None and value is not False
    )
    if element in VOID:
        return Html(f"<{element}{said}>")
    return Html(f"<{element}{said}>{join(*children)}</{element}>")


def join(*children: Child) -> Html:
    """Pieces of HTML and texts, one after the other."""
    return Html("".join(c if isinstance(c, Html) else escape(c) for c in children if c is not None))


def document(title: str, *children: Child) -> str:
    """A whole page."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Html(STYLE)),
    )
    return "<!doctype html>\n" + tag("html", head, tag("body", *children), lang="en")


def _name(key: str) -> str:
    return {"cls": "class", "for_": "for"}.get(key, key.replace("_", "-"))
