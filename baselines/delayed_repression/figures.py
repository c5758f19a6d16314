"""The figures of the page, drawn offscreen."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from midcourse.baselines.curve import replace
from midcourse.baselines.delayed_repression import cells, published
from midcourse.baselines.delayed_repression.cells import Cell
from midcourse.baselines.delayed_repression.numbers import interval, runaways, sustained
from midcourse.baselines.delayed_repression.sections import NAMES, Results
from midcourse.core.errors import UserError

COLOURS = {"fixed": "#6b7280", "reactive": "#c2410c", "learning": "#1d4ed8"}
STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}
Figures = dict[str, list[tuple[str, str]]]  # by experiment: file name, what it shows


def draw(page: Path, results: Results, args: Any) -> Figures:
    """Draw what the finished cells allow, into PNG files beside the page.

    Raises:
        UserError: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        raise UserError("figures need matplotlib: pip install 'midcourse[report]'") from None
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    drawn: Figures = {}
    with matplotlib.rc_context(STYLE):
        for experiment, name, painter, words in PICTURES:
            if experiment not in args.experiments:
                continue
            figure = painter(plt, results, args)
            file = f"{page.stem}_{name}.png"

            def save(beside: Path, figure: Any = figure) -> None:
                figure.savefig(beside, dpi=120, metadata={"Software": None})

            replace(page.with_name(file), save)
            plt.close(figure)
            drawn.setdefault(experiment, []).append((file, words))
    return drawn


def bifurcation(plt: Any, results: Results, args: Any) -> Any:
    """Experiment 1: extremes of the tail against the delay."""
    found = results[Cell(kind="bifurcation").name]
    rest = found["closed"]["paper"]["equilibrium"]
    figure, axes = plt.subplots(figsize=(7.2, 4.0))
    x = found["fractions"]
    axes.fill_between(x, found["low"], found["high"], color="#1d4ed8", alpha=0.15, linewidth=0)
    axes.plot(x, found["high"], color="#1d4ed8", label="published scheme, extremes of the tail")
    axes.plot(x, found["low"], color="#1d4ed8")
    near, exact = np.array(found["near"]), np.array(found["amplitude"])
    middle = np.interp(near, x, (np.array(found["low"]) + np.array(found["high"])) / 2)
    root = np.linspace(1.0, 1.6, 200)
    scale = found["root"][found["near"].index(1.01)] / np.sqrt(0.01)
    for sign in (1, -1):
        axes.plot(
            root, rest + sign * scale * np.sqrt(root - 1.0), "--", color="#c2410c",
            label="x* ± square-root law" if sign > 0 else None,
        )  # fmt: skip
        axes.plot(
            near, middle + sign * exact, "o", color="black", markersize=3.5,
            label="fourth order, half-height" if sign > 0 else None,
        )  # fmt: skip
    axes.axvline(1.0, color="grey", linestyle=":", linewidth=1)
    axes.set(xlabel="delay / critical delay", ylabel="radical share x", ylim=(0, 1.0), xlim=(0, 4))
    figure.legend(loc="outside upper center", ncols=3, fontsize=8)
    return figure


def phase_map(plt: Any, results: Results, args: Any) -> Any:
    """Experiment 2: regimes over delay and rate."""
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    found = results[Cell(kind="map").name]
    regime = np.array(found["regime"])
    figure, axes = plt.subplots(figsize=(7.2, 3.2))
    colours = ("#d1fae5", "#fde68a", "#fca5a5")
    axes.imshow(
        regime, aspect="auto", origin="lower", cmap=ListedColormap(colours), vmin=0, vmax=2,
        extent=(-0.5, regime.shape[1] - 0.5, -0.5, len(regime) - 0.5), interpolation="nearest",
    )  # fmt: skip
    for i, bound in enumerate(found["bound"]):
        at = -0.5 if bound is None else min(bound, regime.shape[1])
        axes.plot([at, at], [i - 0.5, i + 0.5], color="black", linewidth=2)
    axes.set_yticks(range(len(regime)), [f"{rate:g}" for rate in found["rates"]])
    axes.set(xlabel="delay, steps", ylabel="rate")
    legend = [Patch(color=c, label=n) for c, n in zip(colours, REGIMES, strict=True)]
    legend.append(axes.plot([], [], color="black", linewidth=2, label="linear bound")[0])
    figure.legend(handles=legend, loc="outside upper center", ncols=4, fontsize=8)
    return figure


REGIMES = ("stable", "oscillatory", "runaway")


def _band(axes: Any, x: Sequence[float], hits: list[np.ndarray], colour: str, **style: Any) -> None:
    """Percentages with a band for their intervals."""
    low, high = zip(*(interval(h) for h in hits), strict=True)
    axes.plot(x, [100.0 * h.mean() for h in hits], color=colour, **style)
    axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)


def _dots(
    axes: Any, row: Mapping[Any, float], x: Mapping[Any, float], colour: str, label: str
) -> None:
    """Published percentages with their intervals, slightly aside."""
    from midcourse.static import wilson

    shown = [key for key in row if key in x]
    ends = [wilson(row[key] / 100.0, published.SEEDS) for key in shown]
    y = np.array([row[key] for key in shown], float)
    low = y - 100.0 * np.array([e[0] for e in ends])
    high = 100.0 * np.array([e[1] for e in ends]) - y
    axes.errorbar(
        [x[key] for key in shown], y, np.maximum([low, high], 0.0), fmt="s", color=colour,
        markersize=4, capsize=2, linewidth=1, label=label, markerfacecolor="white",
    )  # fmt: skip


def architectures(plt: Any, results: Results, args: Any) -> Any:
    """Experiment 5: runaways against delay, whole run and sustained."""
    chosen = args.delays or cells.CROSSED_DELAYS
    figure, both = plt.subplots(1, 2, figsize=(9.0, 3.8), sharey=True)
    for population in cells.POPULATIONS:
        found = [results[cells.crossed(population, d).name] for d in chosen]
        colour, name = COLOURS[population], NAMES[population]
        _band(both[0], chosen, [runaways(r) for r in found], colour, label=f"{name}, ours")
        _band(both[1], chosen, [sustained(r) for r in found], colour, label=f"{name}, ours")
        at = {d: float(d) for d in chosen}
        _dots(both[0], published.CROSSED[population], at, colour, f"{name}, published")
        if population in published.FRESH_CROSSED:
            row = published.FRESH_CROSSED[population]
            shown = [d for d in row if d in chosen]
            both[0].plot(
                shown, [row[d] for d in shown], "x", color=colour, markersize=6,
                label=f"{name}, published program, other seeds",
            )  # fmt: skip
    both[0].set(title="runaway (whole run)", xlabel="delay", ylabel="% of runs", ylim=(-3, 103))
    both[1].set(title="sustained (last half)", xlabel="delay")
    for axes in both:
        axes.locator_params("x", integer=True)
    handles, labels = both[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8)
    return figure


def sweep(plt: Any, results: Results, args: Any) -> Any:
    """Experiment 3: runaways of Q-learning citizens against delay."""
    chosen = args.delays or cells.SWEEP_DELAYS
    found = [results[cells.delay_sweep(d).name] for d in chosen]
    at = {d: float(d) for d in chosen}
    rows = (published.DELAY_SWEEP, published.FRESH_DELAY_SWEEP)
    return _learning(plt, found, at, rows, "delay")


def sharpness(plt: Any, results: Results, args: Any) -> Any:
    """Experiment 4: runaways of Q-learning citizens against slope."""
    found = [results[cells.slope_sweep(k).name] for k in cells.SLOPES]
    rows = ({k: row[2] for k, row in published.SLOPE_SWEEP.items()}, published.FRESH_SLOPE_SWEEP)
    return _learning(plt, found, {k: k for k in cells.SLOPES}, rows, "slope k")


def _learning(plt: Any, found: Any, at: Any, rows: Any, label: str) -> Any:
    figure, axes = plt.subplots(figsize=(6.4, 3.8))
    blue = COLOURS["learning"]
    _band(axes, list(at.values()), [runaways(r) for r in found], blue, label="runaway, ours")
    lasting = [sustained(r) for r in found]
    _band(axes, list(at.values()), lasting, "#0f766e", label="sustained, ours")
    _dots(axes, rows[0], at, blue, "published")
    shown = [key for key in rows[1] if key in at]
    axes.plot(
        [at[key] for key in shown], [rows[1][key] for key in shown], "x", color=blue,
        markersize=6, label="published program, other seeds",
    )  # fmt: skip
    axes.set(xlabel=label, ylabel="% of runs", ylim=(-3, 103))
    axes.legend(loc="upper left", fontsize=8, ncols=2)
    return figure


def series(plt: Any, results: Results, args: Any) -> Any:
    """Experiment 5: the radical share over time in one run of each kind."""
    chosen = args.delays or cells.TRACE_DELAYS
    size = (9.0, 1.7 * len(cells.POPULATIONS) + 0.4)
    figure, grid = plt.subplots(
        len(cells.POPULATIONS), len(chosen), figsize=size, sharex=True, sharey=True, squeeze=False
    )
    for row, population in zip(grid, cells.POPULATIONS, strict=True):
        for axes, d in zip(row, chosen, strict=True):
            share = results[cells.trace(population, d).name]["share"]
            axes.plot(share, color=COLOURS[population], linewidth=0.7)
            axes.axhline(0.40, color="black", linestyle=":", linewidth=0.8)
            axes.set_title(f"{NAMES[population]}, delay {d}", fontsize=9)
        row[0].set_ylabel("radical share")
    for axes in grid[-1]:
        axes.set_xlabel("step")
    return figure


def equation_portrait(plt: Any, results: Results, args: Any) -> Any:
    """Experiment 1: x(t) against x one delay ago."""
    found = results[Cell(kind="bifurcation").name]["loops"]
    rest = results[Cell(kind="bifurcation").name]["closed"]["paper"]["equilibrium"]
    figure, axes = plt.subplots(figsize=(6.0, 4.6))
    colours = ["#6b7280", *plt.get_cmap("viridis")(np.linspace(0.0, 0.85, len(found) - 1))]
    for (fraction, (now, before)), colour in zip(found.items(), colours, strict=True):
        axes.plot(before, now, color=colour, linewidth=1.0, label=fraction)
    axes.plot(rest, rest, "+", color="black", markersize=9, label="x*")
    axes.set(xlabel="x one delay ago", ylabel="x now", xlim=(0, 1), ylim=(0, 1))
    axes.set_box_aspect(1)
    figure.legend(title="delay / critical", loc="outside right upper", fontsize=8, title_fontsize=8)
    return figure


def population_portrait(plt: Any, results: Results, args: Any) -> Any:
    """Experiment 5: radical share against the alarm that is heard, one run of each."""
    chosen = args.delays or cells.TRACE_DELAYS
    shown = ("reactive", "learning")
    figure, grid = plt.subplots(
        len(shown), len(chosen), figsize=(9.0, 5.2), sharex=True, sharey=True, squeeze=False
    )
    for row, population in zip(grid, shown, strict=True):
        for axes, d in zip(row, chosen, strict=True):
            found = results[cells.trace(population, d).name]
            half = len(found["share"]) // 2
            for part, colour, name in (
                (slice(0, half + 1), "#9ca3af", "first half"),
                (slice(half, None), COLOURS[population], f"last half, {NAMES[population]}"),
            ):
                alarm, share = found["delayed_alarm"][part], found["share"][part]
                axes.plot(alarm, share, color=colour, linewidth=0.6, label=name)
            axes.axvline(0.72, color="black", linestyle=":", linewidth=0.8)
            axes.set_title(f"{NAMES[population]}, delay {d}", fontsize=9)
        row[0].set_ylabel("radical share")
    for axes in grid[-1]:
        axes.set_xlabel("alarm that is heard")
    named = dict(entry for row in grid for entry in _entries(row[0]))
    figure.legend(named.values(), named.keys(), loc="outside upper center", ncols=3, fontsize=8)
    return figure


def _entries(axes: Any) -> list[tuple[str, Any]]:
    handles, labels = axes.get_legend_handles_labels()
    return list(zip(labels, handles, strict=True))


PICTURES = (
    ("1", "bifurcation", bifurcation,
     "Bifurcation of the delayed equation: extremes of the tail against the delay."),
    ("1", "portrait", equation_portrait,
     "Phase portrait of the delayed equation: decay below the critical delay, cycles above."),
    ("2", "map", phase_map, "Regimes of the discrete map, and where linear stability ends."),
    ("3", "delays", sweep, "Runaways of Q-learning citizens at k = 20 against the delay."),
    ("4", "slopes", sharpness, "Runaways of Q-learning citizens at delay 15 against the slope."),
    ("5", "architectures", architectures,
     "Runaways against the delay for the three kinds of citizens; bands and bars: 95 % intervals."),
    ("5", "series", series, "Radical share over time, one run each; dotted: 0.40."),
    ("5", "alarm", population_portrait,
     "Radical share against the alarm that is heard, one run each; dotted: the threshold."),
)  # fmt: skip
