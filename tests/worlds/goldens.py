"""One hash of a long trace for each setting: a change of a world's behaviour is deliberate.

    PYTHONPATH=tests/worlds python tests/envs/FAMILY/test_golden.py --write

writes the hashes anew; name the change in the CHANGELOG, and give the id a new version if it
has been released.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401

Choose = Callable[[Any, int, dict[str, Any]], Any]  # (env, step, info) -> action


class Goldens:
    """The hashes in golden*.json beside a test file test_golden*.py.

    Args:
        test: path of the file.
        settings: keywords of `gymnasium.make` by name.
        steps: of each trace.
        choose: the action that a trace takes, from (env, step, info).
        records: whether the records count, instead of the masks.
    """

    def __init__(
        self,
        test: str,
        settings: dict[str, dict[str, Any]],
        steps: int,
        choose: Choose,
        records: bool = False,
    ):
        path = Path(test)
        self.path = path.with_name(path.stem.removeprefix("test_") + ".json")
        self.settings, self.steps, self.choose, self.records = settings, steps, choose, records

    def kept(self) -> dict[str, str]:
        """The hashes as they were written."""
        return json.loads(self.path.read_text())

    def trace_hash(self, name: str) -> str:
        """Hash of observations, masks (or records), rewards, flags, events and words on a walk.

        Of a world with an exact oracle the costs count too.
        """
        env: Any = gymnasium.make(**self.settings[name]).unwrapped
        digest = hashlib.blake2b(digest_size=16)
        observation, info = env.reset(seed=2024)
        for step in range(self.steps):
            named = observation if isinstance(observation, dict) else {"": observation}
            for key in sorted(named):
                digest.update(np.asarray(named[key]).tobytes())
            digest.update((env.world if self.records else info["action_mask"]).tobytes())
            if step % 10 == 0:
                digest.update(env.text().encode())
                if env.FAMILY.oracle == "exact":
                    digest.update(env.cost_to_go().to_bytes(4, "little", signed=True))
            action = self.choose(env, step, info)
            observation, reward, terminated, truncated, info = env.step(action)
            outcome = [reward, terminated, truncated, info["success"], info.get("events")]
            digest.update(json.dumps(outcome).encode())
            if terminated or truncated:
                observation, info = env.reset()
        return digest.hexdigest()

    def main(self) -> None:
        """Write the hashes anew, if the command line says so."""
        if sys.argv[1:] != ["--write"]:
            sys.exit(__doc__)
        hashes = {name: self.trace_hash(name) for name in self.settings}
        self.path.write_text(json.dumps(hashes, indent=2) + "\n")
