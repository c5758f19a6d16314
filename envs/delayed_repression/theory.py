"""The delayed replicator in closed form: where it rests, when it cycles, and how widely.

The share x of radicals follows dx/dt = x(1 - x)[a - u C p(x(t - Delta))], where
p(x) = 1 / (1 + e**(-k(x - x_c))) is the chance that an alarm of x leads to punishment
(I. Itkin, "Delayed Repression and Emergent Instability", arXiv 2605.30392). Keywords here and
the paper's letters: `advantage` a, `cost` C, `slope` k, `threshold` x_c; `force` u scales the
punishment and is 1 in the paper. The variants (low-pass alarm, lead, discrete step, other forces)
are ours.

All arguments are floats or arrays, which broadcast; floats give a float, arrays an array of
float64. Time is in the unit of 1 / a. Where a condition fails, the error names it and the value.
"""

import math
from typing import Any

import numpy as np

from midcourse.envs.delayed_repression import formulas

Number = Any  # a float or an array of floats


def equilibrium(
    *, advantage: Number, cost: Number, slope: Number, threshold: Number, force: Number = 1.0
) -> Number:
    """The interior equilibrium x* = x_c + ln(rho / (1 - rho)) / k, where rho = a / (u C).

    Raises:
        UserError: there is none: p(0) < rho < p(1) does not hold; or a parameter is not positive.
    """
    return formulas.call(formulas.equilibrium, advantage, cost, slope, threshold, force)


def gain(
    *, advantage: Number, cost: Number, slope: Number, threshold: Number, force: Number = 1.0
) -> Number:
    """The loop's gain b = u C x*(1 - x*) p'(x*) = a k x*(1 - x*)(1 - rho).

    A small departure u from the equilibrium follows Hayes' equation u'(t) = -b u(t - Delta).

    Raises:
        UserError: as `equilibrium`.
    """
    return formulas.call(formulas.gain, advantage, cost, slope, threshold, force)


def critical_delay(
    *, advantage: Number, cost: Number, slope: Number, threshold: Number, force: Number = 1.0
) -> Number:
    """The delay pi / (2b) below which the equilibrium is stable and above which it cycles.

    Raises:
        UserError: as `equilibrium`.
    """
    b = gain(advantage=advantage, cost=cost, slope=slope, threshold=threshold, force=force)
    return math.pi / (2.0 * b)


def onset_period(
    *, advantage: Number, cost: Number, slope: Number, threshold: Number, force: Number = 1.0
) -> Number:
    """The period 2 pi / b of the cycle at its onset, four times the critical delay.

    Raises:
        UserError: as `equilibrium`.
    """
    b = gain(advantage=advantage, cost=cost, slope=slope, threshold=threshold, force=force)
    return 2.0 * math.pi / b


def lyapunov_coefficient(
    *, advantage: Number, cost: Number, slope: Number, threshold: Number, force: Number = 1.0
) -> Number:
    """Re c1(0), the first Lyapunov coefficient of the Hopf bifurcation at the critical delay.

    With s0 = x*(1 - x*), s1 = 1 - 2x* and Q = (3 pi - 2) - (7 pi - 8) rho (1 - rho):
    Re c1(0) = [u C k rho / (5 s0 (4 + pi**2))] (rho - 1) B, where
    B = 2 Q (s0 k)**2 - (7 pi - 8)(2 rho - 1) s0 k s1 + 2 (3 pi - 2) s1**2 + 10 pi s0.
    It is negative, so the cycle is born stable (arXiv 2605.30392).

    Raises:
        UserError: as `equilibrium`.
    """
    return formulas.call(formulas.lyapunov, advantage, cost, slope, threshold, force)


def amplitude(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    delay: Number,
    force: Number = 1.0,
) -> Number:
    """Half the height (max - min) / 2 of the cycle near its onset; 0 up to the critical delay.

    2 sqrt((Delta - Delta_c) / mu2), where mu2 = -Re c1(0) (1 + pi**2 / 4) / b**2. The factor 2 is
    ours: the departure is z + its conjugate. Within 1 % of the true one up to 1.04 Delta_c, within
    4 % up to 1.16.

    Raises:
        UserError: as `equilibrium`; or the delay is negative.
    """
    return formulas.call(formulas.amplitude, advantage, cost, slope, threshold, force, delay=delay)


# --- the alarm behind a low-pass filter ------------------------------------------------------


def low_pass_frequency(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    time_constant: Number,
    force: Number = 1.0,
) -> Number:
    """The angular frequency of the cycle at its onset, where the alarm s is smoothed (ours).

    T s' = x - s, and s(t - Delta) is punished: lambda (1 + T lambda) + b e**(-lambda Delta) = 0,
    so omega**2 = (sqrt(1 + 4 T**2 b**2) - 1) / (2 T**2), which is b where T = 0.

    Raises:
        UserError: as `equilibrium`; or the time constant T is negative.
    """
    given = {"time_constant": time_constant}
    return formulas.call(
        formulas.low_pass_frequency, advantage, cost, slope, threshold, force, **given
    )


def low_pass_critical_delay(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    time_constant: Number,
    force: Number = 1.0,
) -> Number:
    """The critical delay under a smoothed alarm: atan2(1, T omega) / omega (ours).

    Smoothing adds lag and so lowers it, from pi / (2b) at T = 0 towards 1 / b.

    Raises:
        UserError: as `low_pass_frequency`.
    """
    given = {"time_constant": time_constant}
    return formulas.call(formulas.low_pass_delay, advantage, cost, slope, threshold, force, **given)


# --- lead: the alarm and its rate ------------------------------------------------------------


def lead_frequency(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    lead: Number,
    force: Number = 1.0,
) -> Number:
    """The angular frequency at onset, where the alarm's rate is punished as well (ours).

    The signal is s + T_d s' with s(t) = x(t - Delta): omega = b / sqrt(1 - (b T_d)**2).

    Raises:
        UserError: as `equilibrium`; the lead T_d is negative, or too strong: b T_d >= 1 makes every
            delay unstable.
    """
    return formulas.call(
        formulas.lead_frequency, advantage, cost, slope, threshold, force, lead=lead
    )


def lead_critical_delay(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    lead: Number,
    force: Number = 1.0,
) -> Number:
    """The critical delay under lead: (pi/2 + atan(T_d omega)) / omega (ours).

    At its best about 1.155 times the plain one, near b T_d = 0.5.

    Raises:
        UserError: as `lead_frequency`.
    """
    return formulas.call(formulas.lead_delay, advantage, cost, slope, threshold, force, lead=lead)


# --- steps instead of time -------------------------------------------------------------------


def step_bound(*, delay_steps: Number) -> Number:
    """The bound 2 sin(pi / (2 (2d + 1))) of rate times gain (ours).

    The map x(t+1) = x(t) + eta x(t)(1 - x(t))[a - u C p(x(t - d))] is stable iff eta b is below.

    Raises:
        UserError: a negative or broken number of steps.
    """
    steps = np.asarray(delay_steps, np.float64)
    formulas.require(steps >= 0, steps, "delay_steps must not be negative")
    formulas.require(steps == np.floor(steps), steps, "delay_steps must be a whole number")
    return formulas.plain(2.0 * np.sin(np.pi / (2.0 * (2.0 * steps + 1.0))))


def discrete_critical_delay(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    rate: Number,
    force: Number = 1.0,
) -> Number:
    """The number of steps of delay below which the discrete step of rate eta is stable (ours).

    (pi / (2 asin(eta b / 2)) - 1) / 2, `step_bound` solved for d; not a whole number as a rule.
    For a small rate it is the critical delay over eta, less one half.

    Raises:
        UserError: as `equilibrium`; the rate is not positive, or so large that even no delay is
            stable: eta b >= 2.
    """
    return formulas.call(
        formulas.discrete_delay, advantage, cost, slope, threshold, force, rate=rate
    )
