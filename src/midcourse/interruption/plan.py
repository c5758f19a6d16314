"""What the suite plays: the settings of a run, and its episodes in their order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from midcourse.core.errors import UserError, unknown
from midcourse.core.tasks import hash_words
from midcourse.core.version import code_hash, package_version
from midcourse.evaluation.plan import (
    CEILING,
    NOBODY,
    check_agent,
    check_loaded,
    floors_of,
    make_env,
    plain,
)
from midcourse.interruption.episode import Job
from midcourse.interruption.moments import Moment
from midcourse.interruption.sets import KINDS, SETS, Item, frozen_list

IGNORING = "ignores-messages"
# The code that decides what is played and what is measured.
CODE = tuple(
    f"midcourse.{part}" for part in ("core", "envs", "agents", "evaluation", "interruption")
)
OWN_KNOBS = ("split", "disturbances", "disturb_at")


@dataclass(frozen=True)
class Plan:
    """The settings of a run. Equal settings make equal results files."""

    env: str
    agents: tuple[str, ...]
    knobs: Mapping[str, Any]
    sets: tuple[str, ...]
    moment: Moment
    tasks: int
    seed: int
    loaded: Mapping[str, str]  # of each agent that files were loaded for: their fingerprint

    def settings(self) -> dict[str, Any]:
        """The settings as JSON writes them."""
        return {
            "suite": "interrupt",
            "env": self.env,
            "agents": list(self.agents),
            "knobs": plain(dict(self.knobs)),
            "sets": list(self.sets),
            "moment": str(self.moment),
            "tasks": self.tasks,
            "seed": self.seed,
            "loaded": dict(self.loaded),
            "version": package_version(),
            "code": code_hash(*CODE),
        }

    def __len__(self) -> int:
        return len(self.agents) * len(self.sets) * self.tasks

    def jobs(self, first: int = 0) -> Iterator[Job]:
        """The episodes from number `first` on: by agent, then set, then position."""
        knobs = tuple(sorted(self.knobs.items()))
        for number in range(first, len(self)):
            rest, position = divmod(number, self.tasks)
            which, place = divmod(rest, len(self.sets))
            agent, name = self.agents[which], self.sets[place]
            item = _items(self.env, knobs, name, self.tasks)[position]
            low, high = hash_words("agent", self.seed, name, position, agent)
            agent_seed = (high << 32) | low
            yield Job(number, self.env, knobs, name, item, self.moment, agent, agent_seed)


@cache
def _items(env: str, knobs: tuple[tuple[str, Any], ...], name: str, count: int) -> list[Item]:
    return frozen_list(env, dict(knobs), name, count)


def make_plan(
    env: str,
    agents: Sequence[str],
    knobs: Mapping[str, Any],
    sets: Sequence[str],
    moment: Moment,
    tasks: int | None,
    seed: int,
    floors: bool,
) -> Plan:
    """A plan whose every name and number has been checked.

    Raises:
        UserError: an unknown id, agent, set or knob, a number out of range, or a family whose
            user does not change the goal, or a set that no task can take.
    """
    for name in OWN_KNOBS:
        if name in knobs:
            raise UserError(
                f"the interrupt suite sets {name} itself: leave out {name}={knobs[name]!r}"
            )
    for name in sets:
        if name not in SETS:
            raise unknown("set", name, SETS)
    world: Any = make_env(env, {**knobs, "split": "test"})
    bare = world.unwrapped
    levels, kinds, count = bare.params.LEVELS, bare.params.KINDS, bare.task_count
    if not set(KINDS) <= set(kinds):
        raise UserError(
            f"the interrupt suite wants the disturbances {', '.join(KINDS)}; {env} has "
            f"{', '.join(kinds) or 'none'}"
        )
    if tasks is not None and tasks < 1:
        raise UserError(f"tasks={tasks} is out of range: it is at least 1")
    if not 0 <= seed < 2**63:
        raise UserError(f"seed={seed} is out of range: it lies in [0, 2**63)")
    names = [*floors_of(world), IGNORING, *agents, CEILING] if floors else list(agents)
    if not names:
        raise UserError(NOBODY)
    for name in names:
        check_agent(name)
    chosen = {"level": max(levels), **knobs, "split": "test"}
    loaded = check_loaded(make_env(env, chosen), agents, seed)
    world.close()
    wanted = min(tasks or count, count)
    order = tuple(name for name in SETS if name in sets or not sets)
    for name in order:  # whether there is a task at all that it can interrupt
        _items(env, tuple(sorted(chosen.items())), name, wanted)
    return Plan(env, tuple(dict.fromkeys(names)), chosen, order, moment, wanted, seed, loaded)
