"""Name the environments with their levels and disturbances, and the agents.

Example:
    midcourse list
    midcourse list GuiNavigation-v0     (with every knob)
"""

from dataclasses import dataclass, fields

import tyro

from midcourse.agents import names
from midcourse.evaluation.plan import env_id, family_of, ids


@dataclass
class Args:
    """What to list."""

    env: tyro.conf.Positional[str | None] = None
    """Only this one, with every knob."""


def run(args: Args) -> int:
    """Print the list."""
    if args.env is not None:
        name = env_id(args.env)
        print("\n".join([*describe(name), "", *knobs(name)]))
        return 0
    print("\n\n".join("\n".join(describe(name)) for name in ids()))
    print(f"\nAgents: {', '.join(names())}")
    return 0


def describe(name: str) -> list[str]:
    """The lines about one environment."""
    declared = family_of(name)
    params = declared.params
    controller = f" ({declared.controller})" if declared.controller else ""
    lines = [
        name,
        f"  disturbances: {', '.join(params.KINDS) or 'none'}",
        f"  oracle: {declared.oracle}{controller}",
    ]
    for level in sorted(params.LEVELS):
        preset = params.make(level=level)
        tasks = ", ".join(
            f"{count or 'endless'} {split}" for split, count in declared.count(preset).items()
        )
        values = ", ".join(f"{k}={v}" for k, v in params.LEVELS[level].items())
        lines.append(f"  level {level}: {values or 'defaults'} (tasks: {tasks})")
    return lines


def knobs(name: str) -> list[str]:
    """The lines about the knobs of an environment."""
    lines = ["Knobs (--knob NAME=VALUE):"]
    for field in fields(family_of(name).params):
        note, choices = field.metadata.get("note", ""), field.metadata.get("choices")
        extra = f"; one of {', '.join(choices)}" if choices else ""
        lines.append(f"  {field.name}={field.default!r}: {note}{extra}")
    return lines
