"""The web in words: the task, the messages, the page as a numbered list, and what is meant."""

from functools import lru_cache
from struct import unpack_from
from typing import Any

import numpy as np

from midcourse.core.errors import nearest
from midcourse.core.family import Refusal
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.phrases import messages, task
from midcourse.envs.web_tasks.state import (
    BACK,
    CLOSE_TAB,
    COMBOBOX,
    ELEMENT,
    FORWARD,
    FROM_GOAL,
    FROM_NUMBERS,
    GOTO,
    MESSAGE,
    MESSAGES,
    NEW_TAB,
    NUMBERS,
    REPLIES,
    ROLES,
    SITES,
    STOP,
    SWITCH_TAB,
    TEXTBOX,
)
from midcourse.envs.web_tasks.wishes import REASONS
from midcourse.envs.web_tasks.words import WORDS, spell

HINT = (
    "say click [3], type [0] [text], select [5] [option], back, forward, goto [shop], new_tab, "
    "switch_tab [2], close_tab, stop [answer], or answer [7]"
)
LONGEST = 200  # characters of a reply that are quoted back
TAB_NAMES = tuple(str(t + 1) for t in range(state.TABS))
OFFERED = 8  # texts that a refusal names


def text(world: Any, shared: Any) -> str:
    """What is seen: the task, what the user said since, the page, the last reply."""
    raw = world.tobytes()
    tab, count = unpack_from("<hh", raw, _AT_NOW)  # `tab_at` and `elements` come first
    tabs = sum(raw[at] for at in _AT_OPEN)
    lines = [_head(raw[_GOAL], raw[_MESSAGES]), f"Tab {tab + 1} ({tabs} open)"]
    end = _AT_ELEMENTS + count * ELEMENT.itemsize
    for at in range(_AT_ELEMENTS, end, BLOCK * ELEMENT.itemsize):
        rows = raw[at : min(at + BLOCK * ELEMENT.itemsize, end)]
        lines.append(_blocks.get((at, rows)) or _block(at, rows))
    clock, limit = unpack_from("<ii", raw)  # the record begins with them
    (reply,) = unpack_from("<h", raw, _AT_REPLY)
    if reply:
        lines.append(f"Last action: {REPLIES[reply]}.")
    lines.append(f"Steps left: {limit - clock} of {limit}")
    return "\n".join(lines)


def _offset(*path: str) -> int:
    """Where a field lies in a world's record."""
    dtype, at = state.world(state.WebParams.make()), 0
    for name in path:
        fields: Any = dtype.base.fields
        inner, offset = fields[name][:2]
        dtype, at = inner, at + offset
    return at


_AT_NOW, _AT_REPLY = _offset("now"), _offset("reply")
_AT_ELEMENTS = _offset("now", "element")
_AT_OPEN = [_offset("now", "tab", "open") + t * state.TAB.itemsize for t in range(state.TABS)]
_GOAL = slice(_offset("goal"), _offset("goal") + state.GOAL.itemsize)
_MESSAGES = slice(_offset("message"), _offset("message") + MESSAGES * MESSAGE.itemsize)
BLOCK = 8  # elements whose lines are kept together: what did not change is looked up, not written
KEPT = 1 << 14  # blocks kept
_blocks: dict[tuple[int, bytes], str] = {}  # by their place in the record, and their bytes


def _block(at: int, rows: bytes) -> str:
    size = ELEMENT.itemsize
    first = (at - _AT_ELEMENTS) // size
    said = [line(rows[k : k + size]) for k in range(0, len(rows), size)]
    if len(_blocks) >= KEPT:
        _blocks.clear()
    return _blocks.setdefault(
        (at, rows), "\n".join(f"[{first + k}] {x}" for k, x in enumerate(said))
    )


@lru_cache(4096)
def _head(goal: bytes, notes: bytes) -> str:
    """The task and the messages."""
    wanted, said = np.frombuffer(goal, state.GOAL)[0], np.frombuffer(notes, MESSAGE)
    said = said[said["new"]["words"][:, 0] != 0]
    return "\n".join([f"Task: {task(wanted, said)}", *messages(wanted, said)])


@lru_cache(1 << 16)
def line(raw: bytes) -> str:
    """One element, from the bytes of its record."""
    element = np.frombuffer(raw, ELEMENT)[0]
    parts = [ROLES[element["role"]]]
    if element["caption"]:
        parts.append(f"'{WORDS[element['caption']]}'")
    words, value = spell(element["words"].tolist()), said_value(element)
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
        return spell(element["words"].tolist())
    return said_value(element)


def texts(world: Any) -> dict[str, int]:
    """What can be typed: each text, in lower case, with the action's second number."""
    raw = world.tobytes()
    found = {**_goal_texts(raw[_GOAL]), **_NUMBER_TEXTS}
    for part in _page_texts(raw):
        for words, e in part.items():
            found.setdefault(words, e)
    return found


def text_number(world: Any, wanted: str) -> int:
    """The second number of the action that types a text; -1 if it cannot be typed."""
    raw = world.tobytes()
    for known in (_goal_texts(raw[_GOAL]), _NUMBER_TEXTS, *_page_texts(raw)):
        if wanted in known:
            return known[wanted]
    return -1


@lru_cache(4096)
def _goal_texts(raw: bytes) -> dict[str, int]:
    goal = np.frombuffer(raw, state.GOAL)[0]
    live = [(c, row) for c, row in enumerate(goal["constraint"]) if row["live"] and row["words"][0]]
    return {spell(row["words"].tolist()).lower(): FROM_GOAL + c for c, row in reversed(live)}


def _page_texts(raw: bytes) -> list[dict[str, int]]:
    """The texts on the page, by blocks of its elements."""
    (count,) = unpack_from("<h", raw, _AT_NOW + 2)
    end, step = _AT_ELEMENTS + count * ELEMENT.itemsize, BLOCK * ELEMENT.itemsize
    return [
        _block_texts(at, raw[at : min(at + step, end)]) for at in range(_AT_ELEMENTS, end, step)
    ]


@lru_cache(1 << 13)
def _block_texts(at: int, rows: bytes) -> dict[str, int]:
    first = (at - _AT_ELEMENTS) // ELEMENT.itemsize
    elements = np.frombuffer(rows, ELEMENT)
    said = [(first + k, element["words"]) for k, element in enumerate(elements)]
    return {spell(words.tolist()).lower(): e for e, words in reversed(said) if words[0]}


_NUMBER_TEXTS = {str(n): FROM_NUMBERS + n for n in range(NUMBERS)}


def legal_actions(world: Any, shared: Any) -> list[str]:
    """The legal actions in words, one for each way of writing a text or choosing an option."""
    now = world["now"][0]
    said: list[str] = []
    for e in range(int(now["elements"])):
        element = now["element"][e]
        role = element["role"]
        if role in (state.LINK, state.BUTTON):
            said.append(f"click [{e}]")
        elif role == COMBOBOX:
            said += [f"select [{e}] [{option}]" for option in options(element).values()]
        elif role == TEXTBOX:
            said += [f"type [{e}] [{words}]" for words in texts(world)]
    tab, opened = now["tab"][now["tab_at"]], now["tab"]["open"]
    said += ["back"] * bool(tab["at"] > 0) + ["forward"] * bool(tab["at"] < tab["last"])
    said += [f"goto [{site}]" for site in SITES]
    said += ["new_tab"] * bool(opened.sum() < len(opened))
    others = [t for t in range(len(opened)) if opened[t] and t != now["tab_at"]]
    said += [f"switch_tab [{t + 1}]" for t in others] + ["close_tab"] * bool(others)
    said += ["stop", *(f"stop [{answer}]" for answer in answers(world))]
    return [*said, *(f"stop [{reason}]" for reason in REASONS[1:])]


def answers(world: Any) -> dict[str, int]:
    """What can be answered: what stands on the page at hand, with its elements."""
    now = world["now"][0]
    found: dict[str, int] = {}
    for e in range(int(now["elements"])):
        value = said_answer(now["element"][e])
        if value:
            found.setdefault(value, e)
    return found


def refusal(world: Any, shared: Any) -> str:
    """Why the last action was refused; "" if it was not."""
    reply = int(world["reply"])
    return "" if reply in (state.QUIET, state.ACHIEVED, state.UNWANTED) else REPLIES[reply]


REASON_NUMBERS = {reason: number for number, reason in enumerate(REASONS) if reason}
WITHOUT = {"back": BACK, "go_back": BACK, "forward": FORWARD, "go_forward": FORWARD,
           "new_tab": NEW_TAB, "close_tab": CLOSE_TAB, "stop": STOP}  # fmt: skip


def parse(world: Any, shared: Any, words: str) -> Any:
    """The action that some words mean, or the reason why they mean none.

    The form is WebArena's: `click [12]`, `type [7] [red mug] [1]`, `stop [$42.00]`. A text must
    stand in the task or on the page at hand, an answer on the page: `answer [7]` points at it, and
    `stop [$42.00]` at the first element that says so.
    """
    if not isinstance(words, str):
        return Refusal(f"an action is a line of text; {HINT}")
    name, bracket, rest = words.partition("[")
    name = name.strip().lower()
    parts = rest.replace("]", "[").split("[")[::2] if bracket else []
    if name in WITHOUT and not parts:
        return np.array([WITHOUT[name], FROM_NUMBERS if name == "stop" else 0])
    if name not in MAKERS or not parts:
        return Refusal(f"{words.strip()[:LONGEST]!r} is no action; {HINT}")
    made = MAKERS[name](world, parts)
    return made if isinstance(made, Refusal) else np.array(made)


def _plain(words: str) -> str:
    """A text without quotes, in lower case and single spacing."""
    return " ".join(words.split()).strip("\"'").lower()


def _element(world: Any, number: str) -> int | Refusal:
    count = int(world["now"]["elements"][0])
    number = number.strip()
    if not (number.isascii() and number.isdigit() and len(number) < 10) or int(number) >= count:
        return Refusal(f"there is no element [{number[:LONGEST]}]: this page has 0 to {count - 1}")
    return int(number)


def _click(world: Any, parts: list[str]) -> Any:
    e = _element(world, parts[0])
    return e if isinstance(e, Refusal) else (e, 0)


def _type(world: Any, parts: list[str]) -> Any:
    e = _element(world, parts[0])
    if isinstance(e, Refusal) or len(parts) < 2:
        return e if isinstance(e, Refusal) else Refusal("say what to type: type [0] [text]")
    number = text_number(world, _plain(parts[1]))
    if number >= 0:
        return e, number
    some = ", ".join(list(texts(world))[:OFFERED])
    return Refusal(
        f"{parts[1][:LONGEST]!r} stands neither in the task nor on this page; there are {some}"
    )


def _select(world: Any, parts: list[str]) -> Any:
    e = _element(world, parts[0])
    if isinstance(e, Refusal) or len(parts) < 2:
        return e if isinstance(e, Refusal) else Refusal("say what to select: select [5] [option]")
    element = world["now"][0]["element"][e]
    if element["role"] != COMBOBOX:
        return Refusal(f"[{e}] has no options")
    named = {option.lower(): i for i, option in options(element).items()}
    wanted = _plain(parts[1])
    if wanted in named:
        return e, named[wanted]
    return Refusal(f"[{e}] has no option {parts[1][:LONGEST]!r}: {nearest(wanted, named)}")


def _goto(world: Any, parts: list[str]) -> Any:
    if _plain(parts[0]) in SITES:
        return GOTO, SITES.index(_plain(parts[0]))
    return Refusal(f"there is no site {parts[0].strip()[:LONGEST]!r}: {nearest(parts[0], SITES)}")


def _switch(world: Any, parts: list[str]) -> Any:
    if _plain(parts[0]) in TAB_NAMES:
        return SWITCH_TAB, TAB_NAMES.index(_plain(parts[0]))
    return Refusal(f"there is no tab {parts[0].strip()[:LONGEST]!r}: they are 1 to {state.TABS}")


def _stop(world: Any, parts: list[str]) -> Any:
    plain = _plain(parts[0])
    if plain in REASON_NUMBERS:
        return STOP, FROM_NUMBERS + REASON_NUMBERS[plain]
    named = {key.lower(): e for key, e in answers(world).items()}
    if plain in named:
        return STOP, named[plain]
    bare = {key.strip("$#").partition(" ")[0].partition(":")[0]: e for key, e in named.items()}
    answer = plain.strip("$#").partition(" ")[0]
    if answer in bare:
        return STOP, bare[answer]
    return Refusal(
        f"nothing on this page says {parts[0].strip()[:LONGEST]!r}: an answer must stand there, "
        f"or be {' or '.join(map(repr, REASONS[1:]))}"
    )


def _answer(world: Any, parts: list[str]) -> Any:
    e = _element(world, parts[0])
    return e if isinstance(e, Refusal) else (STOP, e)


MAKERS = {"answer": _answer, "click": _click, "type": _type, "select": _select, "goto": _goto,
          "switch_tab": _switch, "tab_focus": _switch, "stop": _stop}  # fmt: skip


def say(world: Any, shared: Any, action: Any) -> str:
    """Words that `parse` understands as an action."""
    verb, choice = int(action[0]), int(action[1])
    now = world["now"][0]
    if verb == STOP:
        if FROM_NUMBERS < choice < FROM_NUMBERS + len(REASONS):
            return f"stop [{REASONS[choice - FROM_NUMBERS]}]"
        named = {e: answer for answer, e in answers(world).items()}
        said = said_answer(now["element"][choice]) if choice < now["elements"] else ""
        return f"stop [{said}]" if choice in named else f"answer [{choice}]" if said else "stop"
    if verb in (GOTO, SWITCH_TAB):
        return (
            f"goto [{SITES[choice % len(SITES)]}]" if verb == GOTO else f"switch_tab [{choice + 1}]"
        )
    if verb >= state.ELEMENTS:
        return next(word for word, number in WITHOUT.items() if number == verb)
    role = now["element"][verb]["role"] if verb < now["elements"] else 0
    if role == COMBOBOX:
        return f"select [{verb}] [{options(now['element'][verb]).get(choice, choice)}]"
    if role == TEXTBOX:
        return f"type [{verb}] [{text_of(world, choice)}]"
    return f"click [{verb}]"


def text_of(world: Any, choice: int) -> str:
    """The text that an action's second number stands for."""
    if choice >= FROM_NUMBERS:
        return str(choice - FROM_NUMBERS)
    if choice >= FROM_GOAL:
        return spell(world["goal"]["constraint"][choice - FROM_GOAL]["words"].tolist())
    return spell(world["now"][0]["element"][choice]["words"].tolist())


def idle(world: Any, shared: Any) -> np.ndarray:
    """The action of an agent that does nothing: stop at once, without an answer."""
    return np.array([STOP, FROM_NUMBERS])
