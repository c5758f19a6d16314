"""The population as a picture: a cell for each citizen, the delayed alarm, the three shares.

A cell's dark corner below is a punishment in the last step (which costs L nothing), the one
above a bridge between groups.
"""

from typing import Any

import numpy as np

from midcourse.envs.delayed_repression.citizens.text import alarm, bridges, loudness
from midcourse.envs.delayed_repression.letters import write
from midcourse.envs.delayed_repression.population.dynamics import LOUDEST
from midcourse.envs.delayed_repression.population.state import ACTIONS

SIZE = 256
EDGE, FIELD = 8, 208  # corner of the cells, and how far they reach
BARS_AT, SCALE = 48, 200  # first column of the bars, and pixels of a full one
LEGEND_AT = 219  # first column of what the colours mean
ALARM_AT, SHARES_AT, LEFT_AT = 222, 234, 246  # rows of the bars
INK, PAPER, RULE = (38, 38, 48), (250, 249, 245), (214, 210, 200)
GROUNDS = ((250, 249, 245), (226, 224, 214))  # behind the cells, in turn by community
COLOURS = ((52, 98, 168), (214, 150, 44), (196, 60, 52))  # of L, M and R
LOUDNESS = ((86, 140, 92), (214, 150, 44), (196, 60, 52))  # of the alarm, by bucket
LEAST = 2  # pixels of a cell; of more citizens than fit, the first are shown


def cell_size(n: int) -> tuple[int, int]:
    """(cells in a row, pixels of a cell) for n citizens."""
    columns = min(int(np.ceil(np.sqrt(n))), FIELD // LEAST)
    return columns, FIELD // columns


def render(world: Any, shared: Any) -> np.ndarray:
    """RGB, uint8 (256, 256, 3). Simple enough to need no pygame."""
    picture = np.full((SIZE, SIZE, 3), PAPER, np.uint8)
    actions, punished = world["action"].tolist(), world["punished"].tolist()
    bridge, n = bridges(world, shared).tolist(), len(world["action"])
    columns, size = cell_size(n)
    for i in range(min(n, columns * columns)):
        top, left = EDGE + i // columns * size, EDGE + i % columns * size
        community = i * int(shared["communities"]) // n
        picture[top : top + size, left : left + size] = GROUNDS[community % 2]
        inner = size - 1
        picture[top : top + inner, left : left + inner] = COLOURS[actions[i]]
        if bridge[i]:
            picture[top, left] = INK
            if size > 8:
                picture[top + 1 : top + 3, left : left + 3] = INK
        if punished[i]:
            middle = inner // 2
            picture[top + middle : top + inner, left + middle : left + inner] = INK
    bar(picture, ALARM_AT, 0, pixels(alarm(world)), LOUDNESS[loudness(world)])
    reached = 0
    for action, colour in enumerate(COLOURS):
        until = reached + actions.count(action)
        bar(picture, SHARES_AT, SCALE * reached // n, SCALE * until // n, colour)
        reached = until
    left = int(world["limit"]) - int(world["clock"])
    bar(picture, LEFT_AT, 0, SCALE * left // int(world["limit"]), INK)
    for top, name in ((ALARM_AT, "alarm"), (SHARES_AT, "shares"), (LEFT_AT, "steps")):
        write(picture, top, EDGE, name, INK)
    legend(picture)
    return picture


def legend(picture: np.ndarray) -> None:
    """What colours and marks mean, to the right of the cells."""
    for k, (name, colour) in enumerate(zip(ACTIONS, COLOURS, strict=True)):
        top = EDGE + 14 * k
        picture[top : top + 9, LEGEND_AT : LEGEND_AT + 9] = colour
        write(picture, top + 1, LEGEND_AT + 13, name, INK)
    for k, name in enumerate(("struck", "bridge")):
        top = EDGE + 48 + 26 * k
        picture[top : top + 9, LEGEND_AT : LEGEND_AT + 9] = COLOURS[0]
        write(picture, top + 12, LEGEND_AT, name, INK)
    picture[EDGE + 52 : EDGE + 57, LEGEND_AT + 4 : LEGEND_AT + 9] = INK
    picture[EDGE + 74 : EDGE + 77, LEGEND_AT : LEGEND_AT + 3] = INK


def bar(picture: np.ndarray, top: int, first: int, last: int, colour: Any) -> None:
    """Paint a part of a bar over its ground."""
    if first == 0:
        picture[top : top + 8, BARS_AT : BARS_AT + SCALE] = RULE
    picture[top : top + 8, BARS_AT + first : BARS_AT + last] = colour


def pixels(alarm: float) -> int:
    """Length of an alarm's bar, as told to four digits."""
    return max(1, min(SCALE, int(SCALE * (round(alarm, 4) / LOUDEST))))
