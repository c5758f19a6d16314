"""Law 2: a batch is many single worlds, and the vector is Gymnasium's."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from midcourse.core.check.setting import LawError, Play, Setting

SEED = 3_000_017
WORLDS = 5


def scalar_equals_batch(setting: Setting) -> None:
    """Every level, disturbed or not, in all three autoreset modes."""
    for level, kinds in setting.settings():
        for mode in AutoresetMode:
            for knobs in ({}, {"step_limit": 4}):
                _side_by_side(setting, level, mode, {**kinds, **knobs})


def _side_by_side(setting: Setting, level: int, mode: AutoresetMode, knobs: dict) -> None:
    play = Play(setting, level, WORLDS, SEED, autoreset_mode=mode, **knobs)
    sync = SyncVectorEnv(
        [lambda: setting.make(level, **knobs) for _ in range(WORLDS)], autoreset_mode=mode
    )
    _expect(play, "spaces", _spaces(play.env), _spaces(sync))
    ours = play.env.reset(seed=SEED)
    _same(play, sync, "reset", ours, sync.reset(seed=SEED))
    over = np.zeros(WORLDS, np.bool_)
    for step in range(setting.size(16, 80)):
        if mode == AutoresetMode.DISABLED and over.any():
            _reset_some(play, sync, over, None)
        elif step == 9:
            _reset_some(play, sync, np.arange(WORLDS) % 2 == 0, {"task": 1})
        actions = play.legal() if step % 3 else play.any()
        ours = play.step(actions)
        _same(play, sync, "step", ours, sync.step(actions))
        over = ours[2] | ours[3]
        setting.tried("vector steps side by side")
    sync.close()


def _reset_some(play: Play, sync: Any, chosen: np.ndarray, options: dict | None) -> None:
    """Reset the chosen worlds of both, without a seed."""
    given = {**(options or {}), "reset_mask": chosen}
    result = play.env.reset(options=dict(given))
    _same(play, sync, "reset of some", result, sync.reset(options=dict(given)))
    # Where nothing was reset there is no mask in the infos; the next actions ask for none.
    play.infos = {**result[1], "action_mask": play.env.action_masks()}
    play.setting.tried("resets of some worlds")


def _spaces(env: gymnasium.vector.VectorEnv) -> dict[str, Any]:
    return {
        "observation_space": env.observation_space,
        "action_space": env.action_space,
        "single_observation_space": env.single_observation_space,
        "single_action_space": env.single_action_space,
        "num_envs": env.num_envs,
        "autoreset_mode": env.metadata["autoreset_mode"],
    }


def _same(play: Play, sync: Any, what: str, ours: tuple, theirs: tuple) -> None:
    """The results of one call, and the records behind them."""
    names = ("observation", "reward", "terminated", "truncated", "info")
    names = names if len(ours) == 5 else ("observation", "info")
    for name, one, other in zip(names, ours, theirs, strict=True):
        _expect(play, f"{name} of {what}", one, other)
    for i, env in enumerate(sync.envs):
        if play.env.snapshot(i) != env.unwrapped.snapshot():
            raise LawError(f"{_label(play)}: record of world {i} after {what}", play.recipe(i))


def _expect(play: Play, what: str, ours: Any, theirs: Any) -> None:
    found = difference(ours, theirs, what)
    if found:
        raise LawError(f"{_label(play)}: {found}", play.recipe(0))


def _label(play: Play) -> str:
    mode = play.env.autoreset_mode.value
    return f"level {play.level}, {mode}, native vector against SyncVectorEnv"


def difference(ours: Any, theirs: Any, path: str = "") -> str:
    """Where two nested results differ in key, type, dtype, shape or bytes; "" if nowhere."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours.keys() != theirs.keys():
            return f"{path} has the keys {sorted(ours)}, not {sorted(theirs)}"
        found = (difference(ours[key], theirs[key], f"{path}[{key!r}]") for key in ours)
        return next(filter(None, found), "")
    if isinstance(ours, np.ndarray) and isinstance(theirs, np.ndarray):
        if ours.dtype != theirs.dtype or ours.shape != theirs.shape:
            return f"{path} is {ours.dtype} {ours.shape}, not {theirs.dtype} {theirs.shape}"
        if ours.dtype != object:
            equal = ours.tobytes() == theirs.tobytes()
            return "" if equal else f"{path} is {ours.tolist()}, not {theirs.tolist()}"
        found = (difference(a, b, f"{path}[{i}]") for i, (a, b) in enumerate(zip(ours, theirs)))  # noqa: B905
        return next(filter(None, found), "")
    if type(ours) is not type(theirs) or ours != theirs:
        return f"{path} is {ours!r} ({type(ours).__name__}), not {theirs!r}"
    return ""
