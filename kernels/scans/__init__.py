"""Returns and advantages over episodes of any lengths, packed in one row."""

from typing import Any

import torch

from midcourse.kernels.dispatch import backend_of, require
from midcourse.kernels.scans import reference

__all__ = ["discounted_returns", "generalised_advantages", "lambda_returns"]


def generalised_advantages(
    rewards: torch.Tensor,
    values: torch.Tensor,
    offsets: torch.Tensor,
    bootstrap: torch.Tensor,
    terminated: torch.Tensor,
    *,
    discount: float = 0.99,
    trace: float = 0.95,
    backend: str | None = None,
) -> torch.Tensor:
    """Generalised advantage estimates (Schulman et al., arXiv 1506.02438, eq. 16):

        delta_t = r_t + discount * V(s_{t+1}) - V(s_t)
        A_t     = delta_t + discount * trace * A_{t+1}, and A is 0 after an episode's last step.

    Episode e holds the steps offsets[e] to offsets[e + 1] - 1 and may be empty. After its last step
    V is 0 if the episode terminated, else bootstrap[e] (it was truncated and would have gone on).

    Differentiable in rewards, values and bootstrap, any number of times: the adjoint of a reverse
    scan is the forward scan. Detach `values` where the estimate is a constant of the loss.

    Args:
        rewards: floats (steps,).
        values: floats (steps,), V of the state before each step.
        offsets: integers (episodes + 1,), rising from 0 to steps.
        bootstrap: floats (episodes,), V of the state after each episode's last step; not read where
            terminated, so it may be NaN there.
        terminated: bool (episodes,), whether each episode ended by the task.
        discount: in [0, 1].
        trace: the lambda of the estimate, in [0, 1].
        backend: "reference" (plain torch) or "triton" (a GPU, or Triton's interpreter). Left out:
            triton on a GPU, if it is installed, else the reference.

    Returns:
        (steps,), float64 where rewards are, else float32, in which all is computed.

    Raises:
        ValueError: a shape, type, device, number or backend that does not fit, in one sentence.
            On a GPU the numbers within offsets are not looked at, which would wait for it.
        RuntimeError: triton was asked for and is not installed.
    """
    row = _Row(rewards, values, offsets, bootstrap, terminated, discount, trace, backend)
    after = row.next_values()
    return row.scanned(row.rewards + discount * after - row.values, discount * trace)


def lambda_returns(
    rewards: torch.Tensor,
    values: torch.Tensor,
    offsets: torch.Tensor,
    bootstrap: torch.Tensor,
    terminated: torch.Tensor,
    *,
    discount: float = 0.99,
    trace: float = 0.95,
    backend: str | None = None,
) -> torch.Tensor:
    """Lambda-returns (Sutton and Barto, 2nd edition, eq. 12.20):

        G_t = r_t + discount * ((1 - trace) * V(s_{t+1}) + trace * G_{t+1}),

    and after an episode's last step both G and V are 0 if it terminated, else bootstrap.
    Arguments, result and errors are those of `generalised_advantages`, which is G_t - V(s_t).
    """
    row = _Row(rewards, values, offsets, bootstrap, terminated, discount, trace, backend)
    weight = torch.full_like(row.rewards, 1.0 - trace).masked_fill(row.last, 1.0)
    return row.scanned(row.rewards + discount * weight * row.next_values(), discount * trace)


def discounted_returns(
    rewards: torch.Tensor,
    offsets: torch.Tensor,
    bootstrap: torch.Tensor,
    terminated: torch.Tensor,
    *,
    discount: float = 0.99,
    backend: str | None = None,
) -> torch.Tensor:
    """Discounted returns, G_t = r_t + discount * G_{t+1}: lambda-returns whose trace is 1.

    After an episode's last step G is 0 if it terminated, else bootstrap. Arguments, result and
    errors are those of `generalised_advantages`.
    """
    row = _Row(rewards, rewards, offsets, bootstrap, terminated, discount, 1.0, backend)
    return row.scanned(row.with_tail(row.rewards, discount), discount)


def _triton():
    """The backend in Triton, imported only where it is asked for."""
    from midcourse.kernels.scans import triton

    return triton


class _Row:
    """Checked arguments, and what the three estimates have in common."""

    def __init__(self, rewards, values, offsets, bootstrap, terminated, discount, trace, backend):
        _check(rewards, values, offsets, bootstrap, terminated)
        for name, number in (("discount", discount), ("trace", trace)):
            require(0.0 <= number <= 1.0, f"{name} is {number}; a number in [0, 1] was expected")
        self.backend = backend_of(reference, _triton, backend, rewards.device)
        kind = torch.float64 if rewards.dtype == torch.float64 else torch.float32
        self.rewards, self.values = rewards.to(kind), values.to(kind)
        self.tail = torch.where(terminated, 0.0, bootstrap.to(kind))
        self.ends = offsets[1:].to(torch.int64)
        flags = torch.zeros(len(rewards) + 1, dtype=torch.bool, device=rewards.device)
        self.last = flags.index_fill_(0, self.ends, True)[1:]

    def next_values(self) -> torch.Tensor:
        """V after each step: the next step's, or what follows the episode."""
        if not len(self.values):
            return self.values
        shifted = torch.cat([self.values[1:], self.values.new_zeros(1)])
        return self.with_tail(torch.where(self.last, 0.0, shifted), 1.0)

    def with_tail(self, x: torch.Tensor, factor: float) -> torch.Tensor:
        """x plus, at each episode's last step, what follows it times a factor."""
        if not len(x):
            return x
        tail = torch.where(self.ends.diff(prepend=self.ends.new_zeros(1)) > 0, self.tail, 0.0)
        return x.index_add(0, (self.ends - 1).clamp_min(0), factor * tail)

    def scanned(self, x: torch.Tensor, factor: float) -> torch.Tensor:
        """The reverse recurrence over x."""
        return _Scan.apply(x, self.last, factor, True, self.backend)  # type: ignore[no-any-return]


class _Scan(torch.autograd.Function):
    """A scan whose gradient is the scan the other way."""

    @staticmethod
    def forward(ctx: Any, x, last, factor, reverse, backend):
        ctx.save_for_backward(last)
        ctx.rest = factor, reverse, backend
        return backend.scan(x, last, factor, reverse)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor):
        factor, reverse, backend = ctx.rest
        back = _Scan.apply(gradients[0], *ctx.saved_tensors, factor, not reverse, backend)
        return back, None, None, None, None


def _check(rewards, values, offsets, bootstrap, terminated) -> None:
    """Shapes, types, devices, and on the CPU the numbers of `offsets`."""
    require(rewards.dim() == 1, f"rewards have {rewards.dim()} dimensions; 1 was expected")
    require(offsets.dim() == 1 and len(offsets) > 0, "offsets are no row of at least one number")
    lengths = {"values": (values, len(rewards)), "bootstrap": (bootstrap, len(offsets) - 1)}
    lengths["terminated"] = terminated, len(offsets) - 1
    for name, (part, length) in lengths.items():
        sentence = f"{name} has shape {tuple(part.shape)}; ({length},) was expected"
        require(tuple(part.shape) == (length,), sentence)
    for name, part in {"rewards": rewards, "values": values, "bootstrap": bootstrap}.items():
        require(part.is_floating_point(), f"{name} is {part.dtype}; floats were expected")
    kind = offsets.dtype
    require(kind in (torch.int32, torch.int64), f"offsets are {kind}; int32 or int64 was expected")
    kind = terminated.dtype
    require(kind == torch.bool, f"terminated is {kind}; torch.bool was expected")
    for part in (values, offsets, bootstrap, terminated):
        sentence = f"rewards lie on {rewards.device}, but another argument on {part.device}"
        require(part.device == rewards.device, sentence)
    if offsets.device.type == "cpu":
        first, final, steps = int(offsets[0]), int(offsets[-1]), len(rewards)
        sentence = f"offsets run from {first} to {final}; 0 to {steps}, the steps, was expected"
        require(first == 0 and final == steps, sentence)
        least = int(offsets.diff().min()) if len(offsets) > 1 else 0
        require(least >= 0, f"offsets fall by {-least}; they must not fall")
