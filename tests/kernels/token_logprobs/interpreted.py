"""Tiles in Triton's interpreter; test_triton.py runs this file where the interpreter is on."""

import pytest
import torch
from vocabularies import differentiated, vocabulary

from midcourse.kernels.token_logprobs import reference, token_logprobs, triton


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("sizes", [(1, 1, 1), (5, 3, 37)])
def test_outputs_and_gradients_are_the_formula_s(poisoned, sizes, dtype):
    row = vocabulary(*sizes, dtype=dtype)
    wanted = differentiated(reference.unfused, *row, temperature=0.7)
    given = differentiated(token_logprobs, *row, temperature=0.7, tile=(4, 16), backend="triton")
    bound = 1e-2 if dtype == torch.bfloat16 else 1e-5
    for ours, theirs in zip(given, wanted, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=bound, atol=bound)


@pytest.mark.parametrize("block", [4, 64])
@pytest.mark.parametrize("columns", [1, 4, 11])
def test_every_block_gives_the_reference_s(block, columns):
    generator = torch.Generator().manual_seed(columns)
    logits = 9 * torch.randn(3, columns, generator=generator)
    bias = torch.randn(columns, generator=generator)
    targets = torch.tensor([0, -2, columns])
    first = torch.tensor([[-torch.inf, 0.5, 30.0], [0, 2, 3], [0, -1, -2], [0, 4, 5]])
    states = first.clone(), first.clone()
    reference.fold(logits, bias, targets, 0.5, states[0])
    triton.fold(logits, bias, targets, 0.5, states[1], block=block)
    torch.testing.assert_close(*states)
    rows = torch.randn(4, 3, generator=generator)
    wanted = reference.gradient(logits, bias, targets, 0.5, rows)
    given = triton.gradient(logits.clone(), bias, targets, 0.5, rows, block=block)
    torch.testing.assert_close(given, wanted)


def test_without_a_bias():
    hidden, weight, targets, _ = vocabulary(3, 2, 9)
    given = token_logprobs(hidden, weight, targets, tile=(4, 4), backend="triton")
    torch.testing.assert_close(given, reference.unfused(hidden, weight, targets))
