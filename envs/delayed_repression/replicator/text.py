"""The delayed replicator in words, and words as actions.

Numbers are told in the units in which the picture can show them; `marks` counts these units.
"""

import math
import re
from typing import Any

import numpy as np

from midcourse.core.engine.record import Record
from midcourse.core.errors import nearest
from midcourse.core.family import Refusal
from midcourse.envs.delayed_repression.replicator.observe import steps_left
from midcourse.envs.delayed_repression.replicator.rules import force_of, shift_of, smoothing_of
from midcourse.envs.delayed_repression.replicator.state import FORCES, SHIFTS, SMOOTHEST

SHARE, FORCE, SMOOTHING, SHIFT = 0.005, 0.025, 0.01, 0.005  # one unit of each kind of number
TOLERANCE = 1e-3  # of a unit: a bound of 0.04 is 8 units, whatever its float32 says
RANGES = {"force": (0.0, FORCES), "smoothing": (0.0, SMOOTHEST), "shift": (-SHIFTS, SHIFTS)}
NUMBER = r"([+-]?(?:\d+\.?\d*|\.\d+))"
SETTING = re.compile(rf"(force|smoothing|shift)\s*[:=]?\s*{NUMBER}")
DO_NOTHING = (1.0, 0.0, 0.0)


def mark(value: Any, unit: float) -> int:
    """A number in whole units, from its float32, as every view rounds it."""
    return round(float(np.float32(value)) / unit)


def lever_marks(action: Any) -> tuple[int, int, int]:
    """Force, smoothing and shift of an action (3 numbers in [-1, 1]) in their units."""
    first, second, third = (float(np.float32(value)) for value in action)
    return (
        round(force_of(first) / FORCE),
        round(smoothing_of(second) / SMOOTHING),
        round(shift_of(third) / SHIFT),
    )


def bound_marks(bounds: Any) -> tuple[int, int, int]:
    """The bounds of share, amplitude and force in their units, none above what it is."""
    share, amplitude, force = (
        math.floor(float(np.float32(bound)) / unit + TOLERANCE)
        for bound, unit in zip(bounds, (SHARE, SHARE, FORCE), strict=True)
    )
    return share, amplitude, force


def marks(world: Any, shared: Any) -> dict[str, Any]:
    """All that is shown of a world, in units."""
    record, common = Record(world), Record(shared)
    return {
        "alarm": mark(world["alarms"][-1], SHARE),
        "published": mark(record.published, SHARE),
        "history": tuple(mark(alarm, SHARE) for alarm in world["alarms"]),
        "levers": lever_marks(world["action"]),
        "bounds": bound_marks(world["bounds"]),
        "steps_left": mark(steps_left(record, common), SHARE),
    }


def text(world: Any, shared: Any) -> str:
    """What is seen."""
    shown = marks(world, shared)
    share, amplitude, force_bound = shown["bounds"]
    force, smoothing, shift = shown["levers"]
    history = " ".join(f"{alarm * SHARE:.3f}" for alarm in shown["history"])
    horizon = int(shared["horizon"])
    return "\n".join(
        [
            f"Goal: over the second half of {horizon} steps keep the mean share of radicals at "
            f"{share * SHARE:.3f} or below, its swing (max - min) / 2 at {amplitude * SHARE:.3f} "
            f"or below, and the mean force at {force_bound * FORCE:.3f} or below.",
            f"Alarm, delayed: {shown['alarm'] * SHARE:.3f}",
            f"Alarm, published: {shown['published'] * SHARE:.3f}",
            f"Delayed alarms, oldest first: {history}",
            f"Levers: force {force * FORCE:.3f}, smoothing {smoothing * SMOOTHING:.2f}, "
            f"shift {shift * SHIFT:+.3f}",
            f"Left of the episode: {shown['steps_left'] * SHARE:.3f}",
        ]
    )


def levers_open(world: Any, shared: Any) -> tuple[str, ...]:
    """The levers that can be set."""
    return tuple(RANGES) if shared["levers"] > 1 else ("force",)


def legal_actions(world: Any, shared: Any) -> list[str]:
    """Some actions in words; any number in a lever's range may stand in them."""
    words = ["hold", "do nothing"] + [f"force {0.5 * i:g}" for i in range(6)]
    if shared["levers"] > 1:
        words += [f"smoothing {x:g}" for x in (0.0, 0.5, 0.9)]
        words += [f"shift {x:g}" for x in (-0.3, -0.15, 0.0, 0.15, 0.3)]
    return words


def parse(world: Any, shared: Any, words: str) -> np.ndarray | Refusal:
    """The action that some words mean, or the reason why they mean none.

    "force 0.5, shift -0.3" sets these levers and leaves the others; "hold" leaves all; "do nothing"
    is force 1, unsmoothed, unshifted.
    """
    said = " ".join(words.lower().split()).rstrip(".") if isinstance(words, str) else ""
    action = np.array(world["action"], np.float32)
    size = int(shared["levers"])
    if said == "hold":
        return action[:size]
    if said == "do nothing":
        return np.zeros(size, np.float32)
    if not said or SETTING.sub("", said).replace("and", "").strip(" ,;"):
        known = ("hold", "do nothing", "force 1", "smoothing 0.5", "shift -0.3")
        return Refusal(f"{str(words)[:80]!r} is no action: {nearest(said, known)}")
    for lever, number in SETTING.findall(said):
        value, (low, high) = float(number), RANGES[lever]
        if lever not in levers_open(world, shared):
            return Refusal(f"the lever {lever!r} cannot be set here: only force can")
        if not low <= value <= high:
            return Refusal(f"{lever} {number} is out of range: it lies in [{low}, {high}]")
        action[list(RANGES).index(lever)] = asked(lever, value)
    return action[:size]


def say(world: Any, shared: Any, action: Any) -> str:
    """An action in words, each lever rounded to its unit."""
    force, smoothing, shift = lever_marks([*np.ravel(action).tolist(), 0.0, 0.0][:3])
    words = [f"force {force * FORCE:.3f}"]
    if shared["levers"] > 1:
        words += [f"smoothing {smoothing * SMOOTHING:.2f}", f"shift {shift * SHIFT:+.3f}"]
    return ", ".join(words)


def asked(lever: str, value: float) -> float:
    """The number in [-1, 1] that sets a lever to a value."""
    if lever == "force":
        return value - 1.0 if value < 1.0 else (value - 1.0) / (FORCES - 1.0)
    return value / (SMOOTHEST if lever == "smoothing" else SHIFTS)


def refusal(world: Any, shared: Any) -> str:
    """Why the last action was refused: none ever is."""
    return ""
