"""One step of a population in plain torch: the specification, on any device.

The model is the agent model of I. Itkin, "Delayed Repression and Emergent Instability", arXiv
2605.30392; its form in integers, the draws and the portable exponential are ours. Where bits
matter there are only integers and single float64 operations in a fixed order, so that the
compiled rule of the environments, this reference and the GPU kernel agree in every bit.
"""

import torch

from midcourse.kernels.population.state import (
    ACTIONS,
    FIXED,
    LEARNING,
    REACTIVE,
    REWARD_UNIT,
    UNIT,
    Graph,
    Params,
    Problem,
    Series,
    State,
)

MASK = 0xFFFFFFFF
BENEFIT = (1.0, 2.3, 3.0)
COST = (0.0, 2.0, 7.0)
FIXED_BOUNDS = (int(0.65 * 2**32), int(0.92 * 2**32))  # below the first L, below the second M
REACTIVE_BOUNDS = (int(0.30 * 2**32), int(0.85 * 2**32))
INFLUENCE_BOUNDS = (2 * UNIT, 5 * UNIT)
ALARM_BOUNDS = (0.35, 0.75)
MOST_PRESSURE = 262143.0  # so that pressure * detectability stays below 2**32

INVERSE_LN2 = 1.4426950408889634
LN2_HIGH = 0.6931471803691238  # its last 32 bits are zero: a product with a small integer is exact
LN2_LOW = 1.9082149292705877e-10
FACTORIALS = (6227020800, 479001600, 39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6, 2)
TAYLOR = (*(1.0 / factorial for factorial in FACTORIALS), 1.0, 1.0)


def mix(x: torch.Tensor) -> torch.Tensor:
    """Hash of 32-bit integers held in int64, which wraps: only the lowest 32 bits count."""
    x = x & MASK
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & MASK
    x = ((x ^ (x >> 15)) * 0xD35A2D97) & MASK
    return x ^ (x >> 15)


def mix2(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Hash of two 32-bit integers into one; the order matters."""
    return mix(mix(x) + (y & MASK) * 0x9E3779B9 + 0x6A09E667)


def again(z: torch.Tensor) -> torch.Tensor:
    """The next draw after z."""
    z = ((z ^ (z >> 16)) * 0x21F0AAAD) & MASK
    return z ^ (z >> 15)


def draws(keys: torch.Tensor, clock: torch.Tensor, citizens: int) -> tuple[torch.Tensor, ...]:
    """Three draws, uniform in [0, 2**32), of each citizen at a step: int64 (worlds, N) each."""
    key_a = mix2(keys[:, 0], clock)
    key_b = mix2(keys[:, 1], key_a)
    citizen = torch.arange(citizens, device=keys.device)
    first = again(mix(key_a[:, None] ^ citizen) ^ key_b[:, None])
    second = again(first)
    return first, second, again(second)


def exponential(x: torch.Tensor) -> torch.Tensor:
    """e**x in float64 for x in [-700, 700], beyond which x is held; error under 3e-16."""
    x = x.clamp(-700.0, 700.0)
    n = torch.floor(x * INVERSE_LN2 + 0.5)
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    value = torch.zeros_like(x)
    for coefficient in TAYLOR:
        value = value * r + coefficient
    return value * ((n.to(torch.int64) + 1023) << 52).view(torch.float64)


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """1 / (1 + e**-x)."""
    return 1.0 / (1.0 + exponential(-x))


def influence(graph: Graph, actions: torch.Tensor) -> torch.Tensor:
    """I_i = sum over the edges e into i of weight[e] * action[source[e]]: int64 (worlds, N)."""
    worlds, citizens = actions.shape
    source = graph.source.to(torch.int64).expand(worlds, -1)
    products = graph.weight * actions.to(torch.int64).gather(1, source)
    sums = torch.nn.functional.pad(products.cumsum(1), (1, 0))
    bounds = graph.row_start.to(torch.int64).expand(worlds, citizens + 1)
    return sums.gather(1, bounds).diff(dim=1)


def alarm_sums(params: Params, actions: torch.Tensor) -> torch.Tensor:
    """S = sum of d_i * a_i: int64 (worlds,)."""
    return (params.detectability.to(torch.int64) * actions).sum(1)


def alarm(sums: torch.Tensor, citizens: int) -> torch.Tensor:
    """A = S / (N * UNIT), float64."""
    return sums.to(torch.float64) / (citizens * float(UNIT))


def buckets(x: torch.Tensor, bounds: tuple[float, float]) -> torch.Tensor:
    """0 below the first bound, 1 below the second, else 2."""
    return (x >= bounds[0]).to(torch.int64) + (x >= bounds[1])


def seen(
    flow: torch.Tensor, delayed: torch.Tensor, punished: torch.Tensor, bridge: torch.Tensor
) -> torch.Tensor:
    """Each citizen's state, int64 (worlds, N) in [0, 36)."""
    near = buckets(flow, INFLUENCE_BOUNDS)
    far = buckets(delayed, ALARM_BOUNDS)[:, None]
    return ((near * 3 + far) * 2 + punished) * 2 + bridge


def chance(z: torch.Tensor, bounds: tuple[int, int]) -> torch.Tensor:
    """L, M or R by a draw and two bounds."""
    return (z >= bounds[0]).to(torch.int64) + (z >= bounds[1])


def row(q: torch.Tensor, s: torch.Tensor) -> torch.Tensor:
    """q[i, s_i]: (worlds, N, 3)."""
    return q.gather(2, s[..., None, None].expand(*s.shape, 1, ACTIONS)).squeeze(2)


def learned(values: torch.Tensor, explores: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
    """A learning citizen's action: at random, or the best, ties by the draw z."""
    best = values == values.amax(2, keepdim=True)
    rank = best.cumsum(2) - 1
    pick = (z * best.sum(2)) >> 32
    greedy = (best & (rank == pick[..., None])).to(torch.int8).argmax(2)
    return torch.where(explores, (z * 3) >> 32, greedy)


def choose(
    params: Params, s: torch.Tensor, values: torch.Tensor | None, z2: torch.Tensor, z3: torch.Tensor
) -> torch.Tensor:
    """The action of every citizen by its kind: int64 (worlds, N)."""
    punished, far, near = (s >> 1) & 1, (s >> 2) % 3, (s >> 2) // 3
    calm = torch.where(near == 0, chance(z2, REACTIVE_BOUNDS), near)
    reactive = torch.where(far == 0, calm, 2 - far)
    reactive = torch.where(punished == 1, 0, reactive)
    action = torch.where(params.kind == FIXED, chance(z2, FIXED_BOUNDS), 0)
    action = torch.where(params.kind == REACTIVE, reactive, action)
    if values is None:
        return action
    explores = z2 < int(params.epsilon * 2**32)
    return torch.where(params.kind == LEARNING, learned(values, explores, z3), action)


def pressure(
    force: torch.Tensor, slope: torch.Tensor, threshold: torch.Tensor, delayed: torch.Tensor
) -> torch.Tensor:
    """u * sigmoid(k * (A - x_c)) in units of 2**-16, truncated: int64 (worlds,)."""
    exact = (force * sigmoid(slope * (delayed - threshold))) * 65536.0
    return exact.clamp(max=MOST_PRESSURE).to(torch.int64)


def reward(
    params: Params, actions: torch.Tensor, flow: torch.Tensor, punished: torch.Tensor
) -> torch.Tensor:
    """chi * B[a] + coupling * I * a - punished * kappa * C[a]: float64 (worlds, N)."""
    table = torch.tensor((BENEFIT, COST), dtype=torch.float64, device=actions.device)
    benefit = (params.charisma.to(torch.float64) / UNIT) * table[0][actions]
    social = (params.coupling * (flow.to(torch.float64) / UNIT)) * actions.to(torch.float64)
    cost = (params.cost.to(torch.float64) / UNIT) * table[1][actions]
    return (benefit + social) - torch.where(punished == 1, cost, 0.0)


def learn(
    params: Params,
    q: torch.Tensor,
    where: tuple[torch.Tensor, torch.Tensor],
    rewards: torch.Tensor,
    after: torch.Tensor,
) -> torch.Tensor:
    """Q(s, a) += alpha * ((r + gamma * max Q(s', .)) - Q(s, a)) in float64, rounded to q's type."""
    s, actions = where
    worlds, citizens, states, _ = q.shape
    flat = q.reshape(worlds, citizens, states * ACTIONS)
    place = (s * ACTIONS + actions)[..., None]
    old = flat.gather(2, place).squeeze(2)
    best = row(q, after).amax(2).to(torch.float64)
    value = old.to(torch.float64)
    new = value + params.alpha * ((rewards + params.gamma * best) - value)
    new = torch.where(params.kind == LEARNING, new.to(q.dtype), old)
    return flat.scatter(2, place, new[..., None]).reshape(q.shape)


def step(problem: Problem, state: State, force: torch.Tensor) -> tuple[State, torch.Tensor]:
    """The state after one step with force u (worlds,), and rewards float64 (worlds, N)."""
    params, graph, citizens = problem.params, problem.graph, problem.citizens
    worlds, slots = state.alarms.shape
    each = torch.arange(worlds, device=state.alarms.device)
    slot = state.clock % slots
    delayed = alarm(state.alarms[each, slot], citizens)
    s = seen(influence(graph, state.actions), delayed, state.punished, params.bridge)
    z1, z2, z3 = draws(state.keys, state.clock, citizens)
    values = None if state.q is None else row(state.q, s)
    actions = choose(params, s, values, z2, z3)
    flow = influence(graph, actions)
    strength = pressure(force, problem.slope, problem.threshold, delayed)
    punished = ((z1 >> 2) < strength[:, None] * params.detectability).to(torch.int64)
    rewards = reward(params, actions, flow, punished)
    alarms = state.alarms.clone()
    alarms[each, slot] = alarm_sums(params, actions).to(torch.int32)
    q = state.q
    if q is not None:
        upcoming = alarm(alarms[each, (state.clock + 1) % slots], citizens)
        q = learn(params, q, (s, actions), rewards, seen(flow, upcoming, punished, params.bridge))
    narrow = actions.to(torch.int8), punished.to(torch.int8)
    return State(*narrow, alarms, q, state.keys, state.clock + 1), rewards


def advance(problem: Problem, state: State, steps: int, series: Series) -> None:
    """Take the steps: `state` is changed in place and `series` is filled."""

    def record(t: int, now: State) -> None:
        series.radicals[:, t] = (now.actions == 2).sum(1)
        series.alarms[:, t] = alarm_sums(problem.params, now.actions)

    now = state
    record(0, now)
    for t in range(steps):
        now, rewards = step(problem, now, problem.force[:, min(t, problem.force.shape[1] - 1)])
        record(t + 1, now)
        if series.reward_sums is not None:
            whole = torch.floor(rewards * REWARD_UNIT + 0.5).to(torch.int64)
            series.reward_sums[:, t] = whole.sum(1)
    for old, new in zip(state, now, strict=True):
        if old is not None and new is not None and old is not new:
            old.copy_(new)
