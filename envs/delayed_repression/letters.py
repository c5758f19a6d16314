"""Small letters for pictures, five pixels wide and seven high, drawn with numpy alone."""

from functools import cache

import numpy as np

WIDE, HIGH = 6, 7  # pixels from one letter to the next, and of a row of words
# Each letter's five columns, a byte each, the top pixel in the lowest bit.
LETTERS = {
    " ": "0000000000", "%": "2313086462", "+": "08083e0808", ",": "0050300000",
    "-": "0808080808", ".": "0060600000", "/": "2010080402", ":": "0036360000",
    "0": "3e5149453e", "1": "00427f4000", "2": "4261514946", "3": "2141454b31",
    "4": "1814127f10", "5": "2745454539", "6": "3c4a494930", "7": "0171090503",
    "8": "3649494936", "9": "064949291e", "L": "7f40404040", "M": "7f020c027f",
    "R": "7f09192946", "a": "2054545478", "b": "7f48444438", "c": "3844444420",
    "d": "384444487f", "e": "3854545418", "f": "087e090102", "g": "0c5252523e",
    "h": "7f08040478", "i": "00447d4000", "j": "2040443d00", "k": "7f10284400",
    "l": "00417f4000", "m": "7c04180478", "n": "7c08040478", "o": "3844444438",
    "p": "7c14141408", "q": "081414187c", "r": "7c08040408", "s": "4854545420",
    "t": "043f444020", "u": "3c4040207c", "v": "1c2040201c", "w": "3c4030403c",
    "x": "4428102844", "y": "0c5050503c", "z": "4464544c44",
}  # fmt: skip


def write(picture: np.ndarray, top: int, left: int, words: str, colour: tuple) -> None:
    """Write words into a picture; what does not fit is cut off.

    Args:
        picture: uint8 (height, width, 3), changed.
        top: first row, of HIGH.
        left: first column.
        words: of LETTERS; any other sign is a space.
        colour: RGB.
    """
    for i, letter in enumerate(words):
        at = left + i * WIDE
        cell = picture[top : top + HIGH, at : at + 5]
        cell[_ink(letter)[: cell.shape[0], : cell.shape[1]]] = colour


def write_to(picture: np.ndarray, top: int, right: int, words: str, colour: tuple) -> None:
    """Write words that end before a column."""
    write(picture, top, right + 1 - WIDE * len(words), words, colour)


@cache
def _ink(letter: str) -> np.ndarray:
    """Where a letter is inked, bool (7, 5)."""
    columns = np.frombuffer(bytes.fromhex(LETTERS.get(letter, LETTERS[" "])), np.uint8)
    return (columns[None, :] >> np.arange(HIGH)[:, None] & 1).astype(bool)
