"""The formulas behind `theory`, over arrays that have been checked and broadcast."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from midcourse.core.errors import UserError

TRANSVERSALITY = 1.0 + math.pi**2 / 4.0  # Re d(lambda)/d(Delta) at onset is b**2 / this


def call(formula: Callable[..., Any], *five: Any, **more: Any) -> Any:
    """A formula over broadcast float64 arrays; a float where all arguments are scalars."""
    names = ("advantage", "cost", "slope", "threshold", "force", *more)
    given = dict(zip(names, (*five, *more.values()), strict=True))
    values = broadcast(**given)
    for name, value in zip(names, values, strict=True):
        require(np.isfinite(value), value, f"{name} must be a finite number")
        if name in ("advantage", "cost", "slope", "force", "rate"):
            require(value > 0, value, f"{name} must be positive")
        elif name != "threshold":
            require(value >= 0, value, f"{name} must not be negative")
    return plain(formula(*values))


def broadcast(**given: Any) -> list[np.ndarray]:
    """Arguments as float64 arrays of one shape.

    Raises:
        UserError: one is no number, or their shapes do not fit together.
    """
    arrays = []
    for name, value in given.items():
        try:
            arrays.append(np.asarray(value, np.float64))
        except (TypeError, ValueError):
            raise UserError(f"{name} must be a number or an array, not {value!r}") from None
    try:
        return list(np.broadcast_arrays(*arrays))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in zip(given, arrays))  # noqa: B905
        raise UserError(f"these shapes do not broadcast: {shapes}") from None


def plain(value: np.ndarray) -> Any:
    """A float where there is only one number."""
    return float(value) if np.ndim(value) == 0 else value


def require(condition: Any, value: Any, sentence: str) -> None:
    """Raise the sentence with the first value for which the condition fails."""
    good = np.asarray(condition)
    if not good.all():
        first = float(np.broadcast_to(value, good.shape)[~good].ravel()[0])
        raise UserError(f"{sentence}, not {first:.6g}")


def equilibrium(a: Any, cost: Any, k: Any, center: Any, force: Any) -> Any:
    """x*, or the sentence that says why there is none."""
    rho = a / (cost * force)
    low, high = (1.0 / (1.0 + np.exp(-k * (edge - center))) for edge in (0.0, 1.0))
    good = (low < rho) & (rho < high)
    if not good.all():
        first = tuple(float(v[~good].ravel()[0]) for v in np.broadcast_arrays(rho, low, high))
        raise UserError(
            "no interior equilibrium: advantage / (force * cost) = {:.6g} must lie between "
            "p(0) = {:.6g} and p(1) = {:.6g}".format(*first)
        )
    return center + np.log(rho / (1.0 - rho)) / k


def gain(a: Any, cost: Any, k: Any, center: Any, force: Any) -> Any:
    """b."""
    rest = equilibrium(a, cost, k, center, force)
    return a * k * rest * (1.0 - rest) * (1.0 - a / (cost * force))


def lyapunov(a: Any, cost: Any, k: Any, center: Any, force: Any) -> Any:
    """Re c1(0)."""
    rest, rho, pi = equilibrium(a, cost, k, center, force), a / (cost * force), np.pi
    first, second = rest * (1.0 - rest), 1.0 - 2.0 * rest
    q = (3 * pi - 2) - (7 * pi - 8) * rho * (1.0 - rho)
    bracket = 2 * q * (first * k) ** 2 - (7 * pi - 8) * (2 * rho - 1) * first * k * second
    bracket = bracket + 2 * (3 * pi - 2) * second**2 + 10 * pi * first
    return cost * force * k * rho / (5 * first * (4 + pi**2)) * (rho - 1.0) * bracket


def amplitude(a: Any, cost: Any, k: Any, center: Any, force: Any, delay: Any) -> Any:
    """The square-root law."""
    five = (a, cost, k, center, force)
    b = gain(*five)
    mu = -lyapunov(*five) * TRANSVERSALITY / b**2
    return 2.0 * np.sqrt(np.maximum(delay - np.pi / (2.0 * b), 0.0) / mu)


def low_pass_frequency(a: Any, cost: Any, k: Any, center: Any, force: Any, constant: Any) -> Any:
    """omega under a low-pass filter."""
    b = gain(a, cost, k, center, force)
    # (sqrt(1 + 4s) - 1) / (2 T**2) with s = (T b)**2, written so that T = 0 loses nothing.
    return b * np.sqrt(2.0 / (1.0 + np.sqrt(1.0 + 4.0 * (constant * b) ** 2)))


def low_pass_delay(a: Any, cost: Any, k: Any, center: Any, force: Any, constant: Any) -> Any:
    """The critical delay under a low-pass filter."""
    frequency = low_pass_frequency(a, cost, k, center, force, constant)
    return np.arctan2(1.0, constant * frequency) / frequency


def lead_frequency(a: Any, cost: Any, k: Any, center: Any, force: Any, lead: Any) -> Any:
    """omega under lead."""
    b = gain(a, cost, k, center, force)
    product = b * lead
    require(product < 1.0, product, "the lead is too strong: gain * lead must be below 1")
    return b / np.sqrt(1.0 - product**2)


def lead_delay(a: Any, cost: Any, k: Any, center: Any, force: Any, lead: Any) -> Any:
    """The critical delay under lead."""
    frequency = lead_frequency(a, cost, k, center, force, lead)
    return (0.5 * np.pi + np.arctan(lead * frequency)) / frequency


def discrete_delay(a: Any, cost: Any, k: Any, center: Any, force: Any, rate: Any) -> Any:
    """The critical number of steps."""
    product = rate * gain(a, cost, k, center, force)
    require(product < 2.0, product, "no delay is stable: rate * gain must be below 2")
    return (np.pi / (2.0 * np.arcsin(product / 2.0)) - 1.0) / 2.0
