"""Continuations as a tree in one packed row: shared beginnings are stored once."""

from typing import NamedTuple

import torch


class Tree(NamedTuple):
    """Continuations in depth-first order: each token comes before its descendants.

    So the descendants of token j are those from j up to `ends[j]`, and "j is an ancestor of i, or
    i itself" is j <= i < ends[j]: one number a key, read in the order of the keys, where parent
    pointers would have to be followed.
    """

    tokens: torch.Tensor  # int64 (T,)
    positions: torch.Tensor  # int64 (T,): depth in the tree, from 0; add the prefix's length
    parents: torch.Tensor  # int64 (T,): the token before, -1 for a first one
    ends: torch.Tensor  # int32 (T,): the end of the subtree
    last: torch.Tensor  # int64 (continuations,): where each one's last token lies, -1 if empty

    def to(self, device: torch.device | str) -> "Tree":
        """The tree on another device."""
        return Tree(*(part.to(device) for part in self))


def pack_tree(continuations: list[list[int]]) -> Tree:
    """Build the tree of lists of tokens; equal beginnings are merged, also whole equal lists.

    Args:
        continuations: token ids; a list may be empty, and there may be none.

    Returns:
        The tree, on the CPU. Children of a token keep the order of their first appearance.
    """
    children: list[dict[int, int]] = [{}]  # node 0 is the prefix's end
    token_of, nodes = [-1], []
    for continuation in continuations:
        node = 0
        for token in continuation:
            if token not in children[node]:
                children[node][token] = len(children)
                children.append({})
                token_of.append(token)
            node = children[node][token]
        nodes.append(node)
    place, tokens, depths, parents, ends = {0: -1}, [], [], [], []
    waiting = [(node, 0, -1) for node in reversed(children[0].values())]
    while waiting:
        node, depth, parent = waiting.pop()
        place[node] = at = len(tokens)
        tokens.append(token_of[node])
        depths.append(depth)
        parents.append(parent)
        ends.append(at + 1)
        waiting += [(child, depth + 1, at) for child in reversed(children[node].values())]
    for at in range(len(tokens) - 1, -1, -1):
        if parents[at] >= 0:
            ends[parents[at]] = max(ends[parents[at]], ends[at])
    return Tree(
        torch.tensor(tokens, dtype=torch.int64),
        torch.tensor(depths, dtype=torch.int64),
        torch.tensor(parents, dtype=torch.int64),
        torch.tensor(ends, dtype=torch.int32),
        torch.tensor([place[node] for node in nodes], dtype=torch.int64),
    )
