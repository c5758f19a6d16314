"""Measuring a cell: the equation, the map, or a batch of populations, one for each seed."""

import zlib
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.baselines.delayed_repression.cells import Cell
from midcourse.envs.delayed_repression import integrate, theory
from midcourse.envs.delayed_repression.regimes import classify

WORLD = "midcourse/DelayedRepression-v0"
IDLE = (2, 0, 2)  # force 1, unsmoothed, unshifted: the published static regulator
LOUDEST, UNIT = 2.5, 16384.0  # units of the observed alarm, and of detectability
PAPER = {"advantage": 2.0, "cost": 7.0, "slope": 10.0, "threshold": 0.72}
CHECK = {"advantage": 2.0, "cost": 5.0, "slope": 10.0, "threshold": 0.5}  # of the appendix
FRACTIONS = 80  # delays of experiment 1, from 0 to 4 critical ones
NEAR = (0.9, 0.95, 0.98, 1.005, 1.01, 1.02, 1.04, 1.08, 1.16, 1.5, 2.0, 3.0, 4.0)
PORTRAIT = (0.9, 1.1, 1.5, 2.0, 3.0)
SHARPNESS = (5.0, 10.0, 15.0, 20.0, 30.0, 50.0)
LONG = 6000.0  # time in which cycles just above the critical delay have grown
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # of experiment 2
MAP_DELAYS, MAP_STEPS = 61, 2000
MAP_RUNAWAY, MAP_WIDE = 0.95, 0.05


def measure(cell: Cell, seeds: int, first_seed: int, steps: int) -> dict[str, Any]:
    """A cell's numbers, in JSON's types."""
    if cell.kind == "bifurcation":
        return bifurcation()
    if cell.kind == "map":
        return discrete_map()
    if cell.kind == "trace":
        counts, alarms, citizens = live(cell, 1, first_seed, steps)
        shares = [round(float(count) / citizens, 6) for count in counts[0]]
        return {"share": shares, "delayed_alarm": [round(float(a), 5) for a in alarms[0]]}
    counts, _, citizens = live(cell, seeds, first_seed, steps)
    tail = counts[:, steps // 2 :]
    shares = counts / citizens
    return {
        "citizens": citizens,
        "most": counts.max(1).tolist(),
        "when": counts.argmax(1).tolist(),
        "tail_most": tail.max(1).tolist(),
        "tail_least": tail.min(1).tolist(),
        "tail_mean": [round(float(mean), 6) for mean in tail.mean(1) / citizens],
        "regime": classify(shares).tolist(),
        "regime_fixed": classify(shares, "fixed").tolist(),
    }


# --- populations --------------------------------------------------------------------------------


def live(cell: Cell, seeds: int, first_seed: int, steps: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Radicals and the alarm that reaches the institutions before each step, (seeds, steps)."""
    made = gymnasium.make_vec(
        WORLD, num_envs=seeds, suite=False, masks=False, reward_terms=False, step_limit=steps,
        **cell.knobs(),
    )  # fmt: skip
    env: Any = made.unwrapped
    seen, _ = env.reset(seed=first_seed)
    worlds = env.worlds
    citizens = worlds["action"].shape[1]
    counts, alarms = np.empty((seeds, steps), np.int64), np.empty((seeds, steps))
    levers = np.tile(IDLE, (seeds, 1))
    draws = np.random.default_rng((first_seed, zlib.crc32(cell.name.encode())))
    regulators = LearningRegulators(seeds, draws) if cell.regulator == "learning" else None
    for step in range(steps):
        counts[:, step] = np.rint(seen["radical_share"][:, 0].astype(np.float64) * citizens)
        alarms[:, step] = seen["delayed_alarm"][:, 0] * LOUDEST
        if step == steps - 1:
            break
        if regulators:
            levers[:, 0] = regulators.act(alarms[:, step], counts[:, step] / citizens)
        seen = env.step(levers)[0]
        if regulators:
            alarm = (worlds["detectability"].astype(np.int64) * worlds["action"]).mean(1) / UNIT
            regulators.learn(alarm, (worlds["action"] == 2).mean(1))
    env.close()
    return counts, alarms, citizens


class LearningRegulators:
    """The published learning regulator, one for each world: tabular Q-learning of the force.

    It sees the delayed alarm in 4 buckets and the radical share in 3, loses the share and a tenth
    of the force, and looks ahead with the alarm of this very step, as the published code does.

    Args:
        count: of regulators.
        generator: of their draws.
    """

    ALARMS, SHARES = (0.3, 0.5, 0.7), (0.15, 0.30)
    FORCES = np.arange(6) * 0.5
    ALPHA, GAMMA, EPSILON, PRICE = 0.05, 0.95, 0.10, 0.1

    def __init__(self, count: int, generator: np.random.Generator):
        self.every = np.arange(count)
        self.generator = generator
        self.values = np.zeros((count, 4 * 3, len(self.FORCES)))
        self.state = self.action = np.zeros(count, np.int64)

    def act(self, alarm: np.ndarray, share: np.ndarray) -> np.ndarray:
        """Indices of forces; the best by value, ties and a tenth of the rest by chance."""
        self.state = self._state(alarm, share)
        values = self.values[self.every, self.state]
        chance = self.generator.random((len(self.every), len(self.FORCES)))
        best = np.where(values == values.max(1, keepdims=True), chance, -1.0).argmax(1)
        explore = self.generator.random(len(self.every)) < self.EPSILON
        any_force = self.generator.integers(len(self.FORCES), size=len(self.every))
        self.action = np.where(explore, any_force, best)
        return self.action

    def learn(self, alarm: np.ndarray, share: np.ndarray) -> None:
        """The update after a step that led to this alarm and share."""
        reward = -share - self.PRICE * self.FORCES[self.action]
        ahead = self.values[self.every, self._state(alarm, share)].max(1)
        at = (self.every, self.state, self.action)
        self.values[at] += self.ALPHA * (reward + self.GAMMA * ahead - self.values[at])

    def _state(self, alarm: np.ndarray, share: np.ndarray) -> np.ndarray:
        loud = np.searchsorted(self.ALARMS, alarm, side="right")
        return loud * 3 + np.searchsorted(self.SHARES, share, side="right")


# --- the equation and the map -------------------------------------------------------------------


def bifurcation() -> dict[str, Any]:
    """Experiment 1: the published scheme, a solution of fourth order, and the closed forms."""
    critical = theory.critical_delay(**PAPER)
    fractions = np.linspace(0.0, 4.0, FRACTIONS)
    tail = integrate.euler(**PAPER, delay=fractions * critical)
    tail = tail[:, tail.shape[1] // 2 :]
    near = np.array(NEAR)
    exact = integrate.tails(**PAPER, delay=near * critical, duration=LONG, tail=0.1)
    root = theory.amplitude(**PAPER, delay=near * critical)
    sharp = {**PAPER, "slope": np.array(SHARPNESS)}
    sharp_critical = theory.critical_delay(**sharp)
    sharp_tail = integrate.tails(**sharp, delay=1.5 * sharp_critical, duration=LONG / 10.0)
    loops = {}
    for fraction in PORTRAIT:
        way = integrate.trajectories(**PAPER, delay=fraction * critical, duration=80.0)
        lag = int(np.argmin(np.abs(way.times - fraction * critical)))
        kept = way.shares[np.searchsorted(way.times, 0.0 if fraction < 1.0 else 50.0) :]
        loops[f"{fraction:g}"] = [_round(kept[lag::3]), _round(kept[: len(kept) - lag : 3])]
    return {
        "closed": {name: _closed(values) for name, values in (("paper", PAPER), ("check", CHECK))},
        "fractions": _round(fractions),
        "low": _round(tail.min(1)),
        "high": _round(tail.max(1)),
        "near": list(NEAR),
        "amplitude": _round(exact.amplitude, 6),
        "root": _round(root, 6),
        "period": [None if np.isnan(p) else round(float(p), 4) for p in exact.period / critical],
        "sharpness": list(SHARPNESS),
        "sharp_critical": _round(sharp_critical),
        "sharp_amplitude": _round(sharp_tail.amplitude),
        "loops": loops,
    }


def _closed(values: dict[str, float]) -> dict[str, float]:
    return {
        "equilibrium": theory.equilibrium(**values),
        "gain": theory.gain(**values),
        "critical_delay": theory.critical_delay(**values),
        "onset_period": theory.onset_period(**values),
        "lyapunov": theory.lyapunov_coefficient(**values),
    }


def discrete_map() -> dict[str, Any]:
    """Experiment 2: the map's regime for each rate and delay, and where linear theory ends."""
    rates = np.array(RATES)
    delays = np.arange(MAP_DELAYS)
    shares = integrate.discrete_map(
        **PAPER, delay_steps=delays, rate=rates[:, None], steps=MAP_STEPS
    )
    tail = shares[..., MAP_STEPS // 2 :]
    amplitude = tail.max(-1) - tail.min(-1)
    regime = np.where(shares.max(-1) > MAP_RUNAWAY, 2, np.where(amplitude > MAP_WIDE, 1, 0))
    gain = theory.gain(**PAPER)
    return {
        "rates": list(RATES),
        "regime": regime.tolist(),
        "bound": [
            # Where the rate passes 2 / b, no delay is stable, not even none.
            float(theory.discrete_critical_delay(**PAPER, rate=rate)) if rate * gain < 2 else None
            for rate in RATES
        ],
        "critical_delay": theory.critical_delay(**PAPER),
    }


def _round(values: Any, digits: int = 5) -> list[float]:
    return [round(float(value), digits) for value in values]
