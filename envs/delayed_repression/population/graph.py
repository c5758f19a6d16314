"""Who is tied to whom: the published block graph, a random one, a scale-free one.

A graph is drawn in three steps: undirected ties, who of the citizens are bridges, and links, which
are the directions of ties that were kept. All draws come from the stream LAYOUT.
"""

import math

import numpy as np

from midcourse.core.engine.portable import logarithm
from midcourse.core.engine.rng import LAYOUT, below, draw, uniform
from midcourse.envs.delayed_repression.population.bridges import betweenness, degrees, mark_most
from midcourse.envs.delayed_repression.population.state import (
    BY_BETWEENNESS,
    KEPT,
    TIES_OF_NEWCOMERS,
)

BLOCK, RANDOM = 0, 1  # indices into TOPOLOGIES
FAR = 1 << 40  # a skip beyond every citizen
KEEP_BELOW = int(KEPT * 2**32)
INSIDE = (11469, 26214)  # weights within a block, U(.7, 1.6) in 1/UNIT
OUTSIDE = (8192, 21299)  # weights between blocks, U(.5, 1.3) in 1/UNIT


def build_graph(world, shared, graph):
    """Draw a graph into a record's fields `row`, `source`, `weight` and `bridge`."""
    n = len(graph.bridge)
    one = np.zeros(shared.ties, np.int64)
    other = np.zeros(shared.ties, np.int64)
    if shared.topology == BLOCK:
        count = draw_blocks(world, shared, n, one, other)
    elif shared.topology == RANDOM:
        count = draw_random(world, shared, n, one, other)
    else:
        count = draw_scale_free(world, n, one, other)
    if shared.topology == BLOCK and n <= BY_BETWEENNESS:
        score = betweenness(n, count, one, other)
        bridges = n * 12 // 100
    else:
        score = degrees(n, count, one, other)
        bridges = n * 12 // 100 if shared.topology == BLOCK else n // 20
    mark_most(score, bridges, graph.bridge)
    draw_links(world, shared, n, count, one, other, graph)


def block_of(shared, n, i):
    """The block of a citizen: runs of neighbouring numbers, equal in size but for one."""
    return i * shared.communities // n


def end_of_block(shared, n, block):
    """The first citizen beyond a block."""
    return ((block + 1) * n + shared.communities - 1) // shared.communities


def skip(world, p):
    """How many pairs to pass over until the next tie, geometric; a draw unless p is 0 or 1."""
    if p <= 0.0:
        return FAR
    if p >= 1.0:
        return 0
    passed = logarithm(1.0 - uniform(world, LAYOUT)) / logarithm(1.0 - p)
    return FAR if passed > FAR else math.floor(passed)


def draw_row(world, p, i, first, last, count, one, other):
    """Ties of citizen i to those from `first` to before `last`; returns the new count."""
    j = first + skip(world, p)
    while j < last and count < len(one):
        one[count] = i
        other[count] = j
        count += 1
        j += 1 + skip(world, p)
    return count


def draw_blocks(world, shared, n, one, other):
    """The stochastic block model: ties are likely within a block, rare between blocks."""
    count = 0
    for i in range(n):
        end = end_of_block(shared, n, block_of(shared, n, i))
        count = draw_row(world, shared.p_in, i, i + 1, end, count, one, other)
        count = draw_row(world, shared.p_out, i, end, n, count, one, other)
    return count


def draw_random(world, shared, n, one, other):
    """Every pair is tied with the same chance (Erdos and Renyi)."""
    count = 0
    for i in range(n):
        count = draw_row(world, shared.p_tie, i, i + 1, n, count, one, other)
    return count


def draw_scale_free(world, n, one, other):
    """Each node ties itself to two earlier ones, chosen by degree (Barabasi and Albert)."""
    count = 0
    ends = np.zeros(2 * len(one), np.int64)  # every node as often as it has ties
    for i in range(1, n):
        known = 2 * count
        first = -1
        for _ in range(min(i, TIES_OF_NEWCOMERS)):
            j = 0 if known == 0 else ends[below(world, LAYOUT, known)]
            while j == first:
                j = ends[below(world, LAYOUT, known)] if i > 2 else (j + 1) % i
            first = j
            one[count] = j
            other[count] = i
            ends[2 * count] = j
            ends[2 * count + 1] = i
            count += 1
    return count


def draw_links(world, shared, n, count, one, other, graph):
    """Keep each direction of each tie by chance, draw its weight, and sort links by target."""
    source = np.zeros(2 * count, np.int64)
    target = np.zeros(2 * count, np.int64)
    weight = np.zeros(2 * count, np.int64)
    links = 0
    for i in range(n + 1):
        graph.row[i] = 0
    for tie in range(count):
        for direction in range(2):
            if draw(world, LAYOUT) < KEEP_BELOW:
                source[links] = one[tie] if direction == 0 else other[tie]
                target[links] = other[tie] if direction == 0 else one[tie]
                weight[links] = draw_weight(world, LAYOUT, shared, n, one[tie], other[tie])
                graph.row[target[links] + 1] += 1
                links += 1
    for i in range(n):
        graph.row[i + 1] += graph.row[i]
    filled = np.zeros(n, np.int64)
    for link in range(links):
        i = target[link]
        at = graph.row[i] + filled[i]
        filled[i] += 1
        graph.source[at] = source[link]
        graph.weight[at] = weight[link]
    for at in range(links, len(graph.source)):
        graph.source[at] = 0
        graph.weight[at] = 0


def draw_weight(world, stream, shared, n, i, j):
    """Strength of a link, in 1/UNIT: by whether it stays within a block; without blocks, as if."""
    inside = shared.topology != BLOCK or block_of(shared, n, i) == block_of(shared, n, j)
    low, high = INSIDE if inside else OUTSIDE
    return low + below(world, stream, high - low + 1)


def rewire(world, shared, stream, chance):
    """Give links a new source by chance, in the record's own graph; rows keep their length."""
    n = len(world.bridge)
    if n < 2:
        return
    for i in range(n):
        for link in range(world.row[i], world.row[i + 1]):
            if draw(world, stream) < chance:
                j = below(world, stream, n - 1)
                if j >= i:
                    j += 1
                world.source[link] = j
                world.weight[link] = draw_weight(world, stream, shared, n, i, j)


# --- the graph: a world's own, or one that worlds share -----------------------------------------


def graph_of(world, shared):
    """The record in which the graph lies."""
    return world


def shared_graph(world, shared):
    """Replaces `graph_of` where worlds share a graph."""
    return shared


def draw_graph(world, shared):
    """Draw this task's graph."""
    build_graph(world, shared, world)


def keep_graph(world, shared):
    """Replaces `draw_graph` where worlds share a graph."""
