"""The six sets of InterruptBench, each a frozen list of test tasks with their messages.

Position p of a set is task p of the split `test`, with a seed that is a hash of set, position and
try; the seed draws the messages. Where they cannot strike there (nothing is left to be retracted,
say), take each other back, or leave no way to the goal, the next task is tried, with the seed of
the next try. So a list may hold a task twice, with other messages. Nothing of it is stored.

Where a family groups its tasks by site, positions are of groups as often as in WebArena-Lite, as
far as the split has such tasks that can take the messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import permutations
from typing import Any

from midcourse.core.errors import UserError
from midcourse.core.tasks import hash_words
from midcourse.evaluation.plan import make_env

KINDS = ("addition", "revision", "retraction")
SETS: dict[str, tuple[tuple[str, ...], ...]] = {  # name -> kinds in order; one of them is drawn
    "1addition": (("addition",),),
    "2addition": (("addition", "addition"),),
    "2revision": (("revision", "revision"),),
    "1retraction": (("retraction",),),
    "2retraction": (("retraction", "retraction"),),
    "3mixed": tuple(permutations(KINDS)),
}

MIX = {"shop": 45, "office": 35, "tracker": 30, "map": 26, "forum": 19, "several": 10}


@dataclass(frozen=True)
class Item:
    """One position of a set."""

    position: int
    task: int
    seed: int  # of the world, in [0, 2**63)
    kinds: tuple[str, ...]  # of the messages, in order


def frozen_list(env: str, knobs: Mapping[str, Any], name: str, count: int) -> list[Item]:
    """The first `count` positions of a set.

    Raises:
        UserError: no task of the split can take such messages.
    """
    worlds: dict[tuple[str, ...], Any] = {}
    for kinds in SETS[name]:
        times = [("step", 0)] * len(kinds)
        worlds[kinds] = make_env(env, {**knobs, "disturbances": kinds, "disturb_at": times})
    found = [_item(worlds, name, position, group_at(position)) for position in range(count)]
    for world in worlds.values():
        world.close()
    return found


@cache
def group_at(position: int) -> str:
    """The group of a position: each comes as evenly as its share allows, over all positions."""
    total = sum(MIX.values())
    turns = ((turn * 2 + 1, count, group) for group, count in MIX.items() for turn in range(count))
    order = sorted(turns, key=lambda turn: (Fraction(turn[0], turn[1]), turn[2]))
    return order[position % total][2]


def _item(
    worlds: Mapping[tuple[str, ...], Any], name: str, position: int, group: str | None
) -> Item:
    """The first task of a group, from a position on, that can take the messages.

    Where there is none, the group makes no difference.
    """
    tasks = next(iter(worlds.values())).unwrapped.task_count
    for again in range(tasks):
        low, high = hash_words("interrupt", name, position, again)
        seed, task = ((high << 32) | low) >> 1, (position + again) % tasks
        kinds = SETS[name][low % len(SETS[name])]
        world = worlds[kinds]
        world.reset(seed=seed, options={"task": task})
        bare = world.unwrapped
        struck = len(bare.events()) == len(kinds)
        fits = group is None or bare.FAMILY.group is None or bare.FAMILY.group(bare.world) == group
        if struck and fits and not _take_back(bare) and bare.cost_to_go() > 0:
            return Item(position, task, seed, kinds)
    if group is not None:
        return _item(worlds, name, position, None)
    raise UserError(f"no test task can take the messages of {name!r} under these knobs")


def _take_back(env: Any) -> bool:
    """Whether the messages, all of which have struck, leave the goal as it was."""
    start = env.start()
    if "goal" not in (start.dtype.names or ()):
        return False
    return _requirements(start["goal"]) == _requirements(env.world["goal"])


def _requirements(goal: Any) -> list[tuple[int, int]]:
    """The requirements in force: attribute, value."""
    return sorted((int(c["what"]), int(c["value"])) for c in goal["constraint"] if c["live"])
