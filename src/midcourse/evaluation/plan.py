"""What is to be evaluated: the settings of a run, and its episodes in their order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import gymnasium
from gymnasium.envs.registration import load_env_creator

from midcourse.agents import REGISTRY, make, plays_as
from midcourse.core.errors import UserError, unknown
from midcourse.core.family import Family
from midcourse.core.tasks import hash_words
from midcourse.core.version import PACKAGE, fingerprint, package_version

FLOORS = ("do-nothing", "random")
GIVING_UP = "cannot-be-done"  # a floor where pages offer reasons why nothing can be done
CEILING = "oracle"
NOBODY = "there are no agents to play: name some, or leave out --no-floors"
ENDLESS_TASKS = 100  # tasks taken from a split without an end, if no number was asked for


@dataclass(frozen=True)
class Job:
    """One episode: its place in the run, and everything that decides it."""

    episode: int
    env: str
    knobs: tuple[tuple[str, Any], ...]
    agent: str
    task: int
    repeat: int
    seed: int  # of the world, in [0, 2**63); equal for every agent
    agent_seed: int


@dataclass(frozen=True)
class Plan:
    """The settings of a run. Equal settings make equal results files."""

    env: str
    agents: tuple[str, ...]
    knobs: Mapping[str, Any]
    tasks: int
    repeats: int
    seed: int
    loaded: Mapping[str, str]  # of each agent that files were loaded for: their fingerprint

    def settings(self) -> dict[str, Any]:
        """The settings as JSON writes them."""
        return {
            "env": self.env,
            "agents": list(self.agents),
            "knobs": plain(dict(self.knobs)),
            "tasks": self.tasks,
            "repeats": self.repeats,
            "seed": self.seed,
            "loaded": dict(self.loaded),
            "version": package_version(),
        }

    def __len__(self) -> int:
        return len(self.agents) * self.tasks * self.repeats

    def jobs(self, first: int = 0) -> Iterator[Job]:
        """The episodes from number `first` on: by agent, then task, then repeat."""
        for number in range(first, len(self)):
            rest, repeat = divmod(number, self.repeats)
            which, task = divmod(rest, self.tasks)
            agent = self.agents[which]
            world = (self.env, self.knobs.get("split", "train"), self.knobs.get("level", 1))
            seed = _seed("episode", self.seed, *world, task, repeat)
            agent_seed = _seed("agent", self.seed, *world, task, repeat, plays_as(agent))
            knobs = tuple(sorted(self.knobs.items()))
            yield Job(number, self.env, knobs, agent, task, repeat, seed, agent_seed)


def make_plan(
    env: str,
    agents: tuple[str, ...],
    knobs: Mapping[str, Any],
    tasks: int | None,
    repeats: int,
    seed: int,
    floors: bool = True,
) -> Plan:
    """A plan whose every name and number has been checked.

    Raises:
        UserError: an unknown id, agent or knob, a number out of range, or a saved agent that is
            missing or does not fit.
    """
    world: Any = make_env(env, knobs)
    count = world.unwrapped.task_count
    for name, value in (("tasks", tasks), ("repeats", repeats)):
        if value is not None and value < 1:
            raise UserError(f"{name}={value} is out of range: it is at least 1")
    if not 0 <= seed < 2**63:
        raise UserError(f"seed={seed} is out of range: it lies in [0, 2**63)")
    wanted = min(tasks or count or ENDLESS_TASKS, count or ENDLESS_TASKS * 10_000)
    ceiling = [CEILING] if world.unwrapped.FAMILY.oracle != "none" else []
    names = [*floors_of(world), *agents, *ceiling] if floors else list(agents)
    if not names:
        raise UserError(NOBODY)
    for name in names:
        check_agent(name)
    loaded = check_loaded(world, agents, seed)
    world.close()
    return Plan(env, tuple(dict.fromkeys(names)), dict(knobs), wanted, repeats, seed, loaded)


def floors_of(world: gymnasium.Env) -> tuple[str, ...]:
    """The floors of a world, in which an episode may be begun to find out."""
    bare: Any = world.unwrapped
    if bare.FAMILY.page is None:
        return FLOORS
    bare.reset(seed=0)
    return (*FLOORS, GIVING_UP) if bare.page().reasons else FLOORS


def make_env(env: str, knobs: Mapping[str, Any]) -> gymnasium.Env:
    """`gymnasium.make` for ids of this package.

    Raises:
        UserError: an unknown id or knob, or a knob out of range.
    """
    known = [field.name for field in fields(family_of(env).params)]
    for name in knobs:  # gymnasium.make has keywords of its own, which are no knobs
        if name not in known:
            raise unknown("knob", name, known)
    return gymnasium.make(env, **knobs)


def family_of(env: str) -> Family:
    """The family of an id, without making an environment.

    Raises:
        UserError: an unknown id.
    """
    if env not in ids():
        raise unknown("id", env, ids())
    point: Any = gymnasium.spec(env).entry_point  # "module:Class", or the class
    made: Any = load_env_creator(point) if isinstance(point, str) else point
    return made.FAMILY


def env_id(name: str) -> str:
    """The whole id of an environment, also when it was given without its namespace.

    Raises:
        UserError: there is no such environment.
    """
    known = ids()
    for one in (name, f"{PACKAGE}/{name}"):
        if one in known:
            return one
    raise unknown("id", name, known)


def ids() -> list[str]:
    """The registered ids of this package."""
    return sorted(name for name in gymnasium.registry if name.startswith(f"{PACKAGE}/"))


def check_agent(name: str) -> None:
    """Refuse a name that no agent has, without loading what the agent needs.

    Raises:
        UserError: an unknown name, or an argument missing or too many.
    """
    word, _, argument = name.partition(":")
    if word not in REGISTRY:
        raise unknown("agent", word, REGISTRY)
    takes_argument = REGISTRY[word][2]
    if takes_argument != bool(argument):
        wanted = f"wants an argument, as in {word}:..." if takes_argument else "takes no argument"
        raise UserError(f"the agent {word!r} {wanted}")


def check_loaded(world: gymnasium.Env, agents: Iterable[str], seed: int) -> dict[str, str]:
    """Make each agent once, before anything is played, and begin an episode.

    Returns:
        Of each that was loaded from files, by name, the fingerprint of these.

    Raises:
        UserError: what an agent loads is missing, or it does not play such a world.
    """
    found = {}
    for name in agents:
        world.reset(seed=seed)
        agent = make(name)
        agent.reset(world)
        if files := getattr(agent, "files", ()):
            found[name] = fingerprint(files)
    return found


def _seed(*parts: Any) -> int:
    low, high = hash_words(*parts)
    return ((high << 32) | low) >> 1


def plain(value: Any) -> Any:
    """Tuples as lists, numpy's numbers as Python's: what JSON gives back as it was."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(inner) for inner in value]
    return plain(value.tolist()) if hasattr(value, "tolist") else value
