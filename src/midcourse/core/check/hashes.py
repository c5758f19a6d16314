"""Hashes of what happened in worlds, here or in another process.

`python -m midcourse.core.check.hashes` reads one JSON request from its input, see `answer`, and
prints one JSON answer. The battery runs it with numba's compiler off, with bounds checks on, and
in an empty folder.
"""

import base64
import hashlib
import json
import sys
from typing import Any

import numpy as np
from gymnasium import spaces

from midcourse.core.check.fuzz import fuzz
from midcourse.core.check.setting import Play, Setting, draws, pick
from midcourse.core.env import Env

WIDEST = 64  # worlds for which actions are drawn, however many are played
HEAVY = ("torch", "triton", "pygame", "matplotlib", "playwright", "selenium")


def trace_hashes(
    setting: Setting, level: int, n: int, steps: int, seed: int, **knobs: Any
) -> list[str]:
    """One hash for each of n worlds: of its record and all that came out, at every step.

    World i takes the same actions whatever n is: a quarter anyhow, the others legal.
    """
    play = Play(setting, level, n, seed, **knobs)
    generator = np.random.default_rng(seed)
    where = draws(play.space, generator, (steps, WIDEST))[:, :n]
    freely = np.random.default_rng(seed + 1).random((steps, WIDEST))[:, :n] < 0.25
    hashes = [hashlib.blake2b(digest_size=8) for _ in range(n)]
    _update(hashes, play.env.worlds)
    for step in range(steps):
        actions = pick(play.space, where[step], play.infos.get("action_mask"))
        actions[freely[step]] = pick(play.space, where[step])[freely[step]]
        observation, rewards, terminated, truncated, infos = play.step(actions)
        parts = list(observation.values()) if isinstance(observation, dict) else [observation]
        parts += [rewards, terminated, truncated, infos["success"]]
        if "action_mask" in infos:
            parts.append(infos["action_mask"])
        _update(hashes, play.env.worlds, *parts)
    return [state.hexdigest() for state in hashes]


def _update(hashes: list[Any], *parts: np.ndarray) -> None:
    for i, state in enumerate(hashes):
        for part in parts:
            state.update(part[i].tobytes())


def played_on(env: Env, steps: int, seed: int) -> str:
    """Hash of what happens in one world from its state on, episodes that begin on the way too."""
    state = hashlib.blake2b(env.world.tobytes(), digest_size=8)
    where = draws(env.action_space, np.random.default_rng(seed), (steps,))
    for step in range(steps):
        if not env.world["running"]:
            env.reset()
        masks = env.action_masks()[None]
        action = pick(env.action_space, where[step : step + 1], masks if masks.size else None)[0]
        if isinstance(env.action_space, spaces.Discrete):
            action = int(action)
        reward, terminated, truncated, _ = env.step(action)[1:]
        state.update(env.world.tobytes() + repr((reward, terminated, truncated)).encode())
    return state.hexdigest()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what a request says.

    Args:
        request: "id" and "knobs"; "runs": arguments of `trace_hashes`; "resume": of `played_on`,
            with level, knobs and a snapshot; "fuzz": altered snapshots to try at each level.

    Returns:
        "hashes" and "resumed" in the order asked for, "fuzzed" (refused, accepted, complaint),
        and which heavy "modules" have been imported.
    """
    setting = Setting(request["id"], None, False, request["knobs"])
    resumed = []
    for one in request.get("resume", ()):
        env = setting.make(one["level"], **one["knobs"])
        env.restore(base64.b64decode(one["snapshot"]))
        resumed.append(played_on(env, one["steps"], one["seed"]))
    return {
        "hashes": [trace_hashes(setting, **run) for run in request.get("runs", ())],
        "resumed": resumed,
        "fuzzed": [
            fuzz(setting, level, request["fuzz"]) for level in setting.levels if request.get("fuzz")
        ],
        "modules": [name for name in HEAVY if name in sys.modules],
    }


if __name__ == "__main__":
    print(json.dumps(answer(json.load(sys.stdin))))
