"""Estimates over tasks: pass^k, Pass@k, and intervals of means and of shares."""

from collections.abc import Iterable, Sequence
from math import comb, isnan, nan

import numpy as np

from midcourse.core.errors import UserError
from midcourse.core.statistics import wilson

CONFIDENCE = 0.95
RESAMPLES = 4_000  # the interval's ends then move by under 0.005 from one seed to another
BLOCK = 2_000_000  # draws held at once


def pass_hat_k(outcomes: Iterable[tuple[int, int]], k: int) -> float:
    """pass^k: the chance that k runs of one task all succeed, averaged over tasks.

    The mean of C(c, k) / C(n, k) over tasks with c successes in n runs (tau-bench, Yao et al.
    2024, section 3).

    Raises:
        UserError: no task, or one with fewer than k runs.
    """
    return _mean_over_tasks(outcomes, k, lambda c, n: comb(c, k) / comb(n, k))


def pass_at_k(outcomes: Iterable[tuple[int, int]], k: int) -> float:
    """Pass@k: the chance that at least one of k runs of a task succeeds, averaged over tasks.

    The mean of 1 - C(n - c, k) / C(n, k), the unbiased estimator of Chen et al. 2021, equation 1.

    Raises:
        UserError: no task, or one with fewer than k runs.
    """
    return _mean_over_tasks(outcomes, k, lambda c, n: 1.0 - comb(n - c, k) / comb(n, k))


def _mean_over_tasks(outcomes, k, estimate) -> float:
    values = []
    for successes, runs in outcomes:
        if not 1 <= k <= runs:
            raise UserError(f"k={k} needs tasks with at least {k} runs each, one has {runs}")
        if not 0 <= successes <= runs:
            raise UserError(f"{successes} successes in {runs} runs cannot be")
        values.append(estimate(successes, runs))
    if not values:
        raise UserError("there are no tasks to average over")
    return sum(values) / len(values)


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float, float]:
    """The mean of one value for each task, and its 95 % interval (mean, low, high).

    Percentile bootstrap over tasks, the same for the same values and seed. Values that are NaN
    (a task on which the measure is not defined) are left out; (NaN, NaN, NaN) if none is left.
    """
    sample = np.array([v for v in values if not isnan(v)], np.float64)
    if not len(sample):
        return nan, nan, nan
    generator = np.random.default_rng(seed)
    means = np.empty(RESAMPLES)
    rows = max(1, BLOCK // len(sample))
    for first in range(0, RESAMPLES, rows):
        count = min(rows, RESAMPLES - first)
        chosen = generator.integers(len(sample), size=(count, len(sample)))
        means[first : first + count] = sample[chosen].mean(axis=1)
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(means, (tail, 1.0 - tail))
    return float(sample.mean()), float(low), float(high)


def share(values: Sequence[float]) -> tuple[float, float, float]:
    """The share of tasks that succeeded, and its 95 % interval (mean, low, high).

    Wilson's score interval where every task succeeded always or never, so that none of n tasks
    is not told as surely none of all; else, and with NaN, as `interval`.
    """
    sample = [v for v in values if not isnan(v)]
    if not sample or not set(sample) <= {0.0, 1.0}:
        return interval(values)
    part = sum(sample) / len(sample)
    return part, *wilson(part, len(sample))
