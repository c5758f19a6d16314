"""What is seen of the corridor: the arrays, and which actions are legal."""

import numpy as np
from gymnasium import spaces

from midcourse.envs._template.rules import heading
from midcourse.envs._template.state import ACTIONS, LEFT, LONGEST, MESSAGES, STOP

SPACE = spaces.Dict(
    {
        "cell": spaces.Discrete(LONGEST),
        "goal": spaces.Discrete(LONGEST),
        "message": spaces.Discrete(len(MESSAGES)),
        "steps_left": spaces.Box(0.0, 1.0, (1,), np.float32),
    }
)

FRAME = np.dtype(
    [
        ("cell", np.int64),
        ("goal", np.int64),
        ("message", np.int64),
        ("steps_left", np.float32, (1,)),  # share of the step limit
    ],
    align=True,
)


def observe(world, shared, frame):
    """Write the observation."""
    frame.cell = world.cell
    frame.goal = world.goal
    frame.message = world.message
    frame.steps_left[0] = (world.limit - world.clock) / world.limit


def mask(world, shared, frame):
    """Write which actions are legal: no steps into a wall."""
    for action in range(ACTIONS):
        frame.action_mask[action] = 1
        if action != STOP:
            cell = world.cell + heading(world, action)
            if cell < 0 or cell >= shared.cells:
                frame.action_mask[action] = 0


def legal(action, shared):
    """Whether an action lies in the action space."""
    return action >= LEFT and action <= STOP
