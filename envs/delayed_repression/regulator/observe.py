"""What the regulator sees: alarms, old and published, the radical share, its own levers."""

from typing import Any

import numpy as np
from gymnasium import spaces

from midcourse.core.family import View
from midcourse.envs.delayed_repression.population.dynamics import LOUDEST, alarm_of, delayed_alarm
from midcourse.envs.delayed_repression.population.state import RING
from midcourse.envs.delayed_repression.regulator.state import (
    FORCES,
    HISTORY,
    SHIFTS,
    SMOOTHINGS,
    RegulatorParams,
)

SIZES = [len(FORCES), len(SMOOTHINGS), len(SHIFTS)]
MEASURES = {
    "delayed_alarm": 1,
    "published_alarm": 1,
    "history": HISTORY,
    "radical_share": 1,
    "steps_left": 1,
}

_spaces: dict[str, spaces.Space] = {
    name: spaces.Box(0.0, 1.0, (size,), np.float32) for name, size in MEASURES.items()
}
SPACE = spaces.Dict({**_spaces, "levers": spaces.MultiDiscrete(SIZES)})

FRAME = np.dtype(
    [
        ("delayed_alarm", np.float32, (1,)),  # in units of LOUDEST, as are the next two
        ("history", np.float32, (HISTORY,)),  # delayed alarms of past steps, the latest last
        ("levers", np.int64, (3,)),  # as they are now
        ("published_alarm", np.float32, (1,)),  # that citizens read now
        ("radical_share", np.float32, (1,)),  # now
        ("steps_left", np.float32, (1,)),  # share of the step limit
    ],
    align=True,
)


def action_space(params: RegulatorParams) -> spaces.Space:
    """Force, smoothing, shift, or the force alone."""
    return spaces.Discrete(SIZES[0]) if params.levers == "force" else spaces.MultiDiscrete(SIZES)


def observe(world, shared, frame):
    """Write the observation."""
    now = world.step
    frame.delayed_alarm[0] = delayed_alarm(world, now) / LOUDEST
    frame.published_alarm[0] = world.published / LOUDEST
    for k in range(HISTORY):
        # A delay of more than RING - HISTORY steps reaches back to alarms that are gone.
        back = min(HISTORY - 1 - k, RING - 1 - world.delay)
        frame.history[k] = alarm_of(world, alarm_at(world, now - world.delay - back)) / LOUDEST
    for k in range(3):
        frame.levers[k] = world.lever[k]
    frame.radical_share[0] = world.radicals / len(world.action)
    frame.steps_left[0] = (world.limit - world.clock) / world.limit


def alarm_at(world, step):
    """A past alarm; before the beginning, the first."""
    return world.alarms[max(0, step) % RING]


def mask(world, shared, frame):
    """Every lever may always be moved anywhere."""
    for k in range(len(frame.action_mask)):
        frame.action_mask[k] = 1


def legal(action, shared):
    """Whether an action lies in the action space."""
    good = action[0] >= 0 and action[0] < len(FORCES)
    good = good and action[1] >= 0 and action[1] < len(SMOOTHINGS)
    return good and action[2] >= 0 and action[2] < len(SHIFTS)


def legal_force(action, shared):
    """Replaces `legal` where the action is the force alone."""
    return action >= 0 and action < len(FORCES)


VIEWS: dict[str, Any] = {"dict": View(SPACE, FRAME, observe)}
