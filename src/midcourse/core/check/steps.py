"""Laws 4 and 8: what a refused action leaves alone, and how episodes end."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from midcourse.core.check.setting import LawError, Play, Setting, allowed
from midcourse.core.env import Env
from midcourse.core.errors import UserError
from midcourse.core.family import mask_size
from midcourse.core.vector import Vector

SEED = 5_000_011
WORLDS = 64
MAY_CHANGE = ("clock", "running", "truncated", "terms", "news", "padding")


def refused_actions(setting: Setting) -> None:
    """Law 4: masked actions change nothing and say why; actions outside the space raise."""
    if setting.family.refusal is None and components_are_masked(setting):
        raise LawError("the family declares no `refusal`: why was the last action refused?")
    for level, kinds in setting.settings():
        play = Play(setting, level, WORLDS, SEED, **kinds)
        for step in range(setting.size(60, 400)):
            _one_step(play, play.any() if step % 2 else play.legal())
        _outside(setting, level, kinds)
        _words_without_meaning(setting, level)
    if components_are_masked(setting) and not setting.counts["masked actions"]:
        raise LawError("no masked action was met: are the masks all ones?")


def components_are_masked(setting: Setting) -> bool:
    """Whether this family masks actions at all."""
    family = setting.family
    return "mask" in family.rules and mask_size(setting.space) > 0 and not family.always_legal


def _one_step(play: Play, actions: np.ndarray) -> None:
    """Step a batch; where the action was refused, compare the records before and after."""
    env, setting = play.env, play.setting
    before = env.worlds.copy()
    masks = env.action_masks()
    play.step(actions)
    setting.tried("actions of the space", WORLDS)
    after = env.worlds
    running = before["running"] != 0
    masked = running & ~allowed(play.space, actions, masks)
    if setting.family.always_legal and masked.any():
        raise LawError(f"level {play.level}: an action is masked, though all are declared legal")
    family, shared = setting.family, env.program.shared[0]
    refusal = family.refusal or (lambda world, shared: "")
    reasons = [refusal(world, shared) for world in after]
    refused = masked | (running & np.array([bool(reason) for reason in reasons]))
    names = [
        n for n in after.dtype.names or () if n not in (*MAY_CHANGE, *family.refused_may_change)
    ]
    changed = {
        name: (before[name] != after[name]).reshape(WORLDS, -1).any(1)
        for name in names
        if after.dtype[name].base.names is None
    }
    for i in np.flatnonzero(refused):
        if masked[i]:
            setting.tried("masked actions")
            if not reasons[i]:
                _fail(play, int(i), actions, "gives no reason")
        # A disturbance may have struck, or tried to, in the same step.
        if before["pending"][i] == 0:
            moved = [name for name, rows in changed.items() if rows[i]]
            if moved:
                _fail(play, int(i), actions, f"changes {', '.join(moved)} ({reasons[i]!r})")


def _words_without_meaning(setting: Setting, level: int) -> None:
    """`refuse` charges a step, changes nothing else, and passes the reason on."""
    env = setting.make(level, disturbances=0)
    may_change = (*MAY_CHANGE, *setting.family.refused_may_change)
    for trial in range(setting.size(5, 50)):
        env.reset(seed=SEED + trial)
        # Through bytes: a copy of a record by numpy leaves the gaps between its fields unwritten.
        before = np.frombuffer(env.world.tobytes(), env.world.dtype)
        info = env.refuse("the reason")[4]
        setting.tried("words without meaning")
        moved = [
            name
            for name in before.dtype.names or ()
            if name not in may_change and before[name][0].tobytes() != env.world[name].tobytes()
        ]
        if moved or env.world["clock"] != before["clock"][0] + 1:
            raise LawError(f"level {level}: refuse() changes {', '.join(moved) or 'no clock'}")
        if info.get("refused") != "the reason":
            raise LawError(f"level {level}: refuse() does not put its reason into info")


def _fail(play: Play, i: int, actions: np.ndarray, what: str) -> None:
    action = actions[i].tolist()
    raise LawError(f"level {play.level}: the refused action {action} {what}", play.recipe(i))


def _outside(setting: Setting, level: int, kinds: dict) -> None:
    """Actions outside the space raise a UserError and move nothing."""
    env, vector = setting.make(level, **kinds), setting.vector(level, 2, **kinds)
    for one in (env, vector):
        try:
            one.step(one.action_space.sample() * 0)
        except gymnasium.error.ResetNeeded:
            setting.tried("steps without an episode")
        else:
            raise LawError(f"level {level}: step() before reset() does not raise ResetNeeded")
        one.reset(seed=SEED)
    good = vector.action_space.sample() * 0
    beyond = np.full_like(good, _beyond(env.action_space))
    some = good.copy()
    some[-1] = beyond[-1]
    for action in (beyond[0], -1 - beyond[0], "left", None, [[1], [2, 3]], 1e9, {}, beyond):
        _must_refuse(setting, env, action)
    for action in (beyond, some, -1 - beyond, None, "left", good[:1], good.astype(str), {}):
        _must_refuse(setting, vector, action)
    for action in ([[1], [2, 3]], np.full(good.shape, np.nan)):
        _must_refuse(setting, vector, action)


def _beyond(space: spaces.Space) -> float:
    """A number above all that a space allows in any place."""
    if isinstance(space, spaces.Discrete):
        return int(space.start + space.n)
    if isinstance(space, spaces.MultiDiscrete):
        return int(space.nvec.max())
    assert isinstance(space, spaces.Box)
    return float(space.high.max()) * 2 + 1


def _must_refuse(setting: Setting, env: Env | Vector, action: Any) -> None:
    worlds = env.world if isinstance(env, Env) else env.worlds
    before = worlds.tobytes()
    try:
        env.step(action)
    except UserError:
        setting.tried("actions outside the space")
    else:
        raise LawError(f"{env}: the action {action!r} is outside the space, and was taken")
    if worlds.tobytes() != before:
        raise LawError(f"{env}: the action {action!r} was refused, and something moved")


def endings(setting: Setting) -> None:
    """Law 8: terminated from the task, truncated at the limit and only there."""
    spec = gymnasium.make(setting.id, **setting.knobs).spec
    limit = spec.max_episode_steps if spec is not None else None
    has_goal = setting.family.oracle != "none"
    if limit is not None:
        raise LawError(f"max_episode_steps={limit} is registered: the limit belongs in the record")
    for level, kinds in setting.settings():
        for knobs in ({}, {"step_limit": 1}, {"step_limit": 5}):
            play = Play(setting, level, WORLDS, SEED, **{**kinds, **knobs})
            for _ in range(max(setting.size(40, 300), play.env.params.step_limit + 1)):
                before = play.env.worlds.copy()
                actions = play.legal()
                if has_goal and before["running"][0]:  # by chance alone a goal may not be reached
                    actions[0] = play.env.oracle_action(0)
                _, _, terminated, truncated, infos = play.step(actions)
                running = before["running"] != 0
                _check_ends(play, running, terminated, truncated, infos["success"])
    if not setting.counts["truncations"]:
        raise LawError("no truncations were met")
    if setting.family.terminates != (setting.counts["terminations"] > 0):
        raise LawError(
            f"{setting.counts['terminations']} terminations were met, though the family declares "
            f"terminates={setting.family.terminates}"
        )


def _check_ends(
    play: Play,
    running: np.ndarray,
    terminated: np.ndarray,
    truncated: np.ndarray,
    success: np.ndarray,
) -> None:
    worlds = play.env.worlds
    at_limit = worlds["clock"] >= play.env.params.step_limit
    claims = {
        "is truncated otherwise than at the limit": truncated != (running & at_limit & ~terminated),
        "is terminated where its record is not": terminated != (worlds["terminated"] != 0),
        "runs on after its end": (worlds["running"] != 0) == (terminated | truncated),
        "succeeds without an end": success & ~(terminated | truncated),
        "has passed its limit": worlds["clock"] > play.env.params.step_limit,
        "ends while it is reset": ~running & (terminated | truncated),
    }
    play.setting.tried("steps", len(running))
    play.setting.tried("terminations", int(terminated.sum()))
    play.setting.tried("truncations", int(truncated.sum()))
    for claim, rows in claims.items():
        if rows.any():
            i = int(np.flatnonzero(rows)[0])
            raise LawError(f"level {play.level}: world {i} {claim}", play.recipe(i))
