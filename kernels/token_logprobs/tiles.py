"""The loop over tiles of rows and words, forward and backward, for either backend."""

from typing import Any

import torch

from midcourse.kernels.dispatch import require_once


def product(a: torch.Tensor, b: torch.Tensor, kind: torch.dtype) -> torch.Tensor:
    """a @ b, summed up and returned in `kind`."""
    if a.is_cuda and a.dtype != kind:
        return torch.mm(a, b, out_dtype=kind)
    return torch.mm(a.to(kind), b.to(kind))


def add_product(total: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> None:
    """Add a @ b to `total`, in its type; on a GPU in one pass over it."""
    if a.is_cuda and a.dtype != total.dtype:
        torch.addmm(total, a, b, out_dtype=total.dtype, out=total)
    else:
        total += torch.mm(a.to(total.dtype), b.to(total.dtype))


def pieces(length: int, most: int) -> list[slice]:
    """Slices of at most so many that cover a length."""
    return [slice(start, min(start + most, length)) for start in range(0, length, most)]


class TokenLogprobs(torch.autograd.Function):
    """Both outputs and their gradients; saves two numbers a row besides the arguments."""

    @staticmethod
    def forward(ctx: Any, hidden, weight, bias, targets, temperature, ignore_index, tile, backend):
        """Fold every row's tiles."""
        kind = torch.float64 if hidden.dtype == torch.float64 else torch.float32
        words, size = len(weight), len(hidden)
        state = torch.zeros((4, size), dtype=kind, device=hidden.device)
        state[0] = -torch.inf
        for rows in pieces(size, tile[0]):
            part = state[:, rows].contiguous()
            for columns in pieces(words, tile[1]):
                logits = product(hidden[rows], weight[columns].T, kind)
                offset = None if bias is None else bias[columns].to(kind)
                backend.fold(logits, offset, targets[rows] - columns.start, 1 / temperature, part)
            state[:, rows] = part
        top, total, moment, chosen = state
        normaliser = top + total.log()
        entropy = total.log() - moment / total
        kept = targets != ignore_index
        ctx.save_for_backward(hidden, weight, bias, targets, normaliser, entropy, kept)
        ctx.rest = temperature, tile, backend
        return torch.where(kept, (chosen - top) - total.log(), 0.0), torch.where(kept, entropy, 0.0)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor):
        """Compute every tile again, and add up what its gradient gives to what asks for one."""
        require_once("token_logprobs")
        with torch.autocast(gradients[0].device.type, enabled=False):
            return TokenLogprobs.gradients(ctx, *gradients)

    @staticmethod
    def gradients(ctx: Any, *gradients: torch.Tensor):
        """What `backward` returns."""
        hidden, weight, bias, targets, normaliser, entropy, kept = ctx.saved_tensors
        temperature, tile, backend = ctx.rest
        kind, scale = normaliser.dtype, 1 / temperature
        upstream = [torch.where(kept, gradient, 0.0) for gradient in gradients]
        table = torch.stack([normaliser, entropy, *upstream])
        device = hidden.device
        for_hidden, for_weight, for_bias = ctx.needs_input_grad[:3]
        of_hidden = torch.zeros_like(hidden) if for_hidden else None
        of_weight = torch.zeros(weight.shape, dtype=kind, device=device) if for_weight else None
        of_bias = torch.zeros(len(weight), dtype=kind, device=device) if for_bias else None
        # narrow factors for the tensor cores; sums stay in `kind`
        narrow = hidden.dtype if hidden.is_cuda else kind
        for rows in pieces(len(hidden), tile[0]):
            part = torch.zeros(hidden[rows].shape, dtype=kind, device=device)
            for columns in pieces(len(weight), tile[1]):
                logits = product(hidden[rows], weight[columns].T, kind)
                offset = None if bias is None else bias[columns].to(kind)
                local = targets[rows] - columns.start
                first = narrow if of_bias is None else kind
                slope = backend.gradient(logits, offset, local, scale, table[:, rows], first)
                if of_bias is not None:
                    of_bias[columns] += slope.sum(0)
                    slope = slope.to(narrow)
                if of_hidden is not None:
                    add_product(part, slope, weight[columns])
                if of_weight is not None:
                    add_product(of_weight[columns], slope.T, hidden[rows])
            if of_hidden is not None:
                of_hidden[rows] = part.to(hidden.dtype)
        if of_weight is not None:
            of_weight = of_weight.to(weight.dtype)
        if of_bias is not None:
            of_bias = of_bias.to(hidden.dtype)
        return of_hidden, of_weight, of_bias, *[None] * 5
