"""Who holds a graph together: betweenness (Brandes, 2001), degree, and the most of either."""

import numpy as np


def degrees(n, count, one, other):
    """Ties of each node, float64 (n,)."""
    score = np.zeros(n, np.float64)
    for tie in range(count):
        score[one[tie]] += 1.0
        score[other[tie]] += 1.0
    return score


def neighbours(n, count, one, other):
    """Compressed rows of the undirected graph: (row (n + 1,), neighbour (2 * count,))."""
    row = np.zeros(n + 1, np.int64)
    for tie in range(count):
        row[one[tie] + 1] += 1
        row[other[tie] + 1] += 1
    for i in range(n):
        row[i + 1] += row[i]
    filled = row[:n].copy()
    neighbour = np.zeros(2 * count, np.int64)
    for tie in range(count):
        i = one[tie]
        j = other[tie]
        neighbour[filled[i]] = j
        neighbour[filled[j]] = i
        filled[i] += 1
        filled[j] += 1
    return row, neighbour


def betweenness(n, count, one, other):
    """Shortest paths that pass through each node, float64 (n,); both directions count.

    Brandes, "A faster algorithm for betweenness centrality" (2001), algorithm 1, without the
    normalisation, which ranks do not need.
    """
    row, neighbour = neighbours(n, count, one, other)
    score = np.zeros(n, np.float64)
    order = np.zeros(n, np.int64)
    distance = np.zeros(n, np.int64)
    paths = np.zeros(n, np.float64)
    share = np.zeros(n, np.float64)
    for start in range(n):
        for i in range(n):
            distance[i] = -1
            paths[i] = 0.0
            share[i] = 0.0
        distance[start] = 0
        paths[start] = 1.0
        order[0] = start
        reached = 1
        at = 0
        while at < reached:
            i = order[at]
            at += 1
            for k in range(row[i], row[i + 1]):
                j = neighbour[k]
                if distance[j] < 0:
                    distance[j] = distance[i] + 1
                    order[reached] = j
                    reached += 1
                if distance[j] == distance[i] + 1:
                    paths[j] += paths[i]
        for at in range(reached - 1, 0, -1):
            j = order[at]
            for k in range(row[j], row[j + 1]):
                i = neighbour[k]
                if distance[i] == distance[j] - 1:
                    share[i] += paths[i] / paths[j] * (1.0 + share[j])
            score[j] += share[j]
    return score


def mark_most(score, most, flag):
    """Write 1 for the `most` nodes of highest score, 0 for the others; of equals, the first."""
    n = len(score)
    low = -1.0  # more than `most` nodes score above this
    high = 1.0  # at most `most` nodes score above this
    for i in range(n):
        high = max(high, score[i])
    if most >= n:
        high = low
    for _ in range(1100):  # halvings until the two are neighbours
        middle = low + (high - low) * 0.5
        if middle <= low or middle >= high:
            break
        above = 0
        for i in range(n):
            above += score[i] > middle
        if above > most:
            low = middle
        else:
            high = middle
    left = most
    for i in range(n):
        flag[i] = 1 if score[i] > high else 0
        left -= flag[i]
    for i in range(n):
        if left > 0 and flag[i] == 0 and score[i] > low:
            flag[i] = 1
            left -= 1
