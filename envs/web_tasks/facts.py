"""What each view of the web tells, read back from the view alone.

Where the views agree, what the three functions `facts_of_*` return is equal key by key:

| key | value |
|---|---|
| lines | checksum (`render.code`) of each element's line of text |
| reply | index into REPLIES |
| steps_left | share of the step limit, in pixels of the picture's bar |
| tab, tabs | the tab at hand and those that are open, from 0; not in the picture |
"""

import re
from typing import Any

import numpy as np

from midcourse.envs.web_tasks import render
from midcourse.envs.web_tasks.speech.words import LONGEST
from midcourse.envs.web_tasks.state import ELEMENT, ELEMENTS, REPLIES
from midcourse.envs.web_tasks.text import line

Facts = dict[str, Any]
ELEMENT_LINE = re.compile(r"\[(\d+)\] (.+)")
TAB_LINE = re.compile(r"Tab (\d+) \(open: ([\d, ]+)\)")
STEPS_LINE = re.compile(r"Steps left: (\d+) of (\d+)")


def facts_of_arrays(observation: dict[str, Any]) -> Facts:
    """The facts in an observation of the view `dict`."""
    elements = np.zeros(int((observation["role"] > 0).sum()), ELEMENT)
    count = len(elements)
    for name in ("role", "caption", "unit", "value", "options"):
        elements[name] = observation[name][:count]
    elements["argument"] = observation["offered"][:count]
    elements["words"] = observation["words"].reshape(-1, LONGEST)[:count]
    return {
        "lines": tuple(render.code(line(element.tobytes())) for element in elements),
        "reply": int(observation["reply"]),
        "steps_left": render.bar_pixels(observation["steps_left"][0]),
        "tab": int(observation["tab"]),
        "tabs": tuple(np.flatnonzero(observation["tabs"]).tolist()),
    }


def facts_of_text(text: str) -> Facts:
    """The facts in the text view.

    Raises:
        ValueError: the text is none that `text` writes.
    """
    lines = text.splitlines()
    steps = STEPS_LINE.fullmatch(lines[-1])
    tabs = [match for match in map(TAB_LINE.fullmatch, lines) if match]
    if steps is None or len(tabs) != 1:
        raise ValueError("this is no text of the web")
    found = [match for match in map(ELEMENT_LINE.fullmatch, lines) if match]
    said = [row[len("Last action: ") : -1] for row in lines if row.startswith("Last action: ")]
    return {
        "lines": tuple(render.code(match[2]) for match in found),
        "reply": REPLIES.index(said[0]) if said else 0,
        "steps_left": render.bar_pixels(int(steps[1]) / int(steps[2])),
        "tab": int(tabs[0][1]) - 1,
        "tabs": tuple(int(number) - 1 for number in tabs[0][2].split(", ")),
    }


def facts_of_picture(rgb: np.ndarray) -> Facts:
    """The facts in a picture, uint8 (1000, 480, 3).

    Raises:
        ValueError: the picture is none that `render` draws.
    """
    if rgb.shape != (render.HEIGHT, render.WIDTH, 3) or rgb.dtype != np.uint8:
        raise ValueError(f"a picture is uint8 (1000, 480, 3), not {rgb.dtype} {rgb.shape}")
    lit = (rgb == render.LIT).all(axis=2)
    codes = []
    for e in range(ELEMENTS):
        y, cells = render.HEAD + render.ROW * e + 6, range(render.BITS)
        bits = sum(int(lit[y, render.CELL * bit]) << bit for bit in cells)
        if bits:
            codes.append(bits)
    reply = sum(int(lit[render.REPLY_ROW, 8 * bit]) << bit for bit in range(5))
    bar = (rgb[render.STEPS_ROW] == render.BAR_COLOR).all(axis=1)
    return {"lines": tuple(codes), "reply": reply, "steps_left": int(bar.sum())}
