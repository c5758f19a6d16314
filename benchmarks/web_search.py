"""The fewest actions of web tasks by a search over all actions, beside what the oracle says.

    python benchmarks/web_search.py --products 3 --templates 55 65 66

For each template the first task that takes more than a stop, or as many as are asked for. A search
for anything shorter than the oracle's way comes to none, or prints it. `all` says whether every
way was looked at; `broken` counts the actions that contradict what the search rests on (see
`midcourse.envs.web_tasks.proof`). The oracle's way is taken as well, so "12" by search means: no
way of 11 actions succeeds, one of 12 does.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any

import gymnasium

import midcourse  # noqa: F401  registers the ids
from midcourse.envs.web_tasks.goal.wishes import ACTS, TEMPLATES
from midcourse.envs.web_tasks.proof.explore import Found, within

ID = "midcourse/WebTasks-v0"
SEEDS = 5000  # that are looked through for tasks
BAR = 30  # characters


def tasks(env: Any, templates: list[int], wanted: int) -> dict[int, list[int]]:
    """Seeds of tasks, for each template; those that are done by stopping only if no others are."""
    found: dict[int, list[int]] = {template: [] for template in templates}
    spare: dict[int, list[int]] = {template: [] for template in templates}
    for seed in range(SEEDS):
        env.reset(seed=seed)
        template = int(env.world["goal"]["template"])
        if template in found:
            (found if env.cost_to_go() > 1 else spare)[template].append(seed)
        if all(len(seeds) >= wanted for seeds in found.values()):
            break
    return {template: (found[template] + spare[template])[:wanted] for template in templates}


def steps_of_oracle(env: Any) -> int:
    """Actions that the oracle takes to success from here; -1 if it does not come to it."""
    for count in range(1, 1 + env.cost_to_go()):
        if env.step(env.oracle_action())[4]["success"]:
            return count
    return -1


def by_search(found: Found, optimal: int, taken: int) -> str:
    """The fewest actions as the search has it."""
    if found.way is not None:
        return f"{len(found.way)}: {found.way}"
    return str(taken) if found.exhausted and taken == optimal else "?"


def search_rows(
    env: Any, chosen: dict[int, list[int]], capacity: int
) -> Iterator[tuple[str, bool]]:
    """A line for each task, and whether it shows the oracle to be exact."""
    for template, seeds in chosen.items():
        for seed in seeds:
            env.reset(seed=seed)
            optimal = env.cost_to_go()
            begun = time.perf_counter()
            found = within(env, optimal - 1, capacity)
            seconds = time.perf_counter() - begun
            acts = [ACTS[TEMPLATES[template][i]] for i in (0, 5) if TEMPLATES[template][i] >= 0]
            searched = by_search(found, optimal, steps_of_oracle(env))
            exact = searched == str(optimal) and found.broken == 0
            cells = (
                f"{template:>8}  {'+'.join(acts):<14} {seed:>5} {optimal:>7} {searched:>7}"
                f" {'yes' if found.exhausted else 'no':>4} {found.states:>9} {found.actions:>11}"
                f" {found.stops:>7} {found.broken:>7} {seconds:>8.2f}"
            )
            yield cells, exact


def main() -> int:
    """Print the table; the exit status is 1 if a line does not show the oracle to be exact."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    everything = list(range(len(TEMPLATES)))
    parser.add_argument("--templates", type=int, nargs="+", default=everything, help="all if none")
    parser.add_argument("--tasks", type=int, default=1, help="of each template (1)")
    parser.add_argument("--products", type=int, default=3, help="in the shop, 3 to 48 (3)")
    parser.add_argument("--log2-states", type=int, default=22, help="states at most (22: 64 MB)")
    options = parser.parse_args()
    knobs = {"level": 5, "products": options.products, "step_limit": 1000}
    env: Any = gymnasium.make(ID, **knobs).unwrapped
    chosen = tasks(env, options.templates, options.tasks)
    total = sum(map(len, chosen.values()))
    head = "template  act             seed  oracle  search  all    states     actions   stops"
    print(f"{head}  broken  seconds")
    failed = 0
    begun = time.perf_counter()
    within(env, 1)  # compiled here, so that no line has it in its time
    for count, (cells, exact) in enumerate(search_rows(env, chosen, 1 << options.log2_states), 1):
        failed += not exact
        print(f"\r{cells}" if sys.stderr.isatty() else cells, flush=True)
        if sys.stderr.isatty():
            done = BAR * count // total
            bar = f"[{'#' * done}{'.' * (BAR - done)}] {count}/{total}"
            print(f"{bar} {time.perf_counter() - begun:.0f} s\r", end="", file=sys.stderr)
    print(f"\n{total - failed} of {total} shown exact, {time.perf_counter() - begun:.0f} s in all")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
