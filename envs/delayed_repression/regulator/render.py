"""The regulator's desk as a picture: bars of what is now, and the alarm's and radicals' past."""

from typing import Any

import numpy as np

from midcourse.core.engine.record import Record
from midcourse.envs.delayed_repression.letters import WIDE, write, write_to
from midcourse.envs.delayed_repression.population.dynamics import LOUDEST, delayed_alarm
from midcourse.envs.delayed_repression.population.state import RING
from midcourse.envs.delayed_repression.regulator.state import FORCES, SHIFTS, SMOOTHINGS
from midcourse.envs.delayed_repression.regulator.text import told

SIZE = 256
SCALE = 200  # pixels of a full bar
LEFT_EDGE = 28
INK, PAPER, RULE = (38, 38, 48), (250, 249, 245), (214, 210, 200)
RED, BLUE, AMBER, GREEN = (196, 60, 52), (52, 98, 168), (214, 150, 44), (86, 140, 92)
BARS = {"radical_share": (13, RED), "delayed_alarm": (34, BLUE), "published_alarm": (55, AMBER)}
BAR_NAMES = ("citizens who act radically", "alarm that reached you", "alarm that citizens read")
BAR, BOX, BOX_WIDE, LEVER_STEP = (
    8,
    11,
    28,
    34,
)  # pixels: heights of a bar and of a lever's box, its width,
# and from one to the next
LEVERS_AT, LEVERS = 78, (FORCES, SMOOTHINGS, SHIFTS)
LEVER_NAMES = ("force", "smoothing of that alarm", "shift of the threshold")
CHART_TOP, CHART_BOTTOM = 148, 236


def pixels(value: float) -> int:
    """Length of a bar for a measure in [0, 1], as float32 holds it, told to four digits."""
    return int(round(float(np.float32(value)), 4) * SCALE + 0.31)


def alarm_pixels(alarm: float) -> int:
    """Length of the bar of an alarm that is told to four digits."""
    return int(alarm / LOUDEST * SCALE + 0.31)


def measures(world: Any) -> dict[str, float]:
    """What the bars show: a share, and two alarms."""
    record = Record(world)
    return {
        "radical_share": record.radicals / len(record.action),
        "delayed_alarm": told(delayed_alarm(record, record.step)),
        "published_alarm": told(record.published),
    }


def render(world: Any, shared: Any) -> np.ndarray:
    """RGB, uint8 (256, 256, 3). Simple enough to need no pygame."""
    picture = np.full((SIZE, SIZE, 3), PAPER, np.uint8)
    _bars(picture, measures(world))
    _levers(picture, world["lever"].tolist())
    _chart(picture, world, float(shared["radical_bound"]))
    limit, left = int(world["limit"]), int(world["limit"]) - int(world["clock"])
    write(picture, 243, LEFT_EDGE, "steps left", INK)
    write_to(picture, 243, LEFT_EDGE + SCALE, str(left), INK)
    picture[252:255, LEFT_EDGE : LEFT_EDGE + SCALE] = RULE
    picture[252:255, LEFT_EDGE : LEFT_EDGE + SCALE * left // limit] = INK
    return picture


def _bars(picture: np.ndarray, shown: dict[str, float]) -> None:
    """The measures of now, each under its name."""
    for (name, value), words in zip(shown.items(), BAR_NAMES, strict=True):
        top, colour = BARS[name]
        is_share = name == "radical_share"
        number = f"{100 * value:.1f} %" if is_share else f"{value:.2f}"
        length = pixels(value) if is_share else alarm_pixels(value)
        write(picture, top - 9, LEFT_EDGE, words, INK)
        write_to(picture, top - 9, LEFT_EDGE + SCALE, number, colour)
        picture[top : top + BAR, LEFT_EDGE : LEFT_EDGE + SCALE] = RULE
        picture[top : top + BAR, LEFT_EDGE : LEFT_EDGE + length] = colour


def _levers(picture: np.ndarray, chosen: list[int]) -> None:
    """A box for each setting of each lever, the chosen one green."""
    for k, (name, steps) in enumerate(zip(LEVER_NAMES, LEVERS, strict=True)):
        top = LEVERS_AT + 21 * k
        write(picture, top - 9, LEFT_EDGE, name, INK)
        for i, step in enumerate(steps):
            left, is_chosen = LEFT_EDGE + LEVER_STEP * i, i == chosen[k]
            picture[top : top + BOX, left : left + BOX_WIDE] = GREEN if is_chosen else RULE
            words = f"{step:g}"
            at = left + (BOX_WIDE + 1 - WIDE * len(words)) // 2
            write(picture, top + 2, at, words, PAPER if is_chosen else INK)


def _chart(picture: np.ndarray, world: Any, bound: float) -> None:
    """Radical share, its bound, and alarm over the last steps, the latest at the right."""
    record, n = Record(world), len(world["action"])
    height, width = CHART_BOTTOM - CHART_TOP, SCALE // RING
    picture[CHART_BOTTOM, LEFT_EDGE : LEFT_EDGE + SCALE] = RULE
    at, words = LEFT_EDGE, ((f"last {RING} steps:", INK), ("radicals,", RED), ("alarm now", BLUE))
    for said, colour in words:
        write(picture, CHART_TOP - 9, at, said, colour)
        at += WIDE * (len(said) + 1)
    limit = CHART_BOTTOM - 1 - round((height - 3) * min(1.0, bound))
    picture[limit, LEFT_EDGE : LEFT_EDGE + SCALE : 3] = RED
    write(picture, limit - 3, LEFT_EDGE + SCALE + 2, "most", RED)
    for back in range(min(RING, record.step + 1)):
        step = record.step - back
        right = LEFT_EDGE + SCALE - back * width
        alarm = record.alarms[step % RING] / (n * 16384.0) / LOUDEST
        for share, colour in ((alarm, BLUE), (record.history[step % RING] / n, RED)):
            row = CHART_BOTTOM - 1 - round((height - 3) * min(1.0, share))
            picture[row - 1 : row + 1, right - width : right] = colour
