"""The facts that each view of the regulator's desk tells, read back from the view."""

import re
from typing import Any

import numpy as np

from midcourse.envs.delayed_repression.population.dynamics import LOUDEST
from midcourse.envs.delayed_repression.regulator import render
from midcourse.envs.delayed_repression.regulator.state import FORCES, SHIFTS, SMOOTHINGS
from midcourse.envs.delayed_repression.regulator.text import told


def facts_of_arrays(observation: dict[str, Any]) -> dict[str, Any]:
    """From the Dict observation."""
    alarms = {
        name: render.alarm_pixels(told(float(observation[name][0]) * LOUDEST))
        for name in ("delayed_alarm", "published_alarm")
    }
    share = render.pixels(float(observation["radical_share"][0]))
    return {"radical_share": share, **alarms, "levers": [int(i) for i in observation["levers"]]}


def facts_of_text(text: str) -> dict[str, Any]:
    """From the words."""
    radicals, n = re.search(r"citizens: (\d+) of (\d+)", text).groups()  # type: ignore[union-attr]
    heard, read = re.findall(r"Alarm that .*: ([\d.]+)\.$", text, re.M)
    levers = re.search(r"force=(\S+) smoothing=(\S+) shift=(\S+)", text).groups()  # type: ignore[union-attr]
    return {
        "radical_share": render.pixels(int(radicals) / int(n)),
        "delayed_alarm": render.alarm_pixels(float(heard)),
        "published_alarm": render.alarm_pixels(float(read)),
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
            picture[render.LEVERS_AT + 21 * k, render.LEFT_EDGE + render.LEVER_STEP * i]
            for i in range(len(steps))
        ]
        lit.append([tuple(box) for box in boxes].index(render.GREEN))
    return {**facts, "levers": lit}
