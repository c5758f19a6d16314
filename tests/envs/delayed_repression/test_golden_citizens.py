"""One hash of a long trace for each level of the citizens' world, of few citizens.

    python tests/envs/delayed_repression/test_golden_citizens.py --write

writes the hashes anew; name the change in the CHANGELOG, and give the id a new version if it
has been released.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import gymnasium
import pytest

import midcourse  # noqa: F401

ID = "midcourse/DelayedRepressionCitizens-v0"
GOLDEN = Path(__file__).with_name("golden_citizens.json")
STEPS, CITIZENS = 300, 24


def trace_hash(level: int) -> str:
    """Hash of records, observations, rewards, flags, events and words along a fixed walk."""
    knobs = {"citizens": CITIZENS, "communities": 2, "step_limit": 140, "disturbances": level - 1}
    env: Any = gymnasium.make(ID, level=level, **knobs).unwrapped
    digest = hashlib.blake2b(digest_size=16)
    observation, _ = env.reset(seed=2024)
    for step in range(STEPS):
        digest.update(observation.tobytes() + env.world.tobytes())
        if step % 10 == 0:
            digest.update(env.text().encode())
        # loud and quiet stretches
        loud = step // 20 % 2
        action = [(step * 7 + i * (3 + 2 * loud)) % (3 + 4 * (1 - loud)) for i in range(CITIZENS)]
        action = [a if a < 3 else 0 for a in action]
        observation, reward, terminated, truncated, info = env.step(action)
        outcome = [reward, terminated, truncated, info["success"], info.get("events")]
        digest.update(json.dumps(outcome).encode())
        if truncated:
            observation, _ = env.reset()
    return digest.hexdigest()


@pytest.mark.parametrize("level", range(1, 6))
def test_trace_is_the_golden_one(level):
    assert trace_hash(level) == json.loads(GOLDEN.read_text())[f"level {level}"]


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    hashes = {f"level {level}": trace_hash(level) for level in range(1, 6)}
    GOLDEN.write_text(json.dumps(hashes, indent=2) + "\n")
