"""A web as agents of BrowserGym see it, and their actions; browsergym itself is not needed."""

import ast
import inspect
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from midcourse.core.env import Env
from midcourse.core.errors import UserError, nearest
from midcourse.core.family import Refusal
from midcourse.core.page import Element, Page
from midcourse.wrappers.base import Wrapper
from midcourse.wrappers.views import CHARACTERS, CHARSET, LONGEST

LONGEST_ACTION = 2_000  # characters
LONGEST_QUOTED = 200  # characters of an action that a refusal quotes
TEXT = spaces.Text(LONGEST, min_length=0, charset=CHARSET)
BRACKETS = str.maketrans("[]", "()")  # brackets end a text in the words of an action
SPACE = spaces.Dict(
    {
        "axtree_txt": TEXT,
        "goal": TEXT,
        "goal_object": spaces.Sequence(spaces.Dict({"type": TEXT, "text": TEXT})),
        "last_action": TEXT,
        "last_action_error": TEXT,
        "url": TEXT,
        "open_pages_urls": spaces.Sequence(TEXT),
        "active_page_index": spaces.Box(0, 2**31 - 1, (1,), np.int64),
        "elapsed_time": spaces.Box(0.0, np.inf, (1,), np.float64),
        "chat_messages": spaces.Sequence(
            spaces.Dict(
                {
                    "role": TEXT,
                    "timestamp": spaces.Box(0.0, np.inf, (), np.float64),
                    "message": TEXT,
                }
            )
        ),
    }
)
Meant = Any  # words for `Env.parse`, an action, a Refusal, or None for nothing at all


class BrowserGymView(Wrapper):
    """Observations and actions of BrowserGym (arXiv 2412.05467).

    Observation: a Dict with the keys of BrowserGym.

    | key | value |
    |---|---|
    | axtree_txt | the page as an accessibility tree; `[12]` is the element's bid |
    | goal, goal_object | the task as the user gave it at the start |
    | chat_messages | the task, and what the user said since: role, timestamp, message |
    | last_action, last_action_error | as it was said, and why it was refused; "" if it was not |
    | url, open_pages_urls, active_page_index | of the open tabs |
    | elapsed_time, timestamp | steps, not seconds, so that equal runs are equal |

    Action: Text, one call: `click('12')`, `fill('7', 'red mug')`, `select_option('5', 'blue')`,
    `go_back()`, `go_forward()`, `goto('shop')`, `new_tab()`, `tab_focus(1)`, `tab_close()`,
    `scroll(0, 200)`, `send_msg_to_user('$12.95')`, `noop()`. Arguments are literals. However far it
    is told to, `scroll` goes down by one screen. The message to the user ends the episode; where
    the task wants an answer, it must name a number on the page. What cannot be understood costs a
    step, with the reason in `last_action_error`; so does `noop()`, without one.

    Raises:
        UserError: the family has no pages.
    """

    def __init__(self, env: gymnasium.Env):
        super().__init__(env)
        if self.root.FAMILY.page is None:
            raise UserError(f"{self.root.FAMILY.id} has no pages: it is no web")
        self.observation_space = SPACE
        self.action_space = spaces.Text(LONGEST_ACTION, min_length=0, charset=CHARSET)
        self._said = self._error = ""

    def begin(self, observation: Any, info: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The episode's first observation."""
        self._said = self._error = ""
        return super().begin(observation, info)

    def step(self, action: str) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take the action that a call means; never an exception, whatever it is."""
        meant = meaning(self.root, action)
        self._said = printable(str(action)[:LONGEST_ACTION])
        self._error = meant.reason if isinstance(meant, Refusal) else ""
        if meant is None or isinstance(meant, Refusal):
            outcome = self._inner("refuse")(self._error or "nothing was done")
        else:
            outcome = self._inner("step")(meant)
            refusal = self.root.FAMILY.refusal
            if refusal is not None:
                self._error = refusal(self.root.world, self.root.program.shared[0])
        return self.answer(*outcome)

    def observe(self, observation: Any) -> dict[str, Any]:
        """The page and the chat."""
        page = self.root.page()
        return {
            "axtree_txt": axtree(page),
            "goal": page.task,
            "goal_object": ({"type": "text", "text": page.task},),
            "last_action": self._said,
            "last_action_error": printable(self._error),
            "url": page.tab.url,
            "open_pages_urls": tuple(tab.url for tab in page.tabs),
            "active_page_index": np.array([page.tabs.index(page.tab)]),
            "elapsed_time": np.array([float(page.clock)]),
            "chat_messages": chat(page),
        }

    def _state(self) -> list[str]:
        return [self._said, self._error]

    def _set_state(self, state: list[str]) -> None:
        self._said, self._error = state


def printable(text: str) -> str:
    """A text with a question mark for each character outside the space's charset."""
    return "".join(c if c in CHARACTERS else "?" for c in text)


# --- observations ---------------------------------------------------------------------------------


def axtree(page: Page) -> str:
    """The page as BrowserGym writes an accessibility tree."""
    lines = [f"RootWebArea '{page.tab.title}', focused"]
    for e in page.elements:
        lines.append(f"\t[{e.number}] {described(e)}")
        lines += [f"\t\toption '{o}', selected={o == e.text}" for o in e.options]
    return "\n".join(lines)


def described(e: Element) -> str:
    """An element's line of the tree."""
    if e.role == "text":
        return f"StaticText '{e.name}'"
    holds = f" value='{e.text}'" if e.role in ("textbox", "combobox") and e.text else ""
    return f"{e.role} '{e.name}'{holds}"


def chat(page: Page) -> tuple[dict[str, Any], ...]:
    """What the user said, the task first."""
    said = [(0.0, page.task)]
    for message in page.messages:
        head, _, words = message.partition(": ")
        step = re.search(r"\d+", head)
        said.append((float(step[0]) if step else 0.0, words))
    return tuple({"role": "user", "timestamp": np.array(when), "message": m} for when, m in said)


# --- actions --------------------------------------------------------------------------------------


def meaning(env: Env, said: Any) -> Any:
    """The world's action that a call means; a Refusal if none; None for `noop()`."""
    call = parse_call(said)
    if isinstance(call, Refusal):
        return call
    name, arguments, named = call
    if name not in CALLS:
        return Refusal(f"there is no action {name[:LONGEST_QUOTED]!r}: {nearest(name, CALLS)}")
    signature = inspect.signature(CALLS[name])
    try:
        signature.bind(env, *arguments, **named)
    except TypeError:
        wanted = ", ".join(list(signature.parameters)[1:])
        return Refusal(f"the action is {name}({wanted})")
    meant = CALLS[name](env, *arguments, **named)
    return env.parse(meant) if isinstance(meant, str) else meant


def parse_call(said: Any) -> tuple[str, list[Any], Mapping[str, Any]] | Refusal:
    """The name and the arguments of a call; nothing of it is executed."""
    wrong = Refusal("an action is one call with literal arguments, like click('12')")
    if not isinstance(said, str) or len(said) > LONGEST_ACTION:
        return wrong
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of backslashes in strings
            call = ast.parse(said.strip(), mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            return wrong
        named = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords if k.arg}
        if len(named) != len(call.keywords):
            return wrong
        return call.func.id, [ast.literal_eval(a) for a in call.args], named
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return wrong


def plain(value: Any) -> str:
    """An argument as text that no bracket ends."""
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    return str(value).translate(BRACKETS)


def element_of(env: Env, bid: Any, roles: tuple[str, ...]) -> Element | Refusal:
    """The element of a bid, if it has one of some roles."""
    elements = env.page().elements
    number = plain(bid).strip()
    if not (number.isascii() and number.isdigit() and len(number) < 10) or int(number) >= len(
        elements
    ):
        return Refusal(f"there is no element with bid {number[:LONGEST_QUOTED]!r}")
    found = elements[int(number)]
    if found.role not in roles:
        return Refusal(f"[{number}] is a {found.role}, not a {' or a '.join(roles)}")
    return found


def click(env: Env, bid: Any, button: Any = "left", modifiers: Any = ()) -> Meant:
    """Click a link or a button."""
    if button != "left" or modifiers:
        return Refusal("only plain clicks with the left button do anything here")
    found = element_of(env, bid, ("link", "button"))
    return found if isinstance(found, Refusal) else f"click [{found.number}]"


def fill(env: Env, bid: Any, value: Any) -> Meant:
    """Type a text; in a search box, that searches."""
    found = element_of(env, bid, ("textbox",))
    return found if isinstance(found, Refusal) else f"type [{found.number}] [{plain(value)}]"


def select_option(env: Env, bid: Any, options: Any) -> Meant:
    """Select an option."""
    found = element_of(env, bid, ("combobox",))
    return found if isinstance(found, Refusal) else f"select [{found.number}] [{plain(options)}]"


def goto(env: Env, url: Any) -> Meant:
    """Open a site by its name or the address of its first page."""
    site = plain(url).strip().removeprefix("https://").removeprefix("http://").rstrip("/")
    return f"goto [{site}]"


def tab_focus(env: Env, index: Any) -> Meant:
    """Go to a tab by its place among the open ones, from 0."""
    tabs = env.page().tabs
    if type(index) is not int or not 0 <= index < len(tabs):
        return Refusal(f"tabs are 0 to {len(tabs) - 1}")
    return f"switch_tab [{tabs[index].number}]"


def scroll(env: Env, delta_x: Any, delta_y: Any) -> Meant:
    """Scroll down, which shows more of a list that goes on."""
    numbers = all(type(delta) in (int, float) for delta in (delta_x, delta_y))
    if numbers and delta_y > 0:
        return "scroll [down]"
    return Refusal("only down can be scrolled, like scroll(0, 200): what is above is shown already")


def send_msg_to_user(env: Env, text: Any) -> Meant:
    """End the episode: with the answer where the task wants one."""
    page = env.page()
    if not isinstance(given := report_infeasible(env, text), Refusal):
        return given
    if not page.wants_answer:
        return "stop"
    meant = env.parse(f"stop [{plain(text)}]")
    if not isinstance(meant, Refusal):
        return meant
    told = {n: page.elements[n].value or page.elements[n].text for n in page.answers}
    values = {told[n]: n for n in sorted(told, reverse=True)}
    named = [n for value, n in values.items() if stands_in(value, plain(text))]
    return page.answers[named[0]] if len(named) == 1 else meant


def report_infeasible(env: Env, reason: Any) -> Meant:
    """End the episode: nothing can be done, for one of the reasons that the page offers."""
    reasons = env.page().reasons
    said = " ".join(plain(reason).split()).rstrip(".").lower()
    if said in reasons:
        return f"stop [{said}]"
    return Refusal(f"say why: {' or '.join(map(repr, reasons))}")


def stands_in(value: str, text: str) -> bool:
    """Whether a number of the page stands in a text, by itself."""
    return re.search(rf"(?<![\w.$#-]){re.escape(value)}(?!\w|\.\d)", text) is not None


CALLS: Mapping[str, Callable[..., Meant]] = {
    "click": click,
    "fill": fill,
    "select_option": select_option,
    "go_back": lambda env: "back",
    "go_forward": lambda env: "forward",
    "goto": goto,
    "new_tab": lambda env: "new_tab",
    "tab_focus": tab_focus,
    "tab_close": lambda env: "close_tab",
    "scroll": scroll,
    "send_msg_to_user": send_msg_to_user,
    "report_infeasible": report_infeasible,
    "noop": lambda env, wait_ms=1000: None,
}
