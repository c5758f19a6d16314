"""The web in words: the task, the messages, the page as a numbered list."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.browser import MORE_BELOW
from midcourse.envs.web_tasks.phrases import messages, task
from midcourse.envs.web_tasks.reading import (
    WORLD,
    element_of,
    place,
    reader,
    rows_of,
    some_bytes,
)
from midcourse.envs.web_tasks.shop.pages import PRODUCT_PAGE
from midcourse.envs.web_tasks.state import (
    COMBOBOX,
    ELEMENT,
    FROM_GOAL,
    FROM_NUMBERS,
    MESSAGE,
    NUMBERS,
    REPLIES,
    ROLES,
    TEXTBOX,
)
from midcourse.envs.web_tasks.words import WORDS, spell


def text(world: Any, shared: Any) -> str:
    """What is seen: the task, what the user said since, the page, the last reply."""
    clock, limit, reply, said, goal, tab, count, *opened = _read_world(world)
    head = _head(goal, some_bytes(world, _AT_MESSAGES, said * MESSAGE.itemsize))
    page = _page(some_bytes(world, AT_ELEMENTS, count * ELEMENT.itemsize))
    last = f"\nLast action: {REPLIES[reply]}." if reply else ""
    where = f"Tab {tab + 1} ({sum(opened)} open)"
    return f"{head}\n{where}{page}{last}\nSteps left: {limit - clock} of {limit}"


_read_world = reader(
    WORLD,
    ("clock",),
    ("limit",),
    ("reply",),
    ("said",),
    ("goal",),
    ("now", "tab_at"),
    ("now", "elements"),
    *(("now", "tab", t, "open") for t in range(state.TABS)),
)
_read_goal = reader(WORLD, ("goal",))
read_count = reader(WORLD, ("now", "elements"))
AT_ELEMENTS = place(WORLD, ("now", "element"))[0]
_AT_MESSAGES = place(WORLD, ("message",))[0]
BLOCK = 8  # elements whose lines are kept together: what did not change is looked up, not written


@lru_cache(1 << 12)
def _page(rows: bytes) -> str:
    """The lines of a page, from the bytes of its elements; each begins with its line break."""
    size = BLOCK * ELEMENT.itemsize
    return "".join(_block(at, rows[at : at + size]) for at in range(0, len(rows), size))


@lru_cache(1 << 14)
def _block(at: int, rows: bytes) -> str:
    """The lines of some elements that begin at a byte of the page."""
    lines = [line(row) for row in rows_of(rows)]
    first = at // ELEMENT.itemsize
    return "".join([f"\n[{e}] {said}" for e, said in enumerate(lines, first)])


@lru_cache(4096)
def _head(goal: bytes, notes: bytes) -> str:
    """The task and the messages."""
    wanted, said = np.frombuffer(goal, state.GOAL)[0], np.frombuffer(notes, MESSAGE)
    return "\n".join([f"Task: {task(wanted, said)}", *messages(wanted, said)])


@lru_cache(1 << 16)
def line(raw: bytes) -> str:
    """One element, from the bytes of its record."""
    element = element_of(raw)
    parts = [ROLES[element["role"]]]
    if element["caption"]:
        parts.append(f"'{WORDS[element['caption']]}'")
    words, value = spell(element["words"]), said_value(element)
    if element["role"] in (COMBOBOX, TEXTBOX):
        parts.append(f"holds '{words}'" if words else "is empty")
    elif words:
        parts.append(f"'{words}'")
    if value:
        parts.append(value)
    if element["role"] == COMBOBOX:
        parts.append(f"of {', '.join(options(element).values())}")
    return " ".join(parts)


def options(element: Any) -> dict[int, str]:
    """The options of a combobox, by number."""
    offered, base = int(element["argument"]), int(element["options"])
    return {i: spell([base + i]) for i in range(state.OPTIONS) if offered >> i & 1}


def said_value(element: Any) -> str:
    """An element's number with its unit; "" if it has none."""
    unit, value = int(element["unit"]), int(element["value"])
    if unit in (state.MONEY, state.PRICE_OF):
        return f"${value // 100}.{value % 100:02d}"
    if unit == state.STARS:
        return f"{value // 10}.{value % 10} stars"
    if unit == state.ORDER_NUMBER:
        return f"#{value}"
    if unit == state.HOUR:
        return f"{value}:00"
    if unit == state.NAME:
        return WORDS[value]
    if unit in (state.MINUTES, state.METRES):
        return f"{value} {'min' if unit == state.MINUTES else 'm'}"
    return str(value) if unit in (state.COUNT, state.POINTS) else ""


def said_answer(element: Any) -> str:
    """What an element answers if it is pointed at; "" if nothing."""
    if int(element["unit"]) == state.ITEM:
        return spell(list(element["words"]))
    return said_value(element)


def texts(world: Any) -> dict[str, int]:
    """What can be typed: each text, in lower case, with the action's second number."""
    found = {**_goal_texts(*_read_goal(world)), **_NUMBER_TEXTS}
    for part in _page_texts(world):
        for words, e in part.items():
            found.setdefault(words, e)
    return found


def text_number(world: Any, wanted: str) -> int:
    """The second number of the action that types a text; -1 if it cannot be typed."""
    before = (_goal_texts(*_read_goal(world)), _NUMBER_TEXTS)
    for known in chain(before, _page_texts(world)):
        if wanted in known:
            return known[wanted]
    return -1


@lru_cache(4096)
def _goal_texts(raw: bytes) -> dict[str, int]:
    rows = np.frombuffer(raw, state.GOAL)[0]["constraint"]
    live, words = rows["live"].tolist(), rows["words"].tolist()
    there = [c for c in range(len(rows)) if live[c] and words[c][0]]
    return {spell(words[c]).lower(): FROM_GOAL + c for c in reversed(there)}


def _page_texts(world: Any) -> Iterator[dict[str, int]]:
    """The texts on the page, by blocks of its elements."""
    (count,) = read_count(world)
    rows = some_bytes(world, AT_ELEMENTS, count * ELEMENT.itemsize)
    size = BLOCK * ELEMENT.itemsize
    return (_block_texts(at, rows[at : at + size]) for at in range(0, len(rows), size))


@lru_cache(1 << 13)
def _block_texts(at: int, rows: bytes) -> dict[str, int]:
    words = [element_of(row)["words"] for row in rows_of(rows)]
    said = reversed(list(enumerate(words, at // ELEMENT.itemsize)))
    return {spell(tokens).lower(): e for e, tokens in said if tokens[0]}


_NUMBER_TEXTS = {str(n): FROM_NUMBERS + n for n in range(NUMBERS)}


def goes_on(now: Any) -> bool:
    """Whether the list at hand goes on further down."""
    return bool(now["element"][int(now["elements"]) - 1]["caption"] == MORE_BELOW)


def answers(world: Any) -> dict[str, int]:
    """What can be answered: what stands on the page at hand, with its elements."""
    (count,) = read_count(world)
    rows = rows_of(some_bytes(world, AT_ELEMENTS, count * ELEMENT.itemsize))
    said = [_answer_of(row) for row in rows]
    return {answer: e for e, answer in reversed(list(enumerate(said))) if answer}


def listed(world: Any) -> list[str]:
    """The names of the products that the page at hand lists, in its order."""
    now = world["now"][0]
    rows = now["element"][: int(now["elements"])]
    entries = rows[(rows["role"] == state.LINK) & (rows["effect"] == PRODUCT_PAGE)]
    return [spell(words) for words in entries["words"].tolist()]


@lru_cache(1 << 13)
def _answer_of(raw: bytes) -> str:
    return said_answer(element_of(raw))


def refusal(world: Any, shared: Any) -> str:
    """Why the last action was refused; "" if it was not."""
    reply = int(world["reply"])
    return "" if reply in (state.QUIET, state.ACHIEVED, state.UNWANTED) else REPLIES[reply]
