"""The regulator's desk in words, and what words mean there."""

import re
from typing import Any

import numpy as np

from midcourse.core.engine.record import Record
from midcourse.core.errors import nearest
from midcourse.core.family import Refusal
from midcourse.envs.delayed_repression.population.dynamics import LOUDEST, delayed_alarm
from midcourse.envs.delayed_repression.regulator.state import (
    FORCES,
    IDLE,
    SHIFTS,
    SMOOTHINGS,
)

LEVERS = {"force": FORCES, "smoothing": SMOOTHINGS, "shift": SHIFTS}
LEVER = re.compile(r"\w+")
SETTING = re.compile(r"\s*(\w+)\s*[=: ]\s*([+-]?\d*\.?\d+)\s*(?:,|;|$|(?=\s))")


def told(alarm: float) -> float:
    """An alarm as its float32 share of LOUDEST holds it, to four digits."""
    return round(float(np.float32(alarm / LOUDEST)) * LOUDEST, 4)


def text(world: Any, shared: Any) -> str:
    """What is seen."""
    record, n = Record(world), len(world["action"])
    force, smoothing, shift = (
        steps[i] for steps, i in zip(LEVERS.values(), world["lever"], strict=True)
    )
    left = record.limit - record.clock
    return "\n".join(
        [
            "You govern how hard radical acts are punished. Keep the last half of the term calm: "
            f"mean radical share at most {shared['radical_bound']:g}, half of its range at most "
            f"{shared['amplitude_bound']:g}, mean force at most {shared['force_bound']:g}.",
            f"Radical citizens: {record.radicals} of {n}.",
            f"Alarm that reached you: {told(delayed_alarm(record, record.step)):.4f}.",
            f"Alarm that citizens read: {told(record.published):.4f}.",
            f"Levers: force={force:g} smoothing={smoothing:g} shift={shift:g}",
            f"Steps left: {left} of {record.limit}",
        ]
    )


def legal_actions(world: Any, shared: Any) -> list[str]:
    """Every setting of the levers, one by one; the others stay as they are."""
    names = list(LEVERS)[: 1 if len(_levers(shared)) == 1 else 3]
    return ["keep"] + [f"{name}={value:g}" for name in names for value in LEVERS[name]]


def parse(world: Any, shared: Any, words: str) -> Any:
    """Settings such as `force=1.5 smoothing=0.9`, or `keep`; a Refusal for anything else."""
    said = words.strip().lower() if isinstance(words, str) else ""
    known = _levers(shared)
    chosen = [int(i) for i in world["lever"]]
    if said != "keep":
        rest, found = said[:200], 0
        while rest:
            match = SETTING.match(rest)
            if match is None or match[1] not in known:
                name = match[1] if match else rest
                lever = LEVER.match(name)
                if lever and lever[0] in known:
                    open_to = ", ".join(f"{value:g}" for value in known[lever[0]])
                    return Refusal(f"{lever[0]} is set to one of {open_to}")
                return Refusal(f"{name[:80]!r} is no lever: {nearest(name, [*known, 'keep'])}")
            values = known[match[1]]
            fits = [i for i, value in enumerate(values) if abs(value - float(match[2])) < 1e-9]
            if not fits:
                open_to = ", ".join(f"{value:g}" for value in values)
                return Refusal(f"{match[1]}={match[2]} cannot be set: it is one of {open_to}")
            chosen[list(LEVERS).index(match[1])] = fits[0]
            rest, found = rest[match.end() :].strip(), found + 1
        if not found:
            return Refusal("nothing was said: set levers, for example force=1.5, or say keep")
    return chosen[0] if len(known) == 1 else np.array(chosen, np.int64)


def say(world: Any, shared: Any, action: Any) -> str:
    """An action in words."""
    chosen = np.ravel(action).tolist()
    return " ".join(
        f"{name}={values[i]:g}"
        for (name, values), i in zip(_levers(shared).items(), chosen, strict=True)
    )


def idle(world: Any, shared: Any) -> Any:
    """Force 1, unsmoothed, unshifted."""
    return IDLE[0] if len(_levers(shared)) == 1 else np.array(IDLE, np.int64)


def _levers(shared: Any) -> dict[str, tuple[float, ...]]:
    return {"force": FORCES} if shared["force_only"] else LEVERS
