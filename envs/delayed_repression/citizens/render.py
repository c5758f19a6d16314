"""The population as a picture: a cell for each citizen, the delayed alarm, the three shares."""

from typing import Any

import numpy as np

from midcourse.envs.delayed_repression.citizens.text import alarm, bridges
from midcourse.envs.delayed_repression.population.dynamics import LOUDEST, alarm_bucket

SIZE = 256
EDGE, FIELD = 8, 208  # corner of the cells, and how far they reach
SCALE = 240  # pixels of a full bar
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
        if punished[i]:
            middle = inner // 2
            picture[top + middle : top + inner, left + middle : left + inner] = INK
    heard = alarm(world)
    bar(picture, ALARM_AT, 0, pixels(heard), LOUDNESS[alarm_bucket(heard)])
    reached = 0
    for action, colour in enumerate(COLOURS):
        until = reached + actions.count(action)
        bar(picture, SHARES_AT, SCALE * reached // n, SCALE * until // n, colour)
        reached = until
    left = int(world["limit"]) - int(world["clock"])
    bar(picture, LEFT_AT, 0, SCALE * left // int(world["limit"]), INK)
    return picture


def bar(picture: np.ndarray, top: int, first: int, last: int, colour: Any) -> None:
    """Paint a part of a bar over its ground."""
    if first == 0:
        picture[top : top + 8, EDGE : EDGE + SCALE] = RULE
    picture[top : top + 8, EDGE + first : EDGE + last] = colour


def pixels(alarm: float) -> int:
    """Length of an alarm's bar, as told to four digits."""
    return max(1, min(SCALE, int(SCALE * (round(alarm, 4) / LOUDEST))))
