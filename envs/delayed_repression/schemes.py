"""The delayed replicator, step by step: plain scalar Python that `integrate` compiles.

In the logit y = ln(x / (1 - x)) the equation is y' = a - u C p(s(t - Delta)), whose right-hand
side knows only the past. A Runge-Kutta step of fourth order is then Simpson's rule, and with the
delay a whole number of steps the past that it asks for lies at the ends and the middles of earlier
steps. So both are kept and nothing is interpolated; what jumps (at the start, and once a delay
later) does so between two steps, where it costs no order.
"""

import numpy as np

from midcourse.core.engine.portable import sigmoid

ADVANTAGE, COST, SLOPE, THRESHOLD, CONSTANT, LEAD, LOGIT, START, STEP = range(9)  # of a table's row
LOW, HIGH, PERIOD = range(3)  # of a row of statistics
EDGE = 1e-8  # the published schemes hold the share this far from 0 and 1


def growth(row, signal):
    """y' under a signal that has arrived."""
    return row[ADVANTAGE] - row[COST] * sigmoid(row[SLOPE] * (signal - row[THRESHOLD]))


def instant(row, y, s):
    """One step of (y, s) without delay, by the classical Runge-Kutta scheme."""
    h = row[STEP]
    y_sum = 0.0
    s_sum = 0.0
    y_rate = 0.0
    s_rate = 0.0
    for stage in range(4):
        reach = 0.0 if stage == 0 else (h if stage == 3 else 0.5 * h)
        share = sigmoid(y + reach * y_rate)
        signal = s + reach * s_rate
        s_rate = 0.0
        if row[CONSTANT] > 0.0:
            s_rate = (share - signal) / row[CONSTANT]
        else:
            signal = share
        y_rate = growth(row, signal)
        weight = 1.0 if stage == 0 or stage == 3 else 2.0
        y_sum += weight * y_rate
        s_sum += weight * s_rate
    return y + h / 6.0 * y_sum, s + h / 6.0 * s_sum


def smooth(s, first, middle, last, constant, h):
    """The low-pass filter T s' = x - s over one step, given x at its start, middle and end."""
    k1 = (first - s) / constant
    k2 = (middle - (s + 0.5 * h * k1)) / constant
    k3 = (middle - (s + 0.5 * h * k2)) / constant
    k4 = (last - (s + h * k3)) / constant
    end = s + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    # The cubic through both ends and their rates.
    half = 0.5 * (s + end) + 0.125 * h * (k1 - (last - end) / constant)
    return half, end


def integrate_one(row, lag, steps, tail, shares, found):
    """Integrate one equation.

    Args:
        row: its parameters, float64 (9,); the cost holds the force, too.
        lag: the delay in steps.
        steps: how many to take.
        tail: statistics are taken from this step on.
        shares: float64 (steps + 1,) for the shares, or of length 0 if they are not wanted.
        found: float64 (3,) for the lowest and highest share of the tail, and its period, the mean
            time between two maxima; NaN if there are fewer than two.
    """
    h = row[STEP]
    y = row[LOGIT]
    x = row[START]
    s = x
    ring = np.empty((max(lag, 1), 3))  # the signal at start, middle and end of past steps
    for i in range(len(ring)):
        for j in range(3):
            ring[i, j] = x
    if len(shares) > 0:
        shares[0] = x
    low = x if tail == 0 else 1.0
    high = x if tail == 0 else 0.0
    peaks = 0
    first_peak = 0.0
    last_peak = 0.0
    for n in range(steps):
        if lag == 0:
            before = growth(row, s if row[CONSTANT] > 0.0 else x)
            y, s = instant(row, y, s)
            x = sigmoid(y)
            after = growth(row, s if row[CONSTANT] > 0.0 else x)
        else:
            past = ring[n % lag]
            before = growth(row, past[0])
            middle = growth(row, past[1])
            after = growth(row, past[2])
            start = x
            half = sigmoid(y + h / 24.0 * (5.0 * before + 8.0 * middle - after))
            y = y + h / 6.0 * (before + 4.0 * middle + after)
            x = sigmoid(y)
            if row[CONSTANT] > 0.0:
                past[0] = s
                past[1], s = smooth(s, start, half, x, row[CONSTANT], h)
                past[2] = s
            else:
                past[0] = start + row[LEAD] * start * (1.0 - start) * before
                past[1] = half + row[LEAD] * half * (1.0 - half) * middle
                past[2] = x + row[LEAD] * x * (1.0 - x) * after
        if len(shares) > 0:
            shares[n + 1] = x
        if n + 1 >= tail:
            low = min(low, x)
            high = max(high, x)
            if before > 0.0 and after <= 0.0:
                last_peak = h * (n + before / (before - after))
                if peaks == 0:
                    first_peak = last_peak
                peaks += 1
    found[LOW] = low
    found[HIGH] = high
    found[PERIOD] = (last_peak - first_peak) / (peaks - 1) if peaks > 1 else np.nan


def integrate_all(table, lags, steps, tails, shares, found):
    """`integrate_one` for each row of a table; `shares` has a row each, or none at all."""
    for i in range(len(table)):
        kept = shares[i, : steps[i] + 1] if len(shares) > 0 else found[i, :0]
        integrate_one(table[i], lags[i], steps[i], tails[i], kept, found[i])


def published_all(table, lags, first, shares):
    """x(t+1) = x(t) + h x(t)(1 - x(t))[a - u C p(x(t - d))], held to [1e-8, 1 - 1e-8].

    Row i holds its start up to step `first[i]` and moves from there.
    """
    for i in range(len(table)):
        row = table[i]
        for t in range(first[i] + 1):
            shares[i, t] = row[START]
        for t in range(first[i], shares.shape[1] - 1):
            x = shares[i, t]
            rate = growth(row, shares[i, max(0, t - lags[i])])
            moved = x + row[STEP] * x * (1.0 - x) * rate
            shares[i, t + 1] = min(max(moved, EDGE), 1.0 - EDGE)
