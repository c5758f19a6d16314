"""The facts that each view of the population tells, read back from the view."""

import re
from typing import Any

import numpy as np

from midcourse.envs.delayed_repression.citizens import render
from midcourse.envs.delayed_repression.citizens.text import ALARMS
from midcourse.envs.delayed_repression.population.state import ACTIONS


def facts_of_arrays(observation: np.ndarray) -> dict[str, Any]:
    """From the published observation, (citizens, 4)."""
    return {
        "crowds": observation[:, 0].tolist(),
        "loudness": int(observation[0, 1]),
        "punished": np.flatnonzero(observation[:, 2]).tolist(),
        "bridges": np.flatnonzero(observation[:, 3]).tolist(),
    }


def facts_of_text(text: str) -> dict[str, Any]:
    """From the words."""
    heard, word = re.search(r"^Alarm .*: (\S+), (\w+)\.$", text, re.M).groups()  # type: ignore[union-attr]
    said = dict(re.findall(r"^(\w+).*?: ([\w ]+)$", text, re.M))
    return {
        "crowds": [int(c) for c in said["Pull"]],
        "loudness": ALARMS.index(word),
        "punished": _numbers(said["Punished"]),
        "bridges": _numbers(said["Bridges"]),
        "actions": [ACTIONS.index(a) for a in said["Last"]],
        "alarm": render.pixels(float(heard)),
    }


def facts_of_picture(picture: np.ndarray) -> dict[str, Any]:
    """From the pixels; of populations whose cells are wide enough, four pixels."""
    corner, edge = render.EDGE, render.EDGE + render.FIELD
    known = (*render.COLOURS, render.INK)
    inside = [tuple(pixel) in known for pixel in picture[corner, corner:edge].tolist()]
    starts = [x for x, here in enumerate(inside) if here and (x == 0 or not inside[x - 1])]
    size = starts[1] - starts[0] if len(starts) > 1 else render.FIELD
    actions, punished, bridges = [], [], []
    for top in range(corner, edge - size + 1, size):
        for start in starts:
            cell = picture[top : top + size, corner + start : corner + start + size]
            colour = tuple(cell[0, 1].tolist())
            if colour not in render.COLOURS:
                break
            if tuple(cell[size - 2, size - 2].tolist()) == render.INK:
                punished.append(len(actions))
            if tuple(cell[0, 0].tolist()) == render.INK:
                bridges.append(len(actions))
            actions.append(render.COLOURS.index(colour))
    strip = [tuple(pixel) for pixel in picture[render.ALARM_AT, render.BARS_AT :].tolist()]
    return {
        "actions": actions,
        "punished": punished,
        "bridges": bridges,
        "loudness": render.LOUDNESS.index(strip[0]),
        "alarm": strip.count(strip[0]),
    }


def _numbers(said: str) -> list[int]:
    return [] if said == "nobody" else [int(number) for number in said.split()]
