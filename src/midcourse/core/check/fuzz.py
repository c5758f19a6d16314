"""Snapshots altered with a right checksum: refused, or worlds that can be played."""

from typing import Any

import numpy as np

from midcourse.core import snapshot as packing
from midcourse.core.check.setting import Setting, draws, pick
from midcourse.core.engine.record import describe
from midcourse.core.env import Env
from midcourse.core.errors import UserError
from midcourse.core.vector import Vector

ODD = (-(2**31), -1000, -2, -1, 0, 1, 2, 3, 7, 63, 64, 100, 127, 1000, 2**31 - 1)
STEPS = 6


def fuzz(setting: Setting, level: int, count: int) -> tuple[int, int, str]:
    """Alter one field of a record at a time; returns (refused, accepted, first complaint or "").

    In a vector of one world, so that nothing need be compiled that the traces have not.
    """
    env = setting.vector(level, 1, **setting.most_disturbed(level))
    generator = np.random.default_rng(level)
    leaves = [name for name in describe(env.program.world_dtype) if not name.startswith("padding")]
    refused = accepted = 0
    for trial in range(count):
        env.reset(seed=trial // 8)
        _play_batch(env, generator, trial % 8)
        name = leaves[int(generator.integers(len(leaves)))]
        words = alter(env, name, generator)
        before = env.worlds.tobytes()
        try:
            env.restore(0, words)
        except UserError:
            refused += 1
            if env.worlds.tobytes() != before:
                return refused, accepted, f"a refused snapshot (altered: {name}) changed the state"
            continue
        accepted += 1
        value = _leaf(env.worlds, name)[0].tolist()
        try:
            read(env.single(0))
            _play_batch(env, generator, STEPS)
            read(env.single(0))
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            return refused, accepted, f"a snapshot with {name}={value} was accepted, then {problem}"
    return refused, accepted, ""


def alter(env: Vector, name: str, generator: np.random.Generator) -> bytes:
    """A snapshot of world 0 in which one entry of one field is another, with a right checksum."""
    world = np.frombuffer(env.worlds.tobytes(), env.program.world_dtype)[:1].copy()
    leaf = _leaf(world, name)
    kind = leaf.dtype
    if kind.kind == "f":
        value: Any = generator.choice([np.nan, np.inf, -1e300, 0.5])
    else:
        bounds = np.iinfo(kind)
        fit = [odd for odd in ODD if bounds.min <= odd <= bounds.max]
        value = fit[int(generator.integers(len(fit)))]
    leaf[np.unravel_index(int(generator.integers(leaf.size)), leaf.shape)] = value
    return packing.pack(packing.header(env.program), world)


def _leaf(worlds: np.ndarray, name: str) -> np.ndarray:
    """A view of a field by dotted name."""
    for part in name.split("."):
        worlds = worlds[part]
    return worlds


def _play_batch(env: Vector, generator: np.random.Generator, steps: int) -> None:
    """Take random actions in a vector; raises ValueError on what must not come out."""
    space = env.single_action_space
    for _ in range(steps):
        if not env.worlds["running"].all():
            return
        observation, *_, infos = env.step(pick(space, draws(space, generator, (env.num_envs,))))
        if not env.observation_space.contains(observation):
            raise ValueError(f"the observation is outside its space: {observation}")
        _check_terms({k: v for k, v in infos.get("reward_terms", {}).items() if k[0] != "_"})


def _check_terms(terms: dict[str, Any]) -> None:
    if not all(np.isfinite(value).all() for value in terms.values()):
        raise ValueError(f"reward terms {terms}")


def play(env: Env, generator: np.random.Generator, steps: int) -> None:
    """Take random actions, legal or not, until the episode ends."""
    for _ in range(steps):
        if not env.world["running"]:
            return
        action = pick(env.action_space, draws(env.action_space, generator, (1,)))[0]
        env.step(action if env.action_space.shape else int(action))


def look(env: Env) -> None:
    """Call everything that reads or shows a world.

    Raises:
        ValueError: the observation is outside its space, or a term is not finite.
    """
    observation, info = env.restore(env.snapshot())
    if not env.observation_space.contains(observation):
        raise ValueError(f"the observation is outside its space: {observation}")
    _check_terms(info.get("reward_terms", {}))
    env.action_masks()
    read(env)


def read(env: Env) -> None:
    """Call everything that reads a world but does not observe it."""
    for view in (env.text, env.legal_actions, env.events, env.task):
        view()
    if env.FAMILY.oracle == "exact":
        for figure in (env.cost_to_go, env.optimal_steps, env.progress):
            figure()
    if env.world["running"] and env.FAMILY.oracle != "none":
        env.oracle_action()
