"""The published classifier, on series made so that one of its conditions decides."""

import numpy as np
import pytest

from midcourse.core.errors import UserError
from midcourse.envs.delayed_repression.regimes import (
    OSCILLATORY,
    RUNAWAY,
    STABLE,
    classify,
    sustained_runaway,
    tail_statistics,
)

STEPS = 500


def flat(share=0.2):
    return np.full(STEPS, share)


def wave(half_range, period=25.0, mean=0.2):
    return mean + half_range * np.sin(2.0 * np.pi * np.arange(STEPS) / period)


def two_levels(half_range, rare):
    """Mostly the mean; every `rare` steps up, then down: wide, with little deviation."""
    series = flat()
    series[5::rare] += half_range
    series[9::rare] -= half_range
    return series


@pytest.mark.parametrize(
    ("series", "adaptive", "fixed"),
    [
        (flat(), STABLE, STABLE),
        (flat(0.40), STABLE, STABLE),  # the threshold itself is not exceeded
        (flat(0.41), RUNAWAY, STABLE),
        (flat(0.46), RUNAWAY, RUNAWAY),
        (wave(0.039), STABLE, STABLE),  # a pure tone of amplitude 0.078
        (wave(0.042), OSCILLATORY, STABLE),  # 0.084: the spectrum decides
        (wave(0.09), OSCILLATORY, OSCILLATORY),
        (two_levels(0.055, 97), STABLE, STABLE),  # amplitude 0.11
        (two_levels(0.065, 97), OSCILLATORY, STABLE),  # 0.13
        (two_levels(0.08, 97), OSCILLATORY, OSCILLATORY),  # 0.16
    ],
)
def test_one_condition_decides(series, adaptive, fixed):
    assert classify(series) == adaptive
    assert classify(series, "fixed") == fixed


def test_deviation_decides_where_amplitude_does_not():
    noise = np.random.default_rng(0).choice([-0.05, 0.05], STEPS)
    tail = tail_statistics(0.2 + noise)
    assert tail.amplitude < 0.12
    assert tail.spectral_ratio < 0.25
    assert tail.deviation > 0.04
    assert classify(0.2 + noise) == OSCILLATORY
    assert classify(0.2 + 0.7 * noise) == STABLE


def test_a_burst_at_the_start_is_runaway_but_not_sustained():
    series = flat()
    series[3] = 0.5
    assert classify(series) == RUNAWAY
    assert not sustained_runaway(series)
    series[STEPS // 2 - 1] = 0.5
    assert not sustained_runaway(series)
    series[STEPS // 2] = 0.5
    assert sustained_runaway(series)
    assert not sustained_runaway(series, threshold=0.5)


def test_swings_of_the_first_half_do_not_count():
    series = wave(0.1)
    series[STEPS // 2 :] = 0.2
    assert classify(series) == STABLE


def test_tail_statistics_of_a_tone():
    tail = tail_statistics(wave(0.1, period=25.0))
    assert tail.mean == pytest.approx(0.2)
    assert tail.deviation == pytest.approx(0.1 / np.sqrt(2.0))
    assert tail.spectral_ratio == pytest.approx(1.0)
    assert tail.amplitude == pytest.approx(0.2, abs=1e-3)


def test_of_a_short_tail_the_spectrum_is_not_looked_at():
    series = wave(0.042, period=4.0)
    assert classify(series[:32]) == OSCILLATORY
    assert classify(series[:31]) == OSCILLATORY  # its tail has 16 steps
    assert classify(series[:30]) == STABLE


def test_many_runs_at_once_are_the_runs_one_by_one():
    rng = np.random.default_rng(1)
    level, width = rng.uniform(0.1, 0.4, (6, 7, 1)), rng.uniform(0.0, 0.1, (6, 7, 1))
    runs = level + width * rng.uniform(-1.0, 1.0, (6, 7, STEPS))
    for variant in ("adaptive", "fixed"):
        together = classify(runs, variant)
        assert together.shape == (6, 7)
        assert set(together.ravel()) == {STABLE, OSCILLATORY, RUNAWAY}
        for i in np.ndindex(6, 7):
            assert together[i] == classify(runs[i], variant)


@pytest.mark.parametrize(
    ("series", "words"),
    [([0.1] * 9, "9 steps"), ([0.1] * 10 + [1.5], "1.5"), ([0.1] * 10 + [np.nan], "nan")],
)
def test_what_is_no_run_is_refused(series, words):
    with pytest.raises(UserError, match=words):
        classify(series)
    with pytest.raises(UserError, match=words):
        sustained_runaway(series)


def test_an_unknown_variant_is_refused():
    with pytest.raises(UserError, match="known are adaptive, fixed"):
        classify(flat(), "whole")  # type: ignore[arg-type]
