"""The web as a picture of 480 x 1000 pixels.

Each element is a row: a strip of 24 cells that spells the checksum of its line of text, so that
`facts.py` can read it back, then the line as a browser would show it.
"""

import zlib
from functools import lru_cache
from typing import Any

import numpy as np

from midcourse.core.drawing import font, load_pygame, words
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.speech.phrases import messages, task
from midcourse.envs.web_tasks.speech.words import WORDS, spell
from midcourse.envs.web_tasks.state import ELEMENT, REPLIES
from midcourse.envs.web_tasks.text import line, said_value

WIDTH, HEIGHT = 480, 1000
HEAD, ROW = 92, 14  # pixels of the head, and of an element's row
LINE, LINES = 12, 6  # pixels of a line in the head, and how many there are
BITS, CELL = 24, 2
LEFT, FIELD = 72, 160  # where an element's name begins, and what it holds
STEPS_ROW, REPLY_ROW = HEIGHT - 2, HEIGHT - 4
PAPER, INK, FAINT = (255, 255, 255), (30, 32, 40), (110, 114, 126)
LIT, UNLIT, EMPTY = (70, 90, 160), (216, 220, 232), (255, 255, 255)
BUTTON_COLOR, FIELD_COLOR = (52, 92, 178), (232, 236, 246)
NEWS = (150, 60, 20)
HEAD_COLOR, BAR_COLOR, BAR_EMPTY = (240, 243, 250), (58, 158, 104), (222, 224, 230)
COLORS = {
    state.HEADING: ((20, 22, 30), 21), state.TEXT: ((60, 64, 74), 17),
    state.LINK: ((20, 80, 190), 17), state.BUTTON: ((255, 255, 255), 17),
    state.TEXTBOX: (INK, 17), state.COMBOBOX: (INK, 17),
}  # fmt: skip


def code(words: str) -> int:
    """24 bits that stand for a line of text; never 0, which is no line."""
    return zlib.crc32(words.encode()) & 0xFFFFFF or 1


def bar_pixels(share: Any) -> int:
    """The steps left as the bar shows them: a share in [0, 1], float32, in pixels."""
    return round(float(np.float32(share)) * WIDTH)


def render(world: Any, shared: Any) -> np.ndarray:
    """The picture, RGB, uint8 (1000, 480, 3).

    Raises:
        UserError: pygame is not installed.
    """
    pygame = load_pygame()
    pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    canvas = pygame.image.frombuffer(pixels, (WIDTH, HEIGHT), "RGB")  # shares the array's memory
    canvas.fill(HEAD_COLOR, (0, 0, WIDTH, HEAD))
    notes = world["message"][: int(world["said"])]
    asked = _wrapped(task(world["goal"], notes))
    said = [part for message in messages(world["goal"], notes) for part in _wrapped(message)]
    shown = [*asked, *said[-(LINES - len(asked)) :]]
    for i, part in enumerate(shown):
        canvas.blit(words(part, 15, INK if i < len(asked) else NEWS), (4, 2 + LINE * i))
    now, size = world["now"][0], ELEMENT.itemsize
    raw = now["element"].tobytes()
    for e in range(int(now["elements"])):
        element = raw[e * size : (e + 1) * size]
        canvas.blit(_row(e, element), (0, HEAD + ROW * e))
    reply = int(world["reply"])
    if reply:
        canvas.blit(words(REPLIES[reply], 14, (170, 30, 30)), (4, HEAD - LINE))
    pixels[REPLY_ROW, : 8 * 5] = EMPTY
    for bit in range(5):
        pixels[REPLY_ROW, 8 * bit : 8 * bit + 8] = LIT if reply >> bit & 1 else UNLIT
    share = bar_pixels((world["limit"] - world["clock"]) / world["limit"])
    pixels[STEPS_ROW, :share] = BAR_COLOR
    pixels[STEPS_ROW, share:] = BAR_EMPTY
    return pixels


@lru_cache(1 << 10)
def _wrapped(sentence: str) -> list[str]:
    """A text in lines that fit the head, as many as it has at most."""
    lines = [""]
    for word in sentence.split():
        longer = f"{lines[-1]} {word}".strip()
        if font(15).size(longer)[0] > WIDTH - 8 and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines[: LINES - 1]


@lru_cache(1 << 13)
def _row(e: int, raw: bytes) -> Any:
    """An element's row."""
    pygame = load_pygame()
    element = np.frombuffer(raw, ELEMENT)[0]
    role, said = int(element["role"]), spell(element["words"].tolist())
    row = pygame.Surface((WIDTH, ROW), 0, 24)
    row.fill(PAPER)
    bits = code(line(raw))
    for bit in range(BITS):
        row.fill(LIT if bits >> bit & 1 else UNLIT, (CELL * bit, 6, CELL, CELL))
    row.blit(words(str(e), 14, FAINT), (52, 3))
    caption, value = WORDS[element["caption"]], said_value(element)
    color, size = COLORS[role]
    if role == state.BUTTON:
        pygame.draw.rect(row, BUTTON_COLOR, (LEFT, 0, 112, ROW - 1), border_radius=3)
        row.blit(words(caption, size, color), (LEFT + 6, 1))
    elif role in (state.TEXTBOX, state.COMBOBOX):
        row.blit(words(caption, size, FAINT), (LEFT, 1))
        pygame.draw.rect(row, FIELD_COLOR, (FIELD, 0, 196, ROW - 1), border_radius=3)
        row.blit(words(said, size, color), (FIELD + 5, 1))
        if role == state.COMBOBOX:
            pygame.draw.polygon(
                row, FAINT, [(FIELD + x, y) for x, y in ((180, 4), (190, 4), (185, 9))]
            )
    else:
        left = LEFT
        if caption and (said or value):
            row.blit(words(caption, size, FAINT if role == state.TEXT else color), (LEFT, 1))
            left = FIELD
        shown = "  ".join(part for part in (said, value) if part) or caption
        surface = words(shown, size, color)
        row.blit(surface, (left, 1))
        if role == state.LINK:
            row.fill(color, (left, ROW - 1, surface.get_width(), 1))
    return row


def click(world: Any, shared: Any, x: float, y: float) -> Any:
    """The action of a click at a pixel, x to the right and y down; None: on nothing."""
    e = int((y - HEAD) // ROW)
    return np.array([e, 0]) if 0 <= e < int(world["now"][0]["elements"]) and x >= 0 else None
