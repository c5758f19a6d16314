"""A table of action values plays, greedily."""

import zipfile
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from midcourse.core.errors import UserError


class TabularQ:
    """The legal action of the highest value; in a state that was never met, any legal action.

    A table is a NumPy archive: `keys` uint8 (states, bytes), the bytes of each observation met;
    `values` float32 (states, actions). Observations are integer arrays, as of
    `observation="compact"`.

    Args:
        path: of the table.
        seed: of the draws between equal values.

    Raises:
        UserError: no such file, or no table in it.
    """

    def __init__(self, path: str, seed: int):
        self.path, self.files = path, (Path(path),)
        self.table, self.actions = load(Path(path))
        self.generator = np.random.default_rng(seed)

    def reset(self, env: gymnasium.Env) -> None:
        """Check that the table is of as many actions.

        Raises:
            UserError: another number of actions, or an observation that is no integer array.
        """
        space, observed = env.action_space, env.observation_space
        if not isinstance(space, gymnasium.spaces.Discrete) or space.n != self.actions:
            raise UserError(f"{self.path} is of {self.actions} actions, this world has {space}")
        if not np.issubdtype(observed.dtype or np.float64, np.integer):
            raise UserError(
                f"{self.path} is a table over integer observations: make the environment with "
                f"observation='compact'"
            )

    def act(self, observation: Any, info: dict[str, Any]) -> int:
        """The greedy action."""
        legal = np.flatnonzero(info.get("action_mask", np.ones(self.actions, np.int8)))
        values = self.table.get(observation.tobytes())
        if values is not None:
            legal = legal[values[legal] == values[legal].max()]
        return int(legal[self.generator.integers(len(legal))])


def save(path: Path, table: dict[bytes, np.ndarray]) -> None:
    """Write a table of values, observation bytes -> float32 (actions,), each of equal length."""
    keys = np.frombuffer(b"".join(table), np.uint8).reshape(len(table), -1)
    with path.open("wb") as file:
        np.savez_compressed(file, keys=keys, values=np.stack(list(table.values())))


def load(path: Path) -> tuple[dict[bytes, np.ndarray], int]:
    """A saved table and its number of actions.

    Raises:
        UserError: no such file, or no table in it.
    """
    if not path.is_file():
        raise UserError(f"there is no table at {path}")
    try:
        with np.load(path, allow_pickle=False) as archive:
            keys, values = archive["keys"], archive["values"]
        if keys.dtype != np.uint8 or keys.ndim != 2 or values.shape[:1] != keys.shape[:1]:
            raise ValueError("its arrays do not fit each other")
        actions = values.shape[1]
    except (ValueError, KeyError, IndexError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is not a table of action values: {error}") from None
    return {key.tobytes(): row for key, row in zip(keys, values, strict=True)}, actions
