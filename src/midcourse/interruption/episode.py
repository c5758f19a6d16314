"""One interrupted episode: the agent alone, the agent interrupted, and with everything known.

The world is made anew for each run, with the messages scheduled as disturbances; equal actions lead
to equal states. While a run repeats the agent's earlier actions, the agent is shown what it saw
and asked as it was, so that it remembers; the earlier actions are what is taken.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import gymnasium
import numpy as np

from midcourse.agents import make
from midcourse.core.engine.record import Record
from midcourse.core.version import commit, package_version
from midcourse.evaluation.aftermath import Aftermath, copy_of, take
from midcourse.evaluation.plan import make_env, plain
from midcourse.interruption.moments import Moment
from midcourse.interruption.sets import Item

KEPT = 256  # environments kept by a process, each with its own messages


@dataclass(frozen=True)
class Job:
    """One interrupted episode: its place in the run, and everything that decides it."""

    episode: int
    env: str
    knobs: tuple[tuple[str, Any], ...]
    set: str
    item: Item
    moment: Moment
    agent: str
    agent_seed: int


@dataclass
class Run:
    """What an agent did in one world."""

    actions: list[Any] = field(default_factory=list)
    success: bool = False
    stopped: bool = False  # the agent ended the episode, not the step limit
    struck: int = 0  # messages that came
    cost: int = 0  # the oracle's, right after the last message


def play(job: Job) -> tuple[dict[str, Any], float]:
    """Play an episode; returns (line of the results file, wall time in seconds)."""
    started = time.perf_counter()
    kinds = job.item.kinds
    first = run_through(job, (), (), ())[0]
    full = run_through(job, kinds, (0,) * len(kinds), ())[0]
    last, times, measured = first, [], {}
    for stage in range(1, len(kinds) + 1):
        before = times[-1] if times else 0
        times.append(job.moment.strike(before, len(last.actions), last.stopped))
        earlier = last.actions[: times[-1]]
        last, measured = run_through(job, kinds[:stage], times, earlier, stage == len(kinds))
        if last.struck < stage:
            break
    came = last.struck == len(kinds)
    after = len(last.actions) - times[-1]
    line = _address(job) | {
        "first": {"success": first.success, "actions": len(first.actions)},
        "full": {"success": full.success, "actions": len(full.actions)},
        "struck_at": times,
        "came": came,
        "success": came and last.success,
        "truncated": not last.stopped,
        "actions_after": after if came else None,
        "steps_to_recover": after - last.cost if came and last.success else None,
        "stale_actions": measured.get("stale_actions") if came else None,
        "damage": measured.get("damage") if came else None,
    }
    return plain(line), time.perf_counter() - started


def run_through(
    job: Job, kinds: Sequence[str], times: Sequence[int], earlier: Sequence[Any], all_came=False
) -> tuple[Run, dict[str, Any]]:
    """Let an agent play with messages at these steps.

    Args:
        job: the episode.
        kinds: of the messages.
        times: actions before each message.
        earlier: actions to be repeated before the agent is on its own.
        all_came: whether these are all messages, and what follows is to be measured.

    Returns:
        (the run, what was measured).
    """
    world = world_of(job, tuple(kinds), tuple(times))
    bare: Any = world.unwrapped
    observation, info = world.reset(seed=job.item.seed, options={"task": job.item.task})
    agent = make(job.agent, job.agent_seed % 2**32)
    agent.reset(world)
    run, over = Run(struck=len(bare.events())), False
    run.cost = bare.cost_to_go() if run.struck else 0
    aftermath = Aftermath(bare) if all_came else None
    while not over:
        action = agent.act(observation, info)
        if len(run.actions) < len(earlier):
            action = earlier[len(run.actions)]
        before = copy_of(bare) if aftermath else None
        observation, _, terminated, truncated, info = take(world, action)
        run.actions.append(np.copy(action) if isinstance(action, np.ndarray) else action)
        news = len(info.get("events", ()))
        if aftermath and before is not None:
            aftermath.step_taken(before, action, bool(news))
        if news:
            run.struck += news
            run.cost = bare.cost_to_go()
        over = terminated or truncated
    run.success, run.stopped = bool(info["success"]), terminated
    return run, _measured(bare, aftermath) if aftermath else {}


def _measured(bare: Any, aftermath: Aftermath) -> dict[str, Any]:
    """Stale actions, and what stands that nobody wants; None where a family does not count it."""
    count = bare.FAMILY.damage
    return {
        "stale_actions": int(aftermath.stale_actions),
        "damage": count and int(count(Record(bare.world), Record(bare.program.shared[0]))),
    }


def world_of(job: Job, kinds: tuple[str, ...], times: tuple[int, ...]) -> gymnasium.Env:
    """An environment with these messages after so many actions; the last ones made are kept."""
    return _world(job.env, job.knobs, kinds, times)


@lru_cache(KEPT)
def _world(env: str, knobs: Any, kinds: tuple[str, ...], times: tuple[int, ...]) -> gymnasium.Env:
    if not kinds:
        return make_env(env, dict(knobs))
    calm: Any = _world(env, knobs, (), ()).unwrapped
    return calm.disturbed(kinds, [("step", at) for at in times])


def _address(job: Job) -> dict[str, Any]:
    knobs = dict(job.knobs)
    task = {"split": knobs["split"], "level": knobs["level"], "index": job.item.task}
    return {
        "episode": job.episode,
        "env": job.env,
        "knobs": knobs,
        "set": job.set,
        "position": job.item.position,
        "task": task,
        "seed": job.item.seed,
        "kinds": job.item.kinds,
        "moment": str(job.moment),
        "agent": job.agent,
        "agent_seed": job.agent_seed % 2**32,
        "version": package_version(),
        "commit": commit(),
    }
