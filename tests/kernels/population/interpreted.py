"""The kernel in Triton's interpreter; test_triton.py runs this file where the interpreter is on."""

import pytest
import torch
import triton as real
import triton.language as tl
from populations import population, tensors

from midcourse.kernels.population import Graph, portable, reference, step_population, triton
from midcourse.kernels.population.state import Series, copied, prepare

# worlds, citizens, delay, steps, kind, further choices
CASES = [
    (1, 1, 0, 1, "learning", {}),
    (5, 3, 0, 7, "mixed", {}),
    (33, 3, 20, 7, "mixed", {}),
    (5, 37, 20, 7, "mixed", {}),
    (1, 37, 1, 23, "learning", {}),
    (5, 37, 0, 7, "fixed", {}),
    (5, 37, 0, 7, "reactive", {"own": True}),
    (3, 37, 2, 4, "mixed", {"own": True, "degree": 6}),
    (2, 37, 0, 3, "learning", {"q": torch.float64}),
    (1, 240, 20, 2, "mixed", {}),
    (2, 3, 1, 0, "mixed", {}),
]


@real.jit
def numerics(x_ptr, y_ptr, word_ptr, hash_ptr):
    at = tl.arange(0, 512)
    tl.store(y_ptr + at, portable.sigmoid(tl.load(x_ptr + at)))
    word = tl.load(word_ptr + at).to(tl.uint32)
    tl.store(hash_ptr + at, portable.mix2(word, ~word).to(tl.int64))


def test_hash_and_sigmoid_are_the_reference_s():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(512, dtype=torch.float64, generator=generator) * torch.logspace(-6, 3, 512)
    words = torch.randint(0, 2**32, (512,), generator=generator)
    y, hashes = torch.full_like(x, torch.nan), torch.full_like(words, -1)
    numerics[(1,)](x, y, words, hashes)
    assert torch.equal(y, reference.sigmoid(x))
    assert torch.equal(hashes, reference.mix2(words, ~words & 0xFFFFFFFF))


def poisoned(worlds, steps):
    """Room for series in which a cell left unwritten shows."""
    return Series(
        torch.full((worlds, steps + 1), -77, dtype=torch.int32),
        torch.full((worlds, steps + 1), -77, dtype=torch.int32),
        torch.full((worlds, steps), -(2**60), dtype=torch.int64),
    )


def taken(backend, world, steps, force, **shape):
    """State and series after the steps, as one backend takes them."""
    state, graph, params = world
    problem = prepare(state, graph, params, steps, force)
    state, series = copied(state), poisoned(problem.worlds, steps)
    backend.advance(problem, state, steps, series, **shape)
    return tensors(state, series)


def equal(ours, theirs):
    return all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize(("worlds", "citizens", "delay", "steps", "kind", "more"), CASES)
def test_every_bit_is_the_reference_s(worlds, citizens, delay, steps, kind, more):
    *world, force = population(worlds, citizens, delay, kind=kind, **more)
    wanted = taken(reference, world, steps, force)
    assert equal(taken(triton, world, steps, force, block_worlds=8), wanted)


def test_no_bit_depends_on_the_blocks():
    *world, _ = population(9, 5, 2)
    force = torch.rand((9, 4), dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    wanted = taken(reference, world, 4, force)
    for worlds in (1, 4, 16):
        assert equal(taken(triton, world, 4, force, block_worlds=worlds), wanted)


def test_no_edges_at_all():
    state, graph, params, force = population(2, 5, 0)
    nobody = torch.zeros(0, dtype=torch.int32)
    world = state, Graph(torch.zeros_like(graph.row_start), nobody, nobody), params
    assert equal(taken(triton, world, 3, force), taken(reference, world, 3, force))


def test_every_world_has_its_own_curve():
    state, graph, params, force = population(4, 6, 1)
    curve = torch.tensor([1.0, 5.0, 50.0, 1e5], dtype=torch.float64)
    world = state, graph, params._replace(slope=curve, threshold=curve.flip(0) / 10)
    assert equal(taken(triton, world, 3, force), taken(reference, world, 3, force))


def test_the_public_function_takes_it_by_name():
    state, graph, params, force = population(3, 6, 1)
    named = step_population(state, graph, params, 2, force=force, rewards=True, backend="triton")
    plain = step_population(state, graph, params, 2, force=force, rewards=True)
    assert equal(tensors(*named), tensors(*plain))


def test_what_a_program_cannot_hold_is_named():
    state, graph, params, force = population(1, 4097, 0, kind="fixed", degree=1)
    with pytest.raises(ValueError, match="a world has 4097 citizens; the triton backend takes up"):
        taken(triton, (state, graph, params), 1, force)
    state, graph, params, force = population(1, 5, 0)
    heavy = graph._replace(weight=graph.weight * 0 + (1 << 20))
    with pytest.raises(ValueError, match="weight holds 1048576; the triton backend takes 524287"):
        taken(triton, (state, heavy, params), 1, force)
