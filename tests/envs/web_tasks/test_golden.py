"""Golden traces of WebTasks; see tests/worlds/goldens.py."""

from typing import Any

import numpy as np
import pytest
from goldens import Goldens

SETTINGS: dict[str, dict[str, Any]] = {
    f"level {level}, {messages} messages": {
        "id": "midcourse/WebTasks-v0",
        "level": level,
        "disturbances": messages,
    }
    for level in (1, 3, 5)
    for messages in (0, 3)
}


def choose(env, step, info):
    """For fifty steps three legal actions (never `stop`), then any action; then the oracle's."""
    mask, (verbs, choices) = info["action_mask"], env.action_space.nvec
    if step // 50 % 2:
        return env.oracle_action()
    if step % 4 == 0:
        return np.array([step * 5 % verbs, step * 3 % choices])
    first, second = np.flatnonzero(mask[: verbs - 1]), np.flatnonzero(mask[verbs:])
    return np.array([first[step * 7 % len(first)], second[step * 11 % len(second)]])


GOLDENS = Goldens(__file__, SETTINGS, 1000, choose)


@pytest.mark.parametrize("name", SETTINGS)
def test_trace_is_the_golden_one(name):
    assert GOLDENS.trace_hash(name) == GOLDENS.kept()[name]


if __name__ == "__main__":
    GOLDENS.main()
