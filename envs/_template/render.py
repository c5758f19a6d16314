"""The corridor as a picture: a row of cells, the goal green, ourselves black."""

from typing import Any

import numpy as np

SIZE = 256


def render(world: Any, shared: Any) -> np.ndarray:
    """RGB, uint8 (256, 256, 3). Simple enough to need no pygame."""
    picture = np.full((SIZE, SIZE, 3), 255, np.uint8)
    width = SIZE // int(shared["cells"])
    for cell in range(shared["cells"]):
        left = cell * width
        picture[112:144, left : left + width - 1] = 220
        if cell == world["goal"]:
            picture[112:144, left : left + width - 1] = (90, 180, 90)
        if cell == world["cell"]:
            picture[120:136, left : left + width - 1] = 0
    left_over = SIZE * (int(world["limit"]) - int(world["clock"])) // int(world["limit"])
    picture[240:244, :left_over] = 120
    return picture
