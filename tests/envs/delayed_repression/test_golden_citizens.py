"""Golden traces of the citizens' world, of few citizens; see tests/worlds/goldens.py."""

from typing import Any

import pytest
from goldens import Goldens

CITIZENS = 24
SETTINGS: dict[str, dict[str, Any]] = {
    f"level {level}": {
        "id": "midcourse/DelayedRepressionCitizens-v0",
        "level": level,
        "citizens": CITIZENS,
        "communities": 2,
        "step_limit": 140,
        "disturbances": level - 1,
    }
    for level in range(1, 6)
}


def choose(env, step, info):
    """Loud and quiet stretches."""
    loud = step // 20 % 2
    action = [(step * 7 + i * (3 + 2 * loud)) % (3 + 4 * (1 - loud)) for i in range(CITIZENS)]
    return [a if a < 3 else 0 for a in action]


GOLDENS = Goldens(__file__, SETTINGS, 300, choose, records=True)


@pytest.mark.parametrize("name", SETTINGS)
def test_trace_is_the_golden_one(name):
    assert GOLDENS.trace_hash(name) == GOLDENS.kept()[name]


if __name__ == "__main__":
    GOLDENS.main()
