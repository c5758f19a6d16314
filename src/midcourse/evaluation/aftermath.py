"""What an agent does after a disturbance: steps to recover, and stale actions.

Both are exact; they need a family with an exact oracle.

**Without the disturbance.** When a disturbance strikes, a twin takes the same action from the same
state with no disturbance pending. The cells of the family's record in which the two then differ
are what the disturbance wrote. A later state with these cells set back to the twin's values is the
same situation in a world that was not disturbed.

**Stale action**: an action taken after a disturbance that begins a cheapest way to the goal in the
world without it, but none in the world as it is. **Steps to recover**: the sum over the actions
after the first disturbance of 1 + (cost-to-go after) - (cost-to-go before), later disturbances'
own cost not counted. With one disturbance this is the number of steps from it to success, less
the cost-to-go right after it. An agent that replans at once has 0 of both.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from midcourse.core.engine.record import COLD_FIELDS, HOT_FIELDS
from midcourse.core.family import Refusal

ENGINE_FIELDS = {entry[0] for entry in (*HOT_FIELDS, *COLD_FIELDS)} | {"terms", "padding"}


@dataclass
class Cell:
    """One array field of the record: where a disturbance wrote, and what would stand there."""

    written: np.ndarray  # bool, the field's shape
    value: np.ndarray


def copy_of(env: Any) -> np.ndarray:
    """A copy of an unwrapped environment's record, an array without dimensions."""
    return np.array(env.world.copy())  # np.array alone would look into the world


def take(env: Any, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
    """A step with an action, or with words that meant none: those are charged, see `Env.refuse`."""
    if isinstance(action, Refusal):
        return env.unwrapped.refuse(action.reason)
    return env.step(action)


class Aftermath:
    """Follows one episode of an exact-oracle world, step by step.

    Args:
        env: the unwrapped environment, at the start of an episode.
    """

    def __init__(self, env: Any):
        self.env = env
        self.twin = env.fork()
        self.cells: dict[tuple[str, ...], Cell] = {}
        self.struck = False
        self.lost_way = False  # at some point no way led to the goal
        self.extra_steps = 0
        self.stale_actions = 0
        if env.events():  # before the first action
            self._learn_cells(np.array(env.start()))

    def step_taken(self, before: np.ndarray, action: Any, disturbed: bool) -> None:
        """Judge an action that was taken in the state `before`.

        Args:
            before: the world's record before the action, from `copy_of`.
            action: the one taken, or the Refusal of words that meant none.
            disturbed: whether a disturbance struck in this step.
        """
        if self.struck:
            self._judge(before, action)
        if disturbed:
            self._load(before)
            take(self.twin, action)
            self._learn_cells(copy_of(self.twin))

    def _learn_cells(self, twin: np.ndarray) -> None:
        """Remember where the world differs from a twin that was not disturbed."""
        for path, now in _leaves(copy_of(self.env)):
            self._compare(path, now, _at(twin, path))
        self.struck = True

    def _judge(self, before: np.ndarray, action: Any) -> None:
        cost, cost_after = self._costs(before, action)
        if cost < 0 or cost_after < 0:
            self.lost_way = True
        self.extra_steps += 1 + cost_after - cost
        if cost_after >= 0 and cost_after == cost - 1:
            return
        undisturbed = self._without(before)
        cost, cost_after = self._costs(undisturbed, action)
        self.stale_actions += cost_after >= 0 and cost_after == cost - 1

    def _costs(self, record: np.ndarray, action: Any) -> tuple[int, int]:
        """Cost-to-go before and after an action, were nothing to strike; -1: no way."""
        self._load(record)
        before = self.twin.cost_to_go()
        info = take(self.twin, action)[4]
        return before, 0 if info["success"] else self.twin.cost_to_go()

    def _load(self, record: np.ndarray) -> None:
        world = self.twin.world
        for name in record.dtype.names or ():
            world[name] = record[name]
        world["pending"] = 0

    def _compare(self, path: tuple[str, ...], now: np.ndarray, twin: np.ndarray) -> None:
        differs = now != twin
        if not differs.any():
            return
        cell = self.cells.get(path)
        if cell is None:
            self.cells[path] = Cell(differs, twin.copy())
        else:
            cell.value = np.where(differs & ~cell.written, twin, cell.value)
            cell.written |= differs

    def _without(self, record: np.ndarray) -> np.ndarray:
        undone = record.copy()
        for path, cell in self.cells.items():
            place = _at(undone, path)
            place[cell.written] = cell.value[cell.written]
        return undone


def _leaves(
    record: np.ndarray, prefix: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], np.ndarray]]:
    """The family's plain fields of a record, as views, by their path of names."""
    found = []
    for name in record.dtype.names or ():
        if prefix or name not in ENGINE_FIELDS:
            path = (*prefix, name)
            field = record[name]
            found += _leaves(field, path) if field.dtype.names else [(path, field)]
    return found


def _at(record: np.ndarray, path: tuple[str, ...]) -> np.ndarray:
    for name in path:
        record = record[name]
    return record
