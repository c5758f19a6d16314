"""One hash of a long trace for each level: a change of the world's behaviour is deliberate.

    python tests/envs/delayed_repression/test_golden.py --write

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

GOLDEN = Path(__file__).with_name("golden.json")
STEPS = 600
SETTINGS = {
    f"DelayedReplicator, level {level}, {levers}": {
        "id": "midcourse/DelayedReplicator-v0",
        "level": level,
        "levers": levers,
        "disturbances": level - 1,
    }
    for level in range(1, 6)
    for levers in ("all", "force")
}


def trace_hash(knobs: dict) -> str:
    """Hash of observations, rewards, flags, events and words along a fixed walk."""
    env: Any = gymnasium.make(**knobs).unwrapped
    digest = hashlib.blake2b(digest_size=16)
    observation, info = env.reset(seed=2024)
    size = env.action_space.shape[0]
    for step in range(STEPS):
        for key in sorted(observation):
            digest.update(np.asarray(observation[key]).tobytes())
        digest.update(env.world.tobytes())
        if step % 10 == 0:
            digest.update(env.text().encode())
        # a walk over the space in sevenths, and sometimes the reference controller
        action = np.array([(step * (3 + 2 * i)) % 15 / 7 - 1 for i in range(size)], np.float32)
        if step % 5 == 4:
            action = env.oracle_action()
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
