"""The dynamics of the corridor: one step, and what disturbs it."""

from midcourse.core.engine.rng import FAULTS, below
from midcourse.envs._template.state import (
    ARRIVED,
    LEFT,
    MESSAGES,
    MIRROR,
    QUIET,
    STOP,
    WALL,
    WIND,
    WRONG_PLACE,
)


def step(world, shared, action):
    """One action: a step to the left or the right, or the claim to have arrived."""
    world.message = QUIET
    world.terms[2] = -0.01
    if action == STOP:
        world.terminated = 1
        if world.cell == world.goal:
            world.success = 1
            world.message = ARRIVED
            world.terms[0] = 1.0
        else:
            world.message = WRONG_PLACE
            world.terms[1] = -0.3
        return
    cell = world.cell + heading(world, action)
    if cell >= 0 and cell < shared.cells:
        world.cell = cell
    else:
        world.message = WALL


def refuse(world, shared):
    """What was meant is unclear, so nothing happens; that costs as much as any step."""
    world.message = QUIET
    world.terms[2] = -0.01


def heading(world, action):
    """-1 or 1: where a step goes now."""
    left = -1 if world.mirrored == 0 else 1
    return left if action == LEFT else -left


def disturb(world, shared, kind):
    """Let a disturbance strike; False, and nothing has changed, if it cannot now."""
    if kind == MIRROR:
        world.mirrored = 1 - world.mirrored
        return True
    if kind == WIND:
        # Blown to another cell, drawn from all but this one.
        cell = below(world, FAULTS, shared.cells - 1)
        world.cell = cell + 1 if cell >= world.cell else cell
        return True
    return False


def validate(world, shared):
    """Whether every index in the record is in range."""
    good = world.cell >= 0 and world.cell < shared.cells
    good = good and world.goal >= 0 and world.goal < shared.cells
    good = good and world.message >= 0 and world.message < len(MESSAGES)
    return good and world.mirrored >= 0 and world.mirrored <= 1
