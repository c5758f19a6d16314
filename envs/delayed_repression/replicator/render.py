"""The delayed replicator as a picture of 256 x 256 pixels, drawn with numpy alone.

Above, the last delayed alarms as columns, the newest to the right, and the published one beside
them; a tick at the left edge marks the bound of the mean share. Below, one bar each: force,
smoothing, shift (to the right or left of its middle), the bounds of amplitude and of force, and
what is left of the episode. Every length is a whole number of the units in `text.py`.
"""

from typing import Any

import numpy as np

from midcourse.envs.delayed_repression.replicator.state import SEEN, SHIFTS
from midcourse.envs.delayed_repression.replicator.text import SHIFT, marks

SIZE = 256
GROUND, TOP = 212, 12  # rows of an alarm of 0 and of 1: 200 units between
LEFT, WIDTH = 10, 14  # first column of the plot, and of each alarm
BAR_ROWS = (217, 223, 229, 235, 241, 247)  # upper rows of the bars, 4 pixels high
MIDDLE = LEFT + round(SHIFTS / SHIFT)  # where a shift of 0 ends
PAPER, RULE = (250, 250, 247), (226, 226, 220)
ALARM, PUBLISHED, BOUND = (178, 60, 52), (58, 92, 160), (40, 40, 48)
BARS = ((190, 110, 40), (70, 140, 110), (120, 90, 160), (150, 150, 150), (110, 110, 110))
LEFT_OVER = (58, 158, 104)


def render(world: Any, shared: Any) -> np.ndarray:
    """RGB, uint8 (256, 256, 3)."""
    shown = marks(world, shared)
    picture = np.full((SIZE, SIZE, 3), PAPER, np.uint8)
    for row in range(TOP, GROUND + 1, 50):
        picture[row, LEFT:] = RULE
    for i, alarm in enumerate((*shown["history"], shown["published"])):
        color = ALARM if i < SEEN else PUBLISHED
        left = LEFT + i * WIDTH
        picture[GROUND - alarm : GROUND, left : left + WIDTH - 2] = color
    share, amplitude, force_bound = shown["bounds"]
    picture[GROUND - share, : LEFT - 2] = BOUND
    force, smoothing, shift = shown["levers"]
    lengths = (force, smoothing, None, amplitude, force_bound)
    for top, length, color in zip(BAR_ROWS, lengths, BARS, strict=False):
        if length is not None:
            picture[top : top + 4, LEFT : LEFT + length] = color
    first, last = sorted((MIDDLE, MIDDLE + shift))
    picture[BAR_ROWS[2] : BAR_ROWS[2] + 4, first:last] = BARS[2]
    top = BAR_ROWS[-1]
    picture[top : top + 4, LEFT : LEFT + shown["steps_left"]] = LEFT_OVER
    return picture
