"""One hash of a long trace for each level: a change of the world's behaviour is deliberate.

    python tests/envs/gui_navigation/test_golden.py --write

writes the hashes anew; name the change in the CHANGELOG, and give the id a new version if it
has been released.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401

ID = "midcourse/GuiNavigation-v0"
GOLDEN = Path(__file__).with_name("golden.json")
STEPS = 2000
SETTINGS = {
    f"level {level}, {app}": {"level": level, "app": app, "disturbances": 3 if level > 2 else 2}
    for level in range(1, 6)
    for app in ("fixed", "fresh")
}


def trace_hash(knobs: dict) -> str:
    """Hash of observations, masks, rewards, flags, events and words along a fixed walk."""
    env: Any = gymnasium.make(ID, **knobs).unwrapped
    digest = hashlib.blake2b(digest_size=16)
    observation, info = env.reset(seed=2024)
    for step in range(STEPS):
        mask = info["action_mask"]
        for key in sorted(observation):
            digest.update(np.asarray(observation[key]).tobytes())
        digest.update(mask.tobytes())
        if step % 10 == 0:
            digest.update(env.text().encode())
            digest.update(env.cost_to_go().to_bytes(4, "little", signed=True))
        # three legal actions (never `done` but when nothing else is), then any action
        legal = np.flatnonzero(mask[:-1])
        action = int(legal[step * 7 % len(legal)]) if step % 4 and len(legal) else step * 5 % 12
        observation, reward, terminated, truncated, info = env.step(action)
        outcome = [reward, terminated, truncated, info["success"], info.get("events")]
        digest.update(json.dumps(outcome).encode())
        if terminated or truncated:
            observation, info = env.reset()
    return digest.hexdigest()


@pytest.mark.parametrize("name", SETTINGS)
def test_trace_is_the_golden_one(name):
    assert trace_hash(SETTINGS[name]) == json.loads(GOLDEN.read_text())[name]


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    hashes = {name: trace_hash(knobs) for name, knobs in SETTINGS.items()}
    GOLDEN.write_text(json.dumps(hashes, indent=2) + "\n")
