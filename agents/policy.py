"""A trained Stable-Baselines3 policy plays."""

import inspect
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from midcourse.core.errors import UserError

EXTRA = 'it needs the extra `rl`: pip install "midcourse[rl]"'


class SB3Policy:
    """Any policy that SB3 or sb3-contrib saved, sampled (`deterministic=False`) with a seed.

    MaskablePPO gets the masks that are in info. Loading runs code that the file names, as every
    pickle does: load only files that you trust.

    Args:
        path: of the saved model, with or without ".zip".
        seed: of the draws.
        deterministic: take the likeliest action instead.

    Raises:
        UserError: no such file, no saved model in it, or the extra `rl` is not installed.
    """

    def __init__(self, path: str, seed: int, deterministic: bool = False):
        try:
            import torch
        except ImportError:
            raise UserError(f"the agent sb3 plays with torch; {EXTRA}") from None
        self.generator = torch.Generator().manual_seed(seed)
        with torch.random.fork_rng(devices=[]):  # weights are drawn before they are loaded
            self.policy: Any = load(Path(path))
        self.path, self.files, self.deterministic = path, (found(Path(path)),), deterministic
        self.is_masked = "action_masks" in inspect.signature(self.policy.predict).parameters

    def reset(self, env: gymnasium.Env) -> None:
        """Check that the policy was made for these spaces.

        Raises:
            UserError: it was not; the sentence names what differs.
        """
        for name in ("observation_space", "action_space"):
            difference = differs(getattr(self.policy, name), getattr(env, name))
            if difference:
                raise UserError(f"{self.path} does not fit: its {name} has {difference}")
        self.state: Any = None
        self.starts = np.ones(1, bool)

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """The policy's action; its draws come from a generator of the agent's own."""
        import torch

        options: dict[str, Any] = {"deterministic": self.deterministic}
        if self.is_masked and "action_mask" in info:
            options["action_masks"] = info["action_mask"]
        elif not self.is_masked:
            options |= {"state": self.state, "episode_start": self.starts}
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self.generator.get_state())
            action, self.state = self.policy.predict(observation, **options)
            self.generator.set_state(torch.get_rng_state())
        self.starts[:] = False
        return int(action) if np.ndim(action) == 0 else action


class GreedySB3Policy(SB3Policy):
    """The same policy's likeliest action at every step."""

    def __init__(self, path: str, seed: int):
        super().__init__(path, seed, deterministic=True)


def found(path: Path) -> Path:
    """The path of a saved policy, which may be named without its ".zip".

    Raises:
        UserError: there is none.
    """
    if not path.exists() and path.with_name(path.name + ".zip").exists():
        path = path.with_name(path.name + ".zip")
    if not path.is_file():
        raise UserError(f"there is no saved policy at {path}")
    return path


def load(path: Path) -> Any:
    """The policy in a file, whichever algorithm of SB3 or sb3-contrib trained and saved it.

    An algorithm's saved data name the class of its policy and what it was made with, and that is
    all that playing takes.

    Raises:
        UserError: as `SB3Policy`.
    """
    path = found(path)
    if not zipfile.is_zipfile(path):
        raise UserError(f"{path} is not a model that Stable-Baselines3 saved")
    status = path.stat()
    return _read(path.resolve(), status.st_mtime_ns, status.st_size)


# Reading takes 50 ms, more than an episode does. A policy holds no state of an episode.
@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, size: int) -> Any:
    """The policy in a file, read once for each of its versions."""
    try:
        from stable_baselines3.common.save_util import load_from_zip_file
    except ImportError:
        raise UserError(f"the agent sb3 plays what Stable-Baselines3 trained; {EXTRA}") from None
    try:
        data, parameters, _ = load_from_zip_file(path, device="cpu")
        if data is None:
            raise ValueError("it holds no settings")
        spaces = (data["observation_space"], data["action_space"])
        policy = data["policy_class"](*spaces, lambda _: 0.0, **data["policy_kwargs"])
        policy.load_state_dict(parameters["policy"])
    except (ValueError, KeyError, TypeError, ImportError, AttributeError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} cannot be read as a saved model: {reason}") from None
    return policy


def differs(theirs: gymnasium.Space, ours: gymnasium.Space) -> str:
    """What differs between a policy's space and an environment's; empty if nothing does."""
    if theirs == ours:
        return ""
    if isinstance(theirs, gymnasium.spaces.Dict) and isinstance(ours, gymnasium.spaces.Dict):
        for key in sorted({*theirs.spaces, *ours.spaces}):
            if key not in theirs.spaces:
                return f"no {key!r}, which this environment has"
            if key not in ours.spaces:
                return f"{key!r}, which this environment has not"
            if theirs[key] != ours[key]:
                return f"{key!r} as {theirs[key]}, this environment has {ours[key]}"
    return f"{theirs}, this environment has {ours}"
