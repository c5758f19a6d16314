"""What all wrappers have in common: snapshots that hold the wrapper's state too."""

import json
import zlib
from typing import Any, ClassVar

import gymnasium

from midcourse.core.env import Env
from midcourse.core.errors import UserError

MAGIC = b"midcourse wrapper 1\n"


class Wrapper(gymnasium.Wrapper):
    """A wrapper of one world, or of another of our wrappers.

    Its snapshot is that of the environment inside, preceded by the wrapper's name, its settings
    and its own state, and followed by a checksum. A subclass with settings names those attributes
    in SETTINGS; one with state overrides `_state` and `_set_state`.

    Raises:
        UserError: what is wrapped is no environment of midcourse.
    """

    SETTINGS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, env: gymnasium.Env):
        if not isinstance(env.unwrapped, Env):
            name = type(env.unwrapped).__name__
            raise UserError(f"{type(self).__name__} wraps environments of midcourse, not a {name}")
        super().__init__(env)

    @property
    def root(self) -> Env:
        """The world under all wrappers."""
        world = self.unwrapped
        assert isinstance(world, Env)
        return world

    # What steps the world goes through `answer`, so that a subclass need override only that.

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take one action."""
        return self.answer(*self._inner("step")(action))

    def refuse(self, reason: str) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """As `Env.refuse`: a step is charged and info["refused"] holds the reason."""
        return self.answer(*self._inner("refuse")(reason))

    def answer(
        self,
        observation: Any,
        reward: float,
        terminated: bool,
        truncated: bool,
        info: dict[str, Any],
    ) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """What this wrapper makes of a step's outcome."""
        return self.observe(observation), reward, terminated, truncated, info

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin an episode; arguments as the environment's."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self.begin(observation, info)

    def begin(self, observation: Any, info: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """What this wrapper makes of an episode's first observation."""
        return self.observe(observation), info

    def observe(self, observation: Any) -> Any:
        """What this wrapper makes of an observation."""
        return observation

    def action_masks(self) -> Any:
        """1 for each legal action, int8 (MaskablePPO asks for it)."""
        return self._inner("action_masks")()

    # --- snapshots ----------------------------------------------------------------------------

    def snapshot(self) -> bytes:
        """The state of the world and of every wrapper around it.

        Raises:
            UserError: a foreign wrapper lies between, whose state would be lost.
        """
        head = json.dumps({**self._name(), "state": self._state()}).encode()
        body = MAGIC + len(head).to_bytes(4, "little") + head + self._inner("snapshot")()
        return body + zlib.crc32(body).to_bytes(4, "little")

    def restore(self, snapshot: bytes) -> tuple[Any, dict[str, Any]]:
        """Go to a snapshot's state; returns the observation and info there.

        Raises:
            UserError: a snapshot that is damaged, or that this wrapper with these settings did
                not make; nothing has then changed.
        """
        head, inner = self._open(snapshot)
        theirs = {key: head.get(key) for key in ("wrapper", "settings")}
        if theirs != self._name():
            raise UserError(
                f"the snapshot was made by {theirs['wrapper']} with {theirs['settings']}, "
                f"not by {type(self).__name__} with {self._name()['settings']}"
            )
        observation, info = self._inner("restore")(inner)
        self._set_state(head["state"])
        return self.observe(observation), info

    def _state(self) -> Any:
        """The wrapper's own state, as JSON can hold it."""
        return None

    def _set_state(self, state: Any) -> None:
        """Take the state that `_state` gave."""

    # --- inside -------------------------------------------------------------------------------

    def _name(self) -> dict[str, Any]:
        settings = {name: getattr(self, name) for name in self.SETTINGS}
        return {"wrapper": type(self).__name__, "settings": settings}

    def _open(self, snapshot: Any) -> tuple[dict[str, Any], bytes]:
        if not isinstance(snapshot, (bytes, bytearray, memoryview)):
            raise UserError(f"a snapshot is bytes, not {type(snapshot).__name__}")
        data = bytes(snapshot)
        if not data.startswith(MAGIC):
            raise UserError(f"these bytes are not a snapshot made by {type(self).__name__}")
        if zlib.crc32(data[:-4]).to_bytes(4, "little") != data[-4:]:
            raise UserError("the snapshot is damaged: its checksum does not match")
        start = len(MAGIC) + 4
        end = start + int.from_bytes(data[len(MAGIC) : start], "little")
        return json.loads(data[start:end]), data[end:-4]

    def _inner(self, name: str) -> Any:
        """A method of the world or wrapper inside."""
        if not isinstance(self.env, (Env, Wrapper)):
            raise UserError(
                f"{type(self).__name__}.{name} cannot pass through {type(self.env).__name__}, "
                f"which is not of midcourse: put it on the outside"
            )
        return getattr(self.env, name)
