"""Tasks of the citizens: how many there are, and the graph that worlds may share."""

from midcourse.core.family import Program
from midcourse.envs.delayed_repression.citizens.state import CitizensParams
from midcourse.envs.delayed_repression.population.sharing import share_graph
from midcourse.envs.delayed_repression.population.state import fill_shared

COUNTS = {"train": 0, "validation": 50, "test": 100}  # 0: one for each 31-bit index


def count(params: CitizensParams) -> dict[str, int]:
    """Tasks in each split."""
    return COUNTS


def build(program: Program) -> None:
    """Fill the shared record."""
    params, shared = program.params, program.shared[0]
    assert isinstance(params, CitizensParams)
    fill_shared(shared, params)
    shared["force"] = params.force
    if params.graph == "shared":
        share_graph(program)
