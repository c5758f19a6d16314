"""Choices as a tree of tokens: heads that several have in common are stored, and run, once.

A choice of k tokens is scored from k distributions: that after the prefix, and that after each of
its tokens but the last. So its last token is never run, unless a longer choice goes on from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

PREFIX = -1  # the row of the prefix's own last token


@dataclass(frozen=True)
class Tree:
    """The tokens to be run, parents before children, and where each choice is read off.

    Attributes:
        tokens: int64 (rows,).
        parents: int64 (rows,), rows, or PREFIX.
        depths: int64 (rows,), 0 right after the prefix.
        reads: for each choice one (row, token) for each of its tokens: its log-probability is
            the sum of those of `token` in the distributions after `row`.
    """

    tokens: np.ndarray
    parents: np.ndarray
    depths: np.ndarray
    reads: tuple[tuple[tuple[int, int], ...], ...]

    def __len__(self) -> int:
        return len(self.tokens)

    def rows_read(self) -> list[int]:
        """The rows whose distributions are needed, ascending."""
        return sorted({row for reads in self.reads for row, _ in reads})

    def visible(self) -> np.ndarray:
        """bool (rows, rows): whether a row attends to another, itself or an ancestor."""
        seen = np.eye(len(self), dtype=bool)
        for row, parent in enumerate(self.parents):
            if parent != PREFIX:
                seen[row] |= seen[parent]
        return seen


def grow(choices: Sequence[Sequence[int]]) -> Tree:
    """The tree of some choices, each of one token or more.

    Raises:
        ValueError: a choice without tokens.
    """
    rows: dict[tuple[int, int], int] = {}  # (parent, token) -> row
    depths: list[int] = []
    reads = []
    for choice in choices:
        if not choice:
            raise ValueError("a choice has no tokens")
        row, path = PREFIX, []
        for depth, token in enumerate(choice):
            path.append((row, token))
            if depth < len(choice) - 1:
                if (row, token) not in rows:
                    rows[row, token] = len(rows)
                    depths.append(depth)
                row = rows[row, token]
        reads.append(tuple(path))
    parents, tokens = zip(*rows, strict=True) if rows else ((), ())
    return Tree(
        np.array(tokens, np.int64),
        np.array(parents, np.int64),
        np.array(depths, np.int64),
        tuple(reads),
    )


def groups(choices: Sequence[tuple[int, ...]], most: int) -> Iterator[list[tuple[int, ...]]]:
    """The choices, sorted, in groups whose trees have at most so many rows (or one choice).

    Sorted, those with a common head stand together.
    """
    group: list[tuple[int, ...]] = []
    rows: set[tuple[int, ...]] = set()
    for choice in sorted(choices):
        heads = {choice[:length] for length in range(1, len(choice))}
        if group and len(rows | heads) > most:
            yield group
            group, rows = [], set()
        group.append(choice)
        rows |= heads
    if group:
        yield group
