"""The corridor in words."""

from typing import Any

from midcourse.core.engine.record import Record
from midcourse.core.errors import nearest
from midcourse.core.family import Refusal
from midcourse.envs._template.rules import heading
from midcourse.envs._template.state import LEFT, MESSAGES, RIGHT, STOP

WORDS = {"left": LEFT, "right": RIGHT, "stop": STOP}


def text(world: Any, shared: Any) -> str:
    """What is seen."""
    lines = [
        f"You are in cell {world['cell']} of 0 to {shared['cells'] - 1}.",
        f"Goal: go to cell {world['goal']}, then say stop.",
    ]
    if world["message"]:
        lines.append(f"Last action: {MESSAGES[world['message']]}.")
    lines.append(f"Steps left: {world['limit'] - world['clock']}")
    return "\n".join(lines)


def legal_actions(world: Any, shared: Any) -> list[str]:
    """The legal actions in words."""
    record = Record(world)
    cells = range(shared["cells"])
    return [w for w, a in WORDS.items() if a == STOP or record.cell + heading(record, a) in cells]


def parse(world: Any, shared: Any, words: str) -> int | Refusal:
    """The action that some words mean, or the reason why they mean none."""
    said = words.strip().lower() if isinstance(words, str) else ""
    if said in WORDS:
        return WORDS[said]
    return Refusal(f"{str(words)[:80]!r} is no action: {nearest(said, WORDS)}")
