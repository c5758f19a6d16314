"""Let whole populations live on under levers that stay as they are, many worlds at once."""

from functools import cache
from typing import Any

import numpy as np

from midcourse.core.engine import bind
from midcourse.core.engine.record import aligned_zeros
from midcourse.core.errors import UserError
from midcourse.core.vector import Vector
from midcourse.envs.delayed_repression.population import desk, interleaved
from midcourse.envs.delayed_repression.population.state import UNIT
from midcourse.envs.delayed_repression.regulator.state import (
    FORCES,
    SHIFTS,
    SMOOTHINGS,
    RegulatorParams,
)

MOST_CITIZENS = 2**31 // (2 * UNIT) - 1  # whose alarm fits into 32 bits, and number into 16


def simulate(vector: Vector, steps: int) -> np.ndarray:
    """Live some steps of the populations of a regulator's vector, beside their episodes.

    The same as that many calls of the rule `population_step` in every world, bit for bit, by a
    kernel that takes 64 worlds side by side. Clocks, rewards and success stand still meanwhile.

    Args:
        vector: of `midcourse/DelayedRepression-v0`, with `graph="shared"` and fixed or reactive
            citizens; levers as the last step left them.
        steps: how many, from 0 on.

    Returns:
        Radical citizens before each step and at the end, int32 (steps + 1, num_envs).

    Raises:
        UserError: another world, a graph of its own, citizens who learn, or too many of them.
    """
    params = vector.program.params
    if not isinstance(params, RegulatorParams):
        raise UserError(f"simulate() takes a vector of DelayedRepression-v0, not of {vector!r}")
    if params.graph != "shared":
        raise UserError(f"simulate() wants graph='shared', not graph={params.graph!r}")
    if params.population not in ("fixed", "reactive"):
        raise UserError(
            f"simulate() takes fixed or reactive citizens, not population={params.population!r}"
        )
    if params.citizens > MOST_CITIZENS:
        raise UserError(f"simulate() takes at most {MOST_CITIZENS:,} citizens")
    if not isinstance(steps, (int, np.integer)) or steps < 0:
        raise UserError(f"steps must be a whole number from 0 on, not {steps!r}")
    worlds, shared = vector.worlds, vector.program.shared
    counts = np.empty((steps + 1, len(worlds)), np.int32)
    sides = aligned_zeros(-(-params.citizens // interleaved.GROUP), interleaved.SIDE)
    desks = aligned_zeros(1, desk.DESK)
    force, smoothing, shift = (
        np.array(values)[worlds["lever"][:, k]]
        for k, values in enumerate((FORCES, SMOOTHINGS, SHIFTS))
    )
    threshold = params.threshold + shift
    live = _live((worlds.dtype, shared.dtype))
    for first in range(0, len(worlds), desk.LANES):
        some = slice(first, first + desk.LANES)
        levers = force[some], threshold[some], smoothing[some]
        part = np.empty((steps + 1, len(worlds[some])), np.int32)
        live(worlds[some], shared, steps, *levers, sides, desks, part)
        counts[:, some] = part
    return counts


@cache
def _live(layout: tuple[np.dtype, ...]) -> Any:
    return bind.compiled(interleaved.live_in_lanes, separate=True, layout=layout)
