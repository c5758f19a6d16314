"""Knobs and records of the delayed replicator."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from midcourse.core.engine.record import shared_dtype, world_dtype
from midcourse.core.errors import UserError
from midcourse.core.params import Params, knob
from midcourse.core.tasks import is_whole
from midcourse.envs.delayed_repression import theory

FINE = 50  # sub-steps in the critical delay under force 1
SUBSTEPS = 10  # sub-steps in a step
RING = 256  # sub-steps of history; a power of two
LONGEST = 4.0  # delay in critical ones, before any disturbance
FARTHEST = 5.0  # logit of the share: a few of either kind always remain
SEEN = 16  # delayed alarms in the observation

FORCES, SMOOTHEST, SHIFTS = 2.5, 0.95, 0.3  # highest force and smoothing, farthest threshold
LEVERS = 3  # force, smoothing, shift

TERMS = ("share", "force", "instability")
KINDS = ("alarm_shock", "longer_delay", "steeper_alarm", "higher_advantage")
ALARM_SHOCK, LONGER_DELAY, STEEPER_ALARM, HIGHER_ADVANTAGE = range(len(KINDS))
SHOCK, SHOCK_STEPS = 0.2, 5  # added to the alarm or taken from it, for so long
HARDER = 1.25  # factor of delay or slope after a disturbance
RICHER = 1.15  # factor of the advantage


@dataclass(frozen=True, kw_only=True)
class ReplicatorParams(Params):
    """Knobs of the delayed replicator."""

    KINDS: ClassVar = KINDS
    LEVELS: ClassVar = {
        1: {"delay_low": 1.1, "delay_high": 1.3, "share_margin": 0.05, "amplitude_bound": 0.05},
        2: {"delay_low": 1.3, "delay_high": 2.0, "share_margin": 0.0, "amplitude_bound": 0.05},
        3: {
            "parameters": "random",
            "delay_low": 1.3,
            "delay_high": 2.0,
            "share_margin": 0.0,
            "amplitude_bound": 0.05,
        },
        4: {
            "parameters": "random",
            "delay_low": 2.0,
            "delay_high": 3.0,
            "share_margin": -0.08,
            "amplitude_bound": 0.04,
        },
        5: {
            "parameters": "random",
            "delay_low": 2.0,
            "delay_high": LONGEST,
            "share_margin": -0.12,
            "amplitude_bound": 0.02,
        },
    }

    levers: str = knob("all", "what can be set: all three, or force", choices=("all", "force"))
    parameters: str = knob("fixed", "as given below, or drawn", choices=("fixed", "random"))
    advantage: float = knob(2.0, "a, where parameters are fixed", low=0.1, high=10.0)
    cost: float = knob(7.0, "C, where parameters are fixed", low=0.1, high=100.0)
    slope: float = knob(10.0, "k, where parameters are fixed", low=1.0, high=50.0)
    threshold: float = knob(0.72, "x_c, where parameters are fixed", low=0.0, high=1.0)
    delay_low: float = knob(1.1, "shortest delay in critical ones", low=1.1, high=LONGEST)
    delay_high: float = knob(1.3, "longest delay in critical ones", low=1.1, high=LONGEST)
    share_margin: float = knob(0.0, "share bound above the rest", low=-0.5, high=0.5)
    amplitude_bound: float = knob(0.05, "most that the share may swing", low=0.001, high=0.5)
    force_bound: float = knob(1.5, "most mean force", low=0.01, high=FORCES)
    masks: bool = knob(False, "without effect: every action is always legal")
    horizon: int = knob(200, "steps after which the regulator is judged", low=200, high=100_000)
    step_limit: int = knob(200, "steps until truncation", low=1, high=1_000_000)
    share_weight: float = knob(1.0, "of the reward term", low=0.0, high=1000.0)
    force_weight: float = knob(0.1, "of the reward term", low=0.0, high=1000.0)
    instability_weight: float = knob(15.0, "of the reward term", low=0.0, high=1000.0)

    @classmethod
    def make(cls, **given: Any) -> Self:
        """As `Params.make`; force alone gets a wider margin, a horizon a limit of its length."""
        if given.get("levers") == "force":
            given = {"share_margin": 0.05, **given}
        if is_whole(given.get("horizon")) and given["horizon"] >= 200:
            given = {"step_limit": given["horizon"], **given}
        return super().make(**given)

    def check(self) -> None:
        """Refuse delays in the wrong order and parameters without an equilibrium inside.

        Raises:
            UserError: as said.
        """
        if self.delay_low > self.delay_high:
            raise UserError(f"delay_low={self.delay_low} is above delay_high={self.delay_high}")
        if self.parameters == "fixed":
            bound = self.share_margin + theory.equilibrium(
                advantage=self.advantage,
                cost=self.cost,
                slope=self.slope,
                threshold=self.threshold,
            )
            if not 0.05 <= bound <= 0.98:
                raise UserError(
                    f"share_margin={self.share_margin} puts the share's bound at {bound:.3f}; "
                    f"it lies in [0.05, 0.98]"
                )


def world(params: ReplicatorParams) -> np.dtype:
    """The dtype of a world."""
    hot: list[Any] = [
        ("logit", np.float64),  # ln(x / (1 - x)) of the radical share x
        ("share", np.float64),  # x
        ("published", np.float64),  # the alarm that is punished: delayed, then smoothed
        ("force", np.float64),  # the three levers as they stand
        ("smoothing", np.float64),
        ("shift", np.float64),
        ("advantage", np.float64),  # a
        ("cost", np.float64),  # C
        ("slope", np.float64),  # k
        ("threshold", np.float64),  # x_c
        ("duration", np.float64),  # of a sub-step, in units of time
        ("shock", np.float64),  # added to the delayed alarm ...
        ("shock_until", np.int32),  # ... through this step
        ("lag", np.int32),  # delay in sub-steps
        ("time", np.int32),  # sub-steps since the history began
        ("judged", np.int32),  # steps that count for success so far, and over them:
        ("share_sum", np.float64),
        ("force_sum", np.float64),
        ("share_low", np.float64),
        ("share_high", np.float64),
    ]
    cold: list[Any] = [
        ("bounds", np.float64, (3,)),  # of mean share, its amplitude, mean force
        ("action", np.float64, (LEVERS,)),  # the last one, in [-1, 1]
        ("alarms", np.float64, (SEEN,)),  # delayed alarms at the ends of steps, oldest first
        ("ring", np.float64, (RING, 2)),  # x at the middle and the end of each sub-step
    ]
    return world_dtype(TERMS, hot, cold)


def shared(params: ReplicatorParams) -> np.dtype:
    """The dtype of what worlds share: the knobs that rules read."""
    names = ("advantage", "cost", "slope", "threshold", "delay_low", "delay_high", "share_margin")
    names += ("amplitude_bound", "force_bound", "share_weight", "force_weight")
    fields: list[Any] = [(name, np.float64) for name in (*names, "instability_weight")]
    return shared_dtype([*fields, ("horizon", np.int32), ("drawn", np.int32), ("levers", np.int32)])
