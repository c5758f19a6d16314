"""The web as a picture of 480 x 640 pixels; pygame is imported only here, and late.

Each element is a row: a strip of 24 cells that spells the checksum of its line of text, so that
`facts.py` can read it back, then the line as a browser would show it.
"""

import os
import warnings
import zlib
from functools import cache, lru_cache
from typing import Any

import numpy as np

from midcourse.core.errors import UserError
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.phrases import messages, task
from midcourse.envs.web_tasks.state import ELEMENT, REPLIES
from midcourse.envs.web_tasks.text import line

WIDTH, HEIGHT = 480, 640
HEAD, ROW = 52, 9  # pixels of the head, and of an element's row
BITS, CELL = 24, 2
BAR = 600  # length of the bar for the steps left, in 1/600 of the picture's width
STEPS_ROW, REPLY_ROW = HEIGHT - 2, HEIGHT - 4
PAPER, INK, FAINT = (255, 255, 255), (30, 32, 40), (110, 114, 126)
LIT, UNLIT, EMPTY = (70, 90, 160), (216, 220, 232), (255, 255, 255)
HEAD_COLOR, BAR_COLOR, BAR_EMPTY = (240, 243, 250), (58, 158, 104), (222, 224, 230)
COLORS = {
    state.HEADING: ((20, 22, 30), 17), state.TEXT: ((60, 64, 74), 14),
    state.LINK: ((20, 80, 190), 14), state.BUTTON: ((255, 255, 255), 14),
    state.TEXTBOX: (INK, 14), state.COMBOBOX: (INK, 14),
}  # fmt: skip


def code(words: str) -> int:
    """24 bits that stand for a line of text; never 0, which is no line."""
    return zlib.crc32(words.encode()) & 0xFFFFFF or 1


def bar_pixels(share: Any) -> int:
    """The steps left as the bar shows them: a share in [0, 1], float32, in pixels."""
    return round(float(np.float32(share)) * WIDTH)


def render(world: Any, shared: Any) -> np.ndarray:
    """The picture, RGB, uint8 (640, 480, 3).

    Raises:
        UserError: pygame is not installed.
    """
    pygame = load_pygame()
    pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    canvas = pygame.image.frombuffer(pixels, (WIDTH, HEIGHT), "RGB")  # shares the array's memory
    canvas.fill(HEAD_COLOR, (0, 0, WIDTH, HEAD))
    notes = world["message"][: int(world["said"])]
    said = [task(world["goal"], notes), *messages(notes)]
    for i, words in enumerate([said[0], *said[1:][-3:]]):
        canvas.blit(_words(words, 15, INK if i == 0 else (150, 60, 20)), (4, 2 + 12 * i))
    now, size = world["now"][0], ELEMENT.itemsize
    raw = now["element"].tobytes()
    for e in range(int(now["elements"])):
        element = raw[e * size : (e + 1) * size]
        canvas.blit(_row(e, element), (0, HEAD + ROW * e))
    reply = int(world["reply"])
    if reply:
        canvas.blit(_words(REPLIES[reply], 14, (170, 30, 30)), (4, HEAD - 12))
    pixels[REPLY_ROW, : 8 * 5] = EMPTY
    for bit in range(5):
        pixels[REPLY_ROW, 8 * bit : 8 * bit + 8] = LIT if reply >> bit & 1 else UNLIT
    share = bar_pixels((world["limit"] - world["clock"]) / world["limit"])
    pixels[STEPS_ROW, :share] = BAR_COLOR
    pixels[STEPS_ROW, share:] = BAR_EMPTY
    return pixels


@lru_cache(1 << 13)
def _row(e: int, raw: bytes) -> Any:
    """An element's row."""
    pygame = load_pygame()
    words, role = line(raw), int(np.frombuffer(raw, ELEMENT)[0]["role"])
    row = pygame.Surface((WIDTH, ROW), 0, 24)
    row.fill(PAPER)
    bits = code(words)
    for bit in range(BITS):
        row.fill(LIT if bits >> bit & 1 else UNLIT, (CELL * bit, 3, CELL, CELL))
    color, size = COLORS[role]
    if role == state.BUTTON:
        row.fill((52, 92, 178), (70, 0, 150, ROW))
    elif role in (state.TEXTBOX, state.COMBOBOX):
        row.fill((236, 240, 248), (70, 0, WIDTH - 74, ROW))
    row.blit(_words(str(e), 13, FAINT), (52, 0))
    row.blit(_words(words.partition(" ")[2], size, color), (72, 0))
    return row


def click(world: Any, shared: Any, x: float, y: float) -> Any:
    """The action of a click at a pixel, x to the right and y down; None: on nothing."""
    e = int((y - HEAD) // ROW)
    return np.array([e, 0]) if 0 <= e < int(world["now"][0]["elements"]) and x >= 0 else None


@cache
def load_pygame() -> Any:
    """The module, with nothing initialised but its fonts.

    Raises:
        UserError: it is not installed.
    """
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pygame
            import pygame.font
    except ImportError:
        raise UserError('pictures need pygame: pip install "midcourse[render]"') from None
    pygame.font.init()
    return pygame


@cache
def _font(size: int) -> Any:
    return load_pygame().font.Font(None, size)


@lru_cache(1 << 13)
def _words(words: str, size: int, color: tuple[int, int, int]) -> Any:
    return _font(size).render(words, True, color)
