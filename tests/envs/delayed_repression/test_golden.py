"""Golden traces of DelayedReplicator; see tests/worlds/goldens.py."""

from typing import Any

import numpy as np
import pytest
from goldens import Goldens

SETTINGS: dict[str, dict[str, Any]] = {
    f"DelayedReplicator, level {level}, {levers}": {
        "id": "midcourse/DelayedReplicator-v0",
        "level": level,
        "levers": levers,
        "disturbances": level - 1,
    }
    for level in range(1, 6)
    for levers in ("all", "force")
}


def choose(env, step, info):
    """A walk over the space in sevenths, and sometimes the reference controller."""
    if step % 5 == 4:
        return env.oracle_action()
    size = env.action_space.shape[0]
    return np.array([(step * (3 + 2 * i)) % 15 / 7 - 1 for i in range(size)], np.float32)


GOLDENS = Goldens(__file__, SETTINGS, 600, choose, records=True)


@pytest.mark.parametrize("name", SETTINGS)
def test_trace_is_the_golden_one(name):
    assert GOLDENS.trace_hash(name) == GOLDENS.kept()[name]


if __name__ == "__main__":
    GOLDENS.main()
