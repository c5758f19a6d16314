"""The portable exponential against exact decimal arithmetic, and compiled against plain Python."""

import math
from decimal import Decimal, getcontext

import numba
import numpy as np
import pytest

from midcourse.core.engine import bind
from midcourse.core.engine.portable import exponential, logarithm, sigmoid

POINTS = np.concatenate(
    [np.random.default_rng(0).uniform(-reach, reach, 700) for reach in (700, 20, 1)]
).tolist()


def test_close_to_exact():
    getcontext().prec = 40
    worst = max(abs(Decimal(exponential(x)) / Decimal(x).exp() - 1) for x in POINTS)
    assert worst < 3e-16


def test_compiled_has_the_same_bits():
    compiled = numba.njit(exponential, error_model="numpy")
    assert [compiled(x) for x in POINTS] == [exponential(x) for x in POINTS]


def sigmoids(xs, found):
    for i in range(len(xs)):
        found[i] = sigmoid(xs[i])


def test_wide_registers_have_the_same_bits():
    """A compiled loop, which takes several at once, against plain Python, one by one."""
    far = [0.0, -0.0, 5e-324, 699.9, 700.0, 700.1, 1e9, math.inf]
    xs = np.array([*POINTS, *far, *(-x for x in far)])
    found = np.full(len(xs), math.nan)
    bind.compiled(sigmoids, separate=True)(xs, found)
    assert found.tobytes() == np.array([sigmoid(x) for x in xs.tolist()]).tobytes()


@pytest.mark.parametrize("x", [-1e9, -math.inf, 0.0, math.inf, 1e9])
def test_far_out_is_held(x):
    assert math.isfinite(exponential(x))
    assert sigmoid(x) == {-1: 0.0, 0: 0.5, 1: 1.0}[(x > 0) - (x < 0)] or sigmoid(x) < 1e-300


def test_symmetry():
    for x in (0.1, 1.0, 5.0):
        assert sigmoid(x) + sigmoid(-x) == pytest.approx(1.0, abs=1e-15)


RATIOS = np.exp(np.random.default_rng(1).uniform(-600, 600, 500)).tolist() + [
    *np.random.default_rng(2).uniform(0.3, 3.0, 500).tolist(),
    1.0,
    0.5,
    2.0,
    math.nextafter(1.0, 0.0),
]


def test_logarithm_is_close_to_exact():
    getcontext().prec = 40
    for x in RATIOS:
        exact = Decimal(x).ln()
        assert abs(Decimal(logarithm(x)) - exact) < Decimal("3e-16") * max(1, abs(exact))
    assert logarithm(1.0) == 0.0


def test_compiled_logarithm_has_the_same_bits():
    compiled = bind.compiled(logarithm)
    assert [compiled(x) for x in RATIOS] == [logarithm(x) for x in RATIOS]
