"""Knobs and fields of a population: what the citizens' world and the regulator's have in common.

Constants of citizens and weights of links are integers in units of 1/UNIT, so that sums over
neighbours and over the population are exact in any order: every way of computing a step, on any
machine, gives the same bits.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from midcourse.core.errors import UserError
from midcourse.core.params import Params, knob

UNIT = 1 << 14  # 1.0 of a citizen's constants and of a link's weight
LEFT, MIDDLE, RADICAL = range(3)  # the published actions L, M, R; their force f is the number
ACTIONS = ("L", "M", "R")
STATES = 36  # of a citizen's published observation
RING = 64  # past alarms and radical counts kept
LONGEST_DELAY = RING - 1

FIXED, REACTIVE, LEARNING, EXTERNAL = range(4)  # kinds of citizen
CITIZENS = ("fixed", "reactive", "learning", "mixed")
TOPOLOGIES = ("block", "random", "scale-free")
KINDS = ("alarm_shock", "delay_change", "turnover", "rewire")
ALARM_SHOCK, DELAY_CHANGE, TURNOVER, REWIRE = range(len(KINDS))

BY_BETWEENNESS = 2000  # citizens, at most, for which bridges go by betweenness
KEPT = 0.75  # chance with which each direction of a tie is kept
TIES_OF_NEWCOMERS = 2  # that each node brings to a scale-free graph


@dataclass(frozen=True, kw_only=True)
class PopulationParams(Params):
    """Knobs of a population. Defaults are the published ones unless the note says otherwise."""

    KINDS: ClassVar = KINDS

    citizens: int = knob(240, "how many", low=1, high=2_000_000)
    topology: str = knob("block", "who is tied to whom", choices=TOPOLOGIES)
    communities: int = knob(6, "blocks of equal size in the block graph", low=1, high=1_000_000)
    p_in: float = knob(0.08, "chance of a tie within a block", low=0.0, high=1.0)
    p_out: float = knob(0.004, "chance of a tie between blocks", low=0.0, high=1.0)
    p_tie: float = knob(0.02, "chance of a tie in the random graph", low=0.0, high=1.0)
    graph: str = knob(
        "fresh", "a graph for each task, or one for all worlds", choices=("fresh", "shared")
    )
    delay: int = knob(8, "steps by which institutions answer late", low=0, high=LONGEST_DELAY)
    slope: float = knob(10.0, "k, of the punishment against the alarm", low=0.0, high=200.0)
    threshold: float = knob(0.72, "alarm at which half are punished", low=-10.0, high=10.0)
    coupling: float = knob(0.22, "lambda, worth of neighbours' support", low=-10.0, high=10.0)
    learning_rate: float = knob(0.10, "alpha of learning citizens", low=0.0, high=1.0)
    discount: float = knob(0.95, "gamma of learning citizens", low=0.0, high=1.0)
    exploration: float = knob(0.08, "epsilon of learning citizens", low=0.0, high=1.0)
    values: str = knob(
        "float64", "type of learning citizens' values", choices=("float64", "float32")
    )
    step_limit: int = knob(500, "steps until truncation", low=1, high=1_000_000)

    def check(self) -> None:
        """Refuse graphs that do not fit into memory."""
        if self.communities > self.citizens:
            raise UserError(
                f"communities={self.communities} cannot be filled by {self.citizens} citizens"
            )
        if ties(self) > 2**27:
            raise UserError(
                f"citizens={self.citizens} with these chances make about {ties(self):,} ties: "
                f"lower p_in, p_out or p_tie, or raise communities"
            )

    def kinds_possible(self) -> tuple[str, ...]:
        """A shared graph cannot be rewired by one of its worlds."""
        return tuple(kind for kind in KINDS if kind != "rewire" or self.graph == "fresh")


def ties(params: PopulationParams) -> int:
    """Room for undirected ties: ten standard deviations above the mean of their number."""
    n = params.citizens
    pairs = n * (n - 1) / 2
    if params.topology == "scale-free":
        return TIES_OF_NEWCOMERS * n
    if params.topology == "random":
        mean = pairs * params.p_tie
    else:
        within = pairs_within(n, params.communities)
        mean = within * params.p_in + (pairs - within) * params.p_out
    return int(min(pairs, mean + 10 * mean**0.5 + 16))


def pairs_within(n: int, blocks: int) -> float:
    """Pairs of citizens that share a block."""
    small, larger = n // blocks, n % blocks
    return (blocks - larger) * small * (small - 1) / 2 + larger * (small + 1) * small / 2


def graph_fields(params: PopulationParams) -> list[Any]:
    """The directed graph in compressed rows, one row of incoming links for each citizen."""
    n, links = params.citizens, max(1, 2 * ties(params))
    return [
        ("row", np.int32, (n + 1,)),  # citizen i's incoming links: row[i] to before row[i + 1]
        ("source", np.int32, (links,)),  # where a link comes from
        ("weight", np.int16, (links,)),  # its strength, in 1/UNIT
        ("bridge", np.int8, (n,)),  # 1: one of those who hold the graph together
    ]


def hot_fields(params: PopulationParams) -> list[Any]:
    """What every step of a population reads or writes."""
    n = params.citizens
    return [
        ("delay", np.int32),  # steps; the true lag is one more
        ("shock", np.int32),  # added to each alarm while a shock lasts, in thousandths
        ("shock_left", np.int32),  # steps that it still lasts
        ("radicals", np.int32),  # citizens whose action is R
        ("alarms", np.int64, (RING,)),  # past alarms times citizens times UNIT; ring by step
        ("action", np.int8, (n,)),
        ("punished", np.int8, (n,)),  # in the last step
        ("state", np.int8, (n,)),  # published observation, 0 to 35
        ("influence", np.int32, (n,)),  # of the neighbours' last actions, in 1/UNIT
        ("detectability", np.int16, (n,)),  # in 1/UNIT, and so the next two
        ("charisma", np.int16, (n,)),
        ("cost", np.int16, (n,)),  # scale of punishment's cost
    ]


def inner_fields(params: PopulationParams, learning: bool) -> list[Any]:
    """What citizens need who choose by themselves."""
    n = params.citizens
    values = np.dtype(params.values)
    return [
        ("kind", np.int8, (n,)),
        ("values", values, (n if learning else 1, STATES, len(ACTIONS))),  # learning citizens' Q
    ]


SHARED_FIELDS: list[Any] = [
    ("slope", np.float64),
    ("threshold", np.float64),
    ("coupling", np.float64),
    ("delay", np.int32),
    ("topology", np.int8),  # index into TOPOLOGIES
    ("communities", np.int32),
    ("p_in", np.float64),
    ("p_out", np.float64),
    ("p_tie", np.float64),
    ("ties", np.int64),  # room for undirected ties
    ("learning_rate", np.float64),
    ("discount", np.float64),
    ("explore_below", np.int64),  # a 32-bit draw below this explores
]


def fill_shared(shared: Any, params: PopulationParams) -> None:
    """Write the knobs into the shared record."""
    for name in ("slope", "threshold", "coupling", "delay", "communities", "p_in", "p_out"):
        shared[name] = getattr(params, name)
    for name in ("p_tie", "learning_rate", "discount"):
        shared[name] = getattr(params, name)
    shared["topology"] = TOPOLOGIES.index(params.topology)
    shared["ties"] = ties(params)
    shared["explore_below"] = int(params.exploration * 2**32)
