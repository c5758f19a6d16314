"""A floor for worlds whose user says more midway: the oracle of the first goal."""

from typing import Any

import gymnasium
import numpy as np

from midcourse.core.errors import UserError
from midcourse.core.family import Refusal


class IgnoresMessages:
    """Goes the cheapest way to what was wanted first, and hears nothing of what is said later.

    Privileged: it plans on a private copy of the world, in which the goal is the first one, and
    says what it would do there. What cannot be said in the world any more (a text that stood in the
    goal, and that a message took out of it) is a requirement that it leaves out.
    """

    def __init__(self, seed: int):
        self.env: Any = None

    def reset(self, env: gymnasium.Env) -> None:
        """Keep the first goal.

        Raises:
            UserError: the world's record has no goal that messages could change.
        """
        self.env = env.unwrapped
        start = self.env.start()
        if "goal" not in (start.dtype.names or ()) or not start.dtype["goal"].names:
            raise UserError(
                f"ignores-messages is for worlds whose goal messages change; "
                f"{self.env.FAMILY.id} has none"
            )
        self.goal = start["goal"].copy()
        self.copy: Any = self.env.fork()

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """An action that begins a cheapest way to the first goal."""
        private = self.copy.world
        for name in private.dtype.names:
            private[name] = self.env.world[name]
        private["goal"] = self.goal
        while True:
            action = self.copy.oracle_action()
            meant = self._meant(action)
            if not isinstance(meant, Refusal):
                return meant
            if not self._leave_out(action):
                return action

    def _meant(self, action: Any) -> Any:
        """What an action of the private copy is in the world, or a Refusal."""
        say = self.env.FAMILY.say
        if say is None:
            return action
        return self.env.parse(say(self.copy.world, self.copy.program.shared[0], action))

    def _leave_out(self, action: Any) -> bool:
        """Leave out the first requirement without which another action comes; False if none is."""
        constraints = self.copy.world["goal"]["constraint"]
        for k in range(len(constraints)):
            if constraints[k]["live"]:
                constraints[k]["live"] = 0
                if not np.array_equal(self.copy.oracle_action(), action):
                    self.goal = self.copy.world["goal"].copy()
                    return True
                constraints[k]["live"] = 1
        return False
