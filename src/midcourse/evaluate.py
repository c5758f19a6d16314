"""Evaluate agents on an environment: `evaluate(...)`, the job behind `midcourse eval`.

```python
from midcourse.evaluate import evaluate

results = evaluate("midcourse/GuiNavigation-v0", ["explorer"], {"level": 2, "split": "test"})
print(results.rows[0].estimates["success"])
```
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midcourse.evaluation.journal import Journal, told_plainly, write_whole
from midcourse.evaluation.plan import make_plan
from midcourse.evaluation.summary import Row, as_json, summarise
from midcourse.evaluation.workers import Workers

SUMMARY = "summary.json"

Progress = Callable[[int, int, Mapping[str, Any] | None], None]  # (done, of how many, last line)


@dataclass(frozen=True)
class Results:
    """What an evaluation found."""

    env: str
    knobs: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]  # one for each episode
    rows: Sequence[Row]  # one for each agent
    folder: Path | None


def evaluate(
    env: str,
    agents: Sequence[str],
    knobs: Mapping[str, Any] | None = None,
    *,
    tasks: int | None = None,
    repeats: int = 1,
    seed: int = 0,
    processes: int = 1,
    out: Path | str | None = None,
    progress: Progress | None = None,
    floors: bool = True,
    workers: Workers | None = None,
) -> Results:
    """Play every agent on the same tasks and measure.

    Args:
        env: a registered id.
        agents: registered names, see `midcourse.agents.names()`.
        knobs: of the environment, `level` and `split` among them.
        tasks: the split's first so many tasks; None: all (100 of a split without an end).
        repeats: episodes for each task; they differ in the world's chance and the agent's.
        seed: of everything that is drawn, in [0, 2**63).
        processes: that play. The results are the same for any number.
        out: folder for `results.jsonl`, one line for each episode as it ends, `timing.jsonl`,
            `settings.json` and `summary.json`. A run that was killed goes on where it stopped.
        progress: called with (episodes done, of how many, the last line or None).
        floors: also play do-nothing, random and, where pages offer reasons, cannot-be-done
            (floors), and oracle (ceiling).
        workers: processes already begun, instead of `processes`.

    Raises:
        UserError: an unknown id, agent or knob; a number out of range; or a folder that holds
            another run, is being written to, is damaged, or has no space.
    """
    crew = nullcontext(workers) if workers else Workers(processes)
    plan = make_plan(env, tuple(agents), knobs or {}, tasks, repeats, seed, floors)
    lines: list[Mapping[str, Any]] = []
    tell = progress or (lambda done, total, line: None)
    journal = None if out is None else Journal(out, plan.settings())
    with journal or nullcontext():
        if journal:
            lines += journal.done
        tell(len(lines), len(plan), None)
        with crew as players:
            for line, seconds in players.play(plan.jobs(len(lines))):
                lines.append(line)
                if journal:
                    journal.append(line, seconds)
                tell(len(lines), len(plan), line)
        rows = summarise(lines)
        if journal:
            with told_plainly(journal.folder):
                text = json.dumps(as_json(rows), indent=1) + "\n"
                write_whole(journal.folder / SUMMARY, text)
    return Results(env, plan.knobs, lines, rows, journal and journal.folder)
