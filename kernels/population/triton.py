"""Many worlds times many steps in one launch.

A program takes `block_worlds` worlds and keeps their citizens in registers through all steps. What
passes through memory is what one thread writes and another may read: actions, which neighbours
see, action values and alarms. A step stores the actions; barrier; reads (neighbours, the alarm,
action values); barrier; stores action values and the alarm. So between a store and a read of one
address there is always a barrier, in either order and also across steps, whichever threads make
them: the compiler may give a store and a load different threads, and may keep copies of a value in
several. Programs share nothing. Draws are counted by world, step and citizen, and every sum is of
integers, so no bit depends on the launch's shape.

The floor, for one update of one citizen (N = 240, in-degree 3 on average and 12 at most; counted,
not timed). Memory: actions, edges and alarms stay in the caches; a learning citizen moves one row
of action values in and one value out, 16 bytes, or 72 in the sectors of 32 bytes that hold them.
At the 4.3 TB/s that a copy reaches on an H200 that is 6e10 a second. Instructions: 490 (360 where
nobody learns; compiled for sm_90 by Triton 3.9, 4 warps), of which about 50 are float64; at 1.8 GHz
132 multiprocessors of 128 lanes start enough for 6e10 a second.

The other layout, one world a lane and citizens in a loop, needs no barrier at all, reads exactly
the edges there are and takes the sigmoid once for N citizens: 250 instructions, by estimate. But it
has no parallelism besides the worlds: an H200 wants 130,000 of them, with 14 GB of action values,
where this one is full at 132 times 4. Research has thousands of worlds, so this one was taken.
Exchange by `tl.gather` was tried: it becomes shuffles, 53,000 instructions instead of 1,500.
"""

from typing import Any

import torch
import triton
import triton.language as tl

from midcourse.kernels.dispatch import require
from midcourse.kernels.population.portable import draws, sigmoid
from midcourse.kernels.population.reference import (
    ALARM_BOUNDS,
    FIXED_BOUNDS,
    INFLUENCE_BOUNDS,
    MOST_PRESSURE,
    REACTIVE_BOUNDS,
)
from midcourse.kernels.population.state import (
    REWARD_UNIT,
    UNIT,
    Graph,
    Problem,
    Series,
    State,
)

MOST_CITIZENS = 4096  # a world's citizens lie in the registers of one program
MOST_WEIGHT = (1 << 19) - 1  # of an edge, in units of 1 / UNIT

# An edge in one word: twelve bits of source, nineteen of weight.
SOURCE: tl.constexpr = tl.constexpr(MOST_CITIZENS - 1)
WEIGHT_AT: tl.constexpr = tl.constexpr(12)

FIXED_L: tl.constexpr = tl.constexpr(FIXED_BOUNDS[0])
FIXED_M: tl.constexpr = tl.constexpr(FIXED_BOUNDS[1])
CALM_L: tl.constexpr = tl.constexpr(REACTIVE_BOUNDS[0])
CALM_M: tl.constexpr = tl.constexpr(REACTIVE_BOUNDS[1])
NEAR_1: tl.constexpr = tl.constexpr(INFLUENCE_BOUNDS[0])
NEAR_2: tl.constexpr = tl.constexpr(INFLUENCE_BOUNDS[1])
FAR_1: tl.constexpr = tl.constexpr(ALARM_BOUNDS[0])
FAR_2: tl.constexpr = tl.constexpr(ALARM_BOUNDS[1])
CEILING: tl.constexpr = tl.constexpr(MOST_PRESSURE)
ONE: tl.constexpr = tl.constexpr(float(UNIT))
CENT: tl.constexpr = tl.constexpr(float(REWARD_UNIT))
ROW: tl.constexpr = tl.constexpr(36 * 3)


@triton.jit
def three(a, low, middle, high):
    """One of three float64 constants by the action."""
    first = tl.full((1, 1), low, tl.float64)
    second = tl.full((1, 1), middle, tl.float64)
    third = tl.full((1, 1), high, tl.float64)
    return tl.where(a == 0, first, tl.where(a == 1, second, third))


@triton.jit
def bucket(x, first, second):
    """0 below the first bound, 1 below the second, else 2: int32."""
    return (x >= first).to(tl.int32) + (x >= second).to(tl.int32)


@triton.jit
def influence(action_row, edge, live, degree, citizens):
    """I_i of every citizen, int32 (worlds, citizens), from the actions that lie in memory.

    `degree` is a multiple of four, so that four neighbours' loads are under way at once.
    """
    flow = live.to(tl.int32) * 0
    for k in range(0, degree, 4):
        slot = edge + k * citizens
        e0 = tl.load(slot, mask=live, other=0)
        e1 = tl.load(slot + citizens, mask=live, other=0)
        e2 = tl.load(slot + 2 * citizens, mask=live, other=0)
        e3 = tl.load(slot + 3 * citizens, mask=live, other=0)
        a0 = tl.load(action_row + (e0 & SOURCE), mask=live, other=0).to(tl.int32)
        a1 = tl.load(action_row + (e1 & SOURCE), mask=live, other=0).to(tl.int32)
        a2 = tl.load(action_row + (e2 & SOURCE), mask=live, other=0).to(tl.int32)
        a3 = tl.load(action_row + (e3 & SOURCE), mask=live, other=0).to(tl.int32)
        flow += (e0 >> WEIGHT_AT) * a0 + (e1 >> WEIGHT_AT) * a1
        flow += (e2 >> WEIGHT_AT) * a2 + (e3 >> WEIGHT_AT) * a3
    return flow


@triton.jit
def learned(v0, v1, v2, explores, z):
    """A learning citizen's action: at random, or the best, ties by the draw z."""
    best = tl.maximum(tl.maximum(v0, v1), v2)
    e0 = (v0 == best).to(tl.int32)
    e1 = (v1 == best).to(tl.int32)
    equal = e0 + e1 + (v2 == best).to(tl.int32)
    pick = ((z.to(tl.uint64) * equal.to(tl.uint64)) >> 32).to(tl.int32)
    later = tl.where((e1 == 1) & (pick == e0), 1, 2)
    greedy = tl.where((e0 == 1) & (pick == 0), 0, later)
    return tl.where(explores, ((z.to(tl.uint64) * 3) >> 32).to(tl.int32), greedy)


@triton.jit
def unlearned(kind, near, far, punished, z):
    """A fixed or reactive citizen's action."""
    fixed = (z >= FIXED_L).to(tl.int32) + (z >= FIXED_M).to(tl.int32)
    chance = (z >= CALM_L).to(tl.int32) + (z >= CALM_M).to(tl.int32)
    calm = tl.where(near == 0, chance, near)
    reactive = tl.where(punished == 1, 0, tl.where(far == 0, calm, 2 - far))
    return tl.where(kind == 0, fixed, reactive)


@triton.jit
def pressure(force, slope, threshold, alarm):
    """u * sigmoid(k * (A - x_c)) in units of 2**-16, truncated: uint32 (worlds,)."""
    exact = (force * sigmoid(slope * (alarm - threshold))) * 65536.0
    return tl.minimum(exact, CEILING).to(tl.uint32)


@triton.jit
def reward(charisma, cost, coupling, actions, flow, punished):
    """chi * B[a] + coupling * I * a - punished * kappa * C[a], float64."""
    benefit = charisma * three(actions, 1.0, 2.3, 3.0)
    social = (coupling * (flow.to(tl.float64) / ONE)) * actions.to(tl.float64)
    return (benefit + social) - tl.where(punished == 1, cost * three(actions, 0.0, 2.0, 7.0), 0.0)


@triton.jit
def seen(flow, alarm, punished, bridge):
    """Influence and alarm buckets, and each citizen's state from them: int32."""
    near = bucket(flow, NEAR_1, NEAR_2)
    far = bucket(alarm, FAR_1, FAR_2)[:, None]
    return near, far, ((near * 3 + far) * 2 + punished) * 2 + bridge


@triton.jit
def action_values(q_row, s, learning):
    """Q(s, .) of every learning citizen."""
    v0 = tl.load(q_row + s * 3, mask=learning, other=0.0)
    v1 = tl.load(q_row + s * 3 + 1, mask=learning, other=0.0)
    v2 = tl.load(q_row + s * 3 + 2, mask=learning, other=0.0)
    return v0, v1, v2


@triton.jit
def improved(old, rewards, best, alpha, gamma):
    """Q(s, a) after learning: float64 arithmetic, rounded to the type of `old`."""
    value = old.to(tl.float64)
    value = value + alpha * ((rewards + gamma * best.to(tl.float64)) - value)
    return value.to(old.dtype)


SIZES = ("worlds", "citizens", "degree", "slots", "steps")
STRIDES = ("constant_stride", "edge_stride", "force_stride")


@triton.jit(do_not_specialize=[*SIZES, *STRIDES])
def advance_kernel(
    actions_ptr, punished_ptr, alarms_ptr, q_ptr, keys_ptr, clock_ptr,
    edges_ptr, charisma_ptr, cost_ptr, detect_ptr, kind_ptr, bridge_ptr,
    force_ptr, slope_ptr, threshold_ptr, numbers_ptr,
    radicals_ptr, sums_ptr, rewards_ptr,
    worlds, citizens, degree, slots, steps,
    constant_stride, edge_stride, force_stride,
    LEARNING: tl.constexpr, REWARDS: tl.constexpr,
    BLOCK_WORLDS: tl.constexpr, BLOCK_CITIZENS: tl.constexpr,
):  # fmt: skip
    """`steps` steps of `BLOCK_WORLDS` worlds; a stride of 0 means shared by all worlds."""
    w = tl.program_id(0) * BLOCK_WORLDS + tl.arange(0, BLOCK_WORLDS)
    here = w < worlds
    w = w.to(tl.int64)
    i = tl.arange(0, BLOCK_CITIZENS)
    live = here[:, None] & (i < citizens)[None, :]
    constant = w[:, None] * constant_stride + i[None, :]
    charisma = tl.load(charisma_ptr + constant, mask=live, other=0).to(tl.float64) / ONE
    cost = tl.load(cost_ptr + constant, mask=live, other=0).to(tl.float64) / ONE
    detect = tl.load(detect_ptr + constant, mask=live, other=0)
    kind = tl.load(kind_ptr + constant, mask=live, other=0)
    bridge = tl.load(bridge_ptr + constant, mask=live, other=0).to(tl.int32)
    coupling, alpha = tl.load(numbers_ptr), tl.load(numbers_ptr + 1)
    gamma, explore = tl.load(numbers_ptr + 2), tl.load(numbers_ptr + 3).to(tl.int64)
    slope = tl.load(slope_ptr + w, mask=here, other=0.0)
    threshold = tl.load(threshold_ptr + w, mask=here, other=0.0)
    key_0 = tl.load(keys_ptr + 2 * w, mask=here, other=0).to(tl.uint32)
    key_1 = tl.load(keys_ptr + 2 * w + 1, mask=here, other=0).to(tl.uint32)
    clock = tl.load(clock_ptr + w, mask=here, other=0)
    slot = clock % slots
    scale = citizens * tl.full((1,), ONE, tl.float64)

    row = w[:, None] * citizens
    action_row = actions_ptr + row
    edge = edges_ptr + w[:, None] * edge_stride + i[None, :]
    q_row = q_ptr + (row + i[None, :]) * ROW
    learning = live & (kind == 2)
    actions = tl.load(action_row + i[None, :], mask=live, other=0).to(tl.int32)
    punished = tl.load(punished_ptr + row + i[None, :], mask=live, other=0).to(tl.int32)
    flow = influence(action_row, edge, live, degree, citizens)
    alarm = tl.load(alarms_ptr + w * slots + slot, mask=here, other=0).to(tl.float64) / scale
    near, far, s = seen(flow, alarm, punished, bridge)
    if LEARNING:
        v0, v1, v2 = action_values(q_row, s, learning)
    at = w * (steps + 1)
    tl.store(radicals_ptr + at, tl.sum((actions == 2).to(tl.int32), 1), mask=here)
    tl.store(sums_ptr + at, tl.sum(detect * actions, 1), mask=here)

    tl.debug_barrier()  # before: reads of the given actions; after: they are replaced
    for t in range(steps):
        z1, z2, z3 = draws(key_0, key_1, (clock + t).to(tl.uint32), i)
        actions = unlearned(kind, near, far, punished, z2)
        if LEARNING:
            choice = learned(v0, v1, v2, z2.to(tl.int64) < explore, z3)
            actions = tl.where(kind == 2, choice, actions)
        actions = tl.where(live, actions, 0)
        tl.store(action_row + i[None, :], actions.to(tl.int8), mask=live)
        tl.debug_barrier()  # after: actions, and the last step's action values and alarm, are read

        flow = influence(action_row, edge, live, degree, citizens)
        force = tl.load(force_ptr + w * force_stride + t * (force_stride > 1), mask=here, other=0.0)
        strength = pressure(force, slope, threshold, alarm)
        punished = ((z1 >> 2) < strength[:, None] * detect.to(tl.uint32)).to(tl.int32)
        sums = tl.sum(detect * actions, 1)
        radicals = tl.sum((actions == 2).to(tl.int32), 1)
        next_slot = tl.where(slot + 1 == slots, 0, slot + 1)
        upcoming = tl.load(alarms_ptr + w * slots + next_slot, mask=here, other=0)
        alarm = tl.where(next_slot == slot, sums, upcoming).to(tl.float64) / scale
        near, far, after = seen(flow, alarm, punished, bridge)
        if LEARNING or REWARDS:
            rewards = reward(charisma, cost, coupling, actions, flow, punished)
        if LEARNING:
            n0, n1, n2 = action_values(q_row, after, learning)
            old = tl.where(actions == 0, v0, tl.where(actions == 1, v1, v2))
            best = tl.maximum(tl.maximum(n0, n1), n2)
            value = improved(old, rewards, best, alpha, gamma)

        tl.debug_barrier()  # before: all reads of the step; after: action values, alarm, actions
        if LEARNING:
            tl.store(q_row + s * 3 + actions, value, mask=learning)
            v0 = tl.where((s == after) & (actions == 0), value, n0)
            v1 = tl.where((s == after) & (actions == 1), value, n1)
            v2 = tl.where((s == after) & (actions == 2), value, n2)
        s = after
        tl.store(alarms_ptr + w * slots + slot, sums, mask=here)
        slot = next_slot
        tl.store(radicals_ptr + at + t + 1, radicals, mask=here)
        tl.store(sums_ptr + at + t + 1, sums, mask=here)
        if REWARDS:
            whole = tl.where(live, tl.floor(rewards * CENT + 0.5), 0.0).to(tl.int64)
            tl.store(rewards_ptr + w * steps + t, tl.sum(whole, 1), mask=here)

    tl.store(punished_ptr + row + i[None, :], punished.to(tl.int8), mask=live)
    tl.store(clock_ptr + w, clock + steps, mask=here)


def block_sizes(citizens: int) -> tuple[int, int, int]:
    """Worlds and citizens of a program, and its warps; not yet measured on a GPU."""
    width = max(triton.next_power_of_2(citizens), 16)
    worlds = max(1, 128 // width)
    return worlds, width, min(max(worlds * width // 64, 1), 16)


def packed_edges(graph: Graph) -> torch.Tensor:
    """Edges by slot, int32 (worlds or 1, degree, N): slot k holds every citizen's k-th edge.

    `degree` is the largest in-degree, rounded up to a multiple of four; empty slots hold 0, an edge
    of weight 0. Waits for the device.
    """
    rows, bounds = graph.row_start.shape
    length = graph.row_start.diff(dim=1)[:, None, :]
    degree = -(-int(length.max()) // 4) * 4
    k = torch.arange(degree, device=length.device)[None, :, None]
    held = (k < length).reshape(rows, -1)
    if not degree:
        return torch.zeros((rows, 0, bounds - 1), dtype=torch.int32, device=length.device)
    edge = (graph.row_start[:, None, :-1] + k).reshape(rows, -1)
    edge = torch.where(held, edge, 0).to(torch.int64)
    source, weight = graph.source.gather(1, edge), graph.weight.gather(1, edge)
    most = int(weight.max())
    require(most <= MOST_WEIGHT, f"weight holds {most}; the triton backend takes {MOST_WEIGHT}")
    word = torch.where(held, source | weight << WEIGHT_AT.value, 0)
    return word.to(torch.int32).reshape(rows, degree, bounds - 1)


def interpreted() -> bool:
    """Whether the kernel here was made for Triton's interpreter."""
    return not isinstance(advance_kernel, triton.JITFunction)


def advance(
    problem: Problem,
    state: State,
    steps: int,
    series: Series,
    block_worlds: int | None = None,
    num_warps: int | None = None,
) -> None:
    """Take the steps: `state` is changed in place and `series` is filled.

    Raises:
        ValueError: more citizens or weight than a program can hold.
    """
    citizens = problem.citizens
    sentence = f"a world has {citizens} citizens; the triton backend takes up to {MOST_CITIZENS}"
    require(citizens <= MOST_CITIZENS, sentence)
    params, constants = problem.params, problem.params[:5]
    edges = packed_edges(problem.graph)
    worlds, width, warps = block_sizes(citizens)
    worlds, warps = block_worlds or worlds, num_warps or warps
    numbers = [params.coupling, params.alpha, params.gamma, float(int(params.epsilon * 2**32))]
    table = torch.tensor(numbers, dtype=torch.float64, device=state.actions.device)
    degree = edges.shape[1]
    launch: Any = advance_kernel[(triton.cdiv(problem.worlds, worlds),)]
    with torch.cuda.device_of(state.actions):
        launch(
            *(state.actions, state.punished, state.alarms),
            *(state.actions if state.q is None else state.q, state.keys, state.clock),
            *(edges, *constants, problem.force, problem.slope, problem.threshold, table),
            *(series.radicals, series.alarms),
            series.alarms if series.reward_sums is None else series.reward_sums,
            *(problem.worlds, citizens, degree, state.alarms.shape[1], steps),
            0 if constants[0].shape[0] == 1 else citizens,
            0 if edges.shape[0] == 1 else degree * citizens,
            problem.force.shape[1],
            LEARNING=problem.learning,
            REWARDS=series.reward_sums is not None,
            BLOCK_WORLDS=worlds,
            BLOCK_CITIZENS=width,
            num_warps=warps,
            enable_fp_fusion=False,
        )
