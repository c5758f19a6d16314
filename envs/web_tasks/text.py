"""The web in words: the task, the messages, the page as a numbered list."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.browser import MORE_BELOW
from midcourse.envs.web_tasks.reading import (
    WORLD,
    element_of,
    elements_at_hand,
    goal_of,
    messages_of,
    read_elements,
    read_messages,
    reader,
    rows_of,
)
from midcourse.envs.web_tasks.shop.layout import (
    PRODUCT_PAGE,
)
from midcourse.envs.web_tasks.speech.phrases import messages, task
from midcourse.envs.web_tasks.speech.words import WORDS, spell
from midcourse.envs.web_tasks.state import (
    COMBOBOX,
    ELEMENT,
    FROM_GOAL,
    FROM_NUMBERS,
    LINK,
    NUMBERS,
    REPLIES,
    ROLES,
    TEXTBOX,
)


def text(world: Any, shared: Any) -> str:
    """What is seen: the task, what the user said since, the page, the last reply."""
    clock, limit, reply, said, goal, tab, count, *opened = _read_world(world)
    head = _head(goal, read_messages(world, said))
    page = _page(read_elements(world, count))
    last = f"\nLast action: {REPLIES[reply]}." if reply else ""
    numbers = ", ".join(str(t) for t, is_open in enumerate(opened, 1) if is_open)
    where = f"Tab {tab + 1} (open: {numbers})"
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
_NUMBERED = [part for e in range(state.ELEMENTS) for part in (f"\n[{e}] ", "")]


@lru_cache(1 << 12)
def _page(elements: bytes) -> str:
    """The lines of a page, from the bytes of its elements; each begins with its line break."""
    rows = rows_of(elements)
    parts = _NUMBERED[: 2 * len(rows)]
    parts[1::2] = map(line, rows)
    return "".join(parts)


@lru_cache(4096)
def _head(goal: bytes, notes: bytes) -> str:
    """The task and the messages."""
    wanted, said = goal_of(goal), messages_of(notes)
    return "\n".join([f"Task: {task(wanted, said)}", *messages(wanted, said)])


class _Lines(dict[bytes, str]):
    """Elements in words, each written when it is first asked for."""

    def __missing__(self, raw: bytes) -> str:
        if len(self) >= 1 << 16:
            self.clear()
        said = self[raw] = _line(raw)
        return said


# One element in words, from the bytes of its record. A step asks for some 20 lines if its page is
# new, and a dict gives them in two thirds of the time of an `lru_cache`.
line = _Lines().__getitem__


def _line(raw: bytes) -> str:
    element = element_of(raw)
    role, caption = element["role"], element["caption"]
    words, value = spell(element["words"]), said_value(element)
    said = f"{ROLES[role]} '{WORDS[caption]}'" if caption else ROLES[role]
    if role in (COMBOBOX, TEXTBOX):
        said += f" holds '{words}'" if words else " is empty"
    elif words:
        said += f" '{words}'"
    if value:
        said += f" {value}"
    if role == COMBOBOX:
        said += f" of {', '.join(options(element).values())}"
    return said


def options(element: Any) -> dict[int, str]:
    """The options of a combobox, by number."""
    offered, base = int(element["argument"]), int(element["options"])
    return {i: spell([base + i]) for i in range(state.OPTIONS) if offered >> i & 1}


def said_value(element: Any) -> str:
    """An element's number with its unit; "" if it has none."""
    unit, value = int(element["unit"]), int(element["value"])
    if unit == state.NO_UNIT:
        return ""
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
    """What can be typed: each text, with the action's second number."""
    found: dict[str, int] = {}
    for part in _texts(world):
        for words, e in part.items():
            found.setdefault(words, e)
    return found


def text_number(world: Any, wanted: str) -> int:
    """The second number of the action that types a text; -1 if it cannot be typed.

    One that is spelled so, else the first that differs in small letters and capitals only.
    """
    for known in _texts(world):
        if wanted in known:
            return known[wanted]
    lower = wanted.lower()
    for known in _texts(world):
        if found := [e for words, e in known.items() if words.lower() == lower]:
            return min(found)
    return -1


def _texts(world: Any) -> Iterator[dict[str, int]]:
    """What can be typed, by parts; the first that holds a text counts."""
    return chain((_goal_texts(*_read_goal(world)), _NUMBER_TEXTS), _page_texts(world))


BLOCK = 8  # elements whose texts are kept together: of what did not change they are looked up


@lru_cache(4096)
def _goal_texts(raw: bytes) -> dict[str, int]:
    found = reversed(list(enumerate(goal_of(raw)["constraint"], FROM_GOAL)))
    return {spell(c["words"]): e for e, c in found if c["live"] and c["words"][0]}


def _page_texts(world: Any) -> Iterator[dict[str, int]]:
    """The texts on the page, by blocks of its elements."""
    rows = elements_at_hand(world)
    size = BLOCK * ELEMENT.itemsize
    return (_block_texts(at, rows[at : at + size]) for at in range(0, len(rows), size))


@lru_cache(1 << 13)
def _block_texts(at: int, rows: bytes) -> dict[str, int]:
    words = [element_of(row)["words"] for row in rows_of(rows)]
    said = reversed(list(enumerate(words, at // ELEMENT.itemsize)))
    return {spell(tokens): e for e, tokens in said if tokens[0]}


_NUMBER_TEXTS = {str(n): FROM_NUMBERS + n for n in range(NUMBERS)}


def goes_on(now: Any) -> bool:
    """Whether the list at hand goes on further down."""
    return bool(now["element"][int(now["elements"]) - 1]["caption"] == MORE_BELOW)


def answers(world: Any) -> dict[str, int]:
    """What can be answered: what stands on the page at hand, with its elements."""
    rows = rows_of(elements_at_hand(world))
    said = {e: _answer_of(rows[e]) for e in reversed(range(len(rows))) if _read_unit(rows[e])[0]}
    return {answer: e for e, answer in said.items() if answer}


@lru_cache(1 << 13)
def _answer_of(raw: bytes) -> str:
    return said_answer(element_of(raw))


def listed(world: Any) -> list[str]:
    """The names of the products that the page at hand lists, in its order."""
    rows = rows_of(elements_at_hand(world))
    entries = [row for row in rows if _read_link(row) == (LINK, PRODUCT_PAGE)]
    return [spell(element_of(row)["words"]) for row in entries]


_read_unit = reader(ELEMENT, ("unit",))
_read_link = reader(ELEMENT, ("role",), ("effect",))


def refusal(world: Any, shared: Any) -> str:
    """Why the last action was refused; "" if it was not."""
    reply = int(world["reply"])
    return "" if reply in (state.QUIET, state.ACHIEVED, state.UNWANTED) else REPLIES[reply]
