"""The reference controller: publish a smooth alarm, punish early, and spare force when it can."""

from midcourse.envs.delayed_repression.regulator.state import FORCES, SHIFTS, SMOOTHINGS

NEAR = 0.87  # share of the radical bound at which full force is wanted
FULL, SPARED = FORCES.index(1.0), FORCES.index(0.5)
SMOOTH, EARLY = SMOOTHINGS.index(0.97), SHIFTS.index(-0.2)


def act(world, shared):
    """Levers (force, smoothing, shift): force 1 above 0.87 of the radical bound, else 0.5."""
    near = world.radicals > NEAR * shared.radical_bound * len(world.action)
    return (FULL if near else SPARED), SMOOTH, EARLY


def act_force(world, shared):
    """Replaces `act` where the action is the force alone: half of it, which excites least."""
    return SPARED
