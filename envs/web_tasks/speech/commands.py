"""Actions in words: what some words mean, and how an action is said."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from midcourse.core.errors import nearest
from midcourse.core.family import Refusal
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.goal.wishes import IN_ORDER, REASONS
from midcourse.envs.web_tasks.reading import element_of, read_count, read_elements
from midcourse.envs.web_tasks.speech.words import spell
from midcourse.envs.web_tasks.state import (
    BACK,
    CLOSE_TAB,
    COMBOBOX,
    ELEMENT,
    FORWARD,
    FROM_GOAL,
    FROM_NUMBERS,
    GOTO,
    NEW_TAB,
    SCROLL,
    SITES,
    STOP,
    SWITCH_TAB,
    TEXTBOX,
    THE_LIST,
)
from midcourse.envs.web_tasks.text import (
    answers,
    goes_on,
    listed,
    options,
    said_answer,
    text_number,
    texts,
)

HINT = (
    "say click [3], type [0] [text], select [5] [option], back, forward, goto [shop], new_tab, "
    "switch_tab [2], close_tab, scroll [down], stop [answer], or answer [7]"
)
LONGEST = 200  # characters of a reply that are quoted back
TAB_NAMES = tuple(str(t + 1) for t in range(state.TABS))
OFFERED = 8  # texts that a refusal names
THE_LIST_SAID = "the list"
NUMBER = re.compile(r"[$#]?(-?\d+(?:\.\d+)?)(?::00| stars| min| m)?")  # as `said_value` writes it
REASON_NUMBERS = {reason: number for number, reason in enumerate(REASONS) if reason}
WITHOUT = {"back": BACK, "go_back": BACK, "forward": FORWARD, "go_forward": FORWARD,
           "new_tab": NEW_TAB, "close_tab": CLOSE_TAB, "scroll": SCROLL, "scroll down": SCROLL,
           "stop": STOP}  # fmt: skip


def parse(world: Any, shared: Any, words: str) -> Any:
    """The action that some words mean, or the reason why they mean none.

    The form is WebArena's: `click [12]`, `type [7] [red mug] [1]`, `stop [$42.00]`. A text must
    stand in the task or on the page at hand, an answer on the page: `answer [7]` points at it, and
    `stop [$42.00]` at the first element that says so. A list is answered whole: `stop [the list]`,
    or its entries with semicolons between them.
    """
    if not isinstance(words, str):
        return Refusal(f"an action is a line of text; {HINT}")
    said = _known(words) if len(words) <= LONGEST else _split(words)
    name = said.name
    if name in WITHOUT and not said.parts:
        return np.array((WITHOUT[name], FROM_NUMBERS if name == "stop" else 0))
    if name not in MAKERS or not said.parts:
        return Refusal(f"{words.strip()[:LONGEST]!r} is no action; {HINT}")
    if name in OF_ELEMENTS:
        (count,) = read_count(world)
        if not 0 <= said.number < count:
            return _no_element(said.parts[0], count)
    made = MAKERS[name](world, said)
    return made if isinstance(made, Refusal) else np.array(made)


class Said(NamedTuple):
    """An action as it was said."""

    name: str
    parts: tuple[str, ...]  # what stands in the brackets
    spelled: tuple[str, ...]  # the same without quotes, in single spacing ...
    plain: tuple[str, ...]  # ... and in lower case
    number: int  # that the first of them is, -1: none


def _split(words: str) -> Said:
    name, bracket, rest = words.partition("[")
    parts = tuple(rest.replace("]", "[").split("[")[::2]) if bracket else ()
    spelled = tuple(" ".join(part.split()).strip("\"'") for part in parts)
    plain = tuple(part.lower() for part in spelled)
    first = parts[0].strip() if parts else ""
    is_number = first.isascii() and first.isdigit() and len(first) < 10
    return Said(name.strip().lower(), parts, spelled, plain, int(first) if is_number else -1)


_known = lru_cache(4096)(_split)  # of what is short: agents say the same again and again


def _no_element(said: str, count: int) -> Refusal:
    there = f"this page has 0 to {count - 1}"
    return Refusal(f"there is no element [{said.strip()[:LONGEST]}]: {there}")


def _click(world: Any, said: Said) -> Any:
    return said.number, 0


def _type(world: Any, said: Said) -> Any:
    if len(said.parts) < 2:
        return Refusal("say what to type: type [0] [text]")
    number = text_number(world, said.spelled[1])
    if number >= 0:
        return said.number, number
    some = ", ".join(list(texts(world))[:OFFERED])
    return Refusal(
        f"{said.parts[1][:LONGEST]!r} stands neither in the task nor on this page; there are {some}"
    )


def _select(world: Any, said: Said) -> Any:
    if len(said.parts) < 2:
        return Refusal("say what to select: select [5] [option]")
    e = said.number
    named = _options(read_elements(world, e + 1)[-ELEMENT.itemsize :])
    if not named:
        return Refusal(f"[{e}] has no options")
    wanted = said.plain[1]
    if wanted in named:
        return e, named[wanted]
    return Refusal(f"[{e}] has no option {said.parts[1][:LONGEST]!r}: {nearest(wanted, named)}")


@lru_cache(1 << 10)
def _options(raw: bytes) -> dict[str, int]:
    """An element's options in lower case, with their numbers; none if it is no combobox."""
    element = element_of(raw)
    if element["role"] != COMBOBOX:
        return {}
    return {option.lower(): i for i, option in options(element).items()}


def _goto(world: Any, said: Said) -> Any:
    if said.plain[0] in SITES:
        return GOTO, SITES.index(said.plain[0])
    return Refusal(
        f"there is no site {said.parts[0].strip()[:LONGEST]!r}: {nearest(said.parts[0], SITES)}"
    )


def _switch(world: Any, said: Said) -> Any:
    if said.plain[0] in TAB_NAMES:
        return SWITCH_TAB, TAB_NAMES.index(said.plain[0])
    return Refusal(
        f"there is no tab {said.parts[0].strip()[:LONGEST]!r}: they are 1 to {state.TABS}"
    )


def _scroll(world: Any, said: Said) -> Any:
    if said.plain[0] == "down":
        return SCROLL, 0
    if said.plain[0] == "up":
        return Refusal("there is no need to scroll up: what is above is shown already")
    return Refusal(f"it scrolls down, not {said.parts[0].strip()[:LONGEST]!r}: say scroll [down]")


def _stop(world: Any, said: Said) -> Any:
    plain = said.plain[0].rstrip(".")
    if plain in REASON_NUMBERS:
        return STOP, FROM_NUMBERS + REASON_NUMBERS[plain]
    entries = [entry.lower() for entry in listed(world)]
    told = [" ".join(entry.split()) for entry in plain.split(";")]
    if entries and (
        plain == THE_LIST_SAID
        or told == entries
        or (sorted(told) == sorted(entries) and world["goal"]["act"][0] != IN_ORDER)
    ):
        return STOP, THE_LIST
    named = {key.lower(): e for key, e in answers(world).items()}
    if plain in named:
        return STOP, named[plain]
    numbers = {key: e for key, e in named.items() if bare(key) == plain}
    if len(numbers) == 1:
        return STOP, *numbers.values()
    if numbers:
        return Refusal(f"{plain!r} can be {' or '.join(map(repr, numbers))}: say which")
    return Refusal(
        f"nothing on this page says {said.parts[0].strip()[:LONGEST]!r}: an answer must stand "
        f"there, be '{THE_LIST_SAID}' of it, or {' or '.join(map(repr, REASONS[1:]))}"
    )


def bare(answer: str) -> str:
    """An answer's number without its sign and unit; "" if it is none."""
    found = NUMBER.fullmatch(answer)
    return found[1] if found else ""


def _answer(world: Any, said: Said) -> Any:
    if said_answer(element_of(read_elements(world, said.number + 1)[-ELEMENT.itemsize :])):
        return STOP, said.number
    return Refusal(f"[{said.number}] says nothing that could be an answer")


MAKERS = {"answer": _answer, "click": _click, "type": _type, "select": _select, "goto": _goto,
          "switch_tab": _switch, "tab_focus": _switch, "scroll": _scroll,
          "stop": _stop}  # fmt: skip
OF_ELEMENTS = ("answer", "click", "type", "select")  # their first number is an element's


# --- from an action to words ---------------------------------------------------------------------


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
    said += ["scroll [down]"] * goes_on(now)
    said += ["stop", *(f"stop [{answer}]" for answer in answers(world))]
    said += [f"stop [{THE_LIST_SAID}]"] * bool(listed(world))
    return [*said, *(f"stop [{reason}]" for reason in REASONS[1:])]


def say(world: Any, shared: Any, action: Any) -> str:
    """Words that `parse` understands as an action."""
    verb, choice = int(action[0]), int(action[1])
    now = world["now"][0]
    if verb == STOP:
        if choice == FROM_NUMBERS:
            return "stop"
        if FROM_NUMBERS < choice < THE_LIST:
            return f"stop [{REASONS[choice - FROM_NUMBERS]}]"
        if choice == THE_LIST:
            return f"stop [{THE_LIST_SAID}]"
        named = {e: answer for answer, e in answers(world).items()}
        said = said_answer(now["element"][choice]) if choice < now["elements"] else ""
        return f"stop [{said}]" if choice in named else f"answer [{choice}]"
    if verb in (GOTO, SWITCH_TAB):
        site = SITES[choice] if choice < len(SITES) else choice
        return f"goto [{site}]" if verb == GOTO else f"switch_tab [{choice + 1}]"
    if verb == SCROLL:
        return "scroll [down]"
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
