"""What a launch takes and gives, and the checks that stand before it."""

from typing import NamedTuple

import torch

from midcourse.kernels.dispatch import require

UNIT = 1 << 14  # citizens' constants and influence weights are integers in units of 1 / UNIT
STATES = 36  # what a citizen sees: 3 influence x 3 alarm buckets x punished x bridge
ACTIONS = 3  # L, M, R
FIXED, REACTIVE, LEARNING = 0, 1, 2
MOST_CITIZENS = 65535  # alarm sums are int32: 2 * UNIT * citizens stays below 2**31
REWARD_UNIT = 1 << 24  # rewards are summed over citizens as integers in units of 1 / REWARD_UNIT


class State(NamedTuple):
    """Worlds between two steps."""

    actions: torch.Tensor
    """int8 (worlds, N): what each citizen did last, 0 L, 1 M, 2 R."""
    punished: torch.Tensor
    """int8 (worlds, N): 1 where that was punished."""
    alarms: torch.Tensor
    """int32 (worlds, delay + 1): alarm sums S of the past profiles, units of 1 / UNIT; slot
    `clock % (delay + 1)` is the oldest, the one that the next step reads and then replaces."""
    q: torch.Tensor | None
    """float32 or float64 (worlds, N, 36, 3), or None where no citizen learns."""
    keys: torch.Tensor
    """int64 (worlds, 2): the two 32-bit keys of a world's draws."""
    clock: torch.Tensor
    """int64 (worlds,): steps taken; it counts the draws."""


class Graph(NamedTuple):
    """Who influences whom: row i of a CSR matrix holds the edges into citizen i.

    One graph for all worlds, or one each with a leading axis of worlds; rows of worlds that have
    fewer edges than others end before the edges do.
    """

    row_start: torch.Tensor
    """int32 (N + 1,) or (worlds, N + 1)."""
    source: torch.Tensor
    """int32 (E,) or (worlds, E): the citizen from whom the influence comes."""
    weight: torch.Tensor
    """int32 (E,) or (worlds, E): units of 1 / UNIT, not negative."""


class Params(NamedTuple):
    """Constants of citizens, (N,) for all worlds alike or (worlds, N), and of the rule."""

    charisma: torch.Tensor
    """int32, units of 1 / UNIT: multiplies the benefit."""
    cost: torch.Tensor
    """int32, units of 1 / UNIT: multiplies the cost of punishment."""
    detectability: torch.Tensor
    """int32 in [0, UNIT]: share in the alarm and in the chance of punishment."""
    kind: torch.Tensor
    """int8: 0 fixed, 1 reactive, 2 learning."""
    bridge: torch.Tensor
    """int8: 1 where the citizen is a bridge between communities."""
    slope: float | torch.Tensor = 10.0
    """k of the punishment curve; a number, or float64 (worlds,)."""
    threshold: float | torch.Tensor = 0.72
    """x_c of the punishment curve; a number, or float64 (worlds,)."""
    coupling: float = 0.22
    """Reward for each unit of influence times action."""
    epsilon: float = 0.08
    """Chance that a learning citizen explores."""
    alpha: float = 0.10
    """Learning rate."""
    gamma: float = 0.95
    """Discount."""


class Series(NamedTuple):
    """What is recorded of each step."""

    radicals: torch.Tensor
    """int32 (worlds, steps + 1): citizens that did R; entry 0 is the profile before the launch."""
    alarms: torch.Tensor
    """int32 (worlds, steps + 1): alarm sums S of the same profiles."""
    reward_sums: torch.Tensor | None
    """int64 (worlds, steps): rewards summed over citizens, units of 1 / REWARD_UNIT, each rounded
    to it, so that no order of summation shows; None unless asked for."""


class Problem(NamedTuple):
    """The inputs of a launch in one form, which both backends take."""

    worlds: int
    citizens: int
    graph: Graph
    params: Params
    force: torch.Tensor
    slope: torch.Tensor
    threshold: torch.Tensor
    learning: bool


def first_state(
    actions: torch.Tensor,
    params: Params,
    keys: torch.Tensor,
    delay: int,
    q: torch.dtype | None = torch.float32,
) -> State:
    """Worlds before their first step: nobody is punished, the alarm has always been this one.

    Args:
        actions: int8 (worlds, N).
        params: the citizens; only their detectability is read.
        keys: int64 (worlds, 2), 32 bits each.
        delay: steps by which the alarm lags, beyond the one that it always does.
        q: type of the action values, which begin at 0; None where no citizen learns.
    """
    worlds, citizens = actions.shape
    sums = (params.detectability.to(torch.int64) * actions).sum(1).to(torch.int32)
    return State(
        actions=actions,
        punished=torch.zeros_like(actions),
        alarms=sums[:, None].repeat(1, delay + 1),
        q=None if q is None else actions.new_zeros((worlds, citizens, STATES, ACTIONS), dtype=q),
        keys=keys,
        clock=torch.zeros(worlds, dtype=torch.int64, device=actions.device),
    )


def copied(state: State) -> State:
    """The same worlds in contiguous tensors of their own."""
    own = {
        name: part.clone(memory_format=torch.contiguous_format)
        for name, part in state._asdict().items()
        if part is not None
    }
    return state._replace(**own)


def empty_series(problem: Problem, steps: int, rewards: bool) -> Series:
    """Room for the series of a launch, not yet written."""
    device = problem.force.device
    shape = (problem.worlds, steps + 1)
    return Series(
        torch.empty(shape, dtype=torch.int32, device=device),
        torch.empty(shape, dtype=torch.int32, device=device),
        torch.empty((problem.worlds, steps), dtype=torch.int64, device=device) if rewards else None,
    )


def prepare(
    state: State,
    graph: Graph,
    params: Params,
    steps: int,
    force: float | torch.Tensor,
    check: bool = True,
) -> Problem:
    """The checked inputs; `check` also looks at values, which waits for the device.

    Raises:
        ValueError: a shape, type, device or value that does not fit, in one sentence.
    """
    require(state.actions.dim() == 2, f"actions has {state.actions.dim()} axes, not 2")
    worlds, citizens = state.actions.shape
    require(worlds >= 1, "actions holds 0 worlds; at least 1 is needed")
    require(
        1 <= citizens <= MOST_CITIZENS,
        f"a world has {citizens} citizens; 1 to {MOST_CITIZENS} are possible",
    )
    require(steps >= 0, f"steps is {steps}; it cannot be negative")
    _check_state(state, worlds, citizens)
    _check_tensors(state, graph, params, worlds, citizens)
    curve = [
        _per_world(name, value, worlds, state.actions.device)
        for name, value in (("slope", params.slope), ("threshold", params.threshold))
    ]
    problem = Problem(
        worlds,
        citizens,
        Graph(*(part.contiguous() for part in _alike(graph))),
        params._replace(**dict(zip(CONSTANTS, _alike(params[:5]), strict=True))),
        _forces(force, worlds, steps, state.actions.device),
        curve[0],
        curve[1],
        state.q is not None,
    )
    if check:
        _check_values(state, problem)
    return problem


CONSTANTS = Params._fields[:5]


def _fits(name: str, tensor: torch.Tensor, dtype: torch.dtype, *shapes: tuple[int, ...]) -> None:
    require(tensor.dtype == dtype, f"{name} is {tensor.dtype}, not {dtype}")
    wanted = " or ".join(str(shape) for shape in shapes)
    require(tuple(tensor.shape) in shapes, f"{name} has shape {tuple(tensor.shape)}, not {wanted}")


def _check_state(state: State, worlds: int, citizens: int) -> None:
    _fits("actions", state.actions, torch.int8, (worlds, citizens))
    _fits("punished", state.punished, torch.int8, (worlds, citizens))
    require(state.alarms.dim() == 2, f"alarms has {state.alarms.dim()} axes, not 2")
    slots = state.alarms.shape[1]
    require(slots >= 1, "alarms holds 0 slots; delay + 1 are needed")
    _fits("alarms", state.alarms, torch.int32, (worlds, slots))
    _fits("keys", state.keys, torch.int64, (worlds, 2))
    _fits("clock", state.clock, torch.int64, (worlds,))
    if state.q is not None:
        dtype = state.q.dtype
        require(dtype in (torch.float32, torch.float64), f"q is {dtype}, not float32 or float64")
        _fits("q", state.q, dtype, (worlds, citizens, STATES, ACTIONS))


def _check_tensors(state: State, graph: Graph, params: Params, worlds: int, citizens: int) -> None:
    edges = graph.source.shape[-1] if graph.source.dim() else 0
    _fits("row_start", graph.row_start, torch.int32, (citizens + 1,), (worlds, citizens + 1))
    _fits("source", graph.source, torch.int32, (edges,), (worlds, edges))
    _fits("weight", graph.weight, torch.int32, (edges,), (worlds, edges))
    for name in CONSTANTS:
        dtype = torch.int8 if name in ("kind", "bridge") else torch.int32
        _fits(name, getattr(params, name), dtype, (citizens,), (worlds, citizens))
    device = state.actions.device
    named = [*state._asdict().items(), *graph._asdict().items(), *params._asdict().items()]
    for name, value in named:
        if isinstance(value, torch.Tensor):
            require(
                value.device == device, f"{name} lies on {value.device}, but actions on {device}"
            )


def _alike(parts: tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
    """All parts with one leading axis: of 1 if all are shared, else of worlds."""
    rows = max(part.shape[0] if part.dim() == 2 else 1 for part in parts)
    return [part.expand(rows, part.shape[-1]).contiguous() for part in parts]


def _per_world(
    name: str, value: float | torch.Tensor, worlds: int, device: torch.device
) -> torch.Tensor:
    if not isinstance(value, torch.Tensor):
        return torch.full((worlds,), float(value), dtype=torch.float64, device=device)
    _fits(name, value, torch.float64, (worlds,))
    return value.contiguous()


def _forces(
    force: float | torch.Tensor, worlds: int, steps: int, device: torch.device
) -> torch.Tensor:
    """Float64 (worlds, 1) where the force is constant, else (worlds, steps)."""
    if not isinstance(force, torch.Tensor):
        return torch.full((worlds, 1), float(force), dtype=torch.float64, device=device)
    _fits("force", force, torch.float64, (worlds,), (worlds, steps))
    require(force.device == device, f"force lies on {force.device}, but actions on {device}")
    return force.reshape(worlds, -1).contiguous()


def _within(name: str, tensor: torch.Tensor, low: float, high: float) -> None:
    outside = tensor[~((tensor >= low) & (tensor <= high))]
    if outside.numel():
        value = outside.reshape(-1)[0].item()
        raise ValueError(f"{name} holds {value:g}; {low:g} to {high:g} is possible")


def _check_values(state: State, problem: Problem) -> None:
    graph, params, citizens = problem.graph, problem.params, problem.citizens
    _within("actions", state.actions, 0, 2)
    _within("punished", state.punished, 0, 1)
    _within("alarms", state.alarms, 0, 2 * UNIT * citizens)
    _within("keys", state.keys, 0, 0xFFFFFFFF)
    _within("clock", state.clock, 0, 2**62)
    _within("kind", params.kind, 0, 2)
    _within("bridge", params.bridge, 0, 1)
    _within("detectability", params.detectability, 0, UNIT)
    _within("force", problem.force, 0, 1e6)
    _within("slope", problem.slope, -1e6, 1e6)
    _within("threshold", problem.threshold, -1e6, 1e6)
    _within("source", graph.source, 0, citizens - 1)
    _within("weight", graph.weight, 0, 2**31 - 1)
    first, lengths = graph.row_start[:, 0], graph.row_start.diff(dim=1)
    _within("row_start's first entry", first, 0, 0)
    _within("row_start's steps", lengths, 0, graph.source.shape[1])
    _within("row_start's last entry", graph.row_start[:, -1], 0, graph.source.shape[1])
    sums = torch.nn.functional.pad(graph.weight.to(torch.int64).cumsum(1), (1, 0))
    into = sums.gather(1, graph.row_start.to(torch.int64)).diff(dim=1)
    _within("the sum of weights into a citizen", into, 0, 2**30 - 1)
    for name in ("epsilon", "alpha", "gamma"):
        _within(name, torch.tensor(float(getattr(params, name))), 0, 1)
    require(
        state.q is not None or not bool((params.kind == LEARNING).any()),
        "kind holds 2, a learning citizen, but q is None",
    )
