"""When a key leaves the best of those that came so far."""

import torch

from midcourse.kernels.dispatch import require

FAR = 0x7FFFFFFF


def ranking(bias: torch.Tensor) -> torch.Tensor:
    """What keys are ranked by: their bias in bfloat16, without a gradient.

    The bias of one token is the same up to its last bits, which change with the shape of the
    product that it came from; equal tokens must stay equal, whether trained or decoded (ours).
    """
    return bias.detach().bfloat16()


def top_expiry(scores: torch.Tensor, keep: int) -> torch.Tensor:
    """The first position at which a key is not, or no longer, among the `keep` best seen.

    Position p sees the keys 0 to p. Key j is kept there exactly if j <= p < expiry_j: once `keep`
    better keys are seen it is out for good. Of equal scores the earlier key is better.

    With s_0, s_1, ... the keys in order of rank, the `keep` better ones than s_r are all seen from
    the `keep`-th smallest of s_0 .. s_(r-1) on. Those are found for all r at once, bit by bit as in
    a wavelet matrix (F. Claude, G. Navarro and A. Ordonez, Information Systems 47, 2015), in
    O(K log K) and without a word to the host.

    Args:
        scores: floats (..., K), without NaN.
        keep: 1 or more.

    Returns:
        int32 (..., K): at most j for a key that is never kept, 2^31 - 1 for one that never leaves.

    Raises:
        ValueError: keep is below 1.
    """
    require(keep >= 1, f"keep is {keep}; 1 or more was expected")
    length = scores.shape[-1]
    if length <= keep:
        return torch.full_like(scores, FAR, dtype=torch.int32)
    ranked = scores.argsort(dim=-1, descending=True, stable=True)
    here = torch.arange(length, device=scores.device).expand_as(ranked)
    begin, end, wanted = torch.zeros_like(here), here, torch.full_like(here, keep - 1)
    level, found = ranked, torch.zeros_like(here)
    for bit in reversed(range((length - 1).bit_length())):
        upper = (level >> bit) & 1 == 1
        lower_before = torch.nn.functional.pad((~upper).cumsum(-1), (1, 0))
        lower = lower_before[..., -1:]
        first, last = lower_before.gather(-1, begin), lower_before.gather(-1, end)
        right = wanted >= last - first
        begin = torch.where(right, lower + begin - first, first)
        end = torch.where(right, lower + end - last, last)
        wanted = torch.where(right, wanted - (last - first), wanted)
        found = found | (right.long() << bit)
        before = lower_before[..., :-1]
        level = level.scatter(-1, torch.where(upper, lower + here - before, before), level)
    leaves = torch.where(here < keep, FAR, torch.maximum(found, ranked))
    return torch.empty_like(leaves).scatter_(-1, ranked, leaves).int()
