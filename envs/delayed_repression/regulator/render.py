"""The regulator's desk as a picture: bars of what is now, and the alarm's and radicals' past."""

from typing import Any

import numpy as np

from midcourse.core.engine.record import Record
from midcourse.envs.delayed_repression.population.dynamics import LOUDEST, delayed_alarm
from midcourse.envs.delayed_repression.population.state import RING
from midcourse.envs.delayed_repression.regulator.state import FORCES, SHIFTS, SMOOTHINGS

SIZE = 256
SCALE = 200  # pixels of a full bar
LEFT_EDGE = 28
INK, PAPER, RULE = (38, 38, 48), (250, 249, 245), (214, 210, 200)
RED, BLUE, AMBER, GREEN = (196, 60, 52), (52, 98, 168), (214, 150, 44), (86, 140, 92)
BARS = {"radical_share": (16, RED), "delayed_alarm": (36, BLUE), "published_alarm": (56, AMBER)}
LEVERS_AT, LEVERS = 84, (FORCES, SMOOTHINGS, SHIFTS)
CHART_TOP, CHART_BOTTOM = 150, 246


def pixels(value: float) -> int:
    """Length of a bar for a measure in [0, 1], as float32 holds it, told to four digits."""
    return int(round(float(np.float32(value)), 4) * SCALE + 0.31)


def measures(world: Any) -> dict[str, float]:
    """What the bars show."""
    record = Record(world)
    return {
        "radical_share": record.radicals / len(record.action),
        "delayed_alarm": delayed_alarm(record, record.step) / LOUDEST,
        "published_alarm": record.published / LOUDEST,
    }


def render(world: Any, shared: Any) -> np.ndarray:
    """RGB, uint8 (256, 256, 3). Simple enough to need no pygame."""
    picture = np.full((SIZE, SIZE, 3), PAPER, np.uint8)
    for name, value in measures(world).items():
        top, colour = BARS[name]
        picture[top : top + 12, LEFT_EDGE : LEFT_EDGE + SCALE] = RULE
        picture[top : top + 12, LEFT_EDGE : LEFT_EDGE + pixels(value)] = colour
        picture[top + 3 : top + 9, 12:18] = colour
    for k, steps in enumerate(LEVERS):
        top = LEVERS_AT + 20 * k
        for i in range(len(steps)):
            left = LEFT_EDGE + 34 * i
            chosen = i == int(world["lever"][k])
            picture[top : top + 12, left : left + 28] = GREEN if chosen else RULE
    _chart(picture, world)
    left = SCALE * (int(world["limit"]) - int(world["clock"])) // int(world["limit"])
    picture[250:253, LEFT_EDGE : LEFT_EDGE + left] = INK
    return picture


def _chart(picture: np.ndarray, world: Any) -> None:
    """Radical share and alarm over the last steps, the latest at the right."""
    record, n = Record(world), len(world["action"])
    height, width = CHART_BOTTOM - CHART_TOP, SCALE // RING
    picture[CHART_BOTTOM, LEFT_EDGE : LEFT_EDGE + SCALE] = RULE
    bound = CHART_BOTTOM - round(height * 0.5)
    picture[bound, LEFT_EDGE : LEFT_EDGE + SCALE : 3] = RULE
    for back in range(min(RING, record.step + 1)):
        step = record.step - back
        right = LEFT_EDGE + SCALE - back * width
        alarm = record.alarms[step % RING] / (n * 16384.0) / LOUDEST
        for share, colour in ((alarm, BLUE), (record.history[step % RING] / n, RED)):
            row = CHART_BOTTOM - 1 - round((height - 3) * min(1.0, share))
            picture[row - 1 : row + 1, right - width : right] = colour
