"""Knobs and records of the regulator's world."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from midcourse.core.engine.record import shared_dtype, world_dtype
from midcourse.core.params import knob
from midcourse.envs.delayed_repression.population.state import (
    CITIZENS,
    RING,
    SHARED_FIELDS,
    PopulationParams,
    graph_fields,
    hot_fields,
    inner_fields,
)

FORCES = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5)  # published: half-units 0 to 5
SMOOTHINGS = (0.0, 0.5, 0.9, 0.97, 0.99)  # weight of the alarm published before
SHIFTS = (-0.2, -0.1, 0.0, 0.1, 0.2)  # of the threshold
IDLE = (2, 0, 2)  # force 1, unsmoothed, unshifted
TERMS = ("radical_share", "force", "instability")
WINDOW = 32  # steps over which instability is measured
HISTORY = 16  # past alarms that are observed
LEAST_LIVED = 0.95  # share of the last half that must have been lived, not wasted


@dataclass(frozen=True, kw_only=True)
class RegulatorParams(PopulationParams):
    """Knobs of the regulator's world."""

    LEVELS: ClassVar = {
        1: {"delay": 8},
        2: {"delay": 20},
        3: {"population": "learning", "delay": 8, "radical_bound": 0.15, "amplitude_bound": 0.08},
        4: {"population": "mixed", "delay": 20, "amplitude_bound": 0.08},
        5: {"population": "learning", "delay": 20, "radical_bound": 0.15, "amplitude_bound": 0.08,
            "force_bound": 0.75},
    }  # fmt: skip

    population: str = knob("reactive", "who the citizens are", choices=CITIZENS)
    levers: str = knob(
        "all", "what the regulator moves; `force` alone is the published action",
        choices=("all", "force"),
    )  # fmt: skip
    suite: bool = knob(
        True, "lay out only tasks that doing nothing fails; without, no episode counts as success"
    )
    radical_bound: float = knob(0.10, "mean radical share that is a success", low=0.0, high=1.0)
    amplitude_bound: float = knob(0.05, "half of its range that is a success", low=0.0, high=0.5)
    force_bound: float = knob(1.0, "mean force that is a success", low=0.0, high=2.5)
    force_price: float = knob(0.1, "reward lost by a unit of force", low=0.0, high=100.0)
    instability_price: float = knob(0.5, "reward lost by a unit of amplitude", low=0.0, high=100.0)

    @property
    def learning(self) -> bool:
        """Whether some of the citizens learn."""
        return self.population in ("learning", "mixed")


def world(params: RegulatorParams) -> np.dtype:
    """The dtype of a world: the population first, then the regulator's desk."""
    desk: list[Any] = [
        ("step", np.int32),  # steps that the population has lived
        ("counts", np.int8),  # 1: doing nothing fails here, so that success can be had
        ("lever", np.int8, (3,)),  # indices into FORCES, SMOOTHINGS, SHIFTS
        ("published", np.float64),  # alarm that citizens read
        ("history", np.int32, (RING,)),  # radicals after past steps; ring by step
        ("lived", np.int32),  # steps of the last half so far
        ("tail_sum", np.int64),  # radicals in them, added up
        ("tail_most", np.int32),
        ("tail_least", np.int32),
        ("tail_force", np.int64),  # force in them, added up, in halves
    ]
    cold = [*inner_fields(params, params.learning)]
    if params.graph == "fresh":
        cold = [*graph_fields(params), *cold]
    return world_dtype(TERMS, [*desk, *hot_fields(params)], cold)


def shared(params: RegulatorParams) -> np.dtype:
    """The dtype of what worlds share."""
    own: list[Any] = [
        ("population", np.int8),  # index into CITIZENS
        ("suite", np.int8),
        ("force_only", np.int8),  # 1: the action is the force alone
        ("radical_bound", np.float64),
        ("amplitude_bound", np.float64),
        ("force_bound", np.float64),
        ("force_price", np.float64),
        ("instability_price", np.float64),
    ]
    graph = graph_fields(params) if params.graph == "shared" else []
    return shared_dtype([*SHARED_FIELDS, *own, *graph])
