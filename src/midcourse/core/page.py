"""The page of a browser at hand, as plain values: for servers of HTML and for adapters of agents.

A family of webs declares `page` in its `Family`: a function (world, shared) -> Page. It tells what
the text view tells, no more. Actions are said in the words that `Family.parse` understands, but for
an answer, which is pointed at: `Page.answers` holds the action of each element that can be one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ROLES = ("heading", "text", "link", "button", "textbox", "combobox")


@dataclass(frozen=True)
class Element:
    """One element of a page."""

    number: int  # in the words of an action: `click [number]`
    role: str  # one of ROLES
    caption: str  # what names it; "" if nothing does
    text: str  # what it says; of a textbox or a combobox: what it holds
    value: str  # a number with its unit; "" if it has none
    options: tuple[str, ...]  # of a combobox
    in_navigation: bool  # it stands on every page of its site

    @property
    def name(self) -> str:
        """Caption, text and value in one line; of a field only the caption."""
        if self.role in ("textbox", "combobox"):
            return self.caption
        return " ".join(part for part in (self.caption, self.text, self.value) if part)


@dataclass(frozen=True)
class Tab:
    """One open tab."""

    number: int  # in the words of an action, from 1: `switch_tab [number]`
    title: str
    url: str
    is_at_hand: bool


@dataclass(frozen=True)
class Page:
    """What a browser shows."""

    task: str  # as the user gave it at the start
    messages: tuple[str, ...]  # what the user said since
    wants_answer: bool
    elements: tuple[Element, ...]
    tabs: tuple[Tab, ...]  # the open ones
    can_open_tab: bool
    can_go_back: bool
    can_go_forward: bool
    can_scroll: bool  # down, for the list goes on, as its last element says
    sites: tuple[str, ...]
    reply: str  # what the last action met with; "" if nothing is to be said
    clock: int  # steps taken
    limit: int  # of steps
    answers: Mapping[int, Any]  # number of an element -> the action that stops and points at it
    reasons: tuple[str, ...]  # why nothing can be done, in the words of `stop [reason]`
    answer_list: str  # what it lists can be answered by `stop [...]` of this; "": there is no list

    @property
    def tab(self) -> Tab:
        """The tab at hand."""
        return next(tab for tab in self.tabs if tab.is_at_hand)
