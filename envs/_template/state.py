"""Knobs and records of the corridor."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from midcourse.core.engine.record import shared_dtype, world_dtype
from midcourse.core.params import Params, knob

LONGEST = 64  # cells
LEFT, RIGHT, STOP = range(3)
ACTIONS = 3
TERMS = ("goal", "wrong_stop", "step")
KINDS = ("mirror", "wind")
MIRROR, WIND = range(len(KINDS))
MESSAGES = ("", "you are there", "this is not the place", "there is a wall")
QUIET, ARRIVED, WRONG_PLACE, WALL = range(len(MESSAGES))


@dataclass(frozen=True, kw_only=True)
class CorridorParams(Params):
    """Knobs of the corridor."""

    KINDS: ClassVar = KINDS
    LEVELS: ClassVar = {
        1: {"cells": 8, "step_limit": 24},
        2: {"cells": 16, "step_limit": 48},
    }

    cells: int = knob(8, "cells of the corridor", low=4, high=LONGEST)


def world(params: CorridorParams) -> np.dtype:
    """The dtype of a world."""
    hot: list[Any] = [
        ("cell", np.int16),  # where we are
        ("goal", np.int16),  # cell to be reached
        ("message", np.int16),  # index into MESSAGES
        ("mirrored", np.int16),  # 1: left and right are exchanged
    ]
    return world_dtype(TERMS, hot)


def shared(params: CorridorParams) -> np.dtype:
    """The dtype of what worlds share."""
    return shared_dtype([("cells", np.int32)])
