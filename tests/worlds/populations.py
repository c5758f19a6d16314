"""Populations drawn at random, and one step of them in loops over Python's own numbers."""

import math
import struct

import torch

from midcourse.kernels.population import Graph, Params, State, first_state

MASK = 0xFFFFFFFF
KINDS = {"fixed": 0, "reactive": 1, "learning": 2}


def population(
    worlds, citizens, delay, *, kind="mixed", degree=3, own=False, q=torch.float32, seed=0
):
    """Worlds in the middle of something: any actions, flags, alarms and action values.

    Some citizens have no neighbours; `own` gives each world its own graph and citizens; action
    values are tenths, so that many are equal.
    """
    generator = torch.Generator().manual_seed(seed)

    def whole(low, high, *shape):
        return torch.randint(low, high + 1, shape, generator=generator)

    lead = (worlds,) if own else ()
    lengths = whole(0, 2 * degree, *lead, citizens)
    lengths[..., -1:] = 0
    row_start = torch.nn.functional.pad(lengths.cumsum(-1), (1, 0)).int()
    edges = int(row_start.max())
    graph = Graph(
        row_start,
        whole(0, citizens - 1, *lead, edges).int(),
        whole(8192, 26214, *lead, edges).int(),
    )
    kinds = whole(0, 2, *lead, citizens) if kind == "mixed" else whole(0, 0, *lead, citizens)
    params = Params(
        charisma=whole(13926, 23757, *lead, citizens).int(),
        cost=whole(14746, 24576, *lead, citizens).int(),
        detectability=whole(0, 16384, *lead, citizens).int(),
        kind=(kinds + KINDS.get(kind, 0)).to(torch.int8),
        bridge=whole(0, 1, *lead, citizens).to(torch.int8),
    )
    q = q if kind in ("mixed", "learning") else None
    actions = whole(0, 2, worlds, citizens).to(torch.int8)
    state = first_state(actions, params, whole(0, MASK, worlds, 2), delay, q)
    if q is not None:
        state = state._replace(q=(whole(-20, 20, worlds, citizens, 36, 3) / 10).to(q))
    state = state._replace(
        punished=whole(0, 1, worlds, citizens).to(torch.int8),
        clock=whole(0, 100, worlds),
        alarms=whole(0, 20000 * citizens, worlds, delay + 1).int(),
    )
    forces = torch.rand(worlds, generator=generator, dtype=torch.float64) * 2.5
    return state, graph, params, forces


def tensors(state: State, series):
    """All tensors of a result that are there."""
    return [part for part in (*state, *series) if part is not None]


def again(z):
    z = ((z ^ (z >> 16)) * 0x21F0AAAD) & MASK
    return z ^ (z >> 15)


def mix(x):
    x = again(x & MASK)
    x = (x * 0xD35A2D97) & MASK
    return x ^ (x >> 15)


def mix2(x, y):
    return mix(mix(x) + y * 0x9E3779B9 + 0x6A09E667)


def exponential(x):
    x = min(max(x, -700.0), 700.0)
    n = math.floor(x * 1.4426950408889634 + 0.5)
    r = (x - n * 0.6931471803691238) - n * 1.9082149292705877e-10
    value = 0.0
    for k in range(13, -1, -1):
        value = value * r + 1.0 / math.factorial(k)
    return math.ldexp(value, n)


class Loop:
    """One world with one graph, stepped citizen by citizen."""

    def __init__(self, state, graph, params, force, world):
        self.a = state.actions[world].tolist()
        self.punished = state.punished[world].tolist()
        self.ring = state.alarms[world].tolist()
        self.q = state.q[world].tolist()
        self.keys = state.keys[world].tolist()
        self.t = int(state.clock[world])
        self.graph = [part.tolist() for part in graph]
        self.params = params
        self.constants = list(zip(*(part.tolist() for part in params[:5]), strict=True))
        self.force = float(force[world])

    def flow(self, i):
        start, source, weight = self.graph
        return sum(weight[e] * self.a[source[e]] for e in range(start[i], start[i + 1]))

    def sees(self, i, alarm):
        near = sum(self.flow(i) >= bound for bound in (32768, 81920))
        far = sum(alarm >= bound for bound in (0.35, 0.75))
        return ((near * 3 + far) * 2 + self.punished[i]) * 2 + self.constants[i][4]

    def chooses(self, i, s, z2, z3):
        kind, near, far = self.constants[i][3], s // 12, s // 4 % 3
        if kind == 0:
            return 0 if z2 < int(0.65 * 2**32) else 1 if z2 < int(0.92 * 2**32) else 2
        if kind == 1:
            if self.punished[i] or far == 2:
                return 0
            if far == 1 or near:
                return 1 if far == 1 else near
            return 0 if z2 < int(0.30 * 2**32) else 1 if z2 < int(0.85 * 2**32) else 2
        if z2 < int(self.params.epsilon * 2**32):
            return z3 * 3 >> 32
        best = [a for a in range(3) if self.q[i][s][a] == max(self.q[i][s])]
        return best[z3 * len(best) >> 32]

    def step(self):
        people, n = range(len(self.a)), len(self.a)
        slot = self.t % len(self.ring)
        delayed = self.ring[slot] / (n * 16384.0)
        states = [self.sees(i, delayed) for i in people]
        key_a = mix2(self.keys[0], self.t & MASK)
        key_b = mix2(self.keys[1], key_a)
        z = [[again(mix(key_a ^ i) ^ key_b)] for i in people]
        for row in z:
            row += [again(row[0]), again(again(row[0]))]
        self.a = [self.chooses(i, states[i], *z[i][1:]) for i in people]
        k, x_c = self.params.slope, self.params.threshold
        share = self.force * (1.0 / (1.0 + exponential(-(k * (delayed - x_c)))))
        pressure = min(int(share * 65536.0), 262143)
        self.punished = [int(z[i][0] >> 2 < pressure * self.constants[i][2]) for i in people]
        self.ring[slot] = sum(self.constants[i][2] * self.a[i] for i in people)
        self.t += 1
        upcoming = self.ring[self.t % len(self.ring)] / (n * 16384.0)
        for i in people:
            if self.constants[i][3] == 2:
                self.learns(i, states[i], upcoming)

    def learns(self, i, s, upcoming):
        a, (charisma, cost, *_) = self.a[i], self.constants[i]
        gain = charisma / 16384 * (1.0, 2.3, 3.0)[a]
        gain = gain + self.params.coupling * (self.flow(i) / 16384) * a
        gain = gain - (cost / 16384 * (0.0, 2.0, 7.0)[a] if self.punished[i] else 0.0)
        old, best = self.q[i][s][a], max(self.q[i][self.sees(i, upcoming)])
        new = old + self.params.alpha * ((gain + self.params.gamma * best) - old)
        self.q[i][s][a] = struct.unpack("f", struct.pack("f", new))[0]
