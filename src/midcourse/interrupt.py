"""The interrupt suite: agents whose user changes the goal midway, by InterruptBench's protocol.

Six sets of 165 tasks (arXiv 2604.00892): one addition, two additions, two revisions, one
retraction, two retractions, and all three mixed. An agent plays the first goal alone; its first K
actions are repeated, then the message comes, and it goes on in the web as it stands. See
`midcourse.interruption`.

```python
from midcourse.interrupt import evaluate_interrupted

results = evaluate_interrupted("midcourse/WebTasks-v0", ["oracle"], sets=["2revision"])
print(results.rows[0].estimates["success"])
```
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midcourse.evaluate import SUMMARY, Progress
from midcourse.evaluation.journal import Journal, told_plainly, write_whole
from midcourse.evaluation.workers import Workers
from midcourse.interruption.episode import play
from midcourse.interruption.measures import SetRow, as_json, summarise
from midcourse.interruption.moments import Moment
from midcourse.interruption.plan import Plan, make_plan


@dataclass(frozen=True)
class Results:
    """What the suite found."""

    plan: Plan
    lines: Sequence[Mapping[str, Any]]  # one for each episode
    rows: Sequence[SetRow]  # one for each set and agent
    folder: Path | None


def evaluate_interrupted(
    env: str,
    agents: Sequence[str] = (),
    knobs: Mapping[str, Any] | None = None,
    *,
    sets: Sequence[str] = (),
    share: float | None = None,
    at: int | None = None,
    tasks: int | None = None,
    seed: int = 0,
    processes: int = 1,
    out: Path | str | None = None,
    progress: Progress | None = None,
    floors: bool = True,
    workers: Workers | None = None,
) -> Results:
    """Play every agent on the sets and measure.

    Args:
        env: a registered id whose disturbances include addition, revision and retraction.
        agents: registered names, see `midcourse.agents.names()`.
        knobs: of the environment; the highest level if none is given. The split is `test`.
        sets: names from `interruption.sets.SETS`; all six if none are given.
        share: of its own actions after which a message comes; 0.5 if neither it nor `at` is given.
        at: a fixed number of actions instead, counted from the message before.
        tasks: the first so many of each set; None: all.
        seed: of the agents. The tasks and their messages are frozen.
        processes: that play. The results are the same for any number.
        out: folder, as of `evaluate`. A run that was killed goes on where it stopped.
        progress: called with (episodes done, of how many, the last line or None).
        floors: also play do-nothing, random, ignores-messages and, where pages offer reasons,
            cannot-be-done (floors), and oracle (ceiling).
        workers: processes already begun, instead of `processes`.

    Raises:
        UserError: an unknown name, a number out of range, or a folder that cannot serve.
    """
    moment = Moment.make(share, at)
    plan = make_plan(env, agents, knobs or {}, sets, moment, tasks, seed, floors)
    tell = progress or (lambda done, total, line: None)
    lines: list[Mapping[str, Any]] = []
    journal = None if out is None else Journal(out, plan.settings())
    with journal or nullcontext():
        if journal:
            lines += journal.done
        tell(len(lines), len(plan), None)
        with nullcontext(workers) if workers else Workers(processes) as players:
            for line, seconds in players.play(plan.jobs(len(lines)), play):
                lines.append(line)
                if journal:
                    journal.append(line, seconds)
                tell(len(lines), len(plan), line)
        rows = summarise(lines)
        if journal:
            with told_plainly(journal.folder):
                write_whole(journal.folder / SUMMARY, as_json(rows))
    return Results(plan, lines, rows, journal and journal.folder)
