"""What every law works with: the environment under test, how to play it, and how to fail."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from midcourse.core.env import Env
from midcourse.core.errors import UserError, unknown
from midcourse.core.family import Family
from midcourse.core.vector import Vector


class LawError(Exception):
    """A law does not hold: what was seen, and how to see it again."""

    def __init__(self, seen: str, recipe: str = ""):
        super().__init__(seen)
        self.recipe = recipe


class DoesNotApplyError(Exception):
    """A law that says nothing about this world, and why."""


class Setting:
    """One environment id under test, with its knobs, over some of its levels.

    Args:
        id: as `gymnasium.make` takes it.
        levels: those to be tried; None: all.
        full: try more of everything.
        knobs: passed on whenever the environment is made.

    Raises:
        UserError: an unknown id, level or knob, or a world that is not built on this engine.
    """

    def __init__(self, id: str, levels: Any, full: bool, knobs: dict[str, Any]):  # noqa: A002
        self.id = id
        self.knobs = knobs
        self.full = full
        self.counts: Counter[str] = Counter()
        try:
            first = gymnasium.make(id, **knobs).unwrapped
        except (gymnasium.error.UnregisteredEnv, ImportError):
            ours = [name for name in gymnasium.registry if name.startswith("midcourse/")]
            raise unknown("environment", id, ours) from None
        if not isinstance(first, Env):
            raise UserError(f"{id} is no world of midcourse: this battery cannot check it")
        self.family: Family = first.FAMILY
        self.space = first.action_space
        known = self.family.params.LEVELS
        self.levels = tuple(known if levels is None else levels)
        for level in self.levels:
            if level not in known:
                raise unknown("level", level, [str(one) for one in known])

    def size(self, quick: int, full: int) -> int:
        """How much to try."""
        return full if self.full else quick

    def tried(self, what: str, times: int = 1) -> None:
        """Count what the law at hand has tried."""
        self.counts[what] += times

    def make(self, level: int, **knobs: Any) -> Env:
        """One world."""
        env = gymnasium.make(self.id, level=level, **{**self.knobs, **knobs}).unwrapped
        assert isinstance(env, Env)
        return env

    def vector(self, level: int, n: int, **knobs: Any) -> Vector:
        """A batch of n worlds."""
        given = {**self.knobs, **knobs}
        env = gymnasium.make_vec(self.id, num_envs=n, level=level, **given).unwrapped
        assert isinstance(env, Vector)
        return env

    def most_disturbed(self, level: int) -> dict[str, int]:
        """The knob that draws every kind of disturbance that is possible at a level."""
        return {"disturbances": most_kinds(self.make(level))}

    def settings(self) -> Iterator[tuple[int, dict[str, int]]]:
        """Every level, undisturbed and with all kinds of disturbance."""
        for level in self.levels:
            yield level, {"disturbances": 0}
            if self.most_disturbed(level)["disturbances"]:
                yield level, self.most_disturbed(level)

    def recipe(self, level: int, seed: int, actions: Any = (), **knobs: Any) -> str:
        """How to come to a state: Python for one world."""
        words = ", ".join(f"{k}={v!r}" for k, v in {**self.knobs, **knobs}.items())
        taken = [np.asarray(action).tolist() for action in actions]
        return (
            f"env = gymnasium.make({self.id!r}, level={level}, {words}); env.reset(seed={seed}); "
            f"then step, or reset() where an episode has ended, with {taken}"
        )


def most_kinds(env: Env) -> int:
    """How many kinds of disturbance can be drawn under an environment's knobs."""
    return len(env.params.kinds_possible())


class Play:
    """A vector being played, with a log of what was done in each of its worlds."""

    def __init__(self, setting: Setting, level: int, n: int, seed: int, **knobs: Any):
        options = knobs.pop("options", None)
        self.setting, self.level, self.seed, self.knobs = setting, level, seed, knobs
        self.env = setting.vector(level, n, **knobs)
        self.space = self.env.single_action_space
        self.generator = np.random.default_rng(seed)
        self.log: list[np.ndarray] = []
        self.infos = self.env.reset(seed=seed, options=options)[1]

    def step(self, actions: np.ndarray) -> tuple[Any, ...]:
        """Step, log, and keep the infos."""
        result = self.env.step(actions)
        self.log.append(actions)
        self.infos = result[4]
        return result

    def legal(self) -> np.ndarray:
        """A random legal action for each world."""
        where = draws(self.space, self.generator, (self.env.num_envs,))
        return pick(self.space, where, self.infos.get("action_mask"))

    def any(self) -> np.ndarray:
        """A random action of the whole space for each world."""
        return pick(self.space, draws(self.space, self.generator, (self.env.num_envs,)))

    def recipe(self, i: int) -> str:
        """How to bring a single environment to the state of world i."""
        actions = [actions[i] for actions in self.log]
        return self.setting.recipe(self.level, self.seed + i, actions, **self.knobs)


def components(space: spaces.Space) -> list[int]:
    """Numbers of choices that make up one action; none for a Box."""
    if isinstance(space, spaces.Discrete):
        return [int(space.n)]
    if isinstance(space, spaces.MultiDiscrete):
        return [int(n) for n in space.nvec.ravel()]
    return []


def draws(space: spaces.Space, generator: np.random.Generator, shape: tuple) -> np.ndarray:
    """Numbers in [0, 1) from which `pick` makes actions, (*shape, numbers for one action)."""
    count = len(components(space)) or int(np.prod(space.shape or ()))
    return generator.random((*shape, count))


def pick(space: spaces.Space, where: np.ndarray, masks: np.ndarray | None = None) -> np.ndarray:
    """Actions from numbers in [0, 1), among those that a mask allows.

    Args:
        space: Discrete, MultiDiscrete or Box.
        where: (n, components).
        masks: int8 (n, entries); None allows all. Where it allows none, all count.
    """
    n, sizes = len(where), components(space)
    if not sizes:
        assert isinstance(space, spaces.Box)
        shaped = where.reshape(n, *(space.shape or ()))
        return (space.low + shaped * (space.high - space.low)).astype(space.dtype)
    columns, first = [], 0
    for k, size in enumerate(sizes):
        part = np.ones((n, size), np.int64)
        if masks is not None:
            part = masks[:, first : first + size].astype(np.int64)
            part[part.sum(1) == 0] = 1
        nth = np.floor(where[:, k] * part.sum(1))
        columns.append(np.argmax(np.cumsum(part, 1) > nth[:, None], 1))
        first += size
    if isinstance(space, spaces.Discrete):
        return (columns[0] + space.start).astype(space.dtype)
    return np.stack(columns, 1).reshape(n, *(space.shape or ())).astype(space.dtype)


def allowed(space: spaces.Space, actions: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Whether each action is one that its mask allows, bool (n,)."""
    n, first = len(actions), 0
    flat = actions.reshape(n, -1)
    good = np.ones(n, np.bool_)
    for k, size in enumerate(components(space)):
        start = int(space.start) if isinstance(space, spaces.Discrete) else 0
        good &= masks[np.arange(n), first + flat[:, k] - start] != 0
        first += size
    return good
