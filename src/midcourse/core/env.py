"""The Gymnasium environment over one record: every family's single world."""

from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy import empty, ndarray

from midcourse.core import snapshot as snapshots
from midcourse.core import tasks
from midcourse.core.arguments import actions_of, not_taken, whole
from midcourse.core.engine.record import NOT_RUNNING, aligned_zeros
from midcourse.core.errors import UserError, unknown
from midcourse.core.family import Family, Program, mask_size
from midcourse.core.page import Page
from midcourse.core.reader import make_reader

BYTE = np.dtype(np.uint8)
RESET_OPTIONS = ("task",)


class Env(gymnasium.Env):
    """One world.

    Keywords are the family's knobs; `render_mode` is None or "rgb_array". `begun` says whether
    there has been a reset, and so a state to speak of.

    Raises:
        UserError: an unknown knob or a value out of range.
    """

    FAMILY: ClassVar[Family]
    metadata = {"render_modes": ["rgb_array"], "render_fps": 4}

    def __init__(self, render_mode: str | None = None, **knobs: Any):
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise unknown("render_mode", render_mode, self.metadata["render_modes"])
        self.render_mode = render_mode
        self._connect(Program(self.FAMILY, self.FAMILY.params.make(**knobs)))

    # What `step` looks up is kept on the instance, to spare it the look-ups.
    def _connect(self, program: Program) -> None:
        self.program = program
        self.params = program.params
        self.observation_space = program.view.space
        self.action_space = program.action_space
        self._worlds = aligned_zeros(1, program.world_dtype)
        self._shared = program.shared
        self._frame = program.frame_dtype
        self._frame_bytes = program.frame_dtype.itemsize
        self._actions = (
            int(self.action_space.n) if isinstance(self.action_space, spaces.Discrete) else 0
        )
        self._action_shape = self.action_space.shape or ()
        self._action_dtype = np.dtype(self.action_space.dtype)
        self._read = make_reader(
            self.observation_space,
            self.params.masks and mask_size(self.action_space) > 0,
            self.params.reward_terms,
            self.FAMILY.terms,
        )
        self._head = snapshots.header(program)
        self._step = program.entries["step_one"]
        self.begun = False

    # --- Gymnasium ----------------------------------------------------------------------------

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: in [0, 2**63); without one, the next episode of the seed at hand.
            options: {"task": i} takes task i of the split instead of a drawn one.

        Raises:
            UserError: a bad seed, an unknown option, or a task that the split does not have.
        """
        task = -1
        for option in options or ():
            if option not in RESET_OPTIONS:
                raise unknown("reset option", option, RESET_OPTIONS)
        if options and options.get("task") is not None:
            task = self.program.check_task(options["task"])
        low, high = -1, 0
        if seed is not None:
            low, high = tasks.check_seed(seed)
            super().reset(seed=int(seed))
        elif not self.begun:
            low, high = tasks.check_seed(tasks.fresh_seed())
        self.program.entries["reset_one"](self._worlds, self._shared, low, high, task)
        self.begun = True
        return self._observe()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take one action.

        Raises:
            UserError: an action outside the action space.
            ResetNeeded: the episode is over, or none has begun.
        """
        taken = action
        if self._actions:
            if type(action) is not int:
                taken = whole(action, self._actions)
            if not 0 <= taken < self._actions:
                raise UserError(f"action {taken} is outside Discrete({self._actions})")
        else:
            taken = actions_of(action, self._action_shape, self._action_dtype)
        frame = ndarray((), self._frame, empty(self._frame_bytes, BYTE))
        reward, terminated, truncated, success, news = self._step(
            self._worlds, self._shared, taken, frame
        )
        if news < 0:
            raise not_taken(news, action, self.action_space, self.begun)
        observation, info = self._read(frame, success)
        if news:
            info["events"] = self.events(self._worlds["clock"][0])
        return observation, reward, terminated, truncated, info

    def refuse(self, reason: str) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Charge a step for words or a click that mean no action; info["refused"] says why."""
        frame = ndarray((), self._frame, empty(self._frame_bytes, BYTE))
        refuse = self.program.entries["refuse_one"]
        reward, ended, truncated, success, news = refuse(self._worlds, self._shared, frame)
        if news == NOT_RUNNING:
            raise not_taken(news, None, self.action_space, self.begun)
        observation, info = self._read(frame, success)
        info["refused"] = reason
        if news:
            info["events"] = self.events(self._worlds["clock"][0])
        return observation, reward, ended, truncated, info

    def render(self) -> np.ndarray | None:
        """The world as a picture, uint8 (height, width, 3), or None without a render mode."""
        if self.render_mode is None:
            gymnasium.logger.warn(
                'render() was called without a render mode: make(..., render_mode="rgb_array")'
            )
            return None
        return self.picture()

    # --- views and oracle ---------------------------------------------------------------------

    def picture(self) -> np.ndarray:
        """The world as a picture, uint8 (height, width, 3); needs the extra `render`."""
        return self.FAMILY.render(self.world, self._shared[0])

    def text(self) -> str:
        """What is seen, in words."""
        return self.FAMILY.text(self.world, self._shared[0])

    def page(self) -> Page:
        """The browser's page at hand.

        Raises:
            UserError: the family has no pages.
        """
        if self.FAMILY.page is None:
            raise UserError(f"{self.FAMILY.id} has no pages: it is no web")
        return self.FAMILY.page(self.world, self._shared[0])

    def legal_actions(self) -> list[str]:
        """The legal actions in words, each of which `parse` understands."""
        return self.FAMILY.legal_actions(self.world, self._shared[0])

    def parse(self, words: str) -> Any:
        """The action that some words mean, or a Refusal with the reason; never an exception."""
        return self.FAMILY.parse(self.world, self._shared[0], words)

    def idle_action(self) -> Any:
        """The action of an agent that does nothing."""
        return self.FAMILY.idle(self.world, self._shared[0])

    def action_masks(self) -> np.ndarray:
        """1 for each legal action, int8; the same as info["action_mask"]."""
        return self._filled_frame()["action_mask"]

    def oracle_action(self) -> Any:
        """An action that begins a cheapest way to success (or the reference controller's).

        Raises:
            UserError: the family has no oracle.
        """
        self._require_episode()
        return self.program.oracle_action(self._worlds)

    def cost_to_go(self) -> int:
        """Fewest actions from here to success, -1 if there is no way.

        It does not know of disturbances that have yet to come.

        Raises:
            UserError: the family's oracle is only a reference, or it has none.
        """
        self.program.require_exact_oracle()
        self._require_episode()
        return int(self.program.entries["cost_one"](self._worlds, self._shared))

    def optimal_steps(self) -> int:
        """Fewest actions from the start of this episode to success, were it not disturbed."""
        self.program.require_exact_oracle()
        self._require_episode()
        return self.program.optimal_steps(self._worlds[0])

    def progress(self) -> float:
        """1 - cost-to-go / optimal steps, held to [0, 1]; 1 once the task has been solved."""
        self.program.require_exact_oracle()
        if self._worlds["success"][0]:
            return 1.0
        cost, optimal = self.cost_to_go(), self.optimal_steps()
        return 0.0 if cost < 0 else min(1.0, max(0.0, 1.0 - cost / optimal))

    def events(self, since: int = 0) -> list[dict[str, Any]]:
        """The disturbances that have struck in this episode, at step `since` or later."""
        return self.program.events(self._worlds[0], since)

    def task(self) -> tasks.Task:
        """The address of the task at hand."""
        self._require_episode()
        return self.program.address(self._worlds[0])

    @property
    def task_count(self) -> int:
        """Tasks in this split; 0: one for each index below 2**31."""
        return self.program.task_counts[self.params.split]

    def start(self) -> np.void:
        """A record of this episode as it began, had no disturbance been scheduled."""
        self._require_episode()
        calm = aligned_zeros(1, self._shared.dtype)
        calm.view(BYTE)[:] = self._shared.view(BYTE)  # a plain copy leaves padding as it was
        calm["requests"] = 0
        return self.program.begin_again(self._worlds[0], calm)[0]

    # --- snapshots ----------------------------------------------------------------------------

    @property
    def world(self) -> np.void:
        """The record itself. Reading is free; what is written is on the writer's own head."""
        self._require_episode()
        return self._worlds[0]

    def snapshot(self) -> bytes:
        """The whole state, with id, params and a checksum."""
        self._require_episode()
        return snapshots.pack(self._head, self._worlds)

    def restore(self, snapshot: bytes) -> tuple[Any, dict[str, Any]]:
        """Go to a snapshot's state; returns the observation and info there, as reset does.

        Raises:
            UserError: a foreign, cut or altered snapshot; the state is then untouched.
        """
        self._worlds[:] = snapshots.unpack(self.program, self._head, snapshot)
        self.begun = True
        return self._observe()

    def fork(self) -> "Env":
        """Another environment in the same state; the two share only what neither writes."""
        self._require_episode()
        twin = type(self).__new__(type(self))
        twin.render_mode = self.render_mode
        twin.spec = self.spec
        twin._connect(self.program)
        twin._worlds[:] = self._worlds
        twin.begun = True
        return twin

    def disturbed(self, disturbances: Any, disturb_at: Any = None) -> "Env":
        """Another environment like this one but for its disturbances; no episode has begun in it.

        Far cheaper than `gymnasium.make`, which draws the content of the worlds anew.

        Args:
            disturbances: as the knob.
            disturb_at: as the knob.

        Raises:
            UserError: kinds or times that the knobs do not allow.
        """
        twin = type(self).__new__(type(self))
        twin.render_mode = self.render_mode
        twin.spec = self.spec
        twin._connect(self.program.disturbed(disturbances, disturb_at))
        return twin

    # --- inside -------------------------------------------------------------------------------

    def _require_episode(self) -> None:
        if not self.begun:
            raise gymnasium.error.ResetNeeded("no episode has begun: call reset() first")

    def _filled_frame(self) -> np.ndarray:
        self._require_episode()
        frame = np.ndarray((), self._frame, np.zeros(self._frame_bytes, np.uint8))
        self.program.entries["observe_one"](self._worlds, self._shared, frame)
        return frame

    def _observe(self) -> tuple[Any, dict[str, Any]]:
        return self._read(self._filled_frame(), bool(self._worlds["success"][0]))
