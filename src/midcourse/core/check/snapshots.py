"""Law 3: a snapshot is the whole state, and a wrong one is refused."""

import base64
from typing import Any

import numpy as np

from midcourse.core.check.determinism import ask
from midcourse.core.check.hashes import played_on
from midcourse.core.check.setting import LawError, Play, Setting
from midcourse.core.errors import UserError

SEED = 4_000_037
AHEAD = 25  # steps played on from a snapshot


def snapshots(setting: Setting) -> None:
    """Restoring here, in another environment, in a vector, in a new process; wrong bytes."""
    requests: list[dict[str, Any]] = []
    expected: list[str] = []
    for level, kinds in setting.settings():
        for trial in range(setting.size(4, 30)):
            snapshot, outcome = _restores(setting, level, kinds, SEED + 10 * trial, 3 * trial)
            words = base64.b64encode(snapshot).decode()
            plan = {"level": level, "knobs": kinds, "snapshot": words}
            requests.append({**plan, "steps": AHEAD, "seed": trial})
            expected.append(outcome)
        _refuses(setting, level, kinds)
    found = ask(setting, {"resume": requests}, {})["resumed"]
    for request, ours, theirs in zip(requests, expected, found, strict=True):
        setting.tried("restores in a new process")
        if ours != theirs:
            raise LawError(
                f"level {request['level']}: {AHEAD} steps from a snapshot differ in a new process"
            )


def _restores(
    setting: Setting, level: int, kinds: dict, seed: int, before: int
) -> tuple[bytes, str]:
    """A snapshot out of a played vector, and the hash of what follows it."""
    play = Play(setting, level, 3, seed, **kinds)
    for _ in range(before):
        play.step(play.legal())
    snapshot = play.env.snapshot(1)
    trial = (seed - SEED) // 10
    original = setting.make(level, **kinds)
    original.reset(seed=seed)
    original.restore(snapshot)
    if original.snapshot() != snapshot:
        raise LawError(f"level {level}: a restored world has another snapshot", play.recipe(1))
    expected = played_on(original, AHEAD, trial)
    original.restore(snapshot)
    other = setting.make(level, **kinds)
    other.restore(snapshot)
    play.env.restore(2, snapshot)
    forks = play.env.fork(1, 2)
    ways = {
        "restored after they were taken": original,
        "in a new environment": other,
        "from a world of a vector that restored it": play.env.single(2),
        "in a fork": forks.single(1),
    }
    for way, env in ways.items():
        setting.tried("restores")
        if played_on(env, AHEAD, trial) != expected:
            raise LawError(f"level {level}: {AHEAD} steps differ {way}", play.recipe(1))
    return snapshot, expected


def _refuses(setting: Setting, level: int, kinds: dict) -> None:
    env = setting.make(level, **kinds)
    env.reset(seed=SEED)
    vector = setting.vector(level, 2, **kinds)
    vector.reset(seed=SEED)
    good = env.snapshot()
    for what, wrong in _wrong(setting, level, good, setting.size(60, 1000)):
        before, batch = env.world.tobytes(), vector.worlds.tobytes()
        for restore in (lambda: env.restore(wrong), lambda: vector.restore(1, wrong)):  # noqa: B023
            try:
                restore()
            except UserError:
                setting.tried("wrong snapshots refused")
            else:
                raise LawError(f"level {level}: a snapshot that is {what} was accepted")
        if env.world.tobytes() != before or vector.worlds.tobytes() != batch:
            raise LawError(f"level {level}: a refused snapshot ({what}) changed the state")
    env.restore(good)


def _wrong(setting: Setting, level: int, good: bytes, count: int) -> list[tuple[str, Any]]:
    """Snapshots that must be refused, and what is wrong with each."""
    generator = np.random.default_rng(level)
    wrong: list[tuple[str, Any]] = [("empty", b""), ("no bytes", "text"), ("nothing", None)]
    wrong += [("another thing", b"PK" + good), ("longer", good + b"\0"), ("doubled", good * 2)]
    for _ in range(count):
        cut = int(generator.integers(len(good)))
        wrong.append((f"cut after {cut} bytes", good[:cut]))
        place, bit = int(generator.integers(len(good))), 1 << int(generator.integers(8))
        altered = good[:place] + bytes([good[place] ^ bit]) + good[place + 1 :]
        wrong.append((f"altered at byte {place}", altered))
    limit = setting.make(level).params.step_limit
    foreign = [("of another step limit", level, {"step_limit": limit + 1})]
    foreign += [("of another split", level, {"split": "test"})]
    foreign += [
        (f"of level {one}", one, {}) for one in setting.family.params.LEVELS if one != level
    ]
    for what, other, knobs in foreign:
        env = setting.make(other, **knobs)
        env.reset(seed=SEED)
        wrong.append((what, env.snapshot()))
    return wrong
