"""The estimators against closed forms, enumeration and scipy."""

import itertools
from math import isnan, nan

import numpy as np
import pytest
import scipy.stats

from midcourse.core.errors import UserError
from midcourse.evaluation.statistics import interval, pass_at_k, pass_hat_k, share


@pytest.mark.parametrize(("n", "c", "k"), [(5, 3, 2), (6, 0, 3), (4, 4, 4), (7, 5, 1), (5, 2, 5)])
def test_pass_counts_every_draw_of_k_runs(n, c, k):
    runs = [True] * c + [False] * (n - c)
    draws = list(itertools.combinations(runs, k))
    assert pass_hat_k([(c, n)], k) == pytest.approx(np.mean([all(draw) for draw in draws]))
    assert pass_at_k([(c, n)], k) == pytest.approx(np.mean([any(draw) for draw in draws]))


def test_pass_1_is_the_mean_success_of_tasks():
    outcomes = [(1, 5), (5, 5), (0, 5)]
    assert pass_hat_k(outcomes, 1) == pytest.approx(0.4)
    assert pass_at_k(outcomes, 1) == pytest.approx(0.4)


def test_more_draws_than_runs_are_refused():
    with pytest.raises(UserError, match="at least 6 runs"):
        pass_hat_k([(1, 5)], 6)
    with pytest.raises(UserError, match="no tasks"):
        pass_at_k([], 1)


def test_interval_agrees_with_scipy():
    values = np.random.default_rng(3).beta(2, 3, 60)
    mean, low, high = interval(values.tolist())
    theirs = scipy.stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(1)
    ).confidence_interval
    assert mean == pytest.approx(values.mean())
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=0.006)


def test_interval_of_a_mean_is_near_the_normal_one():
    values = np.random.default_rng(0).normal(0.5, 0.1, 400)
    _, low, high = interval(values.tolist())
    half = 1.96 * values.std() / 20
    assert (high - low) / 2 == pytest.approx(half, rel=0.08)


def test_interval_is_the_same_every_time_and_leaves_undefined_values_out():
    values = [0.0, 1.0, 1.0, 0.5]
    assert interval(values) == interval([*values, nan])
    assert all(isnan(value) for value in interval([nan]))
    assert interval([1.0] * 7) == (1.0, 1.0, 1.0)


def test_a_share_is_never_told_as_sure_and_agrees_with_scipy():
    for successes, count in ((0, 11), (11, 11), (3, 20)):
        values = [1.0] * successes + [0.0] * (count - successes)
        theirs = scipy.stats.binomtest(successes, count).proportion_ci(0.95, "wilson")
        mean, low, high = share([*values, nan])
        assert mean == pytest.approx(successes / count)
        assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    assert share([0.0, 0.5, 1.0]) == interval([0.0, 0.5, 1.0])
    assert all(isnan(value) for value in share([nan]))
