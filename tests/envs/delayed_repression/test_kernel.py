"""The kernels' reference, which is torch, takes the world's own steps, bit for bit."""

import gymnasium
import numpy as np
import pytest
import sizes
import torch

import midcourse  # noqa: F401  registers the ids
from midcourse.envs.delayed_repression.regulator.state import FORCES
from midcourse.kernels.population import Graph, Params, first_state, step_population

ID = "midcourse/DelayedRepression-v0"
STEPS = 40


def tensor(rows, dtype):
    return torch.from_numpy(np.ascontiguousarray(rows)).to(dtype)


def handed_over(worlds, delay):
    """A regulator's records at their beginning, as the kernel takes them."""
    graph = Graph(*(tensor(worlds[name], torch.int32) for name in ("row", "source", "weight")))
    whole = (tensor(worlds[name], torch.int32) for name in ("charisma", "cost", "detectability"))
    params = Params(*whole, *(tensor(worlds[name], torch.int8) for name in ("kind", "bridge")))
    keys = tensor(worlds["key"].astype(np.int64), torch.int64)
    actions = tensor(worlds["action"], torch.int8)
    return first_state(actions, params, keys, delay, torch.float64), graph, params


@pytest.mark.parametrize(("delay", "lever"), [(0, 2), (5, 5), (20, 1)])
def test_kernel_takes_the_worlds_steps(delay, lever):
    knobs = {**sizes.REGULATED, "population": "mixed", "suite": False}
    env = gymnasium.make_vec(ID, 6, delay=delay, **knobs).unwrapped
    env.reset(seed=11)
    start = handed_over(env.worlds.copy(), delay)
    state, series = step_population(*start, STEPS, force=FORCES[lever], backend="reference")
    levers = np.tile([lever, 0, 2], (6, 1))
    for step in range(STEPS + 1):
        assert (series.radicals[:, step].numpy() == env.worlds["radicals"]).all(), step
        if step < STEPS:
            env.step(levers)
    assert (state.actions.numpy() == env.worlds["action"]).all()
    assert (state.punished.numpy() == env.worlds["punished"]).all()
    assert state.q is not None
    assert state.q.numpy().tobytes() == env.worlds["values"].tobytes()
