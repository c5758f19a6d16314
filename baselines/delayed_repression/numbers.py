"""Shares with their intervals, and whether published rows differ from ours by more than chance."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from midcourse.static import wilson

RESAMPLES = 10_000
THRESHOLD = 0.40


def runaways(result: dict[str, Any], threshold: float = THRESHOLD) -> np.ndarray:
    """Whether each run's share of radicals ever exceeds the threshold, bool (seeds,)."""
    return np.array(result["most"]) / result["citizens"] > threshold


def sustained(result: dict[str, Any]) -> np.ndarray:
    """Whether it does so in the last half, bool (seeds,)."""
    return np.array(result["tail_most"]) / result["citizens"] > THRESHOLD


def regimes(result: dict[str, Any]) -> np.ndarray:
    """Percent of runs that are stable, oscillatory, runaway."""
    labels = np.array(result["regime"])
    return 100.0 * np.bincount(labels, minlength=3)[:3] / len(labels)


def percent(hits: np.ndarray) -> str:
    """A share of runs and its 95 % interval, in percent."""
    low, high = interval(hits)
    return f"{100.0 * hits.mean():.1f} [{low:.0f}, {high:.0f}]"


def interval(hits: np.ndarray) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of runs, in percent."""
    low, high = wilson(float(hits.mean()), len(hits))
    return 100.0 * low, 100.0 * high


def published(share: float, runs: int) -> str:
    """A published percentage and its 95 % interval."""
    low, high = wilson(share / 100.0, runs)
    return f"{share:g} [{100.0 * low:.0f}, {100.0 * high:.0f}]"


def reaches(hits: np.ndarray, share: float, runs: int) -> bool:
    """Whether our share lies in the interval of a published percentage."""
    low, high = wilson(share / 100.0, runs)
    return low <= hits.mean() <= high


@dataclass(frozen=True)
class Comparison:
    """A published row beside ours, as drawn from the same distribution."""

    settings: int
    published: float  # mean over the row, percent
    ours: float
    as_high: float  # chance that so few seeds give a mean as far above ours
    as_far: float  # chance that they give a row as far from ours, over all settings jointly


def compare(hits: np.ndarray, row: np.ndarray, runs: int, seed: int = 0) -> Comparison:
    """Compare a published row with ours.

    Within a row all settings were run on the same seeds, hence on the same graphs and citizens,
    and so are ours; so whole seeds are drawn, never single runs: `runs` of them in place of the
    published, and as many as we have in place of ours. `as_far` measures by Mahalanobis' distance.

    Args:
        hits: bool (seeds, settings), ours.
        row: (settings,), published, in percent.
        runs: seeds behind the published row.
        seed: of the resampling.
    """
    ours = hits.astype(np.float64)
    draws = np.random.default_rng(seed)
    n = len(ours)
    gap = row / 100.0 - ours.mean(0)
    chance = np.empty((RESAMPLES, len(row)))
    for i in range(RESAMPLES):
        theirs = draws.multinomial(runs, np.full(n, 1.0 / n)) / runs
        chance[i] = (theirs - draws.multinomial(n, np.full(n, 1.0 / n)) / n) @ ours
    inverse = np.linalg.pinv(np.atleast_2d(np.cov(chance.T)), hermitian=True)
    far = np.einsum("ij,jk,ik->i", chance, inverse, chance)
    return Comparison(
        settings=len(row),
        published=float(row.mean()),
        ours=float(100.0 * ours.mean()),
        as_high=float((chance.mean(1) >= gap.mean() - 1e-12).mean()),
        as_far=float((far >= gap @ inverse @ gap - 1e-12).mean()),
    )
