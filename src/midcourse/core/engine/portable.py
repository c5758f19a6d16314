"""Exponential, logarithm and logistic function whose bits are the same on every machine.

A library's `exp` differs in its last bit between machines, and a compiler's from Python's. These
take only additions, multiplications, one division and one rounding of float64, in a fixed order,
so that a world of continuous science keeps its bytes as a world of integers does.
"""

import math

import numpy as np

INVERSE_LN2 = 1.4426950408889634
LN2_HIGH = 0.6931471803691238  # its last 32 bits are zero: a product with a small integer is exact
LN2_LOW = 1.9082149292705877e-10
TAYLOR = (
    1.0 / 6227020800.0,
    1.0 / 479001600.0,
    1.0 / 39916800.0,
    1.0 / 3628800.0,
    1.0 / 362880.0,
    1.0 / 40320.0,
    1.0 / 5040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
)


def exponential(x):
    """e**x for x in [-700, 700], beyond which x is held; relative error under 3e-16."""
    x = min(max(x, -700.0), 700.0)
    n = math.floor(x * INVERSE_LN2 + 0.5)
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    value = 0.0
    for coefficient in TAYLOR:
        value = value * r + coefficient
    # times 2.0**n, written as its bits: `ldexp` is a call, which keeps a loop out of wide registers
    return value * float(np.int64((n + 1023) << 52).view(np.float64))


def sigmoid(x):
    """1 / (1 + e**-x)."""
    return 1.0 / (1.0 + exponential(-x))


def logarithm(x):
    """Natural logarithm of a positive finite x; relative error under 3e-16 away from x = 1."""
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa *= 2.0
        exponent -= 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square = s * s
    value = 0.0
    for n in range(23, 0, -2):
        value = value * square + 1.0 / n
    return exponent * LN2_HIGH + (exponent * LN2_LOW + 2.0 * s * value)
