"""Stable-Baselines3 on native batches: many worlds in one compiled step, no copies of the world."""

import json
import time
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.envs.registration import load_env_creator
from gymnasium.vector import AutoresetMode, VectorEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnv

from midcourse.core.env import RESET_OPTIONS
from midcourse.core.errors import UserError, unknown


class SB3VecEnv(VecEnv):
    """A native vector of worlds as Stable-Baselines3's VecEnv.

    Equal, step by step, to SB3's `DummyVecEnv` over `Monitor`ed single worlds of the same seeds:
    observations (dict of arrays with num_envs in front), rewards float32, dones, and one info for
    each world with `TimeLimit.truncated`, and at an episode's end `terminal_observation`,
    `episode` ({"r": return, "l": length, "t": seconds}) and, in addition, `is_success`, from
    which SB3 logs its success rate. `env_method("action_masks")` serves MaskablePPO.

    Args:
        vector: one of ours, in autoreset mode SAME_STEP; see also `SB3VecEnv.make`.

    Raises:
        UserError: not a vector, another autoreset mode, or `copy=False`.
    """

    def __init__(self, vector: VectorEnv):
        if not isinstance(vector, VectorEnv) or not hasattr(vector, "action_masks"):
            raise UserError(
                f"SB3VecEnv wraps a native vector of midcourse, not a {type(vector).__name__}"
            )
        mode = vector.metadata.get("autoreset_mode")
        if mode is not AutoresetMode.SAME_STEP:
            raise UserError(
                f"SB3VecEnv needs autoreset_mode='SameStep', this vector has {str(mode)!r}"
            )
        if getattr(vector, "copy", True) is False:
            raise UserError(
                "SB3VecEnv needs a vector with copy=True: SB3 keeps the last observation, which "
                "copy=False would write over"
            )
        self.vector: Any = vector
        self.start = time.time()
        self.returns = np.zeros(vector.num_envs)
        self.lengths = np.zeros(vector.num_envs, np.int64)
        self.masks: Any = None  # of the last observation
        super().__init__(
            vector.num_envs, vector.single_observation_space, vector.single_action_space
        )

    @classmethod
    def make(cls, env_id: str, num_envs: int, **knobs: Any) -> "SB3VecEnv":
        """`num_envs` worlds of a registered id. `reward_terms` stay out of info unless asked.

        Raises:
            UserError: the id has no native vector of midcourse, or a knob is refused.
        """
        point: Any = gymnasium.spec(env_id).vector_entry_point  # "module:Class", or the class
        made = load_env_creator(point) if isinstance(point, str) else point
        if not hasattr(made, "action_masks"):
            raise UserError(
                f"SB3VecEnv makes native vectors of midcourse, and {env_id} has none: SB3 has "
                f"make_vec_env for others"
            )
        knobs = {"reward_terms": False, **knobs}
        mode = AutoresetMode.SAME_STEP
        return cls(gymnasium.make_vec(env_id, num_envs, autoreset_mode=mode, **knobs))

    # --- SB3 ----------------------------------------------------------------------------------

    def reset(self) -> Any:
        """Begin an episode in every world; seeds and options given before are used once.

        Raises:
            UserError: an option other than `task`, or a task that there is not.
        """
        options: dict[str, Any] = {}
        for name in {name for option in self._options for name in option}:
            if name not in RESET_OPTIONS:
                raise unknown("reset option", name, RESET_OPTIONS)
        wanted = [option.get("task") for option in self._options]
        if any(task is not None for task in wanted):
            options["task"] = wanted
        seeds = None if all(seed is None for seed in self._seeds) else self._seeds
        observation, infos = self.vector.reset(seed=seeds, options=options)
        self._reset_seeds()
        self._reset_options()
        self.returns[:] = 0.0
        self.lengths[:] = 0
        self.masks = infos.get("action_mask")
        self.reset_infos = [_info(infos, i) for i in range(self.num_envs)]
        return observation

    def step_async(self, actions: np.ndarray) -> None:
        """Keep the actions, shape (num_envs, ...), for `step_wait`."""
        self.actions = actions

    def step_wait(self) -> tuple[Any, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """Step every world; those that end begin anew in the same step."""
        observation, rewards, terminated, truncated, infos = self.vector.step(self.actions)
        dones = terminated | truncated
        self.returns += rewards
        self.lengths += 1
        self.masks = infos.get("action_mask")
        listed = [_info(infos, i) for i in range(self.num_envs)]
        for info in listed:
            info["TimeLimit.truncated"] = False
        for i in np.flatnonzero(dones):
            self.reset_infos[i] = {k: v for k, v in listed[i].items() if k in _AT_RESET}
            listed[i] = self._last_info(int(i), infos, bool(truncated[i] and not terminated[i]))
        return observation, rewards.astype(np.float32), dones, listed

    def close(self) -> None:
        """Close the vector."""
        self.vector.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """An attribute of the vector, once for each world asked for.

        Raises:
            AttributeError: the vector has none of that name.
        """
        chosen = self._get_indices(indices)
        value = getattr(self.vector, attr_name)
        return [value for _ in chosen]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Refused: the worlds of a native vector have no attributes of their own."""
        raise UserError(f"set_attr({attr_name!r}): worlds of a native vector share their settings")

    def env_method(
        self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any
    ) -> list[Any]:
        """Call a method for each world asked for; those of the vector take the world's number."""
        chosen = list(self._get_indices(indices))
        if method_name == "action_masks":
            if self.masks is None:
                self.masks = self.vector.action_masks()
            masks = self.masks
            return [masks[i] for i in chosen]
        method = getattr(self.vector, method_name)
        return [method(i, *method_args, **method_kwargs) for i in chosen]

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        """True for SB3's Monitor, whose part is done here; no other wrapper lies around a world."""
        is_monitor = wrapper_class.__module__ == "stable_baselines3.common.monitor"
        return [is_monitor for _ in self._get_indices(indices)]

    def get_images(self) -> Sequence[np.ndarray | None]:
        """A picture of each world (needs `render_mode="rgb_array"`)."""
        return list(self.vector.render() or [None] * self.num_envs)

    def snapshot(self) -> bytes:
        """The state of every world, and what this adapter adds to it."""
        worlds = [self.vector.snapshot(i) for i in range(self.num_envs)]
        own = (self.returns.tolist(), self.lengths.tolist())
        return json.dumps(["SB3VecEnv", *own, [w.hex() for w in worlds]]).encode()

    def restore(self, snapshot: bytes) -> None:
        """Go to a snapshot's state; all worlds or none.

        Raises:
            UserError: bytes that are no snapshot of as many worlds of the same knobs.
        """
        try:
            name, returns, lengths, worlds = json.loads(snapshot)
            states = [bytes.fromhex(world) for world in worlds]
        except (ValueError, TypeError):
            raise UserError("these bytes are not a snapshot of an SB3VecEnv") from None
        if name != "SB3VecEnv" or len(states) != self.num_envs:
            raise UserError(f"the snapshot holds {len(states)} worlds, not {self.num_envs}")
        before = [self.vector.snapshot(i) for i in range(self.num_envs)]
        try:
            for i, state in enumerate(states):
                self.vector.restore(i, state)
        except UserError:
            for i, state in enumerate(before):
                self.vector.restore(i, state)
            raise
        self.returns[:], self.lengths[:] = returns, lengths
        self.masks = None

    # --- inside -------------------------------------------------------------------------------

    def _last_info(self, i: int, infos: dict[str, Any], truncated: bool) -> dict[str, Any]:
        info = _info(infos["final_info"], i)
        if infos.get("_events") is not None and infos["_events"][i]:
            info["events"] = infos["events"][i]
        info["TimeLimit.truncated"] = truncated
        info["terminal_observation"] = infos["final_obs"][i]
        info["is_success"] = info["success"]
        seconds = round(time.time() - self.start, 6)
        total = round(float(self.returns[i]), 6)
        info["episode"] = {"r": total, "l": int(self.lengths[i]), "t": seconds}
        self.returns[i] = 0.0
        self.lengths[i] = 0
        return info


_AT_RESET = ("success", "action_mask", "reward_terms")


def _info(infos: dict[str, Any], i: int) -> dict[str, Any]:
    """World i's info out of a vector's."""
    info: dict[str, Any] = {"success": bool(infos["success"][i])}
    if "action_mask" in infos:
        info["action_mask"] = infos["action_mask"][i]
    if "reward_terms" in infos:
        terms = infos["reward_terms"]
        info["reward_terms"] = {k: float(v[i]) for k, v in terms.items() if k[0] != "_"}
    if "_events" in infos and infos["_events"][i]:
        info["events"] = infos["events"][i]
    return info
