"""The native Gymnasium VectorEnv over an array of records."""

from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from midcourse.core import snapshot as snapshots
from midcourse.core import tasks
from midcourse.core.arguments import actions_of, chosen_of, seeds_of, tasks_of
from midcourse.core.engine.record import DISABLED, GOOD, NEXT_STEP, SAME_STEP, aligned_zeros
from midcourse.core.env import Env
from midcourse.core.errors import UserError, unknown
from midcourse.core.family import Family, Program
from midcourse.core.frames import BOOL, Frames, Views

MODES = {
    AutoresetMode.NEXT_STEP: NEXT_STEP,
    AutoresetMode.SAME_STEP: SAME_STEP,
    AutoresetMode.DISABLED: DISABLED,
}


class Vector(VectorEnv):
    """Many worlds stepped by one compiled loop.

    Equal, world by world and key by key, to `SyncVectorEnv` over the family's single worlds.

    Args:
        num_envs: how many worlds.
        autoreset_mode: Gymnasium's, or its value as text.
        copy: True gives fresh arrays at every step; False writes over the last step's.
        threads: how many threads share a step; 1 is serial. Worth it only on idle cores.
        render_mode: None or "rgb_array".
        knobs: the family's, as for one world.
    """

    ENV: ClassVar[type[Env]]
    metadata = {"render_modes": ["rgb_array"], "render_fps": 4}

    def __init__(
        self,
        num_envs: int = 1,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        copy: bool = True,
        threads: int = 1,
        render_mode: str | None = None,
        **knobs: Any,
    ):
        if isinstance(num_envs, bool) or not isinstance(num_envs, (int, np.integer)):
            raise UserError(f"num_envs must be a whole number, not {num_envs!r}")
        if not 1 <= num_envs <= 2**24:
            raise UserError(f"num_envs={num_envs} is out of range: it lies in [1, {2**24}]")
        if not isinstance(threads, int) or not 1 <= threads <= 1024:
            raise UserError(f"threads={threads!r} is out of range: it lies in [1, 1024]")
        try:
            self.autoreset_mode = AutoresetMode(autoreset_mode)
        except ValueError:
            raise unknown(
                "autoreset_mode", autoreset_mode, [mode.value for mode in AutoresetMode]
            ) from None
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise unknown("render_mode", render_mode, self.metadata["render_modes"])
        self.render_mode = render_mode
        family: Family = self.ENV.FAMILY
        self._connect(Program(family, family.params.make(**knobs)), int(num_envs), copy, threads)

    def _connect(self, program: Program, num_envs: int, copy: bool, threads: int) -> None:
        self.program = program
        self.params = program.params
        self.num_envs = num_envs
        self.copy = copy
        self.threads = threads
        self.metadata = {**self.metadata, "autoreset_mode": self.autoreset_mode}
        self.single_observation_space = program.view.space
        self.single_action_space = program.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._worlds = aligned_zeros(num_envs, program.world_dtype)
        self._shared = program.shared
        self._frames = Frames(program, num_envs)
        self._head = snapshots.header(program)
        self._mode = MODES[self.autoreset_mode]
        serial = "step_same" if self._mode == SAME_STEP else "step_batch"
        self._step = program.entries["step_parallel" if threads > 1 else serial]
        self._action_shape = self.action_space.shape or ()
        self._action_dtype = np.dtype(self.action_space.dtype)
        self._buffers = None if copy else self._frames.step()
        self._finals = None if copy else self._frames.views()
        self.begun = False

    # --- Gymnasium ----------------------------------------------------------------------------

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Begin an episode in every world, or in those that a mask names.

        Args:
            seed: world i gets seed + i; or a list with one seed (or None) for each world.
            options: {"reset_mask": bool array} resets only some worlds; {"task": i} or
                {"task": [i, j, ...]} takes these tasks of the split instead of drawn ones.

        Raises:
            UserError: a bad seed, mask, task or option.
        """
        options = dict(options or {})
        mask, task = options.pop("reset_mask", None), options.pop("task", None)
        for option in options:
            raise unknown("reset option", option, ("reset_mask", "task"))
        n, frames = self.num_envs, self._frames
        chosen = frames.all if mask is None else chosen_of(mask, n)
        if not self.begun:
            if not chosen.all():
                raise gymnasium.error.ResetNeeded("the first reset must be of every world")
            seed = [tasks.fresh_seed() for _ in range(n)] if seed is None else seed
        low, high = seeds_of(seed, n)
        which = tasks_of(task, self.program, n)
        self.program.entries["reset_batch"](self._worlds, self._shared, chosen, low, high, which)
        self.begun = True
        views = self._observe()
        success = self._worlds["success"] != 0
        if mask is None:
            return frames.observation(views[0]), frames.infos(success, *views[1:])
        return frames.observation(views[0]), frames.infos_of(chosen, success, *views[1:])

    def step(self, actions: Any) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Take one action in every world.

        Raises:
            UserError: actions of the wrong shape or type, or one outside the action space; no
                world has then moved.
            ResetNeeded: no episode has begun, or (mode DISABLED) one is over.
        """
        if not self.begun:
            raise gymnasium.error.ResetNeeded("no episode has begun: call reset() first")
        actions = actions_of(actions, self._action_shape, self._action_dtype)
        views, flags = self._buffers or self._frames.step()
        given = (self._worlds, self._shared, actions, self._mode)
        finals = views
        if self._mode == SAME_STEP:
            finals = self._finals or self._frames.views()
        if self.threads > 1:
            bad, ended, struck_now = self._step(*given, views, flags, finals, self.threads)
        elif self._mode == SAME_STEP:
            bad, ended, struck_now = self._step(*given, views, flags, finals)
        else:
            bad, ended, struck_now = self._step(*given, *views, flags)
        if bad != GOOD:
            self._refuse(bad, actions)
        frames, masks, sums = views
        switches = flags.view(BOOL)
        success = switches[2]
        if self._mode == SAME_STEP and ended:
            infos = self._frames.infos_with_finals(
                success, views, switches[0] | switches[1], finals
            )
        else:
            infos = self._frames.infos(success, masks, sums)
        if struck_now:
            self._add_events(infos, flags[3])
        return self._frames.observation(frames), sums[0], switches[0], switches[1], infos

    def render(self) -> tuple[np.ndarray, ...] | None:
        """A picture of every world, or None without a render mode."""
        if self.render_mode is None:
            return None
        family, shared = self.program.family, self._shared[0]
        return tuple(family.render(world, shared) for world in self._worlds)

    # --- views, oracle and snapshots of one world ---------------------------------------------

    @property
    def worlds(self) -> np.ndarray:
        """The records themselves. Reading is free; what is written is on the writer's own head."""
        self._require_episode()
        return self._worlds

    def single(self, i: int) -> Env:
        """World i as an environment of its own, a copy in the same state."""
        twin = self.ENV.__new__(self.ENV)
        twin.render_mode = self.render_mode
        twin.spec = None
        twin._connect(self.program)
        twin._worlds[:] = self._one(i)
        twin.begun = True
        return twin

    def text(self, i: int) -> str:
        """What is seen in world i, in words."""
        return self.program.family.text(self._one(i)[0], self._shared[0])

    def legal_actions(self, i: int) -> list[str]:
        """The legal actions of world i in words."""
        return self.program.family.legal_actions(self._one(i)[0], self._shared[0])

    def parse(self, i: int, words: str) -> Any:
        """The action that some words mean in world i, or a Refusal with the reason."""
        return self.program.family.parse(self._one(i)[0], self._shared[0], words)

    def action_masks(self) -> np.ndarray:
        """1 for each legal action, int8 (num_envs, actions)."""
        self._require_episode()
        masks = np.empty(self.num_envs, self._frames.mask_dtype)
        frames, _, sums = self._frames.views()
        self.program.entries["observe_batch"](self._worlds, self._shared, frames, masks, sums)
        return masks["action_mask"]

    def oracle_action(self, i: int) -> Any:
        """An action that begins a cheapest way to success in world i."""
        return self.program.oracle_action(self._one(i))

    def cost_to_go(self, i: int) -> int:
        """As `Env.cost_to_go`, of world i."""
        self.program.require_exact_oracle()
        return int(self.program.entries["cost_one"](self._one(i), self._shared))

    def optimal_steps(self, i: int) -> int:
        """As `Env.optimal_steps`, of world i."""
        return self.single(i).optimal_steps()

    def progress(self, i: int) -> float:
        """As `Env.progress`, of world i."""
        return self.single(i).progress()

    def task(self, i: int) -> tasks.Task:
        """The address of world i's task."""
        return self.program.address(self._one(i)[0])

    def snapshot(self, i: int) -> bytes:
        """The whole state of world i; a single environment of the same knobs restores it too."""
        return snapshots.pack(self._head, self._one(i))

    def restore(self, i: int, snapshot: bytes) -> None:
        """Put a snapshot's state into world i; a refused one leaves it untouched."""
        where = self._index(i)
        self._worlds[where] = snapshots.unpack(self.program, self._head, snapshot)[0]

    def fork(self, i: int, n: int) -> "Vector":
        """A new vector of n worlds, each in the state of world i."""
        if not tasks.is_whole(n) or not 1 <= int(n) <= 2**24:
            raise UserError(f"fork({i}, {n!r}): the number of copies lies in [1, {2**24}]")
        twin = type(self).__new__(type(self))
        twin.render_mode = self.render_mode
        twin.autoreset_mode = self.autoreset_mode
        twin._connect(self.program, int(n), self.copy, self.threads)
        twin._worlds[:] = self._one(i)
        twin.begun = True
        return twin

    # --- inside -------------------------------------------------------------------------------

    def _require_episode(self) -> None:
        if not self.begun:
            raise gymnasium.error.ResetNeeded("no episode has begun: call reset() first")

    def _observe(self) -> Views:
        views = self._frames.views()
        self.program.entries["observe_batch"](self._worlds, self._shared, *views)
        return views

    def _index(self, i: int) -> int:
        if not tasks.is_whole(i) or not 0 <= int(i) < self.num_envs:
            raise UserError(f"world {i!r} does not exist: they are 0 to {self.num_envs - 1}")
        return int(i)

    def _one(self, i: int) -> np.ndarray:
        self._require_episode()
        where = self._index(i)
        return self._worlds[where : where + 1]

    def _refuse(self, bad: int, actions: np.ndarray) -> None:
        if bad < GOOD:
            raise gymnasium.error.ResetNeeded(
                f"world {-2 - bad} is over and autoreset is disabled: reset it with "
                f"options={{'reset_mask': ...}}"
            )
        raise UserError(
            f"action {actions[bad]} of world {bad} is outside {self.single_action_space}"
        )

    def _add_events(self, infos: dict[str, Any], news: np.ndarray) -> None:
        events = np.full(self.num_envs, None, dtype=object)
        present = news != 0
        for i in np.flatnonzero(present):
            world = self._worlds[i]
            events[i] = self.program.events(world, int(world["clock"]))
        infos["events"], infos["_events"] = events, present
