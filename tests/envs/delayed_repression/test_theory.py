"""The closed forms against published figures, eigenvalues, and one another."""

import numpy as np
import pytest

from midcourse.core.errors import UserError
from midcourse.envs.delayed_repression import theory

PAPER: dict = {"advantage": 2.0, "cost": 7.0, "slope": 10.0, "threshold": 0.72}
CHECK_POINT: dict = {"advantage": 2.0, "cost": 5.0, "slope": 10.0, "threshold": 0.5}


def near(value, digits):
    """A printed figure: right to half a unit of its last digit."""
    return pytest.approx(value, abs=0.5001 * 10.0**-digits)


def bend(point):
    """mu2, from the published relation between it and Re c1(0)."""
    b = theory.gain(**point)
    return -theory.lyapunov_coefficient(**point) * (1 + np.pi**2 / 4) / b**2


def test_the_papers_parameters():
    assert theory.equilibrium(**PAPER) == near(0.62837, 5)
    assert theory.gain(**PAPER) == near(3.33601, 5)
    assert theory.critical_delay(**PAPER) == near(0.47086, 5)
    assert theory.onset_period(**PAPER) == near(1.883, 3)
    assert theory.lyapunov_coefficient(**PAPER) == near(-48.13, 2)
    assert bend(PAPER) == near(14.995, 3)


def test_the_papers_check_point():
    assert theory.lyapunov_coefficient(**CHECK_POINT) == near(-40.85, 2)
    assert bend(CHECK_POINT) == near(15.95, 2)
    assert 2 * theory.lyapunov_coefficient(**CHECK_POINT) == near(-81.70, 2)


def test_a_third_point():
    point: dict = {"advantage": 1.0, "cost": 2.0, "slope": 20.0, "threshold": 0.3}
    assert theory.critical_delay(**point) == near(0.748, 3)


@pytest.mark.parametrize(
    ("ratio", "half"),
    [(0.5, 0), (1.0, 0), (1.005, 0.02506), (1.01, 0.03544), (1.02, 0.05012), (1.04, 0.07088)]
    + [(1.08, 0.10024), (1.16, 0.14176), (1.5, 0.2506)],
)
def test_square_root_law(ratio, half):
    delay = ratio * theory.critical_delay(**PAPER)
    digits = 4 if ratio == 1.5 else 5
    assert theory.amplitude(**PAPER, delay=delay) == near(half, digits)


@pytest.mark.parametrize(
    ("constant", "delay"), [(0.05, 0.4276), (0.2, 0.3624), (0.5, 0.3283), (1, 0.3144), (3, 0.3047)]
)
def test_low_pass(constant, delay):
    assert theory.low_pass_critical_delay(**PAPER, time_constant=constant) == near(delay, 4)


def test_low_pass_at_its_ends():
    assert theory.low_pass_frequency(**PAPER, time_constant=0.05) == near(3.292, 3)
    assert theory.low_pass_critical_delay(**PAPER, time_constant=0.0) == pytest.approx(
        theory.critical_delay(**PAPER), rel=1e-14
    )
    b = theory.gain(**PAPER)
    assert theory.low_pass_critical_delay(**PAPER, time_constant=1e8) == pytest.approx(1 / b, 1e-3)


def test_low_pass_solves_the_characteristic_equation():
    b = theory.gain(**PAPER)
    for constant in (0.01, 0.3, 4.0):
        root = 1j * theory.low_pass_frequency(**PAPER, time_constant=constant)
        delay = theory.low_pass_critical_delay(**PAPER, time_constant=constant)
        assert abs(root * (1 + constant * root) + b * np.exp(-root * delay)) < 1e-12


@pytest.mark.parametrize(
    ("force", "rest", "delay"),
    [(0.35, 0.869, 3.760), (0.5, 0.749, 0.974), (0.75, 0.671, 0.575), (1, 0.628, 0.471)]
    + [(1.5, 0.575, 0.397), (2, 0.541, 0.369), (2.5, 0.515, 0.355)],
)
def test_force(force, rest, delay):
    assert theory.equilibrium(**PAPER, force=force) == near(rest, 3)
    assert theory.critical_delay(**PAPER, force=force) == near(delay, 3)


@pytest.mark.parametrize(("product", "ratio"), [(0.25, 1.124), (0.5, 1.155), (0.75, 1.019)])
def test_lead(product, ratio):
    lead = product / theory.gain(**PAPER)
    plain = theory.critical_delay(**PAPER)
    assert theory.lead_critical_delay(**PAPER, lead=lead) / plain == near(ratio, 3)


def test_lead_solves_the_characteristic_equation():
    b = theory.gain(**PAPER)
    for lead in (0.0, 0.05, 0.2):
        root = 1j * theory.lead_frequency(**PAPER, lead=lead)
        delay = theory.lead_critical_delay(**PAPER, lead=lead)
        assert abs(root + b * (1 + lead * root) * np.exp(-root * delay)) < 1e-12


def spectral_radius(product, steps):
    """Of u(t+1) = u(t) - product * u(t - steps)."""
    matrix = np.eye(steps + 1, k=-1)
    matrix[0, 0] = 1.0
    matrix[0, steps] -= product
    return np.abs(np.linalg.eigvals(matrix)).max()


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 20, 60])
def test_discrete_bound_is_where_the_spectral_radius_is_one(steps):
    bound = theory.step_bound(delay_steps=steps)
    assert spectral_radius(0.999 * bound, steps) < 1 < spectral_radius(1.001 * bound, steps)


def test_discrete_figures():
    bounds = theory.step_bound(delay_steps=np.array([0, 1, 2, 3, 5]))
    for bound, (value, digits) in zip(
        bounds, [(2, 9), (1, 9), (0.618, 3), (0.445, 3), (0.2846, 4)], strict=True
    ):
        assert bound == near(value, digits)


def test_discrete_delay_inverts_the_bound_and_tends_to_the_continuous_one():
    b = theory.gain(**PAPER)
    for steps in (0.5, 3.25, 40.0):
        rate = 2 * np.sin(np.pi / (2 * (2 * steps + 1))) / b
        assert theory.discrete_critical_delay(**PAPER, rate=rate) == pytest.approx(steps)
    tiny = theory.discrete_critical_delay(**PAPER, rate=1e-5)
    assert tiny * 1e-5 == pytest.approx(theory.critical_delay(**PAPER), rel=1e-4)


def test_floats_give_floats_and_arrays_broadcast():
    assert type(theory.equilibrium(**PAPER)) is float
    assert type(theory.amplitude(**PAPER, delay=0.5)) is float
    assert type(theory.step_bound(delay_steps=3)) is float
    force = np.array([[0.5], [1.0]])
    slopes = np.array([9.0, 10.0, 11.0])
    table = theory.critical_delay(**{**PAPER, "slope": slopes}, force=force)
    assert table.shape == (2, 3)
    assert table[1, 1] == theory.critical_delay(**PAPER)


WRONG = [
    (theory.gain, {"cost": "seven"}, r"cost must be a number or an array, not 'seven'"),
    (theory.gain, {"cost": [7.0, 8.0], "slope": [1.0, 2.0, 3.0]}, r"do not broadcast.*cost \(2,\)"),
    (theory.equilibrium, {"force": 0.25}, r"no interior equilibrium.*1\.14286.*p\(1\) = 0\.942"),
    (theory.gain, {"advantage": 0.001}, r"no interior equilibrium.*p\(0\)"),
    (theory.critical_delay, {"cost": -7.0}, r"cost must be positive, not -7"),
    (theory.onset_period, {"slope": [10.0, 0.0]}, r"slope must be positive, not 0"),
    (theory.equilibrium, {"threshold": float("nan")}, r"threshold must be a finite number"),
    (theory.amplitude, {"delay": -0.5}, r"delay must not be negative, not -0\.5"),
    (theory.low_pass_critical_delay, {"time_constant": -1}, r"time_constant must not be negative"),
    (theory.lead_critical_delay, {"lead": 0.3}, r"lead is too strong.*below 1, not 1\.0008"),
    (theory.discrete_critical_delay, {"rate": 0.6}, r"no delay is stable.*below 2, not 2\.0016"),
]


@pytest.mark.parametrize(("function", "given", "sentence"), WRONG)
def test_errors_name_the_condition_and_the_value(function, given, sentence):
    with pytest.raises(UserError, match=sentence):
        function(**{**PAPER, **given})


@pytest.mark.parametrize(("steps", "sentence"), [(-1, "negative, not -1"), (0.5, "whole number")])
def test_steps_are_whole_and_not_negative(steps, sentence):
    with pytest.raises(UserError, match=sentence):
        theory.step_bound(delay_steps=steps)
