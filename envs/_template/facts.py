"""The facts that each view of the corridor tells, read back from the view, to be compared."""

import re
from typing import Any

import numpy as np


def facts_of_arrays(observation: dict[str, Any]) -> dict[str, int]:
    """From the Dict observation."""
    return {"cell": int(observation["cell"]), "goal": int(observation["goal"])}


def facts_of_text(text: str) -> dict[str, int]:
    """From the words."""
    cell, goal = (re.search(rf"{word} cell (\d+)", text) for word in ("in", "to"))
    assert cell is not None
    assert goal is not None
    return {"cell": int(cell[1]), "goal": int(goal[1])}


def facts_of_picture(picture: np.ndarray) -> dict[str, int]:
    """From the pixels: cells are runs of colour between white lines."""
    edge = picture[114]  # above the mark of where we are
    inside = np.any(edge != 255, axis=1)
    starts = np.flatnonzero(inside & ~np.roll(inside, 1))
    goal = [i for i, x in enumerate(starts) if edge[x, 0] != edge[x, 1]]
    cell = [i for i, x in enumerate(starts) if picture[128, x].max() == 0]
    return {"cell": cell[0], "goal": goal[0]}
