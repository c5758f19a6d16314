"""Asking again after pauses that double, with a share that is drawn (exponential backoff)."""

import math
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from midcourse.core.errors import UserError

LONGEST = 60.0  # seconds that a pause takes at most, also where a server asks for more

T = TypeVar("T")


class Retries:
    """How often, and after what pauses, a request is sent again.

    Pause k is drawn from [w / 2, w] with w = first * 2**k, so that many that failed together do
    not come back together; or what the server asks for, if that is longer. At most a minute.

    Args:
        tries: most requests for one answer, 1 or more.
        first: seconds of the first pause, at most.
        seed: of the draws.
        sleep: waits so many seconds.

    Raises:
        UserError: fewer tries than one.
    """

    def __init__(
        self,
        tries: int = 6,
        first: float = 1.0,
        seed: int = 0,
        sleep: Callable[[float], None] = time.sleep,
    ):
        if tries < 1:
            raise UserError(f"tries={tries} is out of range: it is at least 1")
        self.tries, self.first, self.sleep = tries, first, sleep
        self.generator = np.random.default_rng(seed)

    def run(self, ask: Callable[[], T], judge: Callable[[Exception], float | None]) -> T:
        """The answer of a request.

        Args:
            ask: sends it.
            judge: of what it raised, the pause in seconds that was asked for, or None; raises
                where another try is of no use.

        Raises:
            UserError: no try was answered.
        """
        for attempt in range(self.tries):
            try:
                return ask()
            except Exception as error:
                wanted, reason = judge(error), error
            if attempt < self.tries - 1:
                self.sleep(self.pause(attempt, wanted))
        said = " ".join(str(reason).split())[:200]
        raise UserError(
            f"the server did not answer in {self.tries} tries ({said}): start it, or try later; "
            f"an evaluation goes on where it stopped"
        ) from None

    def pause(self, attempt: int, wanted: float | None) -> float:
        """Seconds before the next try."""
        most = min(self.first * 2**attempt, LONGEST)
        drawn = float(self.generator.uniform(most / 2, most))
        if wanted is None or not math.isfinite(wanted):
            return drawn
        return min(max(wanted, drawn), LONGEST)
