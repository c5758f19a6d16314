"""Draw the pictures that the README shows: `python docs/pictures.py`."""

from itertools import count
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.reporting.png import encode

MARGIN = 8
FRIGHT = np.array([2, 1, 0])  # what a citizen does by the alarm: R when calm, L when loud


def side_by_side(frames: list[np.ndarray]) -> np.ndarray:
    """Pictures in a row, with a white gap between them."""
    gap = np.full((len(frames[0]), MARGIN, 3), 255, np.uint8)
    parts = [part for frame in frames for part in (frame, gap)]
    return np.concatenate(parts[:-1], axis=1)


def gui_navigation() -> np.ndarray:
    """The oracle's episode on one level-3 task, with a popup and moved icons on the way."""
    env: Any = gymnasium.make(
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
    return side_by_side(frames)


def web_tasks() -> np.ndarray:
    """The oracle buys something, and the user was wrong about it when it is in the cart.

    Before the message, after it, and before the order, of the first such episode.
    """
    env: Any = gymnasium.make(
        "midcourse/WebTasks-v0", level=5, disturbances=("revision",)
    ).unwrapped
    for seed in count():
        env.reset(seed=seed)
        frames, over = [env.picture()], False
        while not over:
            _, _, over, _, _ = env.step(env.oracle_action())
            frames.append(env.picture())
        struck = env.events()[0]["step"] if env.events() else 0
        lost = len(frames) - 1 - env.optimal_steps()
        if "Task: Buy" in env.text() and "Also" not in env.text() and struck > 3 and lost > 4:
            break
    shown = [frames[struck - 1], frames[struck], frames[-3]]
    bars = 4  # rows at the foot of a picture
    used = [np.flatnonzero((frame[:-bars] != 255).any(axis=(1, 2)))[-1] for frame in shown]
    return side_by_side([frame[: max(used) + MARGIN] for frame in shown])


def delayed_repression() -> np.ndarray:
    """One population left alone and held by the reference, and citizens who act on the alarm."""
    frames = []
    for who in ("idle_action", "oracle_action"):
        env: Any = gymnasium.make("midcourse/DelayedRepression-v0", level=2, split="test").unwrapped
        env.reset(seed=0, options={"task": 0})
        for _ in range(290):
            env.step(getattr(env, who)())
        frames.append(env.picture())
    env = gymnasium.make("midcourse/DelayedRepressionCitizens-v0", level=2).unwrapped
    observation, _ = env.reset(seed=0)
    generator, action = np.random.default_rng(0), env.idle_action()
    for _ in range(36):
        moved = generator.random(len(action)) < 0.3
        action = np.where(moved, FRIGHT[observation[:, 1]], action)
        observation, *_ = env.step(action)
    return side_by_side([*frames, env.picture()])


if __name__ == "__main__":
    for draw in (gui_navigation, web_tasks, delayed_repression):
        Path(__file__).with_name(f"{draw.__name__}.png").write_bytes(encode(draw()))
