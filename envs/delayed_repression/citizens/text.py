"""What citizens see in words, each or all, and what words mean as their actions."""

from typing import Any

import numpy as np

from midcourse.core.engine.record import Record
from midcourse.core.errors import nearest
from midcourse.core.family import Refusal
from midcourse.envs.delayed_repression.population.dynamics import delayed_alarm
from midcourse.envs.delayed_repression.population.state import ACTIONS, UNIT

CROWDS = ("weak", "felt", "strong")  # by bucket of the influence
ALARMS = ("calm", "raised", "loud")  # by bucket of the alarm
WORDS = {"l": 0, "m": 1, "r": 2, "left": 0, "middle": 1, "radical": 2}
NAMES = ("L", "M", "R", "left", "middle", "radical")
RULES = "L pays little and is never fined, M pays more, R most; fines follow the alarm, late."


def bridges(world: Any, shared: Any) -> np.ndarray:
    """Who is a bridge, wherever the graph lies."""
    return world["bridge"] if "bridge" in (world.dtype.names or ()) else shared["bridge"]


def alarm(world: Any) -> float:
    """The alarm that reaches the institutions now."""
    record = Record(world)
    return delayed_alarm(record, record.step)


def loudness(world: Any) -> int:
    """Bucket of the alarm that citizens go by; a delay that has just changed does not alter it."""
    return int(world["state"][0]) // 4 % 3


def text(world: Any, shared: Any) -> str:
    """What all see, one sign for each citizen, in order."""
    state = world["state"]
    actions = "".join(ACTIONS[a] for a in world["action"].tolist())
    crowds = "".join(str(s // 12) for s in state.tolist())
    return "\n".join(
        [
            f"{len(state)} citizens choose L, M or R, all at once. {RULES}",
            _heard(world),
            f"Last actions: {actions}",
            f"Pull of the neighbours (0 weak, 1 felt, 2 strong): {crowds}",
            f"Punished in the last step: {_who(world['punished'])}",
            f"Bridges between groups: {_who(bridges(world, shared))}",
            _left(world),
        ]
    )


def text_of(world: Any, shared: Any, i: int) -> str:
    """What citizen i sees."""
    pull, state = int(world["influence"][i]) / UNIT, int(world["state"][i])
    bridge = bridges(world, shared)[i]
    return "\n".join(
        [
            f"You are citizen {i} of {len(world['action'])}. All choose L, M or R at once. {RULES}",
            _heard(world),
            f"Pull of your neighbours: {pull:.4f}, {CROWDS[state // 12]}.",
            f"You were {'' if world['punished'][i] else 'not '}punished in the last step.",
            f"You are {'a' if bridge else 'no'} bridge between groups.",
            f"Your last action: {ACTIONS[world['action'][i]]}",
            _left(world),
        ]
    )


def legal_actions(world: Any, shared: Any) -> list[str]:
    """One action for all; one letter for each is understood as well."""
    return list(ACTIONS)


def legal_actions_of(world: Any, shared: Any, i: int) -> list[str]:
    """The three actions, whoever asks."""
    return list(ACTIONS)


def parse(world: Any, shared: Any, words: str) -> Any:
    """One action for all, or a letter for each citizen; a Refusal for anything else."""
    n = len(world["action"])
    said = "".join(words.lower().split()) if isinstance(words, str) else ""
    if said in WORDS:
        return np.full(n, WORDS[said], np.int64)
    letters = said.replace(",", "")
    if letters and set(letters) <= set("lmr"):
        if len(letters) == n:
            return np.array([WORDS[letter] for letter in letters], np.int64)
        return Refusal(f"{len(letters)} letters for {n} citizens: say one for each, or one word")
    return _refusal(said)


def parse_of(world: Any, shared: Any, i: int, words: str) -> Any:
    """The action that a citizen's word means, or a Refusal."""
    said = words.strip().lower() if isinstance(words, str) else ""
    return WORDS[said] if said in WORDS else _refusal(said)


def say(world: Any, shared: Any, action: Any) -> str:
    """An action in words: a letter if all do the same, else one for each."""
    letters = "".join(ACTIONS[a] for a in action.tolist())
    return letters[0] if len(set(letters)) == 1 else letters


def idle(world: Any, shared: Any) -> np.ndarray:
    """Everybody keeps to L."""
    return np.zeros(len(world["action"]), np.int64)


def _refusal(said: str) -> Refusal:
    if not said:
        return Refusal("nothing was said: say L, M or R (or left, middle, radical)")
    return Refusal(f"{said[:80]!r} is no action: {nearest(said[:80], NAMES)}")


def _heard(world: Any) -> str:
    word = ALARMS[loudness(world)]
    return f"Alarm that reached the institutions: {alarm(world):.4f}, {word}."


def _left(world: Any) -> str:
    return f"Steps left: {int(world['limit']) - int(world['clock'])} of {int(world['limit'])}"


def _who(flags: np.ndarray) -> str:
    return " ".join(map(str, np.flatnonzero(flags).tolist())) or "nobody"
