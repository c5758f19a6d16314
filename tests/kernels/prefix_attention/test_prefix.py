"""Trees of continuations, and attention over them beside each continuation on its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from attentions import distance

from midcourse.kernels.attention import attention
from midcourse.kernels.prefix_attention import pack_tree, prefix_attention

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CONTINUATIONS = [[5, 6, 7], [5, 6, 8, 9], [4], [], [5, 6, 7], [5, 1], [4, 4, 4]]


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def test_shared_beginnings_are_stored_once_and_depth_first():
    tree = pack_tree(CONTINUATIONS)
    assert tree.tokens.tolist() == [5, 6, 7, 8, 9, 1, 4, 4, 4]
    assert tree.positions.tolist() == [0, 1, 2, 2, 3, 1, 0, 1, 2]
    assert tree.parents.tolist() == [-1, 0, 1, 1, 3, 0, -1, 6, 7]
    assert tree.ends.tolist() == [6, 5, 3, 5, 5, 6, 9, 9, 9]
    assert tree.last.tolist() == [2, 4, 6, -1, 2, 5, 8]


def test_every_continuation_is_found_by_its_parents():
    g = torch.Generator().manual_seed(1)
    lists = [torch.randint(0, 3, (n % 7,), generator=g).tolist() for n in range(40)]
    tree = pack_tree(lists)
    assert len(set(zip(tree.parents.tolist(), tree.tokens.tolist(), strict=True))) == len(tree.ends)
    for wanted, at in zip(lists, tree.last.tolist(), strict=True):
        found = []
        while at >= 0:
            found.append(int(tree.tokens[at]))
            at = int(tree.parents[at])
        assert found[::-1] == wanted


def test_intervals_say_who_is_an_ancestor():
    tree = pack_tree([[1, 2, 3], [1, 2, 4], [1, 5], [6, 7], [6, 7, 8]])
    for i in range(len(tree.ends)):
        way, at = set(), i
        while at >= 0:
            way.add(at)
            at = int(tree.parents[at])
        assert way == {j for j in range(i + 1) if i < tree.ends[j]}


@pytest.mark.parametrize("prefix", [0, 1, 11])
def test_each_continuation_attends_as_if_alone(prefix):
    tree = pack_tree(CONTINUATIONS)
    size = len(tree.ends)
    q, k, v = normal(size, 4, 8), normal(size, 2, 8, seed=1), normal(size, 2, 8, seed=2)
    first_k, first_v = normal(prefix, 2, 8, seed=3), normal(prefix, 2, 8, seed=4)
    ours = prefix_attention(q, k, v, first_k, first_v, tree, temperature=0.5, return_lse=True)
    plain = prefix_attention(
        q, k, v, first_k, first_v, tree, temperature=0.5, return_lse=True, backend="reference"
    )
    assert distance(ours[0], plain[0]) < 1e-12
    assert distance(ours[1], plain[1]) < 1e-12
    way = [0, 1, 3, 4]  # the second continuation: one causal row after the prefix
    keys, values = torch.cat([first_k, k[way]]), torch.cat([first_v, v[way]])
    alone = attention(q[way], keys, values, temperature=0.5)
    assert distance(ours[0][way], alone) < 1e-12


def test_gradients_pass_the_merge():
    tree = pack_tree([[1, 2], [1, 3], [4]])
    parts = [normal(4, 2, 3), normal(4, 1, 3, seed=1), normal(4, 1, 3, seed=2)]
    parts += [normal(2, 1, 3, seed=3), normal(2, 1, 3, seed=4)]
    parts = [part.requires_grad_() for part in parts]
    plain = prefix_attention(*parts, tree, backend="reference").square().sum()
    ours = prefix_attention(*parts, tree).square().sum()
    wanted = torch.autograd.grad(plain, parts)
    for one, other in zip(torch.autograd.grad(ours, parts), wanted, strict=True):
        assert distance(one, other) < 1e-12


def test_no_continuations():
    nobody = torch.zeros((0, 2, 4))
    prefix = torch.zeros((3, 2, 4))
    for backend in (None, "reference"):
        out, lse = prefix_attention(
            nobody, nobody, nobody, prefix, prefix, pack_tree([]), return_lse=True, backend=backend
        )
        assert out.shape == (0, 2, 4)
        assert lse.shape == (0, 2)


def test_what_does_not_fit_is_named():
    tree, q = pack_tree([[1, 2]]), torch.zeros((2, 2, 4))
    with pytest.raises(ValueError, match="do not fit a tree of 2 tokens"):
        prefix_attention(q[:1], q, q, q, q, tree)
    with pytest.raises(ValueError, match=r"prefix_k \(2, 1, 4\), prefix_v \(2, 1, 4\) do not fit"):
        prefix_attention(q, q, q, q[:, :1], q[:, :1], tree)
    with pytest.raises(ValueError, match="backend is 'gpu'; one of reference, triton"):
        prefix_attention(q, q, q, q, q, tree, backend="gpu")


def test_interpreted():
    triton = pytest.importorskip("triton", reason="triton is not installed")
    if tuple(int(part) for part in triton.__version__.split(".")[:2]) < (3, 7):
        pytest.skip("Triton 3.6 cannot interpret loops with numpy 2.4")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", "-c", str(ROOT / "pyproject.toml"), str(HERE / "interpreted.py")]
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
