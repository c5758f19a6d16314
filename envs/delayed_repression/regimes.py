"""What became of a run: stable, oscillatory or runaway, by the published classifier.

A run is the share of radicals before each step. Its tail is the last half. The thresholds are those
of the code published with I. Itkin, "Delayed Repression and Emergent Instability" (arXiv
2605.30392); `sustained_runaway` is ours: the published label looks at the whole run, so a transient
right after the start makes a runaway of a run that is quiet ever after.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from midcourse.core.errors import UserError

STABLE, OSCILLATORY, RUNAWAY = range(3)
REGIMES = ("stable", "oscillatory", "runaway")
RUNAWAY_SHARE = 0.40  # of radicals, above which a run is a runaway
SPECTRAL_RATIO, SPECTRAL_AMPLITUDE = 0.25, 0.08  # both exceeded: oscillatory
WIDE, RESTLESS = 0.12, 0.04  # amplitude or deviation, either exceeded: oscillatory
FIXED_RUNAWAY, FIXED_WIDE, FIXED_RESTLESS = 0.45, 0.15, 0.06  # of the variant `fixed`
FEWEST = 10  # steps of a run
FEWEST_OF_SPECTRUM = 16  # steps of a tail whose spectrum is looked at


@dataclass(frozen=True)
class Tail:
    """Statistics of the last half of runs, float64 (...)."""

    mean: np.ndarray
    high: np.ndarray
    amplitude: np.ndarray  # highest less lowest
    deviation: np.ndarray  # standard, of the population
    spectral_ratio: np.ndarray  # power of the strongest frequency over that of all; 0 if none


def tail_statistics(shares: Any) -> Tail:
    """Statistics of the last half of runs.

    Args:
        shares: of radicals in [0, 1], (..., steps); the first int(steps / 2) are left out.

    Raises:
        UserError: fewer than 10 steps, or shares that are not in [0, 1].
    """
    runs = _runs(shares)
    tail = runs[..., runs.shape[-1] // 2 :]
    mean = tail.mean(-1)
    high = tail.max(-1)
    power = np.abs(np.fft.rfft(tail - mean[..., None]))[..., 1:] ** 2
    total = power.sum(-1)
    ratio = np.divide(power.max(-1), total, out=np.zeros_like(total), where=total > 0.0)
    if tail.shape[-1] < FEWEST_OF_SPECTRUM:
        ratio = np.zeros_like(total)
    return Tail(mean, high, high - tail.min(-1), tail.std(-1), ratio)


def classify(shares: Any, variant: Literal["adaptive", "fixed"] = "adaptive") -> np.ndarray:
    """The regime of each run, int8 (...): STABLE, OSCILLATORY or RUNAWAY.

    A run whose share ever exceeds 0.40 is a runaway. Else it is oscillatory if in the tail the
    amplitude exceeds 0.12, or the deviation 0.04, or the amplitude 0.08 while one frequency holds
    more than a quarter of the power. `fixed` has 0.45, 0.15 and 0.06, and no spectrum.

    Args:
        shares: of radicals in [0, 1], (..., steps), before each step.
        variant: `adaptive`, by which the paper's tables count, or `fixed`.

    Raises:
        UserError: as `tail_statistics`; or an unknown variant.
    """
    runs, tail = _runs(shares), tail_statistics(shares)
    if variant == "adaptive":
        runaway, wide, restless = RUNAWAY_SHARE, WIDE, RESTLESS
        peaked = (tail.spectral_ratio > SPECTRAL_RATIO) & (tail.amplitude > SPECTRAL_AMPLITUDE)
    elif variant == "fixed":
        runaway, wide, restless = FIXED_RUNAWAY, FIXED_WIDE, FIXED_RESTLESS
        peaked = np.zeros(tail.amplitude.shape, bool)
    else:
        raise UserError(f"unknown variant {variant!r}: known are adaptive, fixed")
    swings = peaked | (tail.amplitude > wide) | (tail.deviation > restless)
    regime = np.where(swings, OSCILLATORY, STABLE)
    return np.where(runs.max(-1) > runaway, RUNAWAY, regime).astype(np.int8)


def sustained_runaway(shares: Any, threshold: float = RUNAWAY_SHARE) -> np.ndarray:
    """Whether a run's share exceeds the threshold in its last half, bool (...) (ours).

    Raises:
        UserError: as `tail_statistics`.
    """
    return tail_statistics(shares).high > threshold


def _runs(shares: Any) -> np.ndarray:
    runs = np.asarray(shares, np.float64)
    steps = runs.shape[-1] if runs.ndim else 0
    if steps < FEWEST:
        raise UserError(f"a run of {steps} steps has no regime: {FEWEST} are the fewest")
    if not ((runs >= 0.0) & (runs <= 1.0)).all():
        worst = runs[~((runs >= 0.0) & (runs <= 1.0))].flat[0]
        raise UserError(f"a share of {worst} cannot be: it lies in [0, 1]")
    return runs
