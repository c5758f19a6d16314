"""GUI navigation in words: what is on the screen, what may be done, and what is meant."""

import re
from types import SimpleNamespace
from typing import Any

import numpy as np

from midcourse.core.engine.record import Record
from midcourse.core.errors import nearest
from midcourse.core.family import Refusal
from midcourse.envs.gui_navigation import state
from midcourse.envs.gui_navigation.observe import shown, write_names
from midcourse.envs.gui_navigation.oracle import find_app, own_app
from midcourse.envs.gui_navigation.state import BACK, DONE, HOME, MESSAGES, SCROLL, SLOTS

FIRST_WORDS = (
    "Amber", "Birch", "Cobalt", "Dusky", "Ember", "Fallow", "Gilded", "Hollow", "Ivory", "Juniper",
    "Kestrel", "Linden", "Marble", "Northern", "Opal", "Pewter", "Quiet", "Russet", "Silver",
    "Tawny",
)  # fmt: skip
SECOND_WORDS = (
    "Anchor", "Beacon", "Cradle", "Delta", "Engine", "Forge", "Garden", "Harbor", "Island", "Jetty",
    "Kiln", "Lantern", "Meadow", "Needle", "Orchard", "Pavilion",
)  # fmt: skip

NAMES = ("", "Close") + tuple(
    f"{FIRST_WORDS[i % len(FIRST_WORDS)]} {SECOND_WORDS[i // len(FIRST_WORDS)]}"
    for i in range(state.NAMES)
)
WORDS = {"back": BACK, "home": HOME, "scroll": SCROLL, "done": DONE}
HINT = 'say click 3, click "Label", back, home, scroll or done'
REFUSED = (
    state.NOTHING,
    state.NO_ICON,
    state.NO_PARENT,
    state.AT_HOME,
    state.NO_PAGES,
    state.DEAD_LINK,
    state.POPUP_OPEN,
)
LONGEST = 200  # characters of a reply that are quoted back


def labels(world: Any, shared: Any) -> list[int]:
    """The label in each slot of the page at hand, 0 where there is no icon."""
    record, common = Record(world), Record(shared)
    app = app_of(record, common)
    frame = SimpleNamespace(icons=np.zeros(SLOTS, np.int64))
    write_names(record, common, app, app.page[record.screen, record.page], frame)
    return frame.icons.tolist()


def app_of(world: Record, shared: Record) -> Any:
    """The app that a world is in, in either mode."""
    fresh = "app" in (world.void.dtype.names or ())
    return own_app(world, shared) if fresh else find_app(world, shared)


def text(world: Any, shared: Any) -> str:
    """What is seen: the goal, the screen, a numbered list of what is on it, the last message."""
    record, common = Record(world), Record(shared)
    app = app_of(record, common)
    lines = [f"Goal: reach {NAMES[shown(app.name[record.goal], record.rename)]}, then say done."]
    title = NAMES[shown(app.name[record.screen], record.rename)] if common.titles else "?"
    pages = app.pages[record.screen]
    part = f" (part {record.page + 1} of {pages})" if pages > 1 else ""
    lines.append(f"Screen: {title}{part}")
    if record.popup:
        lines[-1] += " behind a popup"
    row = labels(world, shared)
    lines += [f"{slot + 1}. {NAMES[label]}" for slot, label in enumerate(row) if label]
    lines.append("Also: " + ", ".join(w for w, a in WORDS.items() if _open(record, app, a)))
    if record.popup:
        lines.pop()
    if record.message:
        lines.append(f"Last action: {MESSAGES[record.message]}.")
    lines.append(f"Steps left: {record.limit - record.clock} of {record.limit}")
    return "\n".join(lines)


def _open(world: Record, app: Any, action: int) -> bool:
    if action in (BACK, HOME):
        return world.screen != 0
    return action != SCROLL or app.pages[world.screen] > 1


def refusal(world: Any, shared: Any) -> str:
    """Why the last action was refused; "" if it was not."""
    return MESSAGES[world["message"]] if world["message"] in REFUSED else ""


def legal_actions(world: Any, shared: Any) -> list[str]:
    """The legal actions in words."""
    record, common = Record(world), Record(shared)
    clicks = [f"click {slot + 1}" for slot, label in enumerate(labels(world, shared)) if label]
    if record.popup:
        return clicks
    app = app_of(record, common)
    return clicks + [word for word, action in WORDS.items() if _open(record, app, action)]


def parse(world: Any, shared: Any, words: str) -> int | Refusal:
    """The action that some words mean, in any case and spacing, or the reason why they mean none.

    Understood are `click 3` (the number in the list), `click "Label"`, and the words back, home,
    scroll, done. Whether the world then allows the action is the world's to say.
    """
    if not isinstance(words, str):
        return Refusal(f"an action is a line of text; {HINT}")
    said = " ".join(words.split()).lower().rstrip(".!")
    if said in WORDS:
        return WORDS[said]
    match = re.fullmatch(r"click (.+)", said) or re.fullmatch(r"click([\"'].+)", said)
    if match is None:
        quoted = words.strip()[:LONGEST]
        return Refusal(f"{quoted!r} is no action; {HINT}")
    return _parse_click(world, shared, match.group(1).strip())


def _parse_click(world: Any, shared: Any, target: str) -> int | Refusal:
    row = labels(world, shared)
    if re.fullmatch(r"[0-9]{1,9}", target):
        number = int(target)
        if 1 <= number <= SLOTS:
            return number - 1
        return Refusal(f"there is no number {number}: the list has 1 to {SLOTS} at most")
    wanted = target.strip("\"'“”").strip()
    here = {NAMES[label].lower(): slot for slot, label in enumerate(row) if label}
    if wanted in here:
        return here[wanted]
    quoted = target[:LONGEST]
    return Refusal(f"nothing here is called {quoted!r}: {nearest(wanted, here)}")
