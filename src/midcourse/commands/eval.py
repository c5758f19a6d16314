"""Evaluate agents: one line for each episode, a table with intervals, floors and ceiling beside.

A run that was killed goes on where it stopped when the same command is given again.

Example:
    midcourse eval GuiNavigation-v0 --agents explorer --level 2 --split test --disturbances 1
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from midcourse.commands.common import RUNS, WorldArgs, print_tables, progress_bar
from midcourse.core.errors import UserError, unknown
from midcourse.evaluate import Results, evaluate
from midcourse.evaluation.journal import read_seconds
from midcourse.evaluation.plan import Plan, make_plan
from midcourse.evaluation.summary import Row, summarise
from midcourse.evaluation.workers import Workers

SUITES = ("episodes", "static", "interrupt")
# Options that only some suites take, by these.
TAKES = {
    "questions": ("static",),
    "sets": ("interrupt",),
    "share": ("interrupt",),
    "at": ("interrupt",),
    "tasks": ("episodes", "interrupt"),
    "repeats": ("episodes",),
    "processes": ("episodes", "interrupt"),
    "floors": ("episodes", "interrupt"),
    "report": ("episodes",),
}
SHOWN = ("success", "progress", "efficiency", "regret", "invalid_actions")
INEXACT = ("success", "return", "invalid_actions")  # where no exact oracle tells more
SPENT = ("tokens_in", "tokens_out", "cost", "seconds")  # by agents that ask language models
AFTER = ("success_disturbed", "steps_to_recover", "stale_actions")


@dataclass(kw_only=True)
class Args(WorldArgs):
    """Who is evaluated, on what."""

    suite: str = "episodes"
    """episodes; static: the family's questions (paths, edges, completion, captions, boxes); or
    interrupt: sets of tasks whose user changes the goal midway."""
    questions: int | None = None
    """Of the static suite; 5,000 if left out, as published."""
    sets: tuple[str, ...] = ()
    """Of the interrupt suite, with commas or spaces between; all six if left out."""
    share: float | None = None
    """Of the interrupt suite: part of its own actions after which a message comes; 0.5 if left
    out."""
    at: int | None = None
    """Of the interrupt suite: a fixed number of actions instead of a share; 5 as published."""
    agents: tuple[str, ...] = ()
    """Registered names, with commas or spaces between; do-nothing, random and oracle, where
    there is one, are added unless --no-floors; so is cannot-be-done, where pages offer reasons."""
    tasks: int | None = None
    """The split's first so many tasks; all of them if left out (100 where there is no end)."""
    repeats: int = 1
    """Episodes for each task."""
    seed: int = 0
    """Of everything that is drawn."""
    processes: int = 1
    """How many play. The results are the same for any number."""
    floors: bool = True
    """Also play do-nothing, random, cannot-be-done where pages offer reasons, and oracle."""
    out: Path | None = None
    """Folder of this run; a name made of the settings, under runs/, if left out."""
    report: bool = False
    """Also write report.html into the folder."""


def run(args: Args) -> int:
    """Evaluate, and print the table."""
    if args.suite not in SUITES:
        raise unknown("suite", args.suite, SUITES)
    check_suite(args)
    env, knobs = args.env_id(), args.knobs()
    agents = tuple(name for names in args.agents for name in names.split(",") if name)
    if args.suite == "static":
        from midcourse.commands.eval_static import run_static

        folder = args.out or RUNS / "static"
        return run_static(env, agents, knobs, args.questions, args.seed, folder)
    if args.suite == "interrupt":
        return _run_interrupt(args, env, agents, knobs)
    plan = make_plan(env, agents, knobs, args.tasks, args.repeats, args.seed, args.floors)
    folder = args.out or RUNS / _name(plan)
    with Workers(args.processes) as workers, progress_bar(env) as progress:
        results = evaluate(
            env,
            agents,
            knobs,
            tasks=args.tasks,
            repeats=args.repeats,
            seed=args.seed,
            workers=workers,
            out=folder,
            progress=progress,
            floors=args.floors,
        )
    title = _title(results)
    exact = any(line["optimal_steps"] is not None for line in results.lines)
    columns = (SHOWN if exact else INEXACT) + (AFTER if knobs.get("disturbances") else ())
    rows = list(results.rows)
    if any("tokens_in" in line for line in results.lines):
        columns += SPENT
        times = read_seconds(folder)
        rows = summarise({**line, "seconds": times.get(line["episode"])} for line in results.lines)
    print_tables([(title, rows)], columns)
    for said in _tokens_per_success(rows, results):
        print(said)
    print(f"{len(results.lines)} episodes in {folder}")
    if args.report:
        from midcourse.report import Report, Section, write_report

        page = Report(title, [Section(title, rows)], facts=_facts(plan))
        print(f"report: {write_report(page, folder / 'report.html')}")
    return 0


def check_suite(args: Args) -> None:
    """Refuse an option that the suite has no use for.

    Raises:
        UserError: naming the first.
    """
    for field in fields(args):
        suites = TAKES.get(field.name, SUITES)
        if args.suite not in suites and getattr(args, field.name) != field.default:
            option = "no-floors" if field.name == "floors" else field.name
            raise UserError(
                f"the suite {args.suite} takes no --{option}: it is for {' and '.join(suites)}"
            )


def _run_interrupt(args: Args, env: str, agents: tuple[str, ...], knobs: dict[str, Any]) -> int:
    """The interrupt suite, with what it takes of the arguments."""
    from midcourse.commands.eval_interrupt import Asked, run_interrupt

    sets = tuple(name for names in args.sets for name in names.split(",") if name)
    return run_interrupt(
        Asked(
            env, agents, knobs, sets, args.share, args.at, args.tasks, args.seed, args.processes,
            args.floors, args.out,
        )
    )  # fmt: skip


def _tokens_per_success(rows: list[Row], results: Results) -> Iterator[str]:
    """A sentence for each agent that asked a language model."""
    for row in rows:
        lines = [line for line in results.lines if line["agent"] == row.agent]
        if not all("tokens_in" in line for line in lines):
            continue
        tokens = sum(line["tokens_in"] + line["tokens_out"] for line in lines)
        solved = sum(bool(line["success"]) for line in lines)
        per = f"{tokens / solved:,.0f} for each success" if solved else "and no success"
        yield f"{row.agent}: {tokens:,} tokens, {per}"


def _title(results: Results) -> str:
    knobs = ", ".join(f"{name}={value}" for name, value in results.knobs.items())
    return f"{results.env}: {knobs or 'defaults'}"


def _name(plan: Plan) -> str:
    settings = json.dumps(plan.settings(), sort_keys=True)
    digest = hashlib.blake2b(settings.encode(), digest_size=4).hexdigest()
    return f"eval-{plan.env.split('/')[-1]}-{digest}"


def _facts(plan: Plan) -> dict[str, str]:
    return {name: json.dumps(value) for name, value in plan.settings().items()}
