"""The integrator against the theory, other integrators, and the printed table."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import lambertw

from midcourse.core.errors import UserError
from midcourse.envs.delayed_repression import integrate, schemes, theory

PAPER: dict = {"advantage": 2.0, "cost": 7.0, "slope": 10.0, "threshold": 0.72}
CRITICAL = theory.critical_delay(**PAPER)
TABLE = [  # delay over the critical one, half-amplitude, period over the critical delay
    (1.005, 0.02508, 4.021),
    (1.01, 0.03551, 4.042),
    (1.02, 0.05031, 4.083),
    (1.04, 0.07142, 4.167),
    (1.08, 0.10179, 4.336),
    (1.16, 0.14629, 4.680),
]
WIDE = [(1.5, 0.2745, 6.23), (2.0, 0.3893, 8.71), (3.0, 0.4683, 13.7), (4.0, 0.4886, 18.7)]


def cycle(ratio):
    """The cycle of the paper's parameters, once it has settled."""
    delay = np.asarray(ratio) * CRITICAL
    return integrate.tails(
        **PAPER, delay=delay, duration=2500 * CRITICAL, step=CRITICAL / 200, tail=0.05
    )


def test_table_of_amplitudes_and_periods():
    found = cycle([row[0] for row in TABLE + WIDE])
    for i, (_, half, period) in enumerate(TABLE + WIDE):
        unit = 1e-5 if i < len(TABLE) else 1e-4
        assert found.amplitude[i] == pytest.approx(half, abs=1.01 * unit)
        digits = 1e-3 if i < len(TABLE) else 1e-2 if i < len(TABLE) + 2 else 1e-1
        assert found.period[i] / CRITICAL == pytest.approx(period, abs=1.01 * digits)


def test_extremes_of_wide_cycles():
    found = cycle([1.5, 2.0, 3.0, 4.0])
    assert found.low == pytest.approx([0.261, 0.094, 0.009, 0.0009], abs=6e-4)
    assert found.high == pytest.approx([0.811, 0.872, 0.946, 0.978], abs=6e-4)


def test_below_the_critical_delay_it_rests():
    assert cycle(0.98).amplitude < 5e-6


def test_square_root_law_within_two_percent_and_amplitude_ratio():
    found = cycle([1.01, 1.04]).amplitude
    law = theory.amplitude(**PAPER, delay=np.array([1.01, 1.04]) * CRITICAL)
    assert found == pytest.approx(law, rel=0.02)
    assert found[1] / found[0] == pytest.approx(2.011, abs=1e-3)


@pytest.mark.parametrize(
    "point",
    [
        {"advantage": 2.0, "cost": 5.0, "slope": 10.0, "threshold": 0.5},
        {"advantage": 1.0, "cost": 2.0, "slope": 20.0, "threshold": 0.3},
    ],
)
def test_square_root_law_elsewhere(point):
    critical = theory.critical_delay(**point)
    delay = np.array([1.01, 1.04]) * critical
    found = integrate.tails(**point, delay=delay, duration=1500 * critical, tail=0.05)
    assert found.amplitude == pytest.approx(theory.amplitude(**point, delay=delay), rel=0.02)


def random_points(count, seed=0):
    """Parameters with an interior equilibrium, by its place and the share a / C."""
    generator = np.random.default_rng(seed)
    advantage = generator.uniform(0.5, 3.0, count)
    rest, rho = generator.uniform(0.1, 0.9, count), generator.uniform(0.1, 0.9, count)
    slope = generator.uniform(5.0, 30.0, count)
    threshold = rest - np.log(rho / (1 - rho)) / slope
    return {
        "advantage": advantage,
        "cost": advantage / rho,
        "slope": slope,
        "threshold": threshold,
    }


def growth_rates(points, delay, unit, **more):
    """How fast a small departure grows: by its largest values in two windows, 40 units apart."""
    rest = theory.equilibrium(**points)
    given = {"delay": delay, "duration": 66 * unit, "step": unit / 60}
    found = integrate.trajectories(**points, **given, start=rest + 1e-4, **more)
    away = np.abs(found.shares - rest[:, None])
    columns = []
    for first in (20, 60):
        window = (found.times >= first * unit[:, None]) & (
            found.times < (first + 5) * unit[:, None]
        )
        columns.append(np.where(window, away, 0.0).max(axis=1))
    return np.log(columns[1] / columns[0]) / (40 * unit)


@pytest.mark.parametrize("ratio", [0.97, 1.03])
def test_critical_delay_on_200_random_parameter_sets(ratio):
    points = random_points(200)
    critical = theory.critical_delay(**points)
    measured = growth_rates(points, ratio * critical, critical)
    assert ((measured > 0) == (ratio > 1)).all()
    # The leading root of lambda = -b e**(-lambda Delta), by Lambert's function.
    expected = (lambertw(-theory.gain(**points) * ratio * critical) / (ratio * critical)).real
    assert measured == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("ratio", [0.95, 1.05])
@pytest.mark.parametrize("constant", [0.1, 0.5, 3.0])
def test_low_pass_critical_delay(ratio, constant):
    points = random_points(30, seed=1)
    constant = constant * theory.critical_delay(**points)
    critical = theory.low_pass_critical_delay(**points, time_constant=constant)
    given = {"time_constant": constant}
    measured = growth_rates(points, ratio * critical, critical, **given)
    assert ((measured > 0) == (ratio > 1)).all()


@pytest.mark.parametrize("ratio", [0.95, 1.05])
@pytest.mark.parametrize("product", [0.25, 0.5, 0.75])
def test_lead_critical_delay(ratio, product):
    points = random_points(30, seed=2)
    lead = product / theory.gain(**points)
    critical = theory.lead_critical_delay(**points, lead=lead)
    measured = growth_rates(points, ratio * critical, critical, lead=lead)
    assert ((measured > 0) == (ratio > 1)).all()


@pytest.mark.parametrize("force", [0.5, 2.0])
def test_force_moves_the_boundary(force):
    points = {key: np.array([value]) for key, value in PAPER.items()}
    critical = theory.critical_delay(**points, force=force)
    scaled = {**points, "cost": points["cost"] * force}
    assert growth_rates(scaled, 0.95 * critical, critical)[0] < 0
    assert growth_rates(scaled, 1.05 * critical, critical)[0] > 0
    one = integrate.tails(**PAPER, force=force, delay=0.4, duration=9.0)
    other = integrate.tails(**{**PAPER, "cost": 7.0 * force}, delay=0.4, duration=9.0)
    assert (one.low, one.high) == (other.low, other.high)


@pytest.mark.parametrize("more", [{}, {"time_constant": 0.3}, {"lead": 0.1}])
def test_order_of_convergence_is_four(more):
    delay = 1.5 * CRITICAL
    ends = []
    for cells in (8, 16, 32, 256):
        given = {"delay": delay, "duration": 6 * delay, "step": delay / cells}
        ends.append(float(integrate.trajectories(**PAPER, **given, **more).shares[-1]))
    errors = np.abs(np.array(ends[:3]) - ends[3])
    assert np.log2(errors[:-1] / errors[1:]) == pytest.approx(4.0, abs=0.5)


@pytest.mark.parametrize("constant", [0.0, 0.4])
def test_without_delay_it_is_scipys_solution(constant):
    def rate(time, state):
        share, alarm = state
        signal = alarm if constant else share
        push = 2.0 - 7.0 / (1.0 + np.exp(-10.0 * (signal - 0.72)))
        return share * (1 - share) * push, (share - alarm) / (constant or 1.0)

    ours = integrate.trajectories(
        **PAPER, delay=0.0, duration=4.0, start=0.2, time_constant=constant
    )
    theirs = solve_ivp(rate, (0, 4), [0.2, 0.2], rtol=1e-10, atol=1e-12, t_eval=ours.times)
    assert ours.shares == pytest.approx(theirs.y[0], abs=2e-7)


def test_euler_tends_to_the_solution():
    delay = 0.9
    fine = integrate.euler(**PAPER, delay=delay, duration=9.0, step=1e-4)
    ours = integrate.trajectories(**PAPER, delay=delay, duration=9.0, step=0.01)
    assert fine[::100] == pytest.approx(ours.shares, abs=2e-3)


def published(lags, first, steps, rate, start):
    """The published loops over again, with numpy's exponential."""
    shares = np.full(steps + 1, start)
    for t in range(first, steps):
        late = shares[max(0, t - lags)]
        push = 2.0 - 7.0 / (1.0 + np.exp(-10.0 * (late - 0.72)))
        moved = shares[t] + rate * shares[t] * (1 - shares[t]) * push
        shares[t + 1] = np.clip(moved, 1e-8, 1 - 1e-8)
    return shares


def test_published_schemes():
    start = theory.equilibrium(**PAPER) + 0.05
    ours = integrate.euler(**PAPER, delay=[0.0, 0.9499], duration=12.0)
    assert ours.shape == (2, 1201)
    assert ours[0] == pytest.approx(published(0, 0, 1200, 0.01, start), abs=1e-11)
    assert ours[1] == pytest.approx(published(94, 0, 1200, 0.01, start), abs=1e-11)
    maps = integrate.discrete_map(**PAPER, rate=[[0.1], [1.0]], delay_steps=[0, 7], steps=80)
    assert maps.shape == (2, 2, 81)
    assert maps[0, 1] == pytest.approx(published(7, 7, 80, 0.1, start), abs=1e-10)
    assert maps[1, 1] == pytest.approx(published(7, 7, 80, 1.0, start), abs=1e-8)


def test_discrete_map_is_stable_below_its_critical_delay():
    for rate in (0.05, 0.2):
        critical = theory.discrete_critical_delay(**PAPER, rate=rate)
        steps = np.array([np.floor(critical), np.ceil(critical) + 1])
        runs = integrate.discrete_map(**PAPER, rate=rate, delay_steps=steps, steps=8000)
        heights = np.ptp(runs[:, -800:], axis=1)
        assert heights[0] < 1e-3 < 0.03 < heights[1]


@pytest.mark.parametrize("more", [(0.0, 0.0, 60), (0.2, 0.0, 60), (0.0, 0.05, 60), (0.2, 0.0, 0)])
def test_compiled_has_the_bits_of_plain_python(more):
    constant, lead, lag = more
    row = np.array([2.0, 7.0, 10.0, 0.72, constant, lead, np.log(0.7 / 0.3), 0.7, 0.01])
    results = []
    for function in (schemes.integrate_one, integrate._compiled(schemes.integrate_one)):
        shares, found = np.empty(301), np.empty(3)
        function(row, lag, 300, 0, shares, found)
        results.append(shares.tobytes() + found.tobytes())
    assert results[0] == results[1]


def test_shapes_and_tails():
    delay = np.array([[0.2], [0.6]])
    found = integrate.tails(**{**PAPER, "slope": [8.0, 10.0, 12.0]}, delay=delay, duration=5.0)
    assert found.low.shape == found.period.shape == (2, 3)
    whole = integrate.trajectories(**PAPER, delay=0.6, duration=5.0)
    last = integrate.tails(**PAPER, delay=0.6, duration=5.0)
    assert last.high == whole.shares[len(whole.shares) // 2 :].max()
    ragged = integrate.trajectories(**PAPER, delay=[0.0, 0.02], duration=1.0, step=0.02)
    assert np.isfinite(ragged.shares).sum(axis=1).tolist() == [51, 201]


WRONG = [
    ({"delay": -1.0}, r"delay must not be negative, not -1"),
    ({"delay": 1.0, "start": 1.0}, r"start must lie between 0 and 1, not 1"),
    ({"delay": 1.0, "force": 0.2}, r"no interior equilibrium"),
    ({"delay": 1.0, "duration": 0.0}, r"duration must be positive, not 0"),
    ({"delay": 0.0, "lead": 0.1}, r"lead must be 0 where there is no delay"),
    ({"delay": 1.0, "lead": 0.1, "time_constant": 1.0}, r"lead must be 0 under a low-pass"),
    ({"delay": 1.0, "time_constant": 0.01, "step": 0.1}, r"step must not be longer"),
]


@pytest.mark.parametrize(("given", "sentence"), WRONG)
def test_errors(given, sentence):
    with pytest.raises(UserError, match=sentence):
        integrate.tails(**{**PAPER, "duration": 1.0, **given})


RUN = """
import json
from midcourse.envs.delayed_repression import integrate, schemes
point = {"advantage": 2.0, "cost": 7.0, "slope": 10.0, "threshold": 0.72}
found = integrate.tails(**point, delay=0.6, duration=5.0)
stats = integrate._compiled(schemes.integrate_all).stats
counts = [sum(stats.cache_hits.values()), sum(stats.cache_misses.values())]
print(json.dumps([counts, float(found.high).hex()]))
"""


def test_a_second_process_hits_the_cache(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    runs = [
        subprocess.run(
            [sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]
    (cold, first), (warm, second) = (json.loads(run.stdout) for run in runs)
    assert (cold, warm) == ([0, 1], [1, 0])
    assert first == second
