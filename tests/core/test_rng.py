from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import chisquare

from midcourse.core.engine import rng

BINS = 64
DRAWS = BINS * 200
FAR_OUT = 1e-6  # one in a million for each table; the seeds are fixed, so nothing can flicker


def world(low=1, high=2):
    return SimpleNamespace(key=[low, high], task_key=[high, low], counters=[0] * rng.STREAMS)


def even(values):
    counts = np.bincount(np.asarray(values, np.int64) * BINS >> 32, minlength=BINS)
    return chisquare(counts).pvalue


def episode_key(seed, episode=0):
    """As `episode.begin` makes it."""
    low = rng.mix2(seed & rng.MASK, episode)
    return low, rng.mix2(seed >> 32, low)


def test_one_stream_is_even():
    state = world()
    assert even([rng.draw(state, rng.FAULTS) for _ in range(DRAWS)]) > FAR_OUT


@pytest.mark.parametrize("count", [0, 1, 7])
def test_the_same_draw_of_neighbouring_seeds_is_even(count):
    values = []
    for seed in range(DRAWS):
        state = world(*episode_key(seed))
        state.counters[rng.DYNAMICS] = count
        values.append(rng.draw(state, rng.DYNAMICS))
    assert even(values) > FAR_OUT
    assert len(set(values)) > DRAWS * 0.999


def test_the_same_draw_of_neighbouring_episodes_is_even():
    values = [rng.draw(world(*episode_key(5, episode)), rng.EVENTS) for episode in range(DRAWS)]
    assert even(values) > FAR_OUT


def joint(pairs):
    """p-value of independence of the leading three bits of each."""
    table = np.zeros((8, 8))
    for one, other in pairs:
        table[one >> 29, other >> 29] += 1
    return chisquare(table.ravel()).pvalue


def test_neighbouring_seeds_are_independent():
    states = [world(*episode_key(seed)) for seed in range(DRAWS)]
    values = [rng.draw(state, rng.USERS) for state in states]
    assert joint(pairwise(values)) > FAR_OUT


def test_neighbouring_draws_are_independent():
    state = world(77, 78)
    values = [rng.draw(state, rng.FAULTS) for _ in range(DRAWS)]
    assert joint(pairwise(values)) > FAR_OUT


@pytest.mark.parametrize("one", range(rng.STREAMS))
@pytest.mark.parametrize("other", range(rng.STREAMS))
def test_streams_are_independent(one, other):
    if one < other:
        state = world(901, 902)
        pairs = [(rng.draw(state, one), rng.draw(state, other)) for _ in range(3000)]
        assert joint(pairs) > FAR_OUT


def test_a_draw_added_to_one_stream_shifts_no_other():
    plain, more = world(), world()
    for _ in range(5):
        rng.draw(more, rng.FAULTS)
    for stream in set(range(rng.STREAMS)) - {rng.FAULTS}:
        assert rng.draw(plain, stream) == rng.draw(more, stream)
    assert rng.draw(plain, rng.FAULTS) != rng.draw(more, rng.FAULTS)


def test_only_the_layout_depends_on_the_task():
    one, other = world(), world()
    other.task_key = [99, 98]
    for stream in range(rng.STREAMS):
        same = rng.draw(one, stream) == rng.draw(other, stream)
        assert same == (stream != rng.LAYOUT)


def test_mix_is_a_bijection():
    def unshift(x, shift):
        y = x
        for _ in range(32 // shift):
            y = x ^ (y >> shift)
        return y

    def unmix(x):
        x = unshift(x, 15)
        x = unshift(x * pow(0xD35A2D97, -1, 2**32) & rng.MASK, 15)
        return unshift(x * pow(0x21F0AAAD, -1, 2**32) & rng.MASK, 16)

    numbers = [*range(2000), *(2**32 - 1 - i for i in range(2000)), *range(0, 2**32, 1_000_003)]
    assert all(unmix(rng.mix(x)) == x for x in numbers)


def test_the_order_of_mix2_matters():
    assert rng.mix2(1, 2) != rng.mix2(2, 1)


@pytest.mark.parametrize("n", [1, 2, 3, 6, 1000, 2**31 - 1])
def test_below_stays_below_and_reaches_the_ends(n):
    state = world()
    values = [rng.below(state, rng.EVENTS, n) for _ in range(3000)]
    assert min(values) >= 0
    assert max(values) < n
    if n <= 1000:
        counts = np.bincount(np.array(values) * min(n, 6) // n)
        assert n == 1 or chisquare(counts).pvalue > FAR_OUT


def test_uniform_is_on_its_grid_in_the_half_open_interval():
    state = world()
    values = np.array([rng.uniform(state, rng.USERS) for _ in range(5000)])
    assert ((values >= 0) & (values < 1)).all()
    assert (values * 2**53 == np.floor(values * 2**53)).all()
    assert chisquare(np.bincount((values * 50).astype(int), minlength=50)).pvalue > FAR_OUT
