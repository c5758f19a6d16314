"""The drawn graphs: counts against their expectation, weights, bridges, degrees."""

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401  registers the ids
from midcourse.envs.delayed_repression.population import bridges, graph

ID = "midcourse/DelayedRepressionCitizens-v0"
SEEDS = 60
N, BLOCKS = 60, 4
P_IN, P_OUT, P_TIE = 0.3, 0.05, 0.1093  # as many ties either way, so both are compiled at once
KNOBS = {"citizens": N, "communities": BLOCKS, "p_in": P_IN, "p_out": P_OUT, "p_tie": P_TIE}
TOPOLOGIES = ("block", "random", "scale-free")


def drawn(topology):
    """(sources, targets, weights, bridges) of the graphs of many tasks."""
    env = gymnasium.make(ID, topology=topology, **KNOBS).unwrapped
    found = []
    for seed in range(SEEDS):
        env.reset(seed=seed)
        row = env.world["row"].astype(np.int64)
        target = np.repeat(np.arange(N), np.diff(row))
        source, weight = (env.world[name][: row[-1]].copy() for name in ("source", "weight"))
        assert not env.world["source"][row[-1] :].any()
        found.append((source, target, weight, env.world["bridge"].copy()))
    return found


@pytest.fixture(scope="module")
def graphs():
    return {topology: drawn(topology) for topology in TOPOLOGIES}


def near(count, trials, chance):
    """Whether a count lies within five standard deviations of a binomial's mean."""
    return abs(count - trials * chance) <= 5 * (trials * chance * (1 - chance)) ** 0.5


def test_links_are_as_many_as_expected_within_blocks_and_between(graphs):
    block = np.arange(N) * BLOCKS // N
    within = between = 0
    for source, target, _, _ in graphs["block"]:
        same = block[source] == block[target]
        within, between = within + int(same.sum()), between + int((~same).sum())
    size = N // BLOCKS
    pairs_within = BLOCKS * size * (size - 1) // 2
    pairs_between = N * (N - 1) // 2 - pairs_within
    # Directions of a tie are kept one by one, but ties stand or fall together: count ties' halves.
    for count, pairs, chance in ((within, pairs_within, P_IN), (between, pairs_between, P_OUT)):
        mean = SEEDS * pairs * chance * 1.5
        # variance of a pair's links: E[k^2] - E[k]^2 with k ~ tie * Binomial(2, 0.75)
        spread = (SEEDS * pairs * (chance * (0.375 + 2.25) - (1.5 * chance) ** 2)) ** 0.5
        assert abs(count - mean) <= 5 * spread


def test_a_random_graph_ties_every_pair_alike(graphs):
    links = np.zeros((N, N), np.int64)
    for source, target, _, _ in graphs["random"]:
        np.add.at(links, (target, source), 1)
    assert links.max() <= SEEDS
    assert near(int(np.triu(links, 1).sum()), SEEDS * N * (N - 1) // 2, 0.75 * P_TIE)
    assert near(int(np.tril(links, -1).sum()), SEEDS * N * (N - 1) // 2, 0.75 * P_TIE)
    per_pair = links[~np.eye(N, dtype=bool)]
    expected = SEEDS * 0.75 * P_TIE
    # Binomial counts of 3,540 ordered pairs: their variance is that of the binomial.
    assert per_pair.var() == pytest.approx(expected * (1 - 0.75 * P_TIE), rel=0.15)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_no_citizen_is_linked_to_itself_and_no_link_is_double(graphs, topology):
    for source, target, _, _ in graphs[topology]:
        assert (source != target).all()
        assert len(set(zip(source.tolist(), target.tolist(), strict=True))) == len(source)


def test_weights_lie_in_the_published_ranges(graphs):
    block = np.arange(N) * BLOCKS // N
    inside, outside = [], []
    for source, target, weight, _ in graphs["block"]:
        same = block[source] == block[target]
        inside += weight[same].tolist()
        outside += weight[~same].tolist()
    for weights, low, high in ((inside, 0.7, 1.6), (outside, 0.5, 1.3)):
        real = np.array(weights) / 16384
        assert low - 1e-4 <= real.min() < low + 0.01
        assert high - 0.01 < real.max() <= high + 1e-4
        assert real.mean() == pytest.approx((low + high) / 2, abs=5 * real.std() / len(real) ** 0.5)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_bridges_are_as_many_as_published(graphs, topology):
    most = N * 12 // 100 if topology == "block" else N // 20
    assert {int(bridge.sum()) for *_, bridge in graphs[topology]} == {most}


def test_scale_free_nodes_bring_two_ties_and_the_first_have_most(graphs):
    degree = np.zeros(N)
    for source, target, _, _ in graphs["scale-free"]:
        # 2 * (N - 2) + 1 ties, of whose directions three quarters are kept
        assert abs(len(source) - 1.5 * (2 * N - 3)) < 5 * (2 * (2 * N - 3) * 0.1875) ** 0.5
        degree += np.bincount(source, minlength=N) + np.bincount(target, minlength=N)
    assert degree[:5].min() > 3 * np.median(degree)


# --- the measures, against networkx ---------------------------------------------------------------


def ties(seed, n=40):
    """A random undirected graph, two parts and a lone node among it: (one, other)."""
    generator = np.random.default_rng(seed)
    chosen = np.triu(generator.random((n, n)) < 0.12, 1)
    chosen[: n // 2, n // 2 :] &= seed % 2 == 0
    chosen[:, n - 1] = False
    return np.nonzero(chosen)


@pytest.mark.parametrize("seed", range(6))
def test_betweenness_is_networkxs(seed):
    networkx = pytest.importorskip("networkx")
    one, other = ties(seed)
    peer = networkx.Graph()
    peer.add_nodes_from(range(40))
    peer.add_edges_from(zip(one.tolist(), other.tolist(), strict=True))
    theirs = networkx.betweenness_centrality(peer, normalized=False)
    ours = bridges.betweenness(40, len(one), one, other)
    # Both directions of a path count in ours.
    assert ours / 2 == pytest.approx([theirs[i] for i in range(40)], abs=1e-9)
    degree = bridges.degrees(40, len(one), one, other)
    assert degree.tolist() == [peer.degree(i) for i in range(40)]


@pytest.mark.parametrize("most", [0, 1, 5, 12, 40, 50])
def test_the_most_of_a_score_are_marked_and_of_equals_the_first(most):
    score = np.random.default_rng(most).integers(0, 6, 40).astype(np.float64)
    flag = np.zeros(40, np.int8)
    bridges.mark_most(score, most, flag)
    best = sorted(range(40), key=lambda i: (-score[i], i))[:most]
    assert np.flatnonzero(flag).tolist() == sorted(best)


def test_bridges_of_a_world_are_those_of_its_ties():
    """Through the ties that `draw_blocks` makes of the same draws, with networkx's betweenness."""
    networkx = pytest.importorskip("networkx")
    from midcourse.core.engine.record import Record

    env = gymnasium.make(ID, **KNOBS).unwrapped
    for seed in range(5):
        env.reset(seed=seed)
        twin = env.fork()
        world = Record(twin.world)
        twin.world["counters"][:] = 0
        shared = Record(env.program.shared[0])
        one, other = np.zeros(shared.ties, np.int64), np.zeros(shared.ties, np.int64)
        count = graph.draw_blocks(world, shared, N, one, other)
        peer = networkx.Graph()
        peer.add_nodes_from(range(N))
        peer.add_edges_from(zip(one[:count].tolist(), other[:count].tolist(), strict=True))
        theirs = networkx.betweenness_centrality(peer, normalized=False)
        ranked = sorted(theirs.values(), reverse=True)
        marked = np.flatnonzero(env.world["bridge"])
        assert len(marked) == N * 12 // 100
        assert min(theirs[int(i)] for i in marked) >= ranked[len(marked) - 1] - 1e-9
