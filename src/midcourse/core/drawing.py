"""Text drawn by pygame, which is imported only here, and late."""

import os
import warnings
from functools import cache, lru_cache
from typing import Any

from midcourse.core.errors import UserError


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
def font(size: int) -> Any:
    """pygame's own font of a size in pixels."""
    return load_pygame().font.Font(None, size)


@lru_cache(1 << 13)
def words(line: str, size: int, color: tuple[int, int, int]) -> Any:
    """A line of text as a surface."""
    return font(size).render(line, True, color)
