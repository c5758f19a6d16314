"""The web's own page: its elements as navigation, facts, rows and forms.

An element has the id `eN` by its number N; the button that types or selects in it has `bN`, the one
that answers with it `aN`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from midcourse.core.page import Element, Page
from midcourse.serve.html import Child, Html, join, tag


@dataclass(frozen=True)
class Forms:
    """What every form of a page carries: where it goes, the session's secret, the step."""

    action: str
    csrf: str
    step: int

    def form(self, do: str, /, *children: Child, cls: str | None = None, **hidden: int) -> Html:
        """A form that asks for one action."""
        carried = {"csrf": self.csrf, "step": self.step, "do": do, **hidden}
        inputs = (tag("input", type="hidden", name=k, value=v) for k, v in carried.items())
        return tag("form", *inputs, *children, method="post", action=self.action, cls=cls)


def navigation(forms: Forms, page: Page) -> Html:
    """What stands on every page of the site."""
    shown = (element(forms, page, e) for e in page.elements if e.in_navigation)
    return tag("nav", *shown, cls="site", aria_label="Site")


def main(forms: Forms, page: Page) -> Html:
    """What stands on this page only, under one heading."""
    own = [e for e in page.elements if not e.in_navigation]
    below = own.pop() if page.can_scroll else None
    title = None if any(e.role == "heading" for e in own) else tag("h1", page.tab.title)
    shown = []
    for row in rows(own):
        parts = [element(forms, page, e) for e in row]
        shown.append(tag("div", *parts, cls="row") if is_start(row[0]) else join(*parts))
    if below:
        more = tag("button", "Show more", type="submit", id="scroll")
        shown.append(tag("div", element(forms, page, below), forms.form("scroll", more), cls="row"))
    if page.wants_answer and page.answer_list:
        button = tag("button", "answer with this list", type="submit", id="list")
        shown.append(forms.form("list", button, cls="answer"))
    return tag("main", title, *shown)


def is_start(e: Element) -> bool:
    """Whether an element begins a row: a product, an order, a line of a cart, a review."""
    if e.role == "link":
        return bool(e.text or e.value)
    return e.role == "text" and bool(e.text) and (not e.caption or bool(e.value))


def rows(elements: Iterable[Element]) -> list[list[Element]]:
    """Elements that belong on one line: what begins a row, and what is said or done about it."""
    found: list[list[Element]] = []
    for e in elements:
        if found and not is_start(e) and is_start(found[-1][0]) and _belongs(found[-1], e):
            found[-1].append(e)
        else:
            found.append([e])
    return found


def _belongs(row: list[Element], e: Element) -> bool:
    """Whether an element goes on with a row: after a link facts, after a line one, and a button."""
    if row[0].role == "link":
        return e.role == "text"
    return (e.role == "text" and len(row) == 1) or (e.role == "button" and row[-1].role == "text")


def element(forms: Forms, page: Page, e: Element) -> Html:
    """One element."""
    if e.role == "heading":
        return join(tag("h1", e.name, id=f"e{e.number}"), _answer(forms, page, e))
    if e.role == "link":
        link = forms.form("click", _press(e, "link"), element=e.number)
        return join(link, _answer(forms, page, e))
    if e.role == "button":
        return forms.form("click", _press(e, None), cls="do", element=e.number)
    if e.role == "textbox":
        return _textbox(forms, e)
    if e.role == "combobox":
        return _combobox(forms, e)
    return _fact(forms, page, e)


def _press(e: Element, role: str | None) -> Html:
    """A link changes the state, as a step is charged; so it is a button that presents as a link."""
    return tag("button", e.name, type="submit", id=f"e{e.number}", role=role, cls=role)


def _textbox(forms: Forms, e: Element) -> Html:
    searches = e.in_navigation
    label = tag("label", e.caption, for_=f"e{e.number}")
    box = tag(
        "input",
        id=f"e{e.number}",
        name="words",
        type="search" if searches else "text",
        value=e.text,
        maxlength=200,
        required=True,
        autocomplete="off",
    )
    words, name = ("Search", None) if searches else ("Type", f"Type {e.caption}")
    button = tag("button", words, type="submit", id=f"b{e.number}", aria_label=name)
    return forms.form("type", label, box, button, _holds(e), cls="field", element=e.number)


def _combobox(forms: Forms, e: Element) -> Html:
    label = tag("label", e.caption, for_=f"e{e.number}")
    options = (tag("option", o, value=o, selected=o == e.text) for o in e.options)
    box = tag("select", *options, id=f"e{e.number}", name="option", autocomplete="off")
    button = tag("button", "Set", type="submit", id=f"b{e.number}", aria_label=f"Set {e.caption}")
    return forms.form("select", label, box, button, _holds(e), cls="field", element=e.number)


def _holds(e: Element) -> Html | None:
    """What a field holds, as long as a visitor may have changed it but not set it."""
    return tag("span", f"now: {e.text}", cls="holds") if e.text else None


def _fact(forms: Forms, page: Page, e: Element) -> Html:
    """A text."""
    caption = tag("span", e.caption, cls="caption") if e.caption else None
    text = tag("span", e.text) if e.text else None
    value = tag("span", e.value, cls="value") if e.value else None
    spaced = [piece for part in (caption, text, value) if part for piece in (part, " ")]
    return tag("div", *spaced, _answer(forms, page, e), cls="fact", id=f"e{e.number}")


def _answer(forms: Forms, page: Page, e: Element) -> Html | None:
    """The button that answers with an element's value, where the user wants an answer."""
    if not page.wants_answer or e.number not in page.answers:
        return None
    button = tag(
        "button",
        "answer this",
        type="submit",
        id=f"a{e.number}",
        aria_label=f"Answer {e.value or e.text}",
    )
    return forms.form("answer", button, cls="answer", element=e.number)
