"""Joint spaces and arrays, row by row: row i of a joint array is agent i's."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from gymnasium import spaces

from midcourse.core.arguments import actions_of
from midcourse.core.errors import UserError

Rows = Callable[[np.ndarray], list[Any]]


def space_of(joint: spaces.Space, i: int) -> spaces.Space:
    """Agent i's part of a joint space.

    A MultiDiscrete of one dimension gives a Discrete, one of more a MultiDiscrete.

    Raises:
        TypeError: a space without rows.
    """
    if isinstance(joint, spaces.Dict):
        return spaces.Dict({key: space_of(part, i) for key, part in joint.items()})
    if isinstance(joint, spaces.Box) and joint.shape:
        return spaces.Box(joint.low[i], joint.high[i], dtype=joint.dtype)  # type: ignore[arg-type]
    if isinstance(joint, spaces.MultiDiscrete):
        sizes = joint.nvec[i]
        if np.ndim(sizes) == 0:
            return spaces.Discrete(int(sizes), start=int(joint.start[i]))
        return spaces.MultiDiscrete(sizes, dtype=joint.dtype, start=joint.start[i])  # type: ignore[arg-type]
    raise TypeError(f"{joint} has no rows that agents could be given")


def make_rows(joint: spaces.Space) -> Rows:
    """The function that takes a filled frame to each agent's observation, views of the frame."""
    if not isinstance(joint, spaces.Dict):
        return lambda frame: list(frame["observation"])
    keys = tuple(joint.spaces)

    def rows(frame: np.ndarray) -> list[dict[str, Any]]:
        columns = zip(*(frame[key] for key in keys), strict=True)
        return [dict(zip(keys, row, strict=True)) for row in columns]

    return rows


class Collector:
    """The joint action of a dictionary's.

    Args:
        joint: the joint action space.
        agents: their names, in the order of its rows.
        space_of_agent: name -> the space of its action.
    """

    def __init__(
        self,
        joint: spaces.Space,
        agents: Sequence[str],
        space_of_agent: Callable[[str], spaces.Space],
    ):
        self.joint = joint
        self.agents = agents
        self.space_of_agent = space_of_agent
        self.pick = itemgetter(*agents) if len(agents) > 1 else None
        self.choices = _choices(joint)

    def __call__(self, actions: Mapping[str, Any]) -> np.ndarray:
        """The joint action.

        Raises:
            UserError: an agent without action, an unknown agent, or an action outside its space.
        """
        try:
            given = self.pick(actions) if self.pick else (actions[self.agents[0]],)
            if len(actions) != len(given):
                raise KeyError
            if self.choices is None:
                dtype = np.dtype(self.joint.dtype)
                array = actions_of(np.array(given), self.joint.shape or (), dtype)
                if not self.joint.contains(array):
                    raise ValueError
                return array
            # `bytes` takes whole numbers of any kind, and nothing else, in a third of the time.
            array = np.frombuffer(bytes(given), np.uint8)
            if not (array < self.choices).all():
                raise ValueError
            return array.astype(np.int64)
        except (KeyError, TypeError, ValueError):
            raise self._complaint(actions) from None

    def _complaint(self, actions: Any) -> UserError:
        """What is wrong with these actions."""
        if not isinstance(actions, Mapping):
            return UserError(f"step() takes a dictionary of actions by agent, not {actions!r:.200}")
        count = len(self.agents)
        known = set(self.agents)
        for agent in actions:
            if agent not in known:
                return unknown_agent(agent, self.agents)
        for agent in self.agents:
            if agent not in actions:
                return UserError(
                    f"{agent} has no action: step() takes one of each of the {count} agents"
                )
        for agent, action in actions.items():
            space = self.space_of_agent(agent)
            if not space.contains(action):
                return UserError(f"action {action!r:.200} of {agent} is outside {space}")
        return UserError(f"these actions are not in {self.joint}")


def unknown_agent(agent: Any, agents: Sequence[str]) -> UserError:
    """The error for a name that no agent has."""
    return UserError(f"unknown agent {agent!r}: they are {agents[0]} to {agents[-1]}")


def _choices(space: spaces.Space) -> np.ndarray | None:
    """How many actions each agent has, uint8, where all have few; else None."""
    if not isinstance(space, spaces.MultiDiscrete) or space.nvec.ndim != 1:
        return None
    few = space.nvec.max() < 256 and not space.start.any()
    return space.nvec.astype(np.uint8) if few else None
