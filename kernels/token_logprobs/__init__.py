"""Log-probabilities and entropies of tokens without a matrix of logits in memory."""

import torch

from midcourse.kernels.dispatch import as_given, backend_of, require
from midcourse.kernels.token_logprobs import reference
from midcourse.kernels.token_logprobs.tiles import TokenLogprobs

__all__ = ["token_logprobs"]


# Rows and words. On an H100, 32,768 rows of 4,096 by 128,256 words, forward and backward: 0.325 s
# with 1,024 x 8,192, 0.225 with this, 0.221 with 16,384 x 8,192, which takes 380 MiB more.
TILE = (4096, 16384)


@as_given
def token_logprobs(
    hidden: torch.Tensor,
    weight: torch.Tensor,
    targets: torch.Tensor,
    *,
    bias: torch.Tensor | None = None,
    temperature: float = 1.0,
    ignore_index: int = -100,
    tile: tuple[int, int] = TILE,
    backend: str | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Last linear layer, log-softmax, gather and entropy in one:

        z = (hidden weight^T + bias) / temperature,   log p = log_softmax(z)
        log-probability_n = log p_n[targets_n],       entropy_n = -sum_j p_nj log p_nj

    Gradients of both flow to hidden, weight and bias (once: not to be differentiated twice). The
    vocabulary is taken in tiles, and backward computes them again; beside arguments, results and
    gradients the memory is a few tiles, and a float32 copy of weight's gradient if weight is
    narrower, since sums of rounded parts over the tiles bias training. The idea is that of Liger's
    and TRL's chunked losses; the code and the centred entropy are ours.

    Rows of `ignore_index` are computed and then dropped: if many, leave them out beforehand.

    Args:
        hidden: floats (N, H); N may be 0.
        weight: (V, H), type of hidden.
        targets: int64 (N,), each a row of weight or `ignore_index`.
        bias: (V,), type of hidden, finite.
        temperature: positive.
        ignore_index: a target whose row has log-probability 0, entropy 0 and no gradient.
        tile: most rows and words of a tile.
        backend: "reference" (plain torch) or "triton" (a GPU, or Triton's interpreter). Left out:
            triton on a GPU, if it is installed, else the reference.

    Returns:
        Log-probabilities and entropies, each (N,), float32, or float64 where hidden is.

    Raises:
        ValueError: a shape, type, device, number or backend that does not fit, in one sentence. On
            a GPU the targets are not looked at, which would wait for it.
        RuntimeError: triton was asked for and is not installed.
    """
    _check(hidden, weight, targets, bias, temperature, ignore_index, tile)
    module = backend_of(reference, _triton, backend, hidden.device)
    rest = temperature, ignore_index, tile, module
    arguments = hidden, weight, bias, targets, *rest
    return TokenLogprobs.apply(*arguments)  # pyright: ignore[reportReturnType]


def _triton():
    """The backend in Triton, imported only where it is asked for."""
    from midcourse.kernels.token_logprobs import triton

    return triton


def _check(hidden, weight, targets, bias, temperature, ignore_index, tile) -> None:
    """Shapes, types, devices, and on the CPU the targets."""
    require(hidden.dim() == 2, f"hidden has {hidden.dim()} dimensions; 2 was expected")
    require(weight.dim() == 2, f"weight has {weight.dim()} dimensions; 2 was expected")
    rows, words = len(hidden), len(weight)
    sentence = f"weight has shape {tuple(weight.shape)}; (V, {hidden.shape[1]}) was expected"
    require(words > 0 and weight.shape[1] == hidden.shape[1], sentence)
    sentence = f"targets have shape {tuple(targets.shape)}; ({rows},) was expected"
    require(tuple(targets.shape) == (rows,), sentence)
    require(targets.dtype == torch.int64, f"targets are {targets.dtype}; int64 was expected")
    require(hidden.is_floating_point(), f"hidden is {hidden.dtype}; floats were expected")
    parts = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
    for name, part in parts.items():
        sentence = f"{name} is {part.dtype}; {hidden.dtype}, as hidden, was expected"
        require(part.dtype == hidden.dtype, sentence)
    for name, part in (parts | {"targets": targets}).items():
        sentence = f"{name} lies on {part.device}; {hidden.device}, as hidden, was expected"
        require(part.device == hidden.device, sentence)
    if bias is not None:
        sentence = f"bias has shape {tuple(bias.shape)}; ({words},) was expected"
        require(tuple(bias.shape) == (words,), sentence)
    require(temperature > 0, f"temperature is {temperature}; a positive number was expected")
    require(min(tile) > 0, f"tile is {tile}; two positive numbers were expected")
    if targets.device.type == "cpu":
        kept = targets[targets != ignore_index]
        wrong = kept[(kept < 0) | (kept >= words)]
        if len(wrong):
            raise ValueError(f"targets hold {int(wrong[0])}; 0 to {words - 1} was expected")
