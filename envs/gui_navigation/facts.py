"""What each view of GUI navigation tells, read back from the view alone.

The three functions `facts_of_*` give equal dicts where the views agree:

| key | value |
|---|---|
| icons | label in each slot, a tuple of 8; 0: no icon |
| title, goal | labels; a hidden title is 0 |
| message | index into MESSAGES |
| steps_left | share of the step limit in 256ths, as the picture's bar shows it |
| popup | whether a popup is in the way |

The arrays do not tell the page at hand, and tell the ways out only by the mask that lies beside
them in info; `ways_of_text` and `ways_of_picture` read these from the other two.
"""

import re
from typing import Any

import numpy as np

from midcourse.envs.gui_navigation import render
from midcourse.envs.gui_navigation.state import CLOSE, LABELS, MESSAGES, SLOTS
from midcourse.envs.gui_navigation.text import NAMES, WORDS

Facts = dict[str, Any]
LABEL_OF_NAME = {name: label for label, name in enumerate(NAMES)} | {"?": 0}
LABEL_OF_CODE = {render.code(label): label for label in range(LABELS)}
GOAL_LINE = re.compile(r"Goal: reach (.+), then say done\.")
SCREEN_LINE = re.compile(r"Screen: (.+?)(?: \(part (\d+) of (\d+)\))?( behind a popup)?")
STEPS_LINE = re.compile(r"Steps left: (\d+) of (\d+)")
DARK = 200  # a lit cell's brightest channel lies below, an unlit one's above


def facts_of_arrays(observation: dict[str, Any]) -> Facts:
    """The facts in an observation of the view `dict`."""
    icons = tuple(int(label) for label in observation["icons"])
    return {
        "icons": icons,
        "title": int(observation["title"]),
        "goal": int(observation["goal"]),
        "message": int(observation["message"]),
        "steps_left": render.bar_pixels(observation["steps_left"][0]),
        "popup": CLOSE in icons,
    }


def facts_of_text(text: str) -> Facts:
    """The facts in the text view.

    Raises:
        ValueError: the text is none that `text` writes.
    """
    lines = text.splitlines()
    goal, screen, steps = _matches(lines)
    icons = [0] * SLOTS
    for line in lines[2:-1]:
        item = re.fullmatch(r"([1-8])\. (.+)", line)
        if item:
            icons[int(item[1]) - 1] = LABEL_OF_NAME[item[2]]
    said = [line[len("Last action: ") : -1] for line in lines if line.startswith("Last action: ")]
    return {
        "icons": tuple(icons),
        "title": LABEL_OF_NAME[screen[1]],
        "goal": LABEL_OF_NAME[goal[1]],
        "message": MESSAGES.index(said[0]) if said else 0,
        "steps_left": render.bar_pixels(int(steps[1]) / int(steps[2])),
        "popup": screen[4] is not None,
    }


def ways_of_text(text: str) -> tuple[int, int, tuple[int, ...]]:
    """The page at hand (from 0), how many there are, and which of back ... done are open."""
    lines = text.splitlines()
    _, screen, _ = _matches(lines)
    also = [line[len("Also: ") :].split(", ") for line in lines if line.startswith("Also: ")]
    ways = tuple(WORDS[word] for word in also[0]) if also else ()
    return (int(screen[2]) - 1, int(screen[3]), ways) if screen[2] else (0, 1, ways)


def _matches(lines: list[str]) -> tuple[re.Match, re.Match, re.Match]:
    """The goal's line, the screen's, and that of the steps left."""
    patterns, places = (GOAL_LINE, SCREEN_LINE, STEPS_LINE), (0, 1, -1)
    if len(lines) < 3:
        raise ValueError(f"{len(lines)} lines are no text of GUI navigation")
    found = []
    for pattern, place in zip(patterns, places, strict=True):
        match = pattern.fullmatch(lines[place])
        if match is None:
            raise ValueError(f"{lines[place]!r} is no line of GUI navigation's text")
        found.append(match)
    return tuple(found)


def facts_of_picture(rgb: np.ndarray) -> Facts:
    """The facts in a picture, uint8 (256, 256, 3): swatches, boxes, bar and dialog.

    Raises:
        ValueError: the picture is none that `render` draws.
    """
    if rgb.shape != (render.SIZE, render.SIZE, 3) or rgb.dtype != np.uint8:
        raise ValueError(f"a picture is uint8 (256, 256, 3), not {rgb.dtype} {rgb.shape}")
    icons = [0] * SLOTS
    for slot, (x, y, _, height) in boxes_of_picture(rgb).items():
        icons[slot] = _label(rgb, x + 5, y + (height - render.SWATCH) // 2)
    x, y = render.BAR_AT
    bar = rgb[y + 1, x : x + render.BAR_LENGTH]
    left, top, _, _ = render.DIALOG
    return {
        "icons": tuple(icons),
        "title": _label(rgb, *render.TITLE_AT),
        "goal": _label(rgb, *render.GOAL_AT),
        "message": _bits(rgb, *render.MESSAGE_AT, 4, 1, 3),
        "steps_left": int((bar == render.BAR_COLOR).all(axis=1).sum()),
        "popup": bool((rgb[top, left] == render.VEIL_COLOR).all()),
    }


def boxes_of_picture(rgb: np.ndarray) -> dict[int, tuple[int, int, int, int]]:
    """The box (x, y, width, height) in pixels of every icon, by its slot.

    Slots stand in two columns and four rows, of which no box leaves its own.
    """
    border = (rgb == render.BORDER).all(axis=2)
    boxes = {}
    for slot in range(SLOTS):
        left, top = slot % 2 * 128, 56 + slot // 2 * 42
        rows, columns = np.nonzero(border[top : top + 42, left : left + 128])
        if len(rows):
            x, y = int(columns.min()), int(rows.min())
            width, height = int(columns.max()) - x + 1, int(rows.max()) - y + 1
            boxes[slot] = (left + x, top + y, width, height)
    return boxes


def ways_of_picture(rgb: np.ndarray) -> tuple[int, int, tuple[int, ...]]:
    """The page at hand (from 0), how many there are, and which of back ... done are open."""
    ways = []
    for action, (x, y, width, _) in render.BUTTONS.items():
        if (rgb[y + 2, x + width // 2] == render.BUTTON_COLOR).all():
            ways.append(action)
    x, y = render.DOTS_AT
    dots = [rgb[y, x - i * render.DOT_STEP].tolist() for i in range(3)]
    lit = [i for i, dot in enumerate(dots) if dot == list(render.DOT_LIT)]
    pages = sum(dot in (list(render.DOT_LIT), list(render.DOT_DARK)) for dot in dots)
    return (pages - 1 - lit[0], pages, tuple(ways)) if lit else (0, 1, tuple(ways))


def _label(rgb: np.ndarray, x: int, y: int) -> int:
    code = _bits(rgb, x, y, 3, 3, render.CELL)
    if code not in LABEL_OF_CODE:
        raise ValueError(f"the swatch at ({x}, {y}) spells {code}, which is no label")
    return LABEL_OF_CODE[code]


def _bits(rgb: np.ndarray, x: int, y: int, columns: int, rows: int, side: int) -> int:
    middle = side // 2
    cells = rgb[y + middle : y + rows * side : side, x + middle : x + columns * side : side]
    lit = cells.max(axis=2).ravel() < DARK
    return sum(1 << i for i, is_lit in enumerate(lit) if is_lit)
