"""The page: published numbers beside ours, written from the finished cells."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from midcourse.baselines.curve import replace, write_text
from midcourse.baselines.delayed_repression import cells, published, sections
from midcourse.baselines.delayed_repression.cells import Cell
from midcourse.baselines.delayed_repression.numbers import compare, runaways
from midcourse.baselines.delayed_repression.sections import Results, table


def write_page(
    page: Path, args: Any, lines: Mapping[str, Mapping[str, Any]], seconds: float
) -> None:
    """Write the page and the figures beside it, whole or not at all.

    Args:
        page: path.
        args: of the campaign.
        lines: of the journal, by the name of their cell.
        seconds: that the cells took, all together.
    """
    from midcourse.baselines.delayed_repression.figures import draw

    results = {name: line["result"] for name, line in lines.items()}
    drawn = draw(page, results, args)
    write: dict[str, Callable[[Results, Any], list[str]]] = {
        "1": sections.equation,
        "2": sections.discrete,
        "3": sections.delays,
        "4": sections.slopes,
        "5": sections.crossed,
        "6": sections.ablation,
        "robustness": sections.robustness,
    }
    text = head(args, lines, seconds)
    for name in cells.EXPERIMENTS:
        if name in args.experiments:
            text += write[name](results, args)
            text += [line for figure in drawn.get(name, ()) for line in picture(*figure)]
    text += chance(results, args)
    replace(page, lambda beside: write_text(beside, "\n".join(text).rstrip() + "\n"))


def head(args: Any, lines: Mapping[str, Mapping[str, Any]], seconds: float) -> list[str]:
    """Title, command, machine, and how to read the tables."""
    command = "python -m midcourse.baselines.delayed_repression"
    for name in ("seeds", "first_seed", "steps"):
        if getattr(args, name) != getattr(type(args), name):
            command += f" --{name.replace('_', '-')} {getattr(args, name)}"
    for name in ("delays", "experiments"):
        if getattr(args, name) != getattr(type(args), name):
            command += f" --{name} {' '.join(str(v) for v in getattr(args, name))}"
    sources = {key: _all(lines, key) for key in ("date", "commit", "machine", "versions")}
    return [
        "# Delayed repression: the paper's experiments",
        "",
        'I. Itkin, "Delayed Repression and Emergent Instability" (arXiv 2605.30392).',
        "",
        f"Measured on {sources['date']} by `{command}` at commit {sources['commit']}: "
        f"{len(lines)} cells, whose wall times add up to {seconds / 60:.1f} minutes. "
        f"Machine: {sources['machine']}. {sources['versions']}.",
        "",
        f"Populations: 240 citizens, {args.steps} steps, {args.seeds} seeds a setting, from "
        f"{args.first_seed} on; equal seeds have equal graphs and citizens in every setting. "
        "Shares of runs are in percent, with Wilson's 95 % interval. **Runaway** is the published "
        "label: the radical share exceeds 0.40 anywhere in the run. **Sustained** counts it only "
        "in the last half: most published runaways of Q-learning citizens are a burst right after "
        "the start, when all learn under an alarm that is still low, and do not come back. "
        f"*Published* is of {published.SEEDS} seeds unless said otherwise. *Published program, "
        f"other seeds* is that program replayed draw for draw on {published.FRESH_SEEDS} seeds "
        "that the paper did not use, by a port outside this package (see the last section); the "
        "column is quoted, not measured by this command.",
        "",
    ]


def _all(lines: Mapping[str, Mapping[str, Any]], key: str) -> str:
    return "; ".join(sorted({str(line[key]) for line in lines.values()}))


def chance(results: Results, args: Any) -> list[str]:
    """Whether the seeds explain how far published rows lie from ours."""
    rows = []
    for name, (found, runs) in rows_of_learning(args).items():
        if not found or any(cell.name not in results for cell, _ in found):
            continue
        hits = np.stack([runaways(results[cell.name]) for cell, _ in found], 1)
        made = compare(hits, np.array([share for _, share in found], float), runs)
        means = [f"{made.published:.1f}", f"{made.ours:.1f}"]
        rows.append(
            [
                name,
                str(runs),
                str(made.settings),
                *means,
                f"{made.as_high:.3f}",
                f"{made.as_far:.3f}",
            ]
        )
    if not rows:
        return []
    fresh, row = published.FRESH_CROSSED["learning"], published.CROSSED["learning"]
    columns = ["row", "published seeds", "settings", "published mean", "our mean"]
    columns += ["chance of a mean as high", "chance of a row as far"]
    return [
        "## Why the published rates of Q-learning citizens are higher than ours",
        "",
        "The seeds. All published rows of Q-learning citizens were run on the same seeds, 1 to 50. "
        "Within a seed, settings share the graph, the citizens and, until their alarms first "
        "differ, every draw; that is when most runaways happen, so deviations go together within "
        "and across rows.",
        "",
        "Replayed draw for draw (Python's generator, call by call), the published program gives on "
        "those seeds every published figure of experiments 3 to 6, of the fine sweep, of the "
        "networks and of the learning parameters, to the last digit. On "
        f"{published.FRESH_SEEDS} other seeds the same program gives {_joined(fresh)} % at delays "
        f"{_joined(fresh, keys=True)} (experiment 5) in place of {_joined(row)} %, and no effect "
        f"of the learning regulator: {_joined(published.FRESH_ABLATION)} % in place of 32 and "
        "20 %. Ours agree with those. It is not the graphs: those of seeds 1 to 50 with other "
        f"draws give {_joined(published.FRESH_DRAWS)} % at delays "
        f"{_joined(published.FRESH_DRAWS, keys=True)} ({published.FRESH_DRAWS_RUNS} runs each). So "
        "a rate of this package may lie outside a published interval where the long-run rate of "
        "the published program does. One published figure was not found again: of reactive "
        "citizens at delay 20, 70 % exceed 0.50 on the published seeds, not 64 %.",
        "",
        "From our runs alone: whole seeds are drawn from ours, as many as were published, with all "
        "settings of a row together, against as many as we have. The first chance is that the "
        "row's mean lies as far above ours as the published one does; the second that the whole "
        "row lies as far from ours, by Mahalanobis' distance.",
        "",
        *table(columns, rows),
        "",
    ]


def _joined(row: Mapping[Any, float], keys: bool = False) -> str:
    return ", ".join(f"{value:g}" for value in (row if keys else row.values()))


Row = list[tuple[Cell, float]]


def rows_of_learning(args: Any) -> dict[str, tuple[Row, int]]:
    """Published rows of Q-learning citizens: (cell, percent) of each setting, and the seeds."""
    allowed = set(args.delays) if args.delays else None

    def row(shares: Mapping[int, float], cell: Callable[[int], Cell]) -> Row:
        return [(cell(d), s) for d, s in shares.items() if allowed is None or d in allowed]

    dense = "4 communities, .15 and .02"
    third = row(published.DELAY_SWEEP, cells.delay_sweep)
    fourth: Row = [(cells.slope_sweep(k), s[2]) for k, s in published.SLOPE_SWEEP.items()]
    fifth = row(published.CROSSED["learning"], lambda d: cells.crossed("learning", d))
    static = "Q-learning, static force"
    sixth: Row = [(cells.ablation()[static], published.ABLATION[static][2])]
    shares = published.NETWORKS[dense]["learning"]
    return {
        "experiment 3": (third, published.SEEDS),
        "experiment 4": (fourth, published.SEEDS),
        "experiment 5": (fifth, published.SEEDS),
        "experiment 6, static force": (sixth, published.SEEDS),
        "experiments 3 to 6 together": (third + fourth + fifth + sixth, published.SEEDS),
        "denser network": (
            row(shares, lambda d: cells.network(dense, "learning", d)), published.NETWORK_SEEDS
        ),
    }  # fmt: skip


def picture(name: str, words: str) -> list[str]:
    """A figure and what it shows."""
    return [f"![{words}]({name})", "", words, ""]
