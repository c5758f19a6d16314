"""Play an environment yourself: keyboard and mouse in a window, words where there is no screen.

Example:
    midcourse play GuiNavigation-v0 --level 2 --disturbances popup
"""

from dataclasses import dataclass

from midcourse.commands.common import WorldArgs, part
from midcourse.evaluation.plan import make_env


@dataclass(kw_only=True)
class Args(WorldArgs):
    """What is played."""

    seed: int | None = None
    """Of the first episode."""
    task: int | None = None
    """Always this task of the split."""
    text: bool = False
    """Play in words even where there is a screen."""


def run(args: Args) -> int:
    """Play until the player leaves."""
    env, knobs = args.env_id(), args.knobs()
    make_env(env, knobs).close()  # names are checked before a window opens
    player = part("play", "the player's window")
    player.play(env, seed=args.seed, task=args.task, text=args.text, **knobs)
    return 0
