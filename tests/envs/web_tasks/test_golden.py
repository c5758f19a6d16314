"""One hash of a long trace for each level: a change of the web's behaviour is deliberate.

    python tests/envs/web_tasks/test_golden.py --write

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

ID = "midcourse/WebTasks-v0"
GOLDEN = Path(__file__).with_name("golden.json")
STEPS = 1000
SETTINGS = {
    f"level {level}, {messages} messages": {"level": level, "disturbances": messages}
    for level in (1, 3, 5)
    for messages in (0, 3)
}


def trace_hash(knobs: dict) -> str:
    """Hash of observations, masks, rewards, flags, events and words along a fixed walk."""
    env: Any = gymnasium.make(ID, **knobs).unwrapped
    digest = hashlib.blake2b(digest_size=16)
    observation, info = env.reset(seed=2024)
    verbs, choices = env.action_space.nvec
    for step in range(STEPS):
        mask = info["action_mask"]
        for key in sorted(observation):
            digest.update(np.asarray(observation[key]).tobytes())
        digest.update(mask.tobytes())
        if step % 10 == 0:
            digest.update(env.text().encode())
            digest.update(env.cost_to_go().to_bytes(4, "little", signed=True))
        # for fifty steps three legal actions (never `stop`), then any action; then the oracle's
        first, second = np.flatnonzero(mask[: verbs - 1]), np.flatnonzero(mask[verbs:])
        action = np.array([step * 5 % verbs, step * 3 % choices])
        if step // 50 % 2:
            action = env.oracle_action()
        elif step % 4:
            action = np.array([first[step * 7 % len(first)], second[step * 11 % len(second)]])
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
