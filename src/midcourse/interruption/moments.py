"""When messages come: after a share of an agent's own actions, as in InterruptBench.

The agent first plays alone, N actions. The first message comes after K = floor(share * N) of them,
or after a fixed K. Each further one is placed on the way that the agent went after the one before:
k_j = k_(j-1) + floor(share * (N_(j-1) - k_(j-1))), where share = 1/2 is the published rule. K is
held to [0, N]. An agent that ended the episode by itself (here by `stop`) hears the message before
its last action at the latest: K is at most N - 1 then.
"""

from dataclasses import dataclass
from fractions import Fraction

from midcourse.core.errors import UserError


@dataclass(frozen=True)
class Moment:
    """A share of the way that is left, or a fixed number of actions after the last message."""

    share: Fraction | None = Fraction(1, 2)
    at: int | None = None

    @classmethod
    def make(cls, share: float | None = None, at: int | None = None) -> "Moment":
        """A moment whose numbers have been checked; the midpoint if neither is given.

        Raises:
            UserError: both were given, or a number out of range.
        """
        if share is not None and at is not None:
            raise UserError(f"share={share} and at={at} exclude each other: give one of them")
        if at is not None:
            if at < 0:
                raise UserError(f"at={at} is out of range: it is at least 0")
            return cls(None, at)
        if share is None:
            return cls()
        if not 0 <= share <= 1:
            raise UserError(f"share={share} is out of range: it lies in [0, 1]")
        return cls(Fraction(str(share)), None)

    def __str__(self) -> str:
        return f"share {float(self.share)}" if self.share is not None else f"at {self.at}"

    def strike(self, before: int, actions: int, stopped: bool) -> int:
        """After how many actions the next message comes.

        Args:
            before: actions before the last message, 0 if there was none.
            actions: N, of the run that the message is to interrupt.
            stopped: whether the agent ended that run, not the step limit.
        """
        step = self.at or 0 if self.share is None else int(self.share * (actions - before))
        latest = actions - 1 if stopped else actions
        return max(0, min(before + step, latest))
