"""The PettingZoo environment over one joint world: many agents who act at once.

A joint family's action and observation are arrays whose row i is agent i's, and so is one field
of its record, the rewards. This shell hands the rows out and collects them; the world behind it
is the same as in Gymnasium's form, bit for bit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy import empty, ndarray
from pettingzoo import ParallelEnv

from midcourse.core import tasks
from midcourse.core.arguments import actions_of, not_taken
from midcourse.core.env import Env
from midcourse.core.errors import UserError
from midcourse.core.rows import Collector, make_rows, space_of, unknown_agent

BYTE = np.dtype(np.uint8)
Dicts = tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Any]]


@dataclass(frozen=True)
class Seats:
    """How a joint family's world is divided among its agents.

    `text`, `legal_actions` and `parse` are as the family's, of one agent given by its number.
    """

    agent: str  # agents are called agent_0, agent_1, ...
    count: Callable[[Any], int]  # params -> how many
    text: Callable[[Any, Any, int], str]
    legal_actions: Callable[[Any, Any, int], list[str]]
    parse: Callable[[Any, Any, int, str], Any]
    rewards: str = "reward"  # field of the record, float64 (agents,): of the last step


class Parallel(ParallelEnv):
    """One joint world, agent by agent.

    Keywords are the family's knobs. `joint` is the world behind, a Gymnasium environment;
    `agents` are those who act, and nobody once the episode is over.

    Args:
        render_mode: None or "rgb_array".
        max_cycles: PettingZoo's name for the knob `step_limit`.
        knobs: the family's, as for the joint world.

    Raises:
        UserError: an unknown knob or a value out of range.
    """

    ENV: ClassVar[type[Env]]
    SEATS: ClassVar[Seats]
    metadata: dict[str, Any]

    def __init__(self, render_mode: str | None = None, max_cycles: int | None = None, **knobs: Any):
        if max_cycles is not None:
            if "step_limit" in knobs:
                raise UserError("max_cycles is another name for step_limit: give one of them")
            knobs["step_limit"] = max_cycles
        self._connect(self.ENV(render_mode=render_mode, **knobs))

    def _connect(self, joint: Env) -> None:
        seats = self.SEATS
        self.joint = joint
        self.params = joint.params
        self.render_mode = joint.render_mode
        count = seats.count(joint.params)
        self.possible_agents = [f"{seats.agent}_{i}" for i in range(count)]
        self.agents: list[str] = []
        self.state_space = joint.observation_space
        self._numbers = {name: i for i, name in enumerate(self.possible_agents)}
        self._spaces: dict[tuple[str, str], spaces.Space] = {}
        self._never = dict.fromkeys(self.possible_agents, False)
        self._always = dict.fromkeys(self.possible_agents, True)
        self._rows = make_rows(joint.observation_space)
        self._collect = Collector(joint.action_space, self.possible_agents, self.action_space)
        self._action_shape = joint.action_space.shape or ()
        self._action_dtype = np.dtype(joint.action_space.dtype)
        self._masked = joint.params.masks and joint.program.frame_dtype["action_mask"].shape != (0,)
        # What `step_array` looks up is kept on the instance, to spare it the look-ups.
        program = joint.program
        self._worlds, self._shared = joint._worlds, program.shared
        self._rewards = self._worlds[seats.rewards][0]
        self._frame, self._frame_bytes = program.frame_dtype, program.frame_dtype.itemsize
        self._advance = program.entries["step_one"]
        space = joint.observation_space
        self._has_goal = joint.FAMILY.oracle != "none"
        self._keys = tuple(space.spaces) if isinstance(space, spaces.Dict) else None

    # --- PettingZoo ---------------------------------------------------------------------------

    def observation_space(self, agent: str) -> spaces.Space:
        """What an agent observes; the same object at every call."""
        return self._space_of(agent, "observation", self.joint.observation_space)

    def action_space(self, agent: str) -> spaces.Space:
        """What an agent does; the same object at every call."""
        return self._space_of(agent, "action", self.joint.action_space)

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Begin an episode; (observations, infos), each by agent.

        Args:
            seed: in [0, 2**63); without one, the next episode of the seed at hand.
            options: {"task": i} takes task i of the split instead of a drawn one.

        Raises:
            UserError: a bad seed, an unknown option, or a task that the split does not have.
        """
        # PettingZoo's checks pass {"options": 1} to see that there is such an argument.
        options = {key: value for key, value in (options or {}).items() if key != "options"}
        self.joint.reset(seed=seed, options=options)
        return self._begin()

    def step(self, actions: Mapping[str, Any]) -> Dicts:
        """One action of every agent.

        Returns:
            (observations, rewards, terminated, truncated, infos), each a fresh dictionary with an
            entry for every agent. An info holds `success` (where the world has a goal),
            `action_mask` (int8, read-only; with the knob `masks`) and `events` (if a disturbance
            struck).

        Raises:
            UserError: an agent without action, an unknown agent, or an action outside its space;
                nothing has then moved.
            ResetNeeded: the episode is over, or none has begun.
        """
        joint = self._collect(actions)
        frame = ndarray((), self._frame, empty(self._frame_bytes, BYTE))
        _, terminated, truncated, success, news = self._advance(
            self._worlds, self._shared, joint, frame
        )
        if news < 0:
            raise not_taken(news, actions, self.joint.action_space)
        names = self.possible_agents
        if terminated or truncated:
            self.agents = []
        return (
            dict(zip(names, self._rows(frame), strict=True)),
            dict(zip(names, self._rewards.tolist(), strict=True)),
            (self._always if terminated else self._never).copy(),
            (self._always if truncated else self._never).copy(),
            self._infos(frame, success, news),
        )

    def step_array(self, actions: np.ndarray) -> tuple[Any, np.ndarray, bool, bool]:
        """As `step`, on arrays whose row i is agent i's: no dictionaries, no infos.

        Args:
            actions: int64 (agents,), or as the joint action space says.

        Returns:
            (observations, rewards, terminated, truncated): fresh arrays, the observations as the
            joint observation space says, rewards float64 (agents,).

        Raises:
            UserError: actions of the wrong shape or type, or outside the space; nothing has moved.
            ResetNeeded: the episode is over, or none has begun.
        """
        taken = actions_of(actions, self._action_shape, self._action_dtype)
        frame = ndarray((), self._frame, empty(self._frame_bytes, BYTE))
        _, terminated, truncated, _, news = self._advance(self._worlds, self._shared, taken, frame)
        if news < 0:
            raise not_taken(news, actions, self.joint.action_space)
        if terminated or truncated:
            self.agents = []
        return self._whole(frame), self._rewards.copy(), terminated, truncated

    def state(self) -> Any:
        """What all agents see together: the joint observation, one row for each."""
        return self._whole(self.joint._filled_frame())

    def render(self) -> np.ndarray | None:
        """The world as a picture, uint8 (height, width, 3), or None without a render mode."""
        return self.joint.render()

    def close(self) -> None:
        """Nothing is held open."""
        self.joint.close()

    # --- views and snapshots ------------------------------------------------------------------

    def text(self, agent: str) -> str:
        """What an agent sees, in words."""
        return self.SEATS.text(self.joint.world, self._shared[0], self._number(agent))

    def legal_actions(self, agent: str) -> list[str]:
        """An agent's legal actions in words, each of which `parse` understands."""
        return self.SEATS.legal_actions(self.joint.world, self._shared[0], self._number(agent))

    def parse(self, agent: str, words: str) -> Any:
        """The action that an agent's words mean, or a Refusal with the reason; never an error."""
        return self.SEATS.parse(self.joint.world, self._shared[0], self._number(agent), words)

    def action_masks(self) -> np.ndarray:
        """1 for each legal action, int8 (agents, actions)."""
        return self.joint.action_masks().reshape(len(self.possible_agents), -1)

    def events(self, since: int = 0) -> list[dict[str, Any]]:
        """The disturbances that have struck in this episode, at step `since` or later."""
        return self.joint.events(since)

    def task(self) -> tasks.Task:
        """The address of the task at hand."""
        return self.joint.task()

    def snapshot(self) -> bytes:
        """The whole state; the joint world restores it too."""
        return self.joint.snapshot()

    def restore(self, snapshot: bytes) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Go to a snapshot's state; returns (observations, infos) there, as reset does.

        Raises:
            UserError: a foreign, cut or altered snapshot; the state is then untouched.
        """
        self.joint.restore(snapshot)
        return self._begin()

    def fork(self) -> "Parallel":
        """Another environment in the same state; the two share only what neither writes."""
        twin = type(self).__new__(type(self))
        twin._connect(self.joint.fork())
        twin.agents = self.agents.copy()
        return twin

    # --- inside -------------------------------------------------------------------------------

    def _begin(self) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        world, names = self.joint.world, self.possible_agents
        self.agents = names.copy() if world["running"] else []
        frame = self.joint._filled_frame()
        infos = self._infos(frame, bool(world["success"]), 0)
        return dict(zip(names, self._rows(frame), strict=True)), infos

    def _whole(self, frame: np.ndarray) -> Any:
        if self._keys is None:
            return frame["observation"]
        return {key: frame[key] for key in self._keys}

    def _infos(self, frame: np.ndarray, success: bool, news: int) -> dict[str, dict[str, Any]]:
        """A dictionary for each agent: users write into them."""
        names = self.possible_agents
        infos: dict[str, dict[str, Any]]
        if self._masked:
            masks = frame["action_mask"].reshape(len(names), -1)
            masks.flags.writeable = False
            # One row serves all where all is legal: half the time.
            rows = [masks[0]] * len(names) if masks.all() else list(masks)
            infos = {name: {"action_mask": mask} for name, mask in zip(names, rows, strict=True)}
        else:
            infos = {name: {} for name in names}
        if self._has_goal:
            for info in infos.values():
                info["success"] = success
        if news:
            clock = int(self._worlds["clock"][0])
            for info in infos.values():
                info["events"] = self.joint.program.events(self._worlds[0], clock)
        return infos

    def _number(self, agent: Any) -> int:
        try:
            return self._numbers[agent]
        except (KeyError, TypeError):
            raise unknown_agent(agent, self.possible_agents) from None

    def _space_of(self, agent: Any, what: str, joint: spaces.Space) -> spaces.Space:
        key = (what, agent)
        if key not in self._spaces:
            self._spaces[key] = space_of(joint, self._number(agent))
        return self._spaces[key]
