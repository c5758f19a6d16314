"""The arrays that a vector hands out: where the kernel writes, and how users see them."""

from typing import Any

import numpy as np
from gymnasium import spaces

from midcourse.core.engine.record import same
from midcourse.core.family import Program, mask_size

Views = tuple[np.ndarray, np.ndarray, np.ndarray]  # observation frames, masks, sums

BYTE, BOOL = np.dtype(np.uint8), np.dtype(np.bool_)


class Frames:
    """Memory for one program's observations and infos, laid out as Gymnasium's vectors do.

    An array of length 0 stands for what the knobs switched off.
    """

    def __init__(self, program: Program, num_envs: int):
        space = program.view.space
        self.num_envs = num_envs
        self.dtype = same(program.view.dtype)
        self.keys = tuple(space.spaces) if isinstance(space, spaces.Dict) else None
        self.terms = program.family.terms if program.params.reward_terms else ()
        # Of each term: its row of sums, its key in infos, and the key that says who has it.
        self.keys_of_terms = [(k + 1, name, "_" + name) for k, name in enumerate(self.terms)]
        size = mask_size(program.action_space)
        self.masked = program.params.masks and size > 0
        self.mask_dtype = same(np.dtype([("action_mask", np.int8, (size,))]))
        self.no_masks = np.empty(0, self.mask_dtype)
        # What is asked for at every step, made once.
        self.shape, self.size = (num_envs,), self.dtype.itemsize * num_envs
        self.sums_shape, self.flags_shape = (1 + len(self.terms), num_envs), (4, num_envs)
        self.all = np.ones(num_envs, BOOL)
        self.all.flags.writeable = False

    def views(self) -> Views:
        """Fresh frames, masks and sums (rewards in row 0, terms below)."""
        frames = np.ndarray(self.shape, self.dtype, np.empty(self.size, BYTE))
        masks = np.empty(self.shape, self.mask_dtype) if self.masked else self.no_masks
        return frames, masks, np.empty(self.sums_shape)

    def step(self) -> tuple[Views, np.ndarray]:
        """Fresh memory for one step: the views and the flags."""
        return self.views(), np.empty(self.flags_shape, BYTE)

    def observation(self, frames: np.ndarray) -> Any:
        """The batched observation: views of the frames."""
        if self.keys is None:
            return frames["observation"]
        return {key: frames[key] for key in self.keys}

    def one_observation(self, frames: np.ndarray, i: int) -> Any:
        """The observation of one world."""
        if self.keys is None:
            return frames["observation"][i].copy()
        return {key: frames[key][i].copy() for key in self.keys}

    def infos(self, success: np.ndarray, masks: np.ndarray, sums: np.ndarray) -> dict[str, Any]:
        """Info of every world, as SyncVectorEnv lays it out."""
        present = self.all
        infos: dict[str, Any] = {"success": success, "_success": present}
        if self.masked:
            infos["action_mask"], infos["_action_mask"] = masks["action_mask"], present
        if self.terms:
            named: dict[str, Any] = {}
            for k, name, has_name in self.keys_of_terms:
                named[name], named[has_name] = sums[k], present
            infos["reward_terms"], infos["_reward_terms"] = named, present
        return infos

    def infos_of(
        self, present: np.ndarray, success: np.ndarray, masks: np.ndarray, sums: np.ndarray
    ) -> dict[str, Any]:
        """Info of some worlds: the others' entries are zero, as SyncVectorEnv leaves them."""
        if self.masked:
            masks["action_mask"][~present] = 0
        sums[:, ~present] = 0.0
        infos = self.infos(success & present, masks, sums)
        for level in (infos, infos.get("reward_terms", {})):
            level.update({key: present for key in level if key.startswith("_")})
        return infos

    def infos_with_finals(
        self,
        success: np.ndarray,
        views: Views,
        ended: np.ndarray,
        finals: Views,
    ) -> dict[str, Any]:
        """Info of a step in mode SAME_STEP in which some worlds ended and began anew."""
        final_obs = np.full(self.num_envs, None, dtype=object)
        for i in np.flatnonzero(ended):
            final_obs[i] = self.one_observation(finals[0], int(i))
        infos = self.infos(success & ~ended, views[1], views[2])
        infos["final_obs"], infos["_final_obs"] = final_obs, ended
        infos["final_info"] = self.infos_of(ended, success, finals[1], finals[2])
        infos["_final_info"] = ended
        return infos
