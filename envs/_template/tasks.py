"""Tasks of the corridor: how they are drawn, and what divides the splits."""

from midcourse.core.engine.rng import LAYOUT, below
from midcourse.core.family import Program
from midcourse.envs._template.state import CorridorParams

COUNTS = {"train": 0, "validation": 20, "test": 40}  # 0: one for each 31-bit index


def count(params: CorridorParams) -> dict[str, int]:
    """Tasks in each split."""
    return COUNTS


def build(program: Program) -> None:
    """Fill the shared record."""
    params = program.params
    assert isinstance(params, CorridorParams)
    program.shared[0]["cells"] = params.cells


def lay_out(world, shared):
    """Write the task into the record: every field of the family's own."""
    world.cell = below(world, LAYOUT, shared.cells)
    goal = below(world, LAYOUT, shared.cells - 1)
    world.goal = goal + 1 if goal >= world.cell else goal
    world.message = 0
    world.mirrored = 0
