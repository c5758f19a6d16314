"""Who plays: agents by registered name, made with `make(name, seed)`.

A name is a word, or a word with an argument: "random", "sb3:runs/ppo/model.zip".
"""

import importlib
from typing import Any, Protocol

import gymnasium

from midcourse.core.errors import UserError, unknown

# name -> (module, class, whether it takes an argument)
REGISTRY: dict[str, tuple[str, str, bool]] = {
    "random": ("midcourse.agents.basic", "Random", False),
    "explorer": ("midcourse.agents.explorer", "Explorer", False),
    "do-nothing": ("midcourse.agents.basic", "DoNothing", False),
    "sb3": ("midcourse.agents.policy", "SB3Policy", True),
    "sb3-greedy": ("midcourse.agents.policy", "GreedySB3Policy", True),
    "tabular-q": ("midcourse.agents.tabular", "TabularQ", True),
    "cannot-be-done": ("midcourse.agents.basic", "CannotBeDone", False),
    "language": ("midcourse.agents.language.named", "make_player", True),
    "script": ("midcourse.agents.script", "Script", False),
    "ignores-messages": ("midcourse.agents.ignoring", "IgnoresMessages", False),
    "oracle": ("midcourse.agents.basic", "Oracle", False),
    "constant-force": ("midcourse.agents.regulators", "ConstantForce", True),
    "ramp": ("midcourse.agents.regulators", "Ramp", False),
    "bang-bang": ("midcourse.agents.regulators", "BangBang", False),
    "force-by-alarm": ("midcourse.agents.regulators", "ForceByAlarm", True),
    "alarm-smoother": ("midcourse.agents.regulators", "AlarmSmoother", False),
    "set-levers": ("midcourse.agents.regulators", "SetLevers", True),
    "hold-alarm": ("midcourse.agents.regulators", "HoldAlarm", False),
    "regulator-table": ("midcourse.agents.regulators", "TableRegulator", True),
    "fixed-citizens": ("midcourse.agents.citizens", "FixedCitizens", False),
    "reactive-citizens": ("midcourse.agents.citizens", "ReactiveCitizens", False),
}


class Agent(Protocol):
    """What plays an environment: two methods.

    One that was loaded names its files and folders as `files`, a tuple of paths, so that an
    evaluation that is resumed can tell whether it is still the same.
    """

    def reset(self, env: gymnasium.Env) -> None:
        """An episode of `env` has just begun. Only privileged agents may look inside."""

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """The action to take next."""


def names() -> list[str]:
    """The registered names; those that take an argument end in a colon."""
    return sorted(f"{name}:" if argument else name for name, (_, _, argument) in REGISTRY.items())


def plays_as(name: str) -> str:
    """A name without what does not change how its agent plays; seeds are made from it."""
    word, colon, argument = name.partition(":")
    if word != "language":
        return name
    from midcourse.agents.language.named import plays_as

    return word + colon + plays_as(argument)


def make(name: str, seed: int = 0) -> Agent:
    """The agent of a name. Agents that draw nothing ignore the seed.

    Raises:
        UserError: an unknown name, or an argument missing or too many.
    """
    word, _colon, argument = name.partition(":")
    if word not in REGISTRY:
        raise unknown("agent", word, REGISTRY)
    module, kind, takes_argument = REGISTRY[word]
    if takes_argument != bool(argument):
        wanted = f"wants an argument, as in {word}:..." if takes_argument else "takes no argument"
        raise UserError(f"the agent {word!r} {wanted}")
    make_agent = getattr(importlib.import_module(module), kind)
    return make_agent(argument, seed) if takes_argument else make_agent(seed)
