"""Who holds a population that answers late: rules for midcourse/DelayedRepression-v0.

They read the observation that everybody gets, nothing else, and keep no memory: `levers` maps
observations to levers, for one world or for a batch. Scores: `baselines/results/regulate.md`.
"""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from midcourse.core.errors import UserError

FORCES = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5)
SMOOTHINGS = (0.0, 0.5, 0.9, 0.97, 0.99)
SHIFTS = (-0.2, -0.1, 0.0, 0.1, 0.2)
IDLE = (2, 0, 2)  # force 1, unsmoothed, unshifted
LOUDEST = 2.5  # alarm that is observed as 1
CALM, LOUD = 0.35, 0.75  # alarms at which citizens' buckets change
KEYS = ("delayed_alarm", "history", "levers", "published_alarm", "radical_share", "steps_left")


class Regulator(ABC):
    """A rule over the regulator's desk.

    Subclasses write `levers`; those that need more than the force say so in `only_force`.
    """

    name = "a regulator"
    only_force = True  # whether the rule leaves smoothing and shift as they are at the start

    def __init__(self, seed: int = 0):
        self.takes_force = False

    def reset(self, env: gymnasium.Env) -> None:
        """See what can be moved.

        Raises:
            UserError: another world, or one whose levers do not suffice.
        """
        space, actions = env.observation_space, env.action_space
        known = isinstance(space, gymnasium.spaces.Dict) and tuple(sorted(space)) == KEYS
        sizes = [len(FORCES), len(SMOOTHINGS), len(SHIFTS)]
        self.takes_force = isinstance(actions, gymnasium.spaces.Discrete) and actions.n == sizes[0]
        takes_all = (
            isinstance(actions, gymnasium.spaces.MultiDiscrete) and actions.nvec.tolist() == sizes
        )
        if not known or not (self.takes_force or takes_all):
            raise UserError(
                f"{self.name} regulates midcourse/DelayedRepression-v0; this world has the "
                f"actions {actions}"
            )
        if self.takes_force and not self.only_force:
            raise UserError(
                f"{self.name} moves more than the force: make the environment with levers='all', "
                f"not levers='force'"
            )

    def act(self, observation: dict[str, Any], info: dict[str, Any]) -> Any:
        """Force, smoothing and shift as indices, int64 (3,), or the force's alone."""
        levers = self.levers(observation)
        return int(levers[0]) if self.takes_force else levers

    @abstractmethod
    def levers(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        """Indices of force, smoothing, shift, int64 (..., 3), of observations with axes in front.

        The observation's arrays are (..., 1), `history` (..., 16), `levers` (..., 3).
        """


def moved(observation: dict[str, np.ndarray], force: Any) -> np.ndarray:
    """Levers with the given indices of forces, unsmoothed and unshifted."""
    levers = np.empty((*observation["radical_share"].shape[:-1], 3), np.int64)
    levers[...] = IDLE
    levers[..., 0] = force
    return levers


def indices(name: str, said: str, wanted: Any, steps: Any) -> list[int]:
    """Where the numbers of a text, parted by /, stand among the steps of levers."""
    words = said.split("/")
    if len(words) != len(steps):
        raise UserError(f"{name} wants {', '.join(wanted)}: {len(steps)} numbers parted by /")
    found = []
    for word, known in zip(words, steps, strict=True):
        try:
            found.append(known.index(float(word)))
        except ValueError:
            choices = ", ".join(f"{value:g}" for value in known)
            raise UserError(f"{name}: {word!r} is none of {choices}") from None
    return found


class ConstantForce(Regulator):
    """Always the same force.

    Args:
        force: one of FORCES, as text or number.
        seed: of nothing.

    Raises:
        UserError: no such force.
    """

    def __init__(self, force: str | float, seed: int = 0):
        super().__init__(seed)
        self.name = f"constant-force:{force}"
        choices = ", ".join(f"{u:g}" for u in FORCES)
        try:
            value = float(force)
        except ValueError:
            raise UserError(f"{self.name}: {force!r} is none of {choices}") from None
        if value not in FORCES:
            close = min(FORCES, key=lambda u: abs(u - value))
            raise UserError(f"{self.name}: {force} is none of {choices}; the nearest is {close:g}")
        self.force = FORCES.index(value)

    def levers(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        """That force."""
        return moved(observation, self.force)


class Ramp(Regulator):
    """u = min(2.5, 6 x_R), to the nearest force; x_R is the radical share (published code)."""

    name = "ramp"

    def levers(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        """More force for more radicals."""
        wanted = np.minimum(FORCES[-1], 6.0 * observation["radical_share"][..., 0])
        return moved(observation, np.rint(2.0 * wanted).astype(np.int64))


class BangBang(Regulator):
    """Force 2.5 while x_R > 0.15, else 0.5 (published code)."""

    name = "bang-bang"

    def levers(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        """Much or little force."""
        many = observation["radical_share"][..., 0] > 0.15
        return moved(observation, np.where(many, FORCES.index(2.5), FORCES.index(0.5)))


class ForceByAlarm(Regulator):
    """A force for each alarm, until all is settled: `force-by-alarm:CALM/RAISED/LOUD` (ours).

    The delayed alarm is calm below 0.35, loud from 0.75 on, and raised between, as for the
    citizens. Once it has been raised for HISTORY steps and fewer than 2 % are radical, force 0:
    everybody does M, and M is what the alarm says.

    Args:
        forces: three of FORCES, parted by /.
        seed: of nothing.

    Raises:
        UserError: not three numbers, or no such force.
    """

    def __init__(self, forces: str, seed: int = 0):
        super().__init__(seed)
        self.name = f"force-by-alarm:{forces}"
        self.forces = np.array(indices(self.name, forces, ("calm", "raised", "loud"), [FORCES] * 3))

    def levers(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        """By the latest alarm, unless all is settled."""
        alarms = LOUDEST * observation["history"]
        raised = ((alarms >= CALM) & (alarms < LOUD)).all(-1)
        settled = raised & (observation["radical_share"][..., 0] < 0.02)
        force = self.forces[np.searchsorted((CALM, LOUD), alarms[..., -1], side="right")]
        return moved(observation, np.where(settled, FORCES.index(0.0), force))


class AlarmSmoother(Regulator):
    """Force 1, unshifted, and 0.97 of the alarm published before (ours)."""

    name = "alarm-smoother"
    only_force = False

    def levers(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        """The same at every step."""
        levers = moved(observation, FORCES.index(1.0))
        levers[..., 1] = SMOOTHINGS.index(0.97)
        return levers


class SetLevers(Regulator):
    """Always the same levers: `set-levers:FORCE/SMOOTHING/SHIFT`, as in set-levers:0/0.97/0.

    Args:
        levers: three numbers, parted by /.
        seed: of nothing.

    Raises:
        UserError: not three numbers, or one that a lever cannot be set to.
    """

    only_force = False

    def __init__(self, levers: str, seed: int = 0):
        super().__init__(seed)
        self.name = f"set-levers:{levers}"
        steps = (FORCES, SMOOTHINGS, SHIFTS)
        self.setting = indices(self.name, levers, ("force", "smoothing", "shift"), steps)

    def levers(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        """These."""
        levers = moved(observation, 0)
        levers[...] = self.setting
        return levers


class HoldAlarm(Regulator):
    """Publish the alarm as it comes until it is raised, then hold it there by 0.99; no force.

    Ours. Citizens who read a raised alarm all turn to M, and when that has come round, M is what
    the alarm says for good. Undisturbed, reactive citizens have no radical left from step
    `delay` + 2 on (measured on 100 test tasks each at delays 8 and 20); until then they read the
    first alarm whatever the levers, so that only force could better this rule.
    """

    name = "hold-alarm"
    only_force = False

    def levers(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        """Hold what is published once it is raised."""
        raised = LOUDEST * observation["published_alarm"][..., 0] >= CALM
        levers = moved(observation, FORCES.index(0.0))
        levers[..., 1] = np.where(raised, SMOOTHINGS.index(0.99), SMOOTHINGS.index(0.0))
        return levers


class TableRegulator(Regulator):
    """The published learning regulator's table, played greedily: `regulator-table:PATH`.

    It sees the delayed alarm in 4 buckets and the radical share in 3, and moves the force.

    Args:
        path: of a NumPy file, float64 (12, 6): values of forces, in states alarm * 3 + share.
        seed: of nothing.

    Raises:
        UserError: no such file, or no such table in it.
    """

    ALARMS, SHARES = (0.3, 0.5, 0.7), (0.15, 0.30)

    def __init__(self, path: str, seed: int = 0):
        super().__init__(seed)
        self.name = f"regulator-table:{path}"
        if not Path(path).is_file():
            raise UserError(f"there is no table at {path}")
        self.files = (Path(path),)
        try:
            self.values = np.load(path, allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise UserError(f"{path} is not a NumPy file: {error}") from None
        shape = ((len(self.ALARMS) + 1) * (len(self.SHARES) + 1), len(FORCES))
        if getattr(self.values, "shape", None) != shape:
            raise UserError(f"{path} is not a table of {shape[0]} states and {shape[1]} forces")

    def levers(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        """The force of the highest value."""
        alarm = LOUDEST * observation["delayed_alarm"][..., 0].astype(np.float64)
        share = observation["radical_share"][..., 0].astype(np.float64)
        loud = np.searchsorted(self.ALARMS, alarm, side="right")
        state = loud * (len(self.SHARES) + 1) + np.searchsorted(self.SHARES, share, side="right")
        return moved(observation, self.values[state].argmax(-1))
