"""Laws 5 and 10: sound observations and rewards, and views that agree."""

import itertools
from typing import Any

import numpy as np

from midcourse.core.check.setting import DoesNotApplyError, LawError, Setting, draws, pick
from midcourse.core.env import Env

SEED = 6_000_011


def walk(env: Env, seed: int, steps: int) -> Any:
    """Random play: yields (observation, info, reward or None) after each reset and step."""
    generator = np.random.default_rng(seed)
    observation, info = env.reset(seed=seed)
    yield observation, info, None
    for _ in range(steps):
        masks = env.action_masks()[None]
        where = draws(env.action_space, generator, (1,))
        legal = masks.size > 0 and generator.random() < 0.8
        action = pick(env.action_space, where, masks if legal else None)[0]
        observation, reward, terminated, truncated, info = env.step(
            action if env.action_space.shape else int(action)
        )
        yield observation, info, reward
        if terminated or truncated:
            observation, info = env.reset()
            yield observation, info, None


def sound(setting: Setting) -> None:
    """Law 5: in the space, the same keys, reward = sum of terms, no NaN, one space for all."""
    spaces = {level: setting.make(level).observation_space for level in setting.levels}
    for level, space in spaces.items():
        if space != spaces[setting.levels[0]]:
            raise LawError(f"the observation space of level {level} is another")
    for level, kinds in setting.settings():
        env = setting.make(level, **kinds)
        keys = None
        for observation, info, reward in walk(env, SEED, setting.size(120, 1500)):
            problem = _problem(env, observation, info, reward)
            seen = _keys(observation), sorted(key for key in info if key != "events")
            if not problem and keys is not None and seen != keys:
                problem = f"keys are {seen}, before they were {keys}"
            if problem:
                raise LawError(f"level {level}: {problem}", setting.recipe(level, SEED, **kinds))
            keys = seen
            setting.tried("observations" if reward is None else "observations and rewards")


def _keys(observation: Any) -> list[str]:
    return sorted(observation) if isinstance(observation, dict) else []


def _problem(env: Env, observation: Any, info: dict[str, Any], reward: float | None) -> str:
    if not env.observation_space.contains(observation):
        return f"the observation {observation} is outside its space"
    parts = observation if isinstance(observation, dict) else {"": observation}
    for key, part in parts.items():
        if not np.isfinite(part).all():
            return f"the observation's {key!r} is not finite"
    if type(info.get("success")) is not bool:
        return f"info['success'] is {info.get('success')!r}, not a bool"
    if "action_mask" in info:
        mask = info["action_mask"]
        if mask.dtype != np.int8 or (mask.tobytes() != env.action_masks().tobytes()):
            return "info['action_mask'] is not action_masks() in int8"
        if not set(np.unique(mask)) <= {0, 1}:
            return f"the action mask {mask} holds more than 0 and 1"
        if env.world["running"] and not mask.any():
            return "no action is legal"
    terms = list(info.get("reward_terms", {}).values())
    total = 0.0
    for term in terms:
        total += term
    if terms and reward is not None and (total != reward or not np.isfinite(reward)):
        return f"the reward {reward} is not the sum of {info['reward_terms']}"
    return ""


def agree(setting: Setting) -> None:
    """Law 10: arrays, text and picture state the same facts."""
    family = setting.family
    declared = {
        "arrays": family.facts_of_arrays,
        "text": family.facts_of_text,
        "picture": family.facts_of_picture,
    }
    for view, facts in declared.items():
        if facts is None and view not in family.lacks:
            raise LawError(
                f"facts_of_{view} is not declared, and {view!r} is not among what the family lacks"
            )
    if sum(facts is not None for facts in declared.values()) < 2:
        raise DoesNotApplyError("a single view")
    for level, kinds in setting.settings():
        env = setting.make(level, **kinds)
        pictures = 0 if declared["picture"] is None else setting.size(12, 60)
        for step, (observation, _, _) in enumerate(walk(env, SEED, setting.size(60, 600))):
            shown: dict[str, Any] = {"arrays": observation, "text": env.text()}
            if step % 5 == 0 and pictures > 0:
                shown["picture"] = env.picture()
                if shown["picture"].shape != (*family.picture, 3):
                    raise LawError(
                        f"a picture is {shown['picture'].shape}, the family declares "
                        f"{family.picture} pixels"
                    )
                pictures -= 1
            facts = {}
            for view, value in shown.items():
                read = declared[view]
                if read is not None:
                    facts[view] = read(value)
                    setting.tried(f"facts of {view}")
            _compare(setting, level, kinds, step, facts)


def _compare(setting: Setting, level: int, kinds: dict, step: int, facts: dict[str, Any]) -> None:
    for (one, ours), (other, theirs) in itertools.combinations(facts.items(), 2):
        if isinstance(ours, dict) and isinstance(theirs, dict):
            common = ours.keys() & theirs.keys()
            differing = sorted(key for key in common if ours[key] != theirs[key])
            if common and not differing:
                continue
            what = {key: (ours[key], theirs[key]) for key in differing} or "no fact in common"
        elif ours == theirs:
            continue
        else:
            what = (ours, theirs)
        raise LawError(
            f"level {level}, observation {step} of a walk: {one} and {other} disagree: {what}",
            f"midcourse.core.check.views.walk(env, {SEED}, {step}) over "
            f"{setting.recipe(level, SEED, **kinds)}",
        )
