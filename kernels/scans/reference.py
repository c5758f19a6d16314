"""A linear recurrence over episodes packed in one row, in plain torch: the specification.

With c_t = 0 where step t is the last of its episode, else the factor:

    reverse:  y_t = x_t + c_t * y_{t+1}
    forward:  y_t = x_t + c_{t-1} * y_{t-1}

The one is the transpose of the other as a matrix, so each is the other's adjoint.

Taken by doubling: after k rounds y_t holds the first 2**k addends of its sum, so the rounds are the
logarithm of the longest episode. Where c is 0 the other side is not even multiplied, so a NaN or an
infinity stays within its episode.
"""

import torch


def scan(x: torch.Tensor, last: torch.Tensor, factor: float, reverse: bool) -> torch.Tensor:
    """The recurrence above.

    Args:
        x: (steps,), float32 or float64.
        last: bool (steps,), whether a step ends its episode.
        factor: c_t inside an episode.
        reverse: from the end, or from the start.

    Returns:
        y, shape and type of x.
    """
    coefficient = torch.full_like(x, factor).masked_fill(last, 0.0)
    if not reverse:
        coefficient = torch.cat([coefficient.new_zeros(1), coefficient[:-1]]).flip(0)[: len(x)]
        return _doubled(x.flip(0), coefficient).flip(0)
    return _doubled(x, coefficient)


def _doubled(y: torch.Tensor, coefficient: torch.Tensor) -> torch.Tensor:
    """y_t + c_t * y_{t+1} * ... by doubling the distance."""
    distance = 1
    while distance < len(y) and bool(coefficient[:-distance].any()):
        near = coefficient[:-distance]
        reached = torch.where(near == 0, 0.0, near * y[distance:])
        further = torch.where(near == 0, 0.0, near * coefficient[distance:])
        y = torch.cat([y[:-distance] + reached, y[-distance:]])
        coefficient = torch.cat([further, torch.zeros_like(coefficient[-distance:])])
        distance *= 2
    return y
