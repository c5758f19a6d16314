"""What is measured: cells, each one setting over all seeds, and the experiments they make up."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, Literal

Experiment = Literal["1", "2", "3", "4", "5", "6", "robustness"]
Kind = Literal["population", "trace", "bifurcation", "map"]

EXPERIMENTS: tuple[Experiment, ...] = ("1", "2", "3", "4", "5", "6", "robustness")
POPULATIONS = ("fixed", "reactive", "learning")
SWEEP_DELAYS = (0, 2, 4, 6, 8, 10, 14, 20, 30)  # experiment 3
SWEEP_SLOPE = 20.0
SLOPES = (3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 40.0)  # experiment 4
SLOPES_DELAY = 15
CROSSED_DELAYS = (0, 4, 8, 14, 20)  # experiment 5
REGULATOR_DELAY = 6  # experiment 6
FINE_DELAYS = (0, 1, 2, 3, 4, 5, 6, 8)  # reactive citizens
CHECK_DELAYS = (0, 8, 20)  # networks and learning parameters
LEARNING_RATES, DISCOUNTS = (0.05, 0.10, 0.20), (0.90, 0.95, 0.99)
TRACE_DELAYS = (0, 8, 20)
DENSE: dict[str, Any] = {"communities": 4, "p_in": 0.15, "p_out": 0.02}
NETWORKS: dict[str, dict[str, Any]] = {
    "6 communities, .08 and .004": {},
    "4 communities, .15 and .02": DENSE,
    "random, .02": {"topology": "random"},
    "scale-free": {"topology": "scale-free"},
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """One setting. Fields from `population` on are knobs of the world, published by default."""

    kind: Kind = "population"
    regulator: Literal["static", "learning"] = "static"
    population: str = "learning"
    delay: int = 0
    slope: float = 10.0
    topology: str = "block"
    communities: int = 6
    p_in: float = 0.08
    p_out: float = 0.004
    learning_rate: float = 0.10
    discount: float = 0.95

    @property
    def name(self) -> str:
        """Kind and what differs from the defaults, the same for equal cells."""
        fields = dataclasses.fields(self)[1:]
        told = [f"{f.name}={getattr(self, f.name)}" for f in fields if self._differs(f)]
        return " ".join([self.kind, *told])

    def _differs(self, field: "dataclasses.Field[Any]") -> bool:
        return getattr(self, field.name) != field.default

    def knobs(self) -> dict[str, Any]:
        """Knobs of the world."""
        knobs = dataclasses.asdict(self)
        del knobs["kind"], knobs["regulator"]
        return knobs


def cells_of(experiments: Iterable[Experiment], delays: Sequence[int] = ()) -> list[Cell]:
    """All cells that experiments need, each once.

    Args:
        experiments: which.
        delays: instead of the published ones, wherever delays are swept.
    """
    found: dict[str, Cell] = {}
    for experiment in experiments:
        for cell in _cells(experiment, tuple(delays)):
            found[cell.name] = cell
    return list(found.values())


def _cells(experiment: Experiment, delays: tuple[int, ...]) -> list[Cell]:
    if experiment == "1":
        return [Cell(kind="bifurcation")]
    if experiment == "2":
        return [Cell(kind="map")]
    if experiment == "3":
        return [delay_sweep(d) for d in delays or SWEEP_DELAYS]
    if experiment == "4":
        return [slope_sweep(k) for k in SLOPES]
    if experiment == "5":
        runs = [crossed(p, d) for p in POPULATIONS for d in delays or CROSSED_DELAYS]
        return runs + [trace(p, d) for p in POPULATIONS for d in delays or TRACE_DELAYS]
    if experiment == "6":
        return list(ablation().values())
    found = [crossed("reactive", d) for d in delays or FINE_DELAYS]
    checked = delays or CHECK_DELAYS
    found += [network(n, p, d) for n in NETWORKS for p in POPULATIONS for d in checked]
    found += [learner(a, g, d) for a in LEARNING_RATES for g in DISCOUNTS for d in checked]
    return found


def delay_sweep(delay: int) -> Cell:
    """Experiment 3."""
    return Cell(delay=delay, slope=SWEEP_SLOPE)


def slope_sweep(slope: float) -> Cell:
    """Experiment 4."""
    return Cell(delay=SLOPES_DELAY, slope=slope)


def crossed(population: str, delay: int) -> Cell:
    """Experiment 5."""
    return Cell(population=population, delay=delay)


def trace(population: str, delay: int) -> Cell:
    """One run of experiment 5, step by step."""
    return Cell(kind="trace", population=population, delay=delay)


def ablation() -> dict[str, Cell]:
    """Experiment 6, by the paper's names."""
    return {
        "fixed citizens, static force": crossed("fixed", REGULATOR_DELAY),
        "Q-learning, static force": crossed("learning", REGULATOR_DELAY),
        "Q-learning, learning regulator": Cell(delay=REGULATOR_DELAY, regulator="learning"),
    }


def network(name: str, population: str, delay: int) -> Cell:
    """A population on another network."""
    return Cell(population=population, delay=delay, **NETWORKS[name])


def learner(learning_rate: float, discount: float, delay: int) -> Cell:
    """Q-learning citizens with other parameters."""
    return Cell(delay=delay, learning_rate=learning_rate, discount=discount)
