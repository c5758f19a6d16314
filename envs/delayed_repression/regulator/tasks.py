"""Tasks of the regulator: how many there are, and the graph that worlds may share."""

from midcourse.core.family import Program
from midcourse.envs.delayed_repression.population.sharing import share_graph
from midcourse.envs.delayed_repression.population.state import CITIZENS, fill_shared
from midcourse.envs.delayed_repression.regulator.state import RegulatorParams

COUNTS = {"train": 0, "validation": 50, "test": 100}  # 0: one for each 31-bit index
OWN = ("radical_bound", "amplitude_bound", "force_bound", "force_price", "instability_price")


def count(params: RegulatorParams) -> dict[str, int]:
    """Tasks in each split."""
    return COUNTS


def build(program: Program) -> None:
    """Fill the shared record."""
    params, shared = program.params, program.shared[0]
    assert isinstance(params, RegulatorParams)
    fill_shared(shared, params)
    shared["population"] = CITIZENS.index(params.population)
    # Without delay nothing is late, and fixed citizens heed nobody: controls, not tasks.
    shared["suite"] = params.suite and params.delay > 0 and params.population != "fixed"
    shared["force_only"] = params.levers == "force"
    for name in OWN:
        shared[name] = getattr(params, name)
    if params.graph == "shared":
        share_graph(program, suite=False)
