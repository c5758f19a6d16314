"""Knobs and records of the citizens' world."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from midcourse.core.engine.record import shared_dtype, world_dtype
from midcourse.core.params import knob
from midcourse.envs.delayed_repression.population.state import (
    SHARED_FIELDS,
    PopulationParams,
    graph_fields,
    hot_fields,
)

TERMS = ("benefit", "support", "punishment")
FORMS = ("published", "scalar", "rich")  # of the observation


@dataclass(frozen=True, kw_only=True)
class CitizensParams(PopulationParams):
    """Knobs of the citizens' world."""

    LEVELS: ClassVar = {
        1: {"delay": 4},
        2: {"delay": 8},
        3: {"delay": 8, "topology": "scale-free"},
        4: {"delay": 14, "topology": "random"},
        5: {"delay": 20},
    }

    masks: bool = knob(False, "put `action_mask` into info; here every action is always legal")
    force: float = knob(1.0, "u, how hard radical acts are punished", low=0.0, high=2.5)
    observation: str = knob(
        "published", "published: four buckets; scalar: these as one number; rich: measures",
        choices=FORMS,
    )  # fmt: skip


def world(params: CitizensParams) -> np.dtype:
    """The dtype of a world: the population, and what each citizen got."""
    own: list[Any] = [("step", np.int32)]  # steps that the population has lived
    rewards = [("reward", np.float64, (params.citizens,))]  # of the last step
    cold = graph_fields(params) if params.graph == "fresh" else []
    return world_dtype(TERMS, [*own, *hot_fields(params), *rewards], cold)


def shared(params: CitizensParams) -> np.dtype:
    """The dtype of what worlds share."""
    graph = graph_fields(params) if params.graph == "shared" else []
    return shared_dtype([*SHARED_FIELDS, ("force", np.float64), *graph])
