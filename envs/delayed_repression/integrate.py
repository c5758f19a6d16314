"""Numbers where there is no closed form: the delayed equation, and the published schemes.

Arguments broadcast, as in `theory`; results have the broadcast shape, and behind it the steps.
The compiled code is shared by all calls and kept in numba's cache.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from midcourse.core.engine import bind
from midcourse.envs.delayed_repression import formulas, schemes, theory

Number = Any  # a float or an array of floats
FINEST = 0.05  # default step in units of 1 / (u C), the time in which punishment acts
FEWEST = 4  # steps in a delay
OFFSET = 0.05  # the published start, above the equilibrium


@dataclass(frozen=True)
class Trajectories:
    """Solutions at every step: `times` and `shares`, float64 (..., steps + 1).

    Members whose steps are longer have fewer of them; what remains of their rows is NaN.
    """

    times: np.ndarray
    shares: np.ndarray


@dataclass(frozen=True)
class Tails:
    """What remains of solutions: extremes of the tail's share and its period, float64 (...)."""

    low: np.ndarray
    high: np.ndarray
    period: np.ndarray  # mean time between maxima; NaN where there are fewer than two

    @property
    def amplitude(self) -> np.ndarray:
        """Half the height of the tail, (high - low) / 2."""
        return 0.5 * (self.high - self.low)


def trajectories(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    delay: Number,
    duration: Number,
    start: Number | None = None,
    force: Number = 1.0,
    time_constant: Number = 0.0,
    lead: Number = 0.0,
    step: Number | None = None,
) -> Trajectories:
    """Solve the delayed replicator to fourth order in the step.

    Args:
        advantage: a, as all parameters a float or an array.
        cost: C.
        slope: k.
        threshold: x_c.
        delay: Delta; 0 is none.
        duration: time to be covered.
        start: the share up to time 0, in (0, 1); by default the equilibrium and 0.05.
        force: u.
        time_constant: T of a low-pass filter between share and alarm, T s' = x - s.
        lead: T_d; what is punished is s + T_d s'. Not together with a filter, nor without delay.
        step: the longest step; the one taken divides the delay. By default 0.05 / (u C).

    Raises:
        UserError: a parameter out of range, or no equilibrium to start from.
    """
    shape, table, lags, steps = _prepare(
        advantage, cost, slope, threshold, delay, duration, start, force, time_constant, lead, step
    )
    shares = np.full((len(table), int(steps.max()) + 1), np.nan)
    found = np.empty((len(table), 3))
    _compiled(schemes.integrate_all)(table, lags, steps, np.zeros_like(steps), shares, found)
    times = np.arange(shares.shape[1]) * table[:, schemes.STEP, None]
    times[np.isnan(shares)] = np.nan
    return Trajectories(times.reshape(*shape, -1), shares.reshape(*shape, -1))


def tails(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    delay: Number,
    duration: Number,
    start: Number | None = None,
    force: Number = 1.0,
    time_constant: Number = 0.0,
    lead: Number = 0.0,
    step: Number | None = None,
    tail: float = 0.5,
) -> Tails:
    """Solve as `trajectories` does, and keep only what the last share `tail` of the time shows.

    Needs no memory for the steps, so many parameters and long runs are cheap.

    Raises:
        UserError: as `trajectories`; or `tail` is not in (0, 1].
    """
    formulas.require(0.0 < tail <= 1.0, tail, "tail must lie in (0, 1]")
    shape, table, lags, steps = _prepare(
        advantage, cost, slope, threshold, delay, duration, start, force, time_constant, lead, step
    )
    found = np.empty((len(table), 3))
    begins = np.floor(steps * (1.0 - tail)).astype(np.int64)
    _compiled(schemes.integrate_all)(table, lags, steps, begins, np.empty((0, 0)), found)
    return Tails(*(found[:, column].reshape(shape) for column in range(3)))


def euler(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    delay: Number,
    duration: float = 120.0,
    step: float = 0.01,
    start: Number | None = None,
    force: Number = 1.0,
) -> np.ndarray:
    """Experiment 1 as published: Euler's scheme, shares float64 (..., duration / step + 1).

    The delay is int(delay / step) steps, the share is held to [1e-8, 1 - 1e-8] (arXiv 2605.30392
    and its code, run_ode_validation.py).

    Raises:
        UserError: as `trajectories`.
    """
    formulas.require(step > 0, step, "step must be positive")
    formulas.require(duration >= step, duration, "duration must be at least one step")
    shape, values = _arguments(
        advantage, cost, slope, threshold, delay, 1.0, start, force, 0.0, 0.0, step
    )
    lags = (values["delay"] / step).astype(np.int64)
    shares = np.empty((len(lags), int(duration / step) + 1))
    table = _table(values, values["step"])
    _compiled(schemes.published_all)(table, lags, np.zeros_like(lags), shares)
    return shares.reshape(*shape, -1)


def discrete_map(
    *,
    advantage: Number,
    cost: Number,
    slope: Number,
    threshold: Number,
    delay_steps: Number,
    rate: Number,
    steps: int = 2000,
    start: Number | None = None,
    force: Number = 1.0,
) -> np.ndarray:
    """Experiment 2 as published: shares of the discrete map, float64 (..., steps + 1).

    x(t+1) = x(t) + eta x(t)(1 - x(t))[a - u C p(x(t - d))], held to [1e-8, 1 - 1e-8]. The first d
    of the steps hold the start, which by default is held to [0.05, 0.95] (arXiv 2605.30392 and its
    code, run_discrete_meanfield.py).

    Raises:
        UserError: as `trajectories`; or `delay_steps` is no whole number in [0, steps].
    """
    shape, values = _arguments(
        advantage, cost, slope, threshold, delay_steps, 1.0, start, force, 0.0, 0.0, rate
    )
    given = values["delay"]
    formulas.require(given == np.floor(given), given, "delay_steps must be a whole number")
    formulas.require(given <= steps, given, f"delay_steps must not pass steps={steps}")
    if start is None:
        values["start"] = np.clip(values["start"], 0.05, 0.95)
    lags = given.astype(np.int64)
    shares = np.empty((len(lags), int(steps) + 1))
    _compiled(schemes.published_all)(_table(values, values["step"]), lags, lags, shares)
    return shares.reshape(*shape, -1)


# --- inside ----------------------------------------------------------------------------------


@cache
def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    return bind.compiled(function)


def _arguments(
    advantage: Any, cost: Any, slope: Any, threshold: Any, delay: Any, duration: Any, start: Any,
    force: Any, time_constant: Any, lead: Any, step: Any,
) -> tuple[tuple[int, ...], dict[str, np.ndarray]]:  # fmt: skip
    """The broadcast shape, and every argument checked, filled in and flat."""
    given = {"advantage": advantage, "cost": cost, "slope": slope, "threshold": threshold}
    given |= {"delay": delay, "duration": duration, "force": force}
    given |= {"time_constant": time_constant, "lead": lead}
    if start is None:
        five = {key: given[key] for key in ("advantage", "cost", "slope", "threshold", "force")}
        start = np.minimum(theory.equilibrium(**five) + OFFSET, 1.0 - schemes.EDGE)
    if step is None:
        punishment = np.multiply(*formulas.broadcast(cost=cost, force=force))
        formulas.require(punishment > 0, punishment, "force * cost must be positive")
        step = FINEST / punishment
    arrays = formulas.broadcast(**given, start=start, step=step)
    values = {
        name: array.ravel() for name, array in zip((*given, "start", "step"), arrays, strict=True)
    }
    for name, value in values.items():
        formulas.require(np.isfinite(value), value, f"{name} must be a finite number")
        if name in ("cost", "slope", "duration", "step"):
            formulas.require(value > 0, value, f"{name} must be positive")
        elif name in ("delay", "force", "time_constant", "lead"):
            formulas.require(value >= 0, value, f"{name} must not be negative")
    inside = (values["start"] > 0) & (values["start"] < 1)
    formulas.require(inside, values["start"], "start must lie between 0 and 1")
    return arrays[0].shape, values


def _prepare(
    *given: Any,
) -> tuple[tuple[int, ...], np.ndarray, np.ndarray, np.ndarray]:
    """Shape, table of parameters, delays in steps, and numbers of steps."""
    shape, values = _arguments(*given)
    delay, step, constant, lead = (values[k] for k in ("delay", "step", "time_constant", "lead"))
    formulas.require((lead == 0) | (constant == 0), lead, "lead must be 0 under a low-pass filter")
    formulas.require((lead == 0) | (delay > 0), lead, "lead must be 0 where there is no delay")
    slow = (constant == 0) | (step <= constant)
    formulas.require(slow, step, "step must not be longer than the time constant")
    lags = np.where(delay > 0, np.maximum(np.ceil(delay / step - 1e-9), FEWEST), 0.0)
    step = np.where(delay > 0, delay / np.maximum(lags, 1.0), step)
    steps = np.ceil(values["duration"] / step - 1e-9).astype(np.int64)
    return shape, _table(values, step), lags.astype(np.int64), steps


def _table(values: dict[str, np.ndarray], step: np.ndarray) -> np.ndarray:
    start = values["start"]
    columns = [values["advantage"], values["cost"] * values["force"], values["slope"]]
    columns += [values["threshold"], values["time_constant"], values["lead"]]
    columns += [np.log(start / (1.0 - start)), start, step]
    return np.stack(columns, axis=1)
