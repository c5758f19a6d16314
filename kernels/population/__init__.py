"""Populations under delayed repression: many worlds times many steps at once."""

import torch

from midcourse.kernels.dispatch import backend_of, require
from midcourse.kernels.population import reference
from midcourse.kernels.population.state import (
    REWARD_UNIT,
    Graph,
    Params,
    Series,
    State,
    copied,
    empty_series,
    first_state,
    prepare,
)

__all__ = ["REWARD_UNIT", "Graph", "Params", "Series", "State", "first_state", "step_population"]


def step_population(
    state: State,
    graph: Graph,
    params: Params,
    steps: int,
    *,
    force: float | torch.Tensor = 1.0,
    rewards: bool = False,
    in_place: bool = False,
    check: bool = True,
    backend: str | None = None,
) -> tuple[State, Series]:
    """Take `steps` steps of every world.

    A step: each citizen sees the influence of its neighbours, the alarm of `delay + 1` steps ago,
    and whether it was punished; it acts by its kind; it is punished with probability
    u * sigmoid(k * (A - x_c)) * d; it is rewarded

        r = chi * B[a] + coupling * I * a - punished * kappa * C[a],
        B = (1.0, 2.3, 3.0),  C = (0.0, 2.0, 7.0),

    and a learning citizen moves Q(s, a) by alpha * (r + gamma * max Q(s', .) - Q(s, a)). The model
    is that of I. Itkin, arXiv 2605.30392 (its code); fixed-point constants and counted draws are
    ours. Both backends give equal bits on every device.

    Args:
        state: worlds between two steps; `first_state` makes them. Its fields say their shapes.
        graph: who influences whom, one for all worlds or one each.
        params: the citizens' constants and the rule's numbers.
        steps: how many, 0 or more.
        force: the regulator's u, not negative: a number, float64 (worlds,), or (worlds, steps).
        rewards: whether to sum up the rewards of each step.
        in_place: change the tensors of `state` (which must be contiguous) instead of copies. Action
            values are by far the largest: 432 bytes a citizen.
        check: look at the values too, which waits for the device.
        backend: "reference" (plain torch) or "triton" (a GPU, or Triton's interpreter; up to 4,096
            citizens, weights below 32). Left out: triton for so many citizens on a GPU, if it is
            installed, else the reference.

    Returns:
        The state after the steps, and the series: radicals and alarm sums, int32
        (worlds, steps + 1) with the profile before the launch first, and reward sums, int64
        (worlds, steps) in units of 1 / REWARD_UNIT, or None.

    Raises:
        ValueError: a shape, type, device, value or backend that does not fit, in one sentence.
        RuntimeError: triton was asked for and is not installed.
    """
    problem = prepare(state, graph, params, steps, force, check)
    advance = _backend(backend, state.actions.device, problem.citizens)
    if not in_place:
        state = copied(state)
    for name, part in state._asdict().items():
        contiguous = part is None or part.is_contiguous()
        require(contiguous, f"{name} is not contiguous, which in_place needs")
    series = empty_series(problem, steps, rewards)
    advance(problem, state, steps, series)
    return state, series


def _backend(name: str | None, device: torch.device, citizens: int):
    """The function that advances a problem."""
    module = backend_of(reference, _triton, name, device)
    if name is None and module is not reference and citizens > module.MOST_CITIZENS:
        module = reference
    return module.advance


def _triton():
    """The backend in Triton, imported only where it is asked for."""
    from midcourse.kernels.population import triton

    return triton
