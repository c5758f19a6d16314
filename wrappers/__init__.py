"""What changes between agent and world. Each is imported when it is first named."""

import importlib
from typing import Any

_HOMES = {
    "BrowserGymView": "browsergym",
    "OracleShaping": "shaping",
    "OracleShapingVector": "shaping",
    "PixelClick": "views",
    "PixelView": "views",
    "SB3VecEnv": "sb3",
    "TextView": "views",
    "Wrapper": "base",
}

__all__ = list(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
