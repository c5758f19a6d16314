"""Draw the pictures that the README shows: `python docs/pictures.py`."""

from pathlib import Path

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.reporting.png import encode

MARGIN = 8


def strip() -> np.ndarray:
    """The oracle's episode on one level-3 task, with a popup and moved icons on the way."""
    env = gymnasium.make(
        "midcourse/GuiNavigation-v0",
        level=3,
        disturbances=("popup", "move_icons"),
        disturb_at=[("step", 1), ("step", 3)],
    ).unwrapped
    env.reset(seed=4)
    frames, over = [env.picture()], False
    while not over and len(frames) < 5:
        _, _, over, _, _ = env.step(env.oracle_action())
        frames.append(env.picture())
    gap = np.full((256, MARGIN, 3), 255, np.uint8)
    parts = [part for frame in frames for part in (frame, gap)]
    return np.concatenate(parts[:-1], axis=1)


if __name__ == "__main__":
    Path(__file__).with_name("gui_navigation.png").write_bytes(encode(strip()))
