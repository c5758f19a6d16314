"""The exact oracle of the corridor: the distance to the goal, and one to say so."""

from midcourse.envs._template.rules import heading
from midcourse.envs._template.state import LEFT, RIGHT, STOP


def cost_to_go(world, shared):
    """Fewest actions from here to success; -1 once the episode has ended."""
    if world.running == 0:
        return -1
    return abs(int(world.goal) - int(world.cell)) + 1


def act(world, shared):
    """An action that begins a cheapest way to success."""
    if world.cell == world.goal:
        return STOP
    wanted = 1 if world.goal > world.cell else -1
    return LEFT if heading(world, LEFT) == wanted else RIGHT
