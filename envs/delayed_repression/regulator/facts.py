"""The facts that each view of the regulator's desk tells, read back from the view."""

import re
from typing import Any

import numpy as np

from midcourse.envs.delayed_repression.population.dynamics import LOUDEST
from midcourse.envs.delayed_repression.regulator import render
from midcourse.envs.delayed_repression.regulator.state import FORCES, SHIFTS, SMOOTHINGS


def facts_of_arrays(observation: dict[str, Any]) -> dict[str, Any]:
    """From the Dict observation."""
    facts = {name: render.pixels(float(observation[name][0])) for name in render.BARS}
    return {**facts, "levers": [int(i) for i in observation["levers"]]}


def facts_of_text(text: str) -> dict[str, Any]:
    """From the words."""
    radicals, n = re.search(r"citizens: (\d+) of (\d+)", text).groups()  # type: ignore[union-attr]
    heard, read = re.findall(r"Alarm that .*: ([\d.]+)\.$", text, re.M)
    levers = re.search(r"force=(\S+) smoothing=(\S+) shift=(\S+)", text).groups()  # type: ignore[union-attr]
    return {
        "radical_share": render.pixels(int(radicals) / int(n)),
        "delayed_alarm": render.pixels(float(heard) / LOUDEST),
        "published_alarm": render.pixels(float(read) / LOUDEST),
        "levers": [
            steps.index(float(said))
            for steps, said in zip((FORCES, SMOOTHINGS, SHIFTS), levers, strict=True)
        ],
    }


def facts_of_picture(picture: np.ndarray) -> dict[str, Any]:
    """From the pixels: lengths of bars, and which boxes are lit."""
    facts: dict[str, Any] = {}
    for name, (top, colour) in render.BARS.items():
        row = picture[top + 6, render.LEFT_EDGE : render.LEFT_EDGE + render.SCALE]
        facts[name] = int(np.all(row == colour, axis=1).sum())
    lit = []
    for k, steps in enumerate(render.LEVERS):
        boxes = [
            picture[render.LEVERS_AT + 20 * k + 6, render.LEFT_EDGE + 34 * i + 14]
            for i in range(len(steps))
        ]
        lit.append([tuple(box) for box in boxes].index(render.GREEN))
    return {**facts, "levers": lit}
