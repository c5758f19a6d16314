"""Episodes of the oracle on training tasks, which stand before a player's own as examples."""

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from midcourse.core.errors import UserError
from midcourse.core.tasks import ENDLESS

SEED = 0  # of the tasks drawn, the same for every player: so that prompts begin alike
LONGEST = 100  # steps of an example; a world without an end would have no example

Turn = tuple[str, tuple[str, ...], str]  # what is seen, what may be said, what the oracle says


def episodes(env: Any, count: int) -> list[tuple[Turn, ...]]:
    """The oracle's episodes on the first `count` of the training tasks, as one draw orders them.

    The task that is at hand is left out, were it one of them.

    Args:
        env: the unwrapped world, at the start of an episode.
        count: of episodes.

    Raises:
        UserError: a negative count, fewer training tasks than that, or no oracle with words.
    """
    if count < 0:
        raise UserError(f"examples={count} is out of range: it is 0 or more")
    if not count:
        return []
    world = type(env)(**knobs_of(env))
    here = env.task()
    left_out = here.index if here.split == world.params.split else None
    tasks = [task for task in drawn(world.task_count, count + 1) if task != left_out][:count]
    if len(tasks) < count:
        raise UserError(f"examples={count} is out of range: there are {len(tasks)} training tasks")
    return [played(type(env), tuple(sorted(knobs_of(env).items())), task) for task in tasks]


def knobs_of(env: Any) -> dict[str, Any]:
    """What a world is made with that has the training tasks and is otherwise the same."""
    params = replace(env.params, split="train")
    return {field.name: getattr(params, field.name) for field in fields(params)}


def drawn(tasks: int, count: int) -> list[int]:
    """Different tasks of so many (0: without end), at most `count`, the same at every call."""
    generator = np.random.default_rng(SEED)
    if not tasks:
        return list(dict.fromkeys(generator.integers(ENDLESS, size=2 * count).tolist()))[:count]
    return generator.permutation(tasks)[:count].tolist()


@lru_cache(maxsize=64)
def played(kind: type[Any], knobs: tuple[tuple[str, Any], ...], task: int) -> tuple[Turn, ...]:
    """The turns of one episode of the oracle."""
    env = kind(**dict(knobs))
    env.reset(seed=task, options={"task": task})
    return tuple(turns(env))


def turns(env: Any) -> Iterator[Turn]:
    """Each turn until the episode ends, with what the oracle says."""
    for _ in range(LONGEST):
        action = env.oracle_action()
        legal = tuple(env.legal_actions())
        yield env.text(), legal, words_of(env, legal, action)
        _, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            return


def words_of(env: Any, legal: tuple[str, ...], action: Any) -> str:
    """An action as it may be said.

    Raises:
        UserError: the world has no words for it.
    """
    for words in legal:
        if np.array_equal(env.parse(words), action):
            return words
    if env.FAMILY.say is None:
        raise UserError(
            f"{env.FAMILY.id} has no words for what its oracle does: leave examples out"
        )
    return env.FAMILY.say(env.world, env.program.shared[0], action)
