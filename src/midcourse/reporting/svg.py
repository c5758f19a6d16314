"""Plots as SVG text: learning curves, and bars with intervals. Both scale with the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isnan

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 10, 40  # margins around the plotted area
# Okabe and Ito's colours, which the colour-blind tell apart; grey and black for floors and ceiling
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
FIXED = {
    "random": "#b9bec7",
    "do-nothing": "#8a919e",
    "cannot-be-done": "#5d6571",
    "oracle": "#2f3542",
}


@dataclass(frozen=True)
class Curve:
    """A named line through points (x, y), y in [0, 1]."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Bar:
    """A named mean in [0, 1] with its interval."""

    name: str
    mean: float
    low: float
    high: float


def colours(names: Sequence[str]) -> dict[str, str]:
    """A colour for each name, the same wherever the names are the same."""
    free = [name for name in dict.fromkeys(names) if name not in FIXED]
    return FIXED | {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(free)}


def plot_curves(curves: Sequence[Curve], x_label: str, colour_of: dict[str, str]) -> str:
    """Learning curves over a common x axis that starts at 0."""
    end = max((x for curve in curves for x, _ in curve.points), default=0.0) or 1.0
    parts = [_axis()]
    for share in (0.0, 0.5, 1.0):
        x = _x(share)
        anchor = ("start", "middle", "end")[round(share * 2)]
        parts.append(_text(x, HEIGHT - BOTTOM + 16, _short(end * share), anchor))
    parts.append(_text(_x(0.5), HEIGHT - 6, x_label, "middle"))
    for curve in curves:
        path = " ".join(f"{_x(x / end):.1f},{_y(y):.1f}" for x, y in curve.points)
        colour = colour_of.get(curve.name, COLOURS[0])
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-linejoin="round"><title>{escape(curve.name)}</title></polyline>'
        )
    return _svg(parts, "Curves: " + ", ".join(curve.name for curve in curves))


def plot_bars(groups: Sequence[tuple[str, Sequence[Bar]]], colour_of: dict[str, str]) -> str:
    """Bars side by side in named groups, each with a whisker over its interval.

    A line break in a group's name is kept.
    """
    parts = [_axis()]
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(groups))
    for i, (group, bars) in enumerate(groups):
        start, inner = LEFT + wide * i, wide * 0.84
        thick = inner / max(1, len(bars))
        for row, words in enumerate(group.split("\n")):
            parts.append(_text(start + wide / 2, HEIGHT - BOTTOM + 15 + 14 * row, words, "middle"))
        for j, bar in enumerate(bars):
            if not isnan(bar.mean):
                x = start + wide * 0.08 + thick * j
                parts.append(_bar(bar, x, thick, colour_of.get(bar.name, COLOURS[0])))
    return _svg(parts, "Bars: " + ", ".join(group for group, _ in groups))


def _bar(bar: Bar, x: float, thick: float, colour: str) -> str:
    top, middle = _y(bar.mean), x + thick / 2
    words = f"{bar.name}: {bar.mean:.2f} [{bar.low:.2f}, {bar.high:.2f}]"
    high, low, floor = _y(bar.high), _y(bar.low), _y(0.0)
    return (
        f"<g><title>{escape(words)}</title>"
        f'<rect x="{x + thick * 0.08:.1f}" y="{min(top, floor - 1.5):.1f}" '
        f'width="{thick * 0.84:.1f}" height="{max(1.5, floor - top):.1f}" fill="{colour}"/>'
        f'<path d="M{middle:.1f} {high:.1f}V{low:.1f}" stroke="#14171c" stroke-width="1.2"/></g>'
    )


def _axis() -> str:
    lines = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _y(tick)
        shade = "#8a919e" if tick == 0.0 else "#e3e6ea"
        lines.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{shade}"/>')
        lines.append(_text(LEFT - 6, y + 4, f"{tick:g}", "end"))
    return "".join(lines)


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(value: float) -> float:
    return TOP + (1.0 - min(1.0, max(0.0, value))) * (HEIGHT - TOP - BOTTOM)


def _short(number: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:.3g}"


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(parts: list[str], label: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        + "".join(parts)
        + "</svg>"
    )
