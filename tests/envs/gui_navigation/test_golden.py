"""Golden traces of GuiNavigation; see tests/worlds/goldens.py."""

from typing import Any

import numpy as np
import pytest
from goldens import Goldens

SETTINGS: dict[str, dict[str, Any]] = {
    f"level {level}, {app}": {
        "id": "midcourse/GuiNavigation-v0",
        "level": level,
        "app": app,
        "disturbances": 3 if level > 2 else 2,
    }
    for level in range(1, 6)
    for app in ("fixed", "fresh")
}


def choose(env, step, info):
    """Three legal actions (never `done` but when nothing else is), then any action."""
    legal = np.flatnonzero(info["action_mask"][:-1])
    return int(legal[step * 7 % len(legal)]) if step % 4 and len(legal) else step * 5 % 12


GOLDENS = Goldens(__file__, SETTINGS, 2000, choose)


@pytest.mark.parametrize("name", SETTINGS)
def test_trace_is_the_golden_one(name):
    assert GOLDENS.trace_hash(name) == GOLDENS.kept()[name]


if __name__ == "__main__":
    GOLDENS.main()
