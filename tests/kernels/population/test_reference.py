"""The plain reference: against a case by hand, against loops, and against its own laws."""

import os
import subprocess
import sys
from pathlib import Path

import populations
import pytest
import torch
from populations import population, tensors

from midcourse.kernels import population as population_package
from midcourse.kernels.population import Graph, Params, first_state, reference, step_population
from midcourse.kernels.population.state import prepare


def ints(*values, dtype=torch.int32):
    return torch.tensor(values, dtype=dtype)


def test_draws_are_those_of_the_engine():
    rng = pytest.importorskip("midcourse.core.engine.rng")
    words = torch.randint(0, 2**32, (500, 2), generator=torch.Generator().manual_seed(0))
    ours = reference.mix2(words[:, 0], words[:, 1])
    assert ours.tolist() == [rng.mix2(x, y) for x, y in words.tolist()]


def test_sigmoid_is_that_of_the_engine():
    portable = pytest.importorskip("midcourse.core.engine.portable")
    generator = torch.Generator().manual_seed(0)
    points = torch.rand(600, generator=generator, dtype=torch.float64) * 2 - 1
    points = torch.cat([points * 700, points * 20, points, points.new_tensor([0, 1e9, -1e9])])
    values = reference.sigmoid(points)
    assert values.tolist() == [portable.sigmoid(x) for x in points.tolist()]


@pytest.fixture
def trio():
    """0 reactive and just punished, 1 reactive, 2 a learning bridge that prefers R."""
    one = 1 << 14
    graph = Graph(
        row_start=ints(0, 1, 3, 4),
        source=ints(1, 0, 2, 1),  # 1 -> 0, 0 -> 1, 2 -> 1, 1 -> 2
        weight=ints(one, 3 * one // 2, one, one // 2),
    )
    params = Params(
        charisma=ints(one, one, 5 * one // 4),
        cost=ints(one, one, one),
        detectability=ints(one, 0, one // 2),
        kind=ints(1, 1, 2, dtype=torch.int8),
        bridge=ints(0, 0, 1, dtype=torch.int8),
        threshold=0.5,
        epsilon=0.0,
    )
    actions = torch.tensor([[1, 2, 0]], dtype=torch.int8)
    state = first_state(actions, params, torch.tensor([[1, 2]]), delay=0)
    state.punished[0, 0] = 1
    assert state.q is not None
    # citizen 2 sees influence .5 * 2 = 1 (bucket 0), the alarm 1 / 3 (bucket 0), no punishment,
    # a bridge: state 1. It will see influence .5 * 1 = .5, the alarm (.5 * 2) / 3, punished: 3.
    state.q[0, 2, 1] = torch.tensor([0.5, 0.25, 1.0])
    state.q[0, 2, 3] = torch.tensor([4.0, -1.0, 2.0])
    return state, graph, params


def test_a_step_of_three_citizens_by_hand(trio):
    # The force is large enough to punish whoever can be detected at half or more:
    # 20 * sigmoid(10 * (1/3 - 1/2)) = 3.2 > 2.
    after, series = step_population(*trio, 1, force=20.0, rewards=True)
    # 0 was punished: L. 1 sees 1.5 * 1 + 1 * 0 < 2, so it draws. 2 prefers R.
    one = int(after.actions[0, 1])
    assert after.actions.tolist() == [[0, one, 2]]
    assert after.punished.tolist() == [[1, 0, 1]]
    assert after.alarms.tolist() == [[16384]]
    assert after.clock.tolist() == [1]
    assert series.radicals.tolist() == [[1, 1 + (one == 2)]]
    assert series.alarms.tolist() == [[16384, 16384]]
    # 2 is paid 1.25 * 3 + .22 * (.5 a_1) * 2 - 1 * 7, and learns towards 4.
    flow = 0.5 * one
    paid = 3.75 + 0.22 * flow * 2 - 7.0
    assert after.q is not None
    assert after.q[0, 2, 1].tolist() == pytest.approx([0.5, 0.25, 1 + 0.1 * (paid + 0.95 * 4 - 1)])
    benefit = (1.0, 2.3, 3.0)[one] + 0.22 * 2.0 * one  # of 1, whom 2 influences by 1 * 2
    assert series.reward_sums is not None
    assert series.reward_sums.item() / 2**24 == pytest.approx(1.0 + benefit + paid, abs=1e-6)


@pytest.mark.parametrize("delay", [0, 3])
def test_loops_over_citizens_agree(delay):
    state, graph, params, forces = population(6, 5, delay, seed=delay)
    after, _ = step_population(state, graph, params, 40, force=forces)
    assert after.q is not None
    for world in range(6):
        loop = populations.Loop(state, graph, params, forces, world)
        for _ in range(40):
            loop.step()
        assert after.actions[world].tolist() == loop.a
        assert after.punished[world].tolist() == loop.punished
        assert after.alarms[world].tolist() == loop.ring
        assert after.q[world].tolist() == loop.q


@pytest.mark.parametrize("backend", ["reference"])
def test_two_launches_are_one(backend):
    *world, force = population(4, 11, 2)
    force = force[:, None] * torch.linspace(0, 2, 7, dtype=torch.float64)
    whole, series = step_population(*world, 7, force=force, backend=backend)
    middle, head = step_population(*world, 3, force=force[:, :3], backend=backend)
    end, tail = step_population(middle, *world[1:], 4, force=force[:, 3:], backend=backend)
    for one, two in zip(whole, end, strict=True):
        assert torch.equal(one, two)
    assert torch.equal(series.radicals, torch.cat([head.radicals, tail.radicals[:, 1:]], 1))
    assert torch.equal(series.alarms, torch.cat([head.alarms, tail.alarms[:, 1:]], 1))


def test_the_alarm_lags_by_its_delay_and_one():
    *world, force = population(3, 7, 4, kind="reactive")
    world[0].clock.zero_()
    after, series = step_population(*world, 12, force=force)
    for t in range(8, 13):  # slots hold the profiles after steps 8 to 12
        assert torch.equal(after.alarms[:, (t - 1) % 5], series.alarms[:, t])


def test_worlds_with_their_own_graph_are_those_worlds_alone():
    state, graph, params, force = population(3, 9, 1, own=True)
    together = tensors(*step_population(state, graph, params, 5, force=force))
    for w in range(3):
        alone = step_population(
            state._replace(**{k: v[w : w + 1] for k, v in state._asdict().items()}),
            Graph(*(part[w] for part in graph)),
            params._replace(**{k: getattr(params, k)[w] for k in Params._fields[:5]}),
            5,
            force=force[w : w + 1],
        )
        for one, all_of_them in zip(tensors(*alone), together, strict=True):
            assert torch.equal(one[0], all_of_them[w])


def test_the_given_state_is_kept_unless_it_is_to_be_changed():
    state, graph, params, force = population(2, 6, 1)
    before = [part.clone() for part in state]
    after, _ = step_population(state, graph, params, 3, force=force)
    assert all(torch.equal(a, b) for a, b in zip(state, before, strict=True))
    changed, _ = step_population(state, graph, params, 3, force=force, in_place=True)
    for name, given in state._asdict().items():
        assert getattr(changed, name) is given
        assert torch.equal(given, getattr(after, name))


def test_fixed_citizens_keep_their_shares():
    *world, _ = population(50, 100, 0, kind="fixed")
    _, series = step_population(*world, 20)
    share = series.radicals[:, 1:].double().mean().item() / 100
    # 50 worlds x 100 citizens x 20 steps at .08: standard error .00086
    assert share == pytest.approx(0.08, abs=5 * 0.00086)


def test_nobody_is_punished_without_force():
    *world, _ = population(5, 40, 0)
    after, _ = step_population(*world, 3, force=0.0)
    assert not after.punished.any()


def test_values_in_float64_agree_but_for_rounding():
    state, graph, params, force = population(3, 8, 0, kind="learning", q=torch.float64)
    assert state.q is not None
    narrow = state._replace(q=state.q.float())
    wide, _ = step_population(state, graph, params, 1, force=force)
    rounded, _ = step_population(narrow, graph, params, 1, force=force)
    assert wide.q is not None
    assert rounded.q is not None
    torch.testing.assert_close(wide.q.float(), rounded.q, rtol=1e-6, atol=1e-6)


FAULTS = {
    "actions is torch.int32, not torch.int8": lambda s, g, p: s._replace(actions=s.actions.int()),
    "actions holds 3; 0 to 2 is possible": lambda s, g, p: s._replace(actions=s.actions * 0 + 3),
    r"q has shape \(2, 6, 35, 3\), not \(2, 6, 36, 3\)": lambda s, g, p: s._replace(
        q=s.q[:, :, :35]
    ),
    r"keys has shape \(2, 3\), not \(2, 2\)": lambda s, g, p: s._replace(keys=s.keys[:, [0, 0, 0]]),
    "alarms holds 0 slots": lambda s, g, p: s._replace(alarms=s.alarms[:, :0]),
    "keys holds -1; 0 to": lambda s, g, p: s._replace(keys=s.keys * 0 - 1),
    "but q is None": lambda s, g, p: s._replace(q=None),
    r"row_start has shape \(6,\), not \(7,\) or \(2, 7\)": lambda s, g, p: g._replace(
        row_start=g.row_start[:6]
    ),
    "source holds 6; 0 to 5": lambda s, g, p: g._replace(source=g.source * 0 + 6),
    "weight holds -1": lambda s, g, p: g._replace(weight=g.weight * 0 - 1),
    "row_start's first entry holds 1": lambda s, g, p: g._replace(row_start=g.row_start + 1),
    "row_start's steps holds -": lambda s, g, p: g._replace(row_start=g.row_start * 0 + ramp(7)),
    "kind holds 7; 0 to 2": lambda s, g, p: p._replace(kind=p.kind * 0 + 7),
    "detectability holds 16385; 0 to 16384": lambda s, g, p: p._replace(
        detectability=p.detectability * 0 + 16385
    ),
    r"slope has shape \(3,\), not \(2,\)": lambda s, g, p: p._replace(
        slope=torch.ones(3, dtype=torch.float64)
    ),
    "epsilon holds 1.5; 0 to 1": lambda s, g, p: p._replace(epsilon=1.5),
    "cost lies on meta, but actions on cpu": lambda s, g, p: p._replace(cost=p.cost.to("meta")),
}


def ramp(n):
    return torch.tensor([0, 1, 0, *[1] * (n - 3)], dtype=torch.int32)


@pytest.mark.parametrize("sentence", FAULTS)
def test_what_does_not_fit_is_named(sentence):
    parts = list(population(2, 6, 1)[:3])
    wrong = FAULTS[sentence](*parts)
    parts = [wrong if type(wrong) is type(part) else part for part in parts]
    with pytest.raises(ValueError, match=sentence):
        step_population(*parts, 1)


def test_other_arguments_that_do_not_fit_are_named():
    state, graph, params, force = population(2, 6, 1)
    with pytest.raises(ValueError, match="steps is -1"):
        step_population(state, graph, params, -1)
    with pytest.raises(ValueError, match="backend is 'cuda'; one of reference, triton"):
        step_population(state, graph, params, 1, backend="cuda")
    with pytest.raises(ValueError, match=r"force has shape \(2, 5\), not \(2,\) or \(2, 4\)"):
        step_population(state, graph, params, 4, force=force[:, None].repeat(1, 5))
    with pytest.raises(ValueError, match="force holds -1; 0 to"):
        step_population(state, graph, params, 4, force=-1.0)
    bent = state._replace(actions=state.actions.T.contiguous().T)
    with pytest.raises(ValueError, match="actions is not contiguous, which in_place needs"):
        step_population(bent, graph, params, 1, in_place=True)
    step_population(bent, graph, params, 1)
    many = torch.zeros((1, 65536), dtype=torch.int8)
    with pytest.raises(ValueError, match="a world has 65536 citizens; 1 to 65535"):
        prepare(state._replace(actions=many), graph, params, 1, 1.0)


def test_the_folder_needs_nothing_else_of_ours(tmp_path):
    (tmp_path / "midcourse").mkdir()
    (tmp_path / "midcourse/kernels").symlink_to(Path(population_package.__file__).parents[1])
    code = (
        "import sys; sys.modules['gymnasium'] = None; sys.modules['numba'] = None\n"
        "import midcourse.kernels.population, midcourse\n"
        "assert midcourse.__file__ is None, midcourse.__file__"
    )
    given = filter(None, [os.environ.get("PYTHONPATH")])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *given])}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
