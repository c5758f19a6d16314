"""GUI navigation as a picture of 256 x 256 pixels.

Every label has a swatch of its own, three by three cells that spell its number, so that whoever
learns from pixels need not read and `facts.py` can read the facts back. All that is drawn lies at
fixed places but for the icons, which lie exactly at their boxes.
"""

import colorsys
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from midcourse.core.drawing import load_pygame, words
from midcourse.core.engine.record import Record
from midcourse.envs.gui_navigation import text
from midcourse.envs.gui_navigation.observe import shown
from midcourse.envs.gui_navigation.state import (
    BACK,
    DONE,
    HOME,
    LAYOUTS,
    MESSAGES,
    SCROLL,
    SLOTS,
)

SIZE = 256
CELL = 6  # side of a swatch's cell, 3 x 3 of which spell a label
SWATCH = 3 * CELL
CODES = 512  # labels are scattered over the swatches by an odd factor, so that neighbours differ
SCATTER = 197

TITLE_AT, GOAL_AT = (5, 4), (5, 33)  # upper left corners of these two swatches
DOTS_AT, DOT_STEP = (247, 13), 9  # middle of the last page's dot; a lit one for the page at hand
MESSAGE_AT = (241, 46)  # four small cells that spell the message
BAR_AT, BAR_LENGTH, BAR_HEIGHT = (0, 26), SIZE, 3  # the steps left
BUTTONS = {action: (4 + 63 * i, 227, 59, 25) for i, action in enumerate((BACK, HOME, SCROLL, DONE))}
BUTTON_NAMES = {BACK: "Back", HOME: "Home", SCROLL: "Scroll", DONE: "Done"}
DIALOG = (2, 57, 252, 168)

PAGE_COLOR, HEAD_COLOR, DIALOG_COLOR = (243, 244, 248), (255, 255, 255), (255, 252, 242)
VEIL_COLOR, INK, FAINT = (188, 190, 200), (34, 36, 48), (120, 122, 132)
BORDER = (72, 84, 138)  # of every icon's box, and of nothing else between head and buttons
OFF = (250, 250, 250)  # an unlit cell; a lit one has at most 150 in its brightest channel
BUTTON_COLOR, GREY = (52, 92, 178), (224, 225, 230)
BAR_COLOR, BAR_EMPTY = (58, 158, 104), (222, 224, 230)
DOT_LIT, DOT_DARK = (255, 255, 255), (110, 112, 124)


class Scene(NamedTuple):
    """All that a picture shows."""

    labels: tuple[int, ...]  # in each slot, 0: no icon
    boxes: tuple[tuple[int, int, int, int], ...]  # of each slot in pixels: x, y, width, height
    title: int
    goal: int
    message: int
    bar: int  # pixels of the steps-left bar
    page: int
    pages: int
    legal: tuple[int, ...]  # of BACK, HOME, SCROLL, DONE those that are open
    popup: bool


def bar_pixels(share: Any) -> int:
    """The steps left as the bar shows them: a share in [0, 1], float32, in pixels."""
    return round(float(np.float32(share)) * BAR_LENGTH)


def scene(world: Any, shared: Any) -> Scene:
    """What a world shows, from its record."""
    record, common = Record(world), Record(shared)
    app = text.app_of(record, common)
    screen, popup = record.screen, record.popup
    layout = (app.layout[screen] + record.move) & (LAYOUTS - 1)
    row = SLOTS + popup if popup else app.page[screen, record.page].count
    boxes = shared["layouts"][layout, row]["boxes"].reshape(SLOTS, 4)
    away, pages = screen != 0, app.pages[screen]
    ways = {BACK: away, HOME: away, SCROLL: pages > 1, DONE: True}
    return Scene(
        labels=tuple(text.labels(world, shared)),
        boxes=tuple(map(tuple, np.rint(boxes * SIZE).astype(int).tolist())),
        title=shown(app.name[screen], record.rename) * common.titles,
        goal=shown(app.name[record.goal], record.rename),
        message=record.message,
        bar=bar_pixels((record.limit - record.clock) / record.limit),
        page=record.page,
        pages=pages,
        legal=() if popup else tuple(action for action, is_open in ways.items() if is_open),
        popup=popup != 0,
    )


def click(world: Any, shared: Any, x: float, y: float) -> int | None:
    """The action of a click at a pixel, x to the right and y down in [0, 256); None: on nothing.

    A greyed button is still a button: the world answers it with a reason.
    """
    for action, (left, top, width, height) in BUTTONS.items():
        if left <= x < left + width and top <= y < top + height:
            return action
    now = scene(world, shared)
    for slot, (left, top, width, height) in enumerate(now.boxes):
        if now.labels[slot] and left <= x < left + width and top <= y < top + height:
            return slot
    return None


def render(world: Any, shared: Any) -> np.ndarray:
    """The picture, RGB, uint8 (256, 256, 3).

    Raises:
        UserError: pygame is not installed.
    """
    pygame = load_pygame()
    now = scene(world, shared)
    pixels = background(now.popup).copy()
    canvas = pygame.image.frombuffer(pixels, (SIZE, SIZE), "RGB")  # shares the array's memory
    draw_head(pygame, canvas, now)
    if now.popup:
        low = now.boxes[np.flatnonzero(now.labels)[0]][1] < DIALOG[1] + DIALOG[3] // 2
        line = words("A popup is in the way", 22, FAINT)
        canvas.blit(line, line.get_rect(center=(SIZE // 2, DIALOG[1] + (125 if low else 40))))
    ground = DIALOG_COLOR if now.popup else PAGE_COLOR
    for label, (x, y, width, height) in zip(now.labels, now.boxes, strict=True):
        if label:
            canvas.blit(icon_tile(label, width, height, ground), (x, y))
    for action, (x, y, _, _) in BUTTONS.items():
        canvas.blit(button_tile(action, action in now.legal), (x, y))
    return pixels


def code(label: int) -> int:
    """The nine bits of a label's swatch."""
    return label * SCATTER % CODES


def color_of(label: int) -> tuple[int, int, int]:
    """A label's own colour, dark enough to be told from an unlit cell."""
    hue = label * 0.6180339887 % 1.0
    value = 0.42 + 0.16 * (label * 0.7548776662 % 1.0)
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def draw_bits(surface: Any, at: tuple[int, int], bits: int, lit: Any, grid: Any) -> None:
    """Cells that spell a number, row by row; `grid` is (columns, rows, side of a cell)."""
    columns, rows, side = grid
    for i in range(columns * rows):
        color = lit if bits >> i & 1 else OFF
        x, y = at[0] + i % columns * side, at[1] + i // columns * side
        surface.fill(color, (x, y, side, side))


@lru_cache(4096)
def swatch(label: int) -> Any:
    """A label's swatch."""
    surface = load_pygame().Surface((SWATCH, SWATCH), 0, 24)
    draw_bits(surface, (0, 0), code(label), color_of(label), (3, 3, CELL))
    return surface


@lru_cache(8192)
def icon_tile(label: int, width: int, height: int, ground: tuple[int, int, int]) -> Any:
    """An icon: a rounded box with the label's swatch and name."""
    pygame = load_pygame()
    tile = pygame.Surface((width, height), 0, 24)
    tile.fill(ground)
    tint = tuple(232 + channel // 11 for channel in color_of(label))
    pygame.draw.rect(tile, tint, tile.get_rect(), border_radius=6)
    pygame.draw.rect(tile, BORDER, tile.get_rect(), width=1, border_radius=6)
    tile.blit(swatch(label), (5, (height - SWATCH) // 2))
    lines = text.NAMES[label].split()
    top = (height - 11 * len(lines)) // 2
    for i, line in enumerate(lines):
        tile.blit(words(line, 16, INK), (SWATCH + 9, top + 11 * i))
    return tile


@lru_cache(64)
def button_tile(action: int, is_open: bool) -> Any:
    """One of the four buttons below, grey when it leads nowhere."""
    pygame = load_pygame()
    _, _, width, height = BUTTONS[action]
    tile = pygame.Surface((width, height), 0, 24)
    tile.fill(PAGE_COLOR)
    color = BUTTON_COLOR if is_open else GREY
    pygame.draw.rect(tile, color, tile.get_rect(), border_radius=8)
    name = words(BUTTON_NAMES[action], 18, HEAD_COLOR if is_open else FAINT)
    tile.blit(name, name.get_rect(center=(width // 2, height // 2 + 1)))
    return tile


@cache
def background(popup: bool) -> np.ndarray:
    """What lies below all else; a popup is a dialog over a veiled page."""
    pygame = load_pygame()
    canvas = pygame.Surface((SIZE, SIZE), 0, 24)
    canvas.fill(PAGE_COLOR)
    canvas.fill(HEAD_COLOR, (0, 26, SIZE, 30))
    if popup:
        canvas.fill(VEIL_COLOR, (0, 56, SIZE, 170))
        pygame.draw.rect(canvas, DIALOG_COLOR, DIALOG, border_radius=10)
        pygame.draw.rect(canvas, FAINT, DIALOG, width=1, border_radius=10)
    pixels = pygame.image.tobytes(canvas, "RGB")
    return np.frombuffer(pixels, np.uint8).reshape(SIZE, SIZE, 3)


def draw_head(pygame: Any, canvas: Any, now: Scene) -> None:
    """The title bar, the goal, the steps left and the last message."""
    canvas.fill(color_of(now.title), (0, 0, SIZE, 26))
    canvas.fill(OFF, (TITLE_AT[0] - 1, TITLE_AT[1] - 1, SWATCH + 2, SWATCH + 2))
    canvas.blit(swatch(now.title), TITLE_AT)
    canvas.blit(words(text.NAMES[now.title] or "(no title)", 22, HEAD_COLOR), (30, 6))
    for i in range(now.pages if now.pages > 1 else 0):
        x = DOTS_AT[0] - DOT_STEP * (now.pages - 1 - i)
        color = DOT_LIT if i == now.page else DOT_DARK
        pygame.draw.circle(canvas, color, (x, DOTS_AT[1]), 3)
    canvas.blit(swatch(now.goal), GOAL_AT)
    canvas.blit(words(f"Goal: {text.NAMES[now.goal]}", 18, INK), (30, 32))
    x, y = BAR_AT
    canvas.fill(BAR_EMPTY, (x, y, BAR_LENGTH, BAR_HEIGHT))
    canvas.fill(BAR_COLOR, (x, y, now.bar, BAR_HEIGHT))
    draw_bits(canvas, MESSAGE_AT, now.message, FAINT, (4, 1, 3))
    canvas.blit(words(MESSAGES[now.message], 16, (150, 62, 40)), (30, 44))
