"""What each view of the delayed replicator tells, read back from the view alone.

Where the views agree, what the three functions `facts_of_*` return is equal: whole numbers of the
units in `text.py`.

| key | value |
|---|---|
| alarm, published | units of 0.005 |
| history | a tuple of 16, units of 0.005 |
| levers | force, smoothing, shift, units of 0.025, 0.01, 0.005 |
| bounds | of mean share, amplitude (units of 0.005) and mean force (0.025) |
| steps_left | share of the episode, units of 0.005 |
"""

import re
from typing import Any

import numpy as np

from midcourse.envs.delayed_repression.replicator import render
from midcourse.envs.delayed_repression.replicator.state import SEEN
from midcourse.envs.delayed_repression.replicator.text import (
    FORCE,
    SHARE,
    SHIFT,
    SMOOTHING,
    bound_marks,
    lever_marks,
    mark,
)

Facts = dict[str, Any]


def facts_of_arrays(observation: dict[str, Any]) -> Facts:
    """The facts in an observation."""
    return {
        "alarm": mark(observation["alarm"][0], SHARE),
        "published": mark(observation["published"][0], SHARE),
        "history": tuple(mark(alarm, SHARE) for alarm in observation["history"]),
        "levers": lever_marks(observation["action"]),
        "bounds": bound_marks(observation["bounds"]),
        "steps_left": mark(observation["steps_left"][0], SHARE),
    }


def facts_of_text(text: str) -> Facts:
    """The facts in the text view.

    Raises:
        ValueError: the text is none that `text` writes.
    """
    lines = [re.findall(r"[+-]?\d+\.\d+", line) for line in text.splitlines()]
    if [len(line) for line in lines] != [3, 1, 1, SEEN, 3, 1]:
        raise ValueError(f"{text[:60]!r} is no text of the delayed replicator")
    numbers = [[float(number) for number in line] for line in lines]
    share, amplitude, force_bound = numbers[0]
    force, smoothing, shift = numbers[4]
    return {
        "alarm": round(numbers[1][0] / SHARE),
        "published": round(numbers[2][0] / SHARE),
        "history": tuple(round(alarm / SHARE) for alarm in numbers[3]),
        "levers": (round(force / FORCE), round(smoothing / SMOOTHING), round(shift / SHIFT)),
        "bounds": (round(share / SHARE), round(amplitude / SHARE), round(force_bound / FORCE)),
        "steps_left": round(numbers[5][0] / SHARE),
    }


def facts_of_picture(rgb: np.ndarray) -> Facts:
    """The facts in a picture, uint8 (256, 256, 3).

    Raises:
        ValueError: the picture is none that `render` draws.
    """
    if rgb.shape != (render.SIZE, render.SIZE, 3) or rgb.dtype != np.uint8:
        raise ValueError(f"a picture is uint8 (256, 256, 3), not {rgb.dtype} {rgb.shape}")
    columns = [rgb[:, render.LEFT + i * render.WIDTH] for i in range(SEEN + 1)]
    history = tuple(_count(column[: render.GROUND], render.ALARM) for column in columns[:SEEN])
    force, smoothing, shift, amplitude, force_bound = (
        _count(rgb[row], color) for row, color in zip(render.BAR_ROWS, render.BARS, strict=False)
    )
    middle = rgb[render.BAR_ROWS[2], render.MIDDLE - 1]
    if (middle == render.BARS[2]).all():
        shift = -shift
    tick = np.flatnonzero((rgb[:, 0] == render.BOUND).all(axis=1))
    return {
        "alarm": history[-1],
        "published": _count(columns[SEEN][: render.GROUND], render.PUBLISHED),
        "history": history,
        "levers": (force, smoothing, shift),
        "bounds": (render.GROUND - int(tick[0]), amplitude, force_bound),
        "steps_left": _count(rgb[render.BAR_ROWS[-1]], render.LEFT_OVER),
    }


def _count(pixels: np.ndarray, color: tuple[int, int, int]) -> int:
    return int((pixels == color).all(axis=1).sum())
