"""The policy of a language model that scores the legal actions, with gradients.

    pi(a | x) = exp s(a) / sum_b exp s(b),    s(a) = sum_k log P(a_k | x, a_1 ... a_{k-1})

over the legal actions b, each with the end of the turn behind it, as `ScoredChoice` plays at
temperature 1. Several prompts are run at once, each packed with the tree of its choices into one
row (`tree.grow`), so that a prompt is run once however many choices it has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from midcourse.agents.language.local import tree as trees
from midcourse.kernels.token_logprobs import token_logprobs


@dataclass(frozen=True)
class Decision:
    """A prompt and what may follow it, in tokens. They are made once and kept."""

    prompt: tuple[int, ...]
    choices: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Packed:
    """Decisions in rows of one length.

    Attributes:
        tokens: int64 (B, L).
        positions: int64 (B, L), where each token stands in its text.
        mask: float32 (B, 1, L, L), 0 where a token attends, else the least number.
        row, column, target: int64 (N,), which token is read off after which.
        choice: int64 (N,), B's row times C plus the choice that the token belongs to.
        legal: bool (B, C), which choices there are.
    """

    tokens: Tensor
    positions: Tensor
    mask: Tensor
    row: Tensor
    column: Tensor
    target: Tensor
    choice: Tensor
    legal: Tensor


def pack(decisions: Sequence[Decision], device: Any = "cpu") -> Packed:
    """Decisions as one batch, padded behind. Only choices' tokens are ever read off."""
    grown = [trees.grow(decision.choices) for decision in decisions]
    heads = [len(decision.prompt) for decision in decisions]
    shape = len(decisions), max(map(sum, zip(heads, map(len, grown), strict=True)))
    tokens, positions = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    seen = np.broadcast_to(np.eye(shape[1], dtype=bool), (*shape, shape[1])).copy()
    most = max(len(decision.choices) for decision in decisions)
    legal = np.zeros((len(decisions), most), bool)
    reads = []
    for i, (decision, tree, head) in enumerate(zip(decisions, grown, heads, strict=True)):
        end = head + len(tree)
        tokens[i, :end] = *decision.prompt, *tree.tokens
        positions[i, :end] = *range(head), *(head + tree.depths)
        seen[i, :head, :head] = np.tri(head, dtype=bool)
        seen[i, head:end, :head] = True
        seen[i, head:end, head:end] = tree.visible()
        legal[i, : len(decision.choices)] = True
        for choice, path in enumerate(tree.reads):
            reads += [(i, head + row, token, i * most + choice) for row, token in path]
    mask = np.where(seen, np.float32(0), np.finfo(np.float32).min)[:, None]
    arrays = tokens, positions, mask, *np.array(reads, np.int64).T.copy(), legal
    return Packed(*(torch.from_numpy(array).to(device) for array in arrays))


def choice_log_probs(network: Any, decisions: Sequence[Decision]) -> tuple[Tensor, Tensor]:
    """Log-probabilities of choices: among the legal ones, and as text.

    Args:
        network: of transformers', with a language-model head.
        decisions: one or more.

    Returns:
        log pi and the scores s of every choice, float32 (B, C) each; -inf beyond a decision's.
    """
    packed = pack(decisions, network.device)
    hidden = network.base_model(
        input_ids=packed.tokens,
        attention_mask=packed.mask.to(network.dtype),
        position_ids=packed.positions,
        use_cache=False,
    ).last_hidden_state
    head = network.get_output_embeddings()
    # Not `hidden[row, column]`, whose gradient adds up in an order that threads decide.
    at = packed.row * hidden.shape[1] + packed.column
    read = hidden.flatten(0, 1).index_select(0, at).to(head.weight.dtype)
    found, _ = token_logprobs(read, head.weight, packed.target, bias=getattr(head, "bias", None))
    sums = found.new_zeros(packed.legal.numel()).index_add(0, packed.choice, found)
    scores = sums.reshape(packed.legal.shape).masked_fill(~packed.legal, -torch.inf)
    return torch.log_softmax(scores, 1), scores


@torch.inference_mode()
def knows_head(network: Any, decision: Decision) -> bool:
    """Whether the first choice scores as by the network's own head, which may scale its logits."""
    tokens = torch.tensor([[*decision.prompt, *decision.choices[0]]], device=network.device)
    logits = network(input_ids=tokens, use_cache=False).logits[0, :-1].float()
    found = torch.log_softmax(logits, 1).gather(1, tokens[0, 1:, None])
    theirs = found[len(decision.prompt) - 1 :].sum()
    ours = choice_log_probs(network, [decision])[1][0, 0].to(theirs.dtype)
    return bool(torch.isclose(ours, theirs, rtol=1e-4, atol=1e-3))  # the rounding of float32


def batches(count: int, most: int) -> Iterator[slice]:
    """Slices of at most so many that cover a count."""
    for first in range(0, count, most):
        yield slice(first, first + most)
