"""A floor for worlds whose user says more midway: the oracle of the first goal."""

from typing import Any

import gymnasium

from midcourse.core.errors import UserError


class IgnoresMessages:
    """Goes the cheapest way to what was wanted first, and hears nothing of what is said later.

    Privileged: it plans on a private copy of the world, in which the goal is the first one. A text
    of the goal that a message has struck out cannot be typed any more; it then does nothing more
    than try.
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
        return self.copy.oracle_action()
