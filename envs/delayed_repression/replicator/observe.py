"""What is seen of the delayed replicator, and which actions lie in the space."""

import numpy as np
from gymnasium import spaces

from midcourse.envs.delayed_repression.replicator.state import (
    FORCES,
    LEVERS,
    SEEN,
    ReplicatorParams,
)

SPACE = spaces.Dict(
    {
        "alarm": spaces.Box(0.0, 1.0, (1,), np.float32),
        "published": spaces.Box(0.0, 1.0, (1,), np.float32),
        "history": spaces.Box(0.0, 1.0, (SEEN,), np.float32),
        "action": spaces.Box(-1.0, 1.0, (LEVERS,), np.float32),
        "bounds": spaces.Box(0.0, FORCES, (3,), np.float32),
        "steps_left": spaces.Box(0.0, 1.0, (1,), np.float32),
    }
)

FRAME = np.dtype(
    [
        ("alarm", np.float32, (1,)),  # the delayed alarm, as it arrives
        ("published", np.float32, (1,)),  # the same, smoothed
        ("history", np.float32, (SEEN,)),  # delayed alarms at the ends of steps, oldest first
        ("action", np.float32, (LEVERS,)),  # the last one
        ("bounds", np.float32, (3,)),  # of mean share, amplitude, mean force
        ("steps_left", np.float32, (1,)),  # share of the episode
    ],
    align=True,
)


def action_space(params: ReplicatorParams) -> spaces.Box:
    """Three numbers in [-1, 1], or one where only force can be set."""
    size = LEVERS if params.levers == "all" else 1
    return spaces.Box(-1.0, 1.0, (size,), np.float32)


def observe(world, shared, frame):
    """Write the observation."""
    frame.alarm[0] = world.alarms[SEEN - 1]
    frame.published[0] = world.published
    for i in range(SEEN):
        frame.history[i] = world.alarms[i]
    for i in range(LEVERS):
        frame.action[i] = world.action[i]
        frame.bounds[i] = world.bounds[i]
    frame.steps_left[0] = steps_left(world, shared)


def steps_left(world, shared):
    """The share of the episode that is still to come."""
    end = min(world.limit, shared.horizon)
    return max(0, end - world.clock) / end


def legal(action, shared):
    """Whether every number lies in [-1, 1]; NaN does not."""
    good = True
    for i in range(len(action)):
        good = good and action[i] >= -1.0 and action[i] <= 1.0
    return good
