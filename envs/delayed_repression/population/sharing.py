"""A graph that many worlds have in common, and the rules that read it there."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from midcourse.core.family import Program, Rule
from midcourse.envs.delayed_repression.population import disturbances, graph
from midcourse.envs.delayed_repression.population.state import PopulationParams

GRAPH = ("row", "source", "weight", "bridge")


def share_graph(program: Program, **knobs: Any) -> None:
    """Put the graph of the first training task into what the program's worlds share.

    The same for all splits and levels whose knobs of the graph are equal.
    """
    family = program.family
    same = {
        field.name: getattr(program.params, field.name)
        for field in dataclasses.fields(PopulationParams)
        if field.name in ("citizens", "topology", "communities", "p_in", "p_out", "p_tie")
    }
    own = Program(family, family.params.make(**same, graph="fresh", **knobs))
    worlds = np.zeros(1, own.world_dtype)
    own.entries["reset_one"](worlds, own.shared, 0, 0, 0)
    for name in GRAPH:
        program.shared[0][name] = worlds[0][name]


def sharing(params: PopulationParams) -> Mapping[Rule, Rule]:
    """The rules that replace others where worlds share a graph."""
    if params.graph == "fresh":
        return {}
    return {
        graph.graph_of: graph.shared_graph,
        graph.draw_graph: graph.keep_graph,
        disturbances.rewire_own_graph: disturbances.keep_shared_graph,
    }
