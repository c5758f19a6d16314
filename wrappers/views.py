"""The same world in words, in pixels, and through a mouse."""

import string
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from midcourse.core.errors import UserError
from midcourse.core.family import Refusal
from midcourse.wrappers.base import Wrapper

LONGEST = 20_000  # characters of an observation
LONGEST_SAID = 1_000  # characters that an action should have; longer ones are read all the same
CHARSET = string.printable
CHARACTERS = frozenset(CHARSET)


class TextView(Wrapper):
    """Observations and actions in words.

    Observation: Text, what `Env.text` says, and the reason why the last words were no action.
    Action: Text, anything; what `Env.parse` does not understand costs a step and changes nothing
    but the clock (and the disturbances that are due), with the reason in info["refused"].
    """

    def __init__(self, env: gymnasium.Env):
        super().__init__(env)
        self.observation_space = spaces.Text(LONGEST, charset=CHARSET)
        self.action_space = spaces.Text(LONGEST_SAID, min_length=0, charset=CHARSET)
        self._refused = ""

    def begin(self, observation: Any, info: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The episode's first words."""
        self._refused = ""
        return super().begin(observation, info)

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Do what some words mean; never an exception, whatever they are."""
        meant = self.root.parse(action)
        if isinstance(meant, Refusal):
            self._refused = meant.reason
            return self.answer(*self._inner("refuse")(meant.reason))
        self._refused = ""
        return self.answer(*self._inner("step")(meant))

    def observe(self, observation: Any) -> str:
        """The world in words."""
        text = self.root.text()
        if self._refused:
            text += f"\nNot understood: {self._refused}."
        return "".join(c if c in CHARACTERS else "?" for c in text)  # quoted words may hold any

    def _state(self) -> str:
        return self._refused

    def _set_state(self, state: str) -> None:
        self._refused = state


class PixelView(Wrapper):
    """The observation is the picture, uint8 (height, width, 3); needs the extra `render`.

    256 x 256, of the web 1000 x 480 (`Family.picture`).
    """

    def __init__(self, env: gymnasium.Env):
        super().__init__(env)
        self.observation_space = spaces.Box(0, 255, (*self.root.FAMILY.picture, 3), np.uint8)

    def observe(self, observation: Any) -> np.ndarray:
        """The world as a picture."""
        return self.root.picture()


class PixelClick(Wrapper):
    """The action is a click on the picture: MultiDiscrete (x, y), x to the right, y down.

    What lies there is the family's to say (`Family.click`): an icon's box, or one of the buttons
    back, home, scroll, done. A click on nothing costs a step and changes nothing but the clock,
    with the reason in info["refused"]. Masks allow every pixel: what is legal in x depends on y.

    Raises:
        UserError: the family cannot be clicked.
    """

    def __init__(self, env: gymnasium.Env):
        super().__init__(env)
        click = self.root.FAMILY.click
        if click is None:
            raise UserError(f"{self.root.FAMILY.id} cannot be clicked: it declares no `click`")
        self._click = click
        height, width = self.root.FAMILY.picture
        self._size = np.array([width, height])
        self.action_space = spaces.MultiDiscrete(self._size)

    def begin(self, observation: Any, info: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """An episode's first observation."""
        observation, info = super().begin(observation, info)
        return observation, self._masked(info)

    def restore(self, snapshot: bytes) -> tuple[Any, dict[str, Any]]:
        """Go to a snapshot's state; the mask is over pixels, as after `reset`."""
        observation, info = super().restore(snapshot)
        return observation, self._masked(info)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Click at (x, y), whole numbers inside the picture.

        Raises:
            UserError: not two such numbers.
        """
        try:
            point = np.asarray(action)
        except ValueError:  # ragged
            point = np.empty(0, np.int64)
        whole = point.shape == (2,) and np.issubdtype(point.dtype, np.integer)
        if not (whole and np.all((point >= 0) & (point < self._size))):
            right, bottom = self._size - 1
            raise UserError(
                f"a click is (x, y), whole numbers, x in [0, {right}] and y in [0, {bottom}], not "
                f"{action!r}"
            )
        x, y = int(point[0]), int(point[1])
        meant = self.action_at(x, y)
        if meant is None:
            return self.answer(*self._inner("refuse")(f"there is nothing to click at ({x}, {y})"))
        return self.answer(*self._inner("step")(meant))

    def answer(self, *outcome: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """A step's outcome with the mask over pixels."""
        observation, reward, terminated, truncated, info = super().answer(*outcome)
        return observation, reward, terminated, truncated, self._masked(info)

    def action_masks(self) -> np.ndarray:
        """Ones, int8 (width + height,)."""
        return np.ones(self._size.sum(), np.int8)

    def action_at(self, x: int, y: int) -> Any:
        """The action of a click at a pixel now, or None where there is nothing."""
        world = self.root
        return self._click(world.world, world.program.shared[0], x, y)

    def _masked(self, info: dict[str, Any]) -> dict[str, Any]:
        return {**info, "action_mask": self.action_masks()} if "action_mask" in info else info
