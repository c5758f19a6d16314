"""Choices as a tree of tokens, and the groups that bound it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midcourse.agents.language.local.tree import PREFIX, groups, grow

CHOICE = st.lists(st.integers(0, 2), min_size=1, max_size=5).map(tuple)
CHOICES = st.lists(CHOICE, min_size=1, max_size=12)


def head(tree, row):
    """The tokens from the prefix to a row."""
    tokens = []
    while row != PREFIX:
        tokens.insert(0, int(tree.tokens[row]))
        row = int(tree.parents[row])
    return tuple(tokens)


@given(CHOICES)
def test_each_token_is_read_after_the_head_before_it(choices):
    tree = grow(choices)
    for choice, reads in zip(choices, tree.reads, strict=True):
        assert tuple(token for _, token in reads) == choice
        assert [head(tree, row) for row, _ in reads] == [choice[:i] for i in range(len(choice))]


@given(CHOICES)
def test_each_head_is_stored_once_and_no_other(choices):
    tree = grow(choices)
    heads = [head(tree, row) for row in range(len(tree))]
    assert len(heads) == len(set(heads))
    assert set(heads) == {c[:i] for c in choices for i in range(1, len(c))}
    assert [len(h) - 1 for h in heads] == tree.depths.tolist()


@given(CHOICES)
def test_a_row_sees_the_heads_of_its_own_and_itself(choices):
    tree = grow(choices)
    heads = [head(tree, row) for row in range(len(tree))]
    wanted = [[mine[: len(other)] == other for other in heads] for mine in heads]
    np.testing.assert_array_equal(
        tree.visible(), np.array(wanted, bool).reshape(len(tree), len(tree))
    )


def test_twelve_actions_share_what_they_begin_with():
    click, end = 7, 9
    choices = [(click, number, end) for number in range(10)] + [(5, end), (6, end)]
    tree = grow(choices)
    assert len(tree) == 1 + 10 + 2  # click, its ten numbers, two words; no ends
    assert tree.rows_read() == list(range(PREFIX, 13))


def test_a_choice_without_tokens_is_refused():
    with pytest.raises(ValueError, match="no tokens"):
        grow([(1,), ()])


@given(CHOICES, st.integers(1, 8))
def test_groups_hold_all_choices_and_bound_the_rows(choices, most):
    found = list(groups(choices, most))
    assert sorted(c for group in found for c in group) == sorted(choices)
    for group in found:
        assert len(group) == 1 or len(grow(group)) <= most
