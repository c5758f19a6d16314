"""The tables of each experiment: published numbers beside ours."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from midcourse.baselines.delayed_repression import cells, published
from midcourse.baselines.delayed_repression.cells import Cell
from midcourse.baselines.delayed_repression.numbers import (
    percent,
    reaches,
    regimes,
    runaways,
    sustained,
)
from midcourse.baselines.delayed_repression.numbers import published as told

Results = Mapping[str, dict[str, Any]]  # of cells, by name
NAMES = {"fixed": "fixed", "reactive": "reactive", "learning": "Q-learning"}
COLUMNS = ("published", "published program, other seeds", "runaway", "sustained")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def equation(results: Results, args: Any) -> list[str]:
    """Experiment 1."""
    found = results[Cell(kind="bifurcation").name]
    paper, check = found["closed"]["paper"], found["closed"]["check"]
    fractions = np.array(found["fractions"])
    width = np.array(found["high"]) - np.array(found["low"])
    onset = fractions[np.argmax((width > 0.02) & (fractions > 0.5))]
    rows = [
        (f"{near:g}", f"{a:.5f}", f"{root:.5f}", "" if period is None else f"{period:.3f}")
        for near, a, root, period in zip(
            *(found[key] for key in ("near", "amplitude", "root", "period")), strict=True
        )
        if near > 1.0
    ]
    sharp = [f"{k:g}" for k in found["sharpness"]]
    return [
        "## Experiment 1: the delayed equation",
        "",
        "a = 2, C = 7, k = 10, x_c = 0.72. Closed forms: "
        f"x* = {paper['equilibrium']:.5f}, b = {paper['gain']:.5f}, critical delay "
        f"{paper['critical_delay']:.5f}, period at onset {paper['onset_period']:.3f}, Re c1(0) = "
        f"{paper['lyapunov']:.2f}. At the paper's check point (2, 5, 10, 0.5), Re c1(0) = "
        f"{check['lyapunov']:.2f}; published {published.CHECK_LYAPUNOV}.",
        "",
        f"The published scheme (Euler, 0.01, time 120, {len(fractions)} delays): the tail is wider "
        f"than 0.02 from {onset:.3f} critical delays on, the sweep's steps being "
        f"{fractions[1]:.3f}. Below are cycles of a fourth-order solution after they have grown; "
        "half-height beside the square-root law, which holds near the onset.",
        "",
        *table(["delay / critical", "half-height", "square root", "period / critical"], rows),
        "",
        "Slopes at 1.5 critical delays. The paper's caption says that a higher slope gives larger "
        "cycles; the equation, by its scheme as by ours, gives smaller ones.",
        "",
        *table(
            ["slope k", *sharp],
            [
                ["half-height", *(f"{a:.3f}" for a in found["sharp_amplitude"])],
                ["critical delay", *(f"{d:.3f}" for d in found["sharp_critical"])],
            ],
        ),
        "",
    ]


def discrete(results: Results, args: Any) -> list[str]:
    """Experiment 2."""
    found = results[Cell(kind="map").name]
    rows = []
    for rate, regime, bound in zip(
        *(found[key] for key in ("rates", "regime", "bound")), strict=True
    ):
        first = [_first(regime, least) for least in (1, 2)]
        share = "" if bound is None else f"{bound * rate / found['critical_delay']:.3f}"
        rows.append([f"{rate:g}", "none" if bound is None else f"{bound:.2f}", share, *first])
    return [
        "## Experiment 2: the discrete map",
        "",
        "Delays 0 to 60 steps, 2,000 steps, published labels (runaway: above 0.95; oscillatory: "
        "tail wider than 0.05). The linear bound is the delay up to which small departures die "
        "out; times the rate and over the critical delay it tends to 1, from below, as the rate "
        "goes to 0. At the rate 0.01 the 2,000 steps are only 20 units of time, too few for "
        "departures near the bound to die out. Published: figures only, which say the same.",
        "",
        *table(
            [
                "rate", "linear bound, steps", "bound x rate / critical delay",
                "first delay not stable", "first delay runaway",
            ],
            rows,
        ),
        "",
    ]  # fmt: skip


def _first(regime: Sequence[int], least: int) -> str:
    found = [delay for delay, label in enumerate(regime) if label >= least]
    return str(found[0]) if found else "none"


def delays(results: Results, args: Any) -> list[str]:
    """Experiment 3."""
    chosen = args.delays or cells.SWEEP_DELAYS
    rows = [
        _row(
            d,
            results[cells.delay_sweep(d).name],
            published.DELAY_SWEEP,
            published.FRESH_DELAY_SWEEP,
        )
        for d in chosen
    ]
    return [
        "## Experiment 3: Q-learning citizens, k = 20, by delay",
        "",
        *table(["delay", *COLUMNS], rows),
        "",
    ]


def _row(
    label: Any,
    result: dict[str, Any],
    row: Mapping[Any, float],
    fresh: Mapping[Any, float],
    runs: int = published.SEEDS,
) -> list[str]:
    """Published, quoted, and our share of runaways, whole run and sustained."""
    theirs = told(row[label], runs) if label in row else ""
    quoted = f"{fresh[label]:g}" if label in fresh else ""
    return [f"{label:g}", theirs, quoted, percent(runaways(result)), percent(sustained(result))]


def slopes(results: Results, args: Any) -> list[str]:
    """Experiment 4."""
    rows = []
    for k in cells.SLOPES:
        result = results[cells.slope_sweep(k).name]
        shares = {slope: row[2] for slope, row in published.SLOPE_SWEEP.items()}
        row = _row(k, result, shares, published.FRESH_SLOPE_SWEEP)
        three = " / ".join(f"{share}" for share in published.SLOPE_SWEEP[k])
        rows.append([row[0], three, _three(result), *row[1:]])
    columns = ["k", "published: stable / oscillatory / runaway", "ours"]
    columns += [COLUMNS[0], COLUMNS[1], "ours, runaway", "sustained"]
    return [
        f"## Experiment 4: Q-learning citizens, delay {cells.SLOPES_DELAY}, by slope",
        "",
        *table(columns, rows),
        "",
    ]


def _three(result: dict[str, Any]) -> str:
    return " / ".join(f"{share:.0f}" for share in regimes(result))


def crossed(results: Results, args: Any) -> list[str]:
    """Experiment 5."""
    text = ["## Experiment 5: three kinds of citizens, k = 10, by delay", ""]
    chosen = args.delays or cells.CROSSED_DELAYS
    for population in cells.POPULATIONS:
        rows = []
        for d in chosen:
            result = results[cells.crossed(population, d).name]
            row = published.CROSSED[population]
            fresh = published.FRESH_CROSSED.get(population, {})
            inside = ""
            if d in row:
                inside = "yes" if reaches(runaways(result), row[d], published.SEEDS) else "no"
            when = np.array(result["when"])[runaways(result)]
            peak = f"{np.median(when):.0f}" if len(when) else ""
            mean = f"{np.mean(result['tail_mean']):.3f}"
            rows.append([*_row(d, result, row, fresh), inside, peak, mean])
        columns = ["delay", *COLUMNS, "runaway within published interval"]
        columns += ["median step of a runaway's highest share", "radical share in the last half"]
        text += [f"**{NAMES[population].capitalize()} citizens**", "", *table(columns, rows), ""]
    return text


def ablation(results: Results, args: Any) -> list[str]:
    """Experiment 6."""
    rows = []
    for name, cell in cells.ablation().items():
        result, three = results[cell.name], published.ABLATION[name]
        fresh = published.FRESH_ABLATION.get(name)
        quoted = "" if fresh is None else f"{fresh:g}"
        row = [name, " / ".join(str(share) for share in three), _three(result)]
        rows.append([*row, told(three[2], published.SEEDS), quoted, percent(runaways(result))])
    columns = ["condition", "published: stable / oscillatory / runaway", "ours"]
    return [
        f"## Experiment 6: a learning regulator, delay {cells.REGULATOR_DELAY}",
        "",
        *table([*columns, "published runaway", COLUMNS[1], "ours, runaway"], rows),
        "",
    ]


def robustness(results: Results, args: Any) -> list[str]:
    """The fine sweep, networks, learning parameters, thresholds."""
    checked = args.delays or cells.CHECK_DELAYS
    columns = [f"delay {d}" for d in checked]
    return [
        "## Robustness",
        "",
        "**Reactive citizens, fine sweep**: stable / oscillatory / runaway.",
        "",
        *table(["delay", "published", "ours", "runaway", "sustained"], _fine(results, args)),
        "",
        f"**Networks**: runaway, published ({published.NETWORK_SEEDS} seeds), then ours. The last "
        "two networks are not in the paper.",
        "",
        *table(["network", "citizens", *columns], _networks(results, checked)),
        "",
        "**Learning rate and discount**: runaway of Q-learning citizens, published "
        f"({published.LEARNING_SEEDS} seeds), then ours.",
        "",
        *table(["alpha, gamma", *columns], _learners(results, checked)),
        "",
        *thresholds(results, checked),
    ]


def _fine(results: Results, args: Any) -> list[list[str]]:
    rows = []
    for d in args.delays or cells.FINE_DELAYS:
        result = results[cells.crossed("reactive", d).name]
        three = " / ".join(str(share) for share in published.FINE.get(d, ()))
        shares = [percent(runaways(result)), percent(sustained(result))]
        rows.append([str(d), three, _three(result), *shares])
    return rows


def _networks(results: Results, checked: Sequence[int]) -> list[list[str]]:
    rows = []
    for name in cells.NETWORKS:
        for population in cells.POPULATIONS:
            row = published.NETWORKS.get(name, {}).get(population, {})
            cell = partial(cells.network, name, population)
            shares = _beside(results, row, checked, published.NETWORK_SEEDS, cell)
            rows.append([name, NAMES[population], *shares])
    return rows


def _learners(results: Results, checked: Sequence[int]) -> list[list[str]]:
    rows = []
    for a in cells.LEARNING_RATES:
        for g in cells.DISCOUNTS:
            row, cell = published.LEARNING[a, g], partial(cells.learner, a, g)
            shares = _beside(results, row, checked, published.LEARNING_SEEDS, cell)
            rows.append([f"{a:g}, {g:g}", *shares])
    return rows


def _beside(
    results: Results,
    row: Mapping[int, float],
    chosen: Iterable[int],
    runs: int,
    cell: Callable[[int], Cell],
) -> list[str]:
    """Published and ours in one field, for each delay."""
    found = []
    for d in chosen:
        ours = percent(runaways(results[cell(d).name]))
        found.append(f"{told(row[d], runs)}; **{ours}**" if d in row else f"**{ours}**")
    return found


def thresholds(results: Results, checked: Sequence[int]) -> list[str]:
    """How the shares of runaways depend on the threshold."""
    longest = max(checked)
    levels = (0.30, 0.35, 0.40, 0.45, 0.50)
    rows = []
    for population in cells.POPULATIONS:
        result = results[cells.crossed(population, longest).name]
        rows.append([NAMES[population], *(percent(runaways(result, level)) for level in levels)])
    quoted = ", ".join(f"{share} % at {level:.2f}" for level, share in published.THRESHOLDS.items())
    return [
        f"**Threshold of runaway**, at delay {longest}. Published, for reactive citizens at delay "
        f"20: {quoted}; the order fixed, Q-learning, reactive at every threshold.",
        "",
        *table(["citizens", *(f"{level:.2f}" for level in levels)], rows),
        "",
    ]
