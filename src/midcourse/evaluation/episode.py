"""One episode, played and measured."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np

from midcourse.agents import make
from midcourse.core.family import Refusal
from midcourse.core.version import commit, package_version
from midcourse.evaluation.aftermath import Aftermath, copy_of, take
from midcourse.evaluation.plan import Job, make_env, plain

# (env, action, observation's info, reward): what a recorder sees after reset and every step
Watcher = Callable[[gymnasium.Env, Any, dict[str, Any], float], None]


@dataclass
class Tally:
    """What is counted while an episode runs."""

    total: float = 0.0
    steps: int = 0
    invalid: int = 0
    success: bool = False
    terminated: bool = False
    before: np.ndarray | None = None  # the record before the last step


def play(job: Job, env: gymnasium.Env | None = None, watch: Watcher | None = None) -> tuple:
    """Play one episode.

    Args:
        job: the episode.
        env: an environment of this id and these knobs to use; made here if None.
        watch: called after reset (with the action None) and after every step.

    Returns:
        (line, seconds): what the results file holds, and the wall time.
    """
    started = time.perf_counter()
    world = env or make_env(job.env, dict(job.knobs))
    agent = make(job.agent, job.agent_seed % 2**32)
    _, info = first = world.reset(seed=job.seed, options={"task": job.task})
    agent.reset(world)
    bare: Any = world.unwrapped
    exact = bare.FAMILY.oracle == "exact"
    aftermath = Aftermath(bare) if exact and bare.params.disturbances else None
    if watch:
        watch(world, None, info, 0.0)
    tally = _run(world, agent, first, aftermath, watch)
    line = _address(job, bare) | _measures(bare, tally, exact) | _after(bare, tally, aftermath)
    line |= _spent(agent)
    if env is None:
        world.close()
    return plain(line), time.perf_counter() - started


def _run(
    env: gymnasium.Env, agent: Any, first: Any, aftermath: Aftermath | None, watch: Watcher | None
) -> Tally:
    """Step an agent until the episode ends."""
    tally = Tally()
    bare: Any = env.unwrapped
    exact = bare.FAMILY.oracle == "exact"  # or nobody asks for the record before a step
    observation, info = first
    over = False
    while not over:
        action = agent.act(observation, info)
        tally.invalid += _is_masked(bare, info, action)
        if exact:
            tally.before = copy_of(bare)
        observation, reward, terminated, truncated, info = take(env, action)
        tally.steps += 1
        tally.total += float(reward)
        if aftermath and tally.before is not None:
            aftermath.step_taken(tally.before, action, bool(info.get("events")))
        if watch:
            watch(env, action, info, float(reward))
        over = terminated or truncated
        tally.terminated, tally.success = terminated, bool(info["success"])
    return tally


def _is_masked(bare: Any, info: dict[str, Any], action: Any) -> bool:
    """Whether the action mask that the agent was shown forbids an action, or it is none at all."""
    if isinstance(action, Refusal):
        return True
    if bare.FAMILY.always_legal:
        return False
    mask = info.get("action_mask")
    if mask is None:
        mask = bare.action_masks()
    if not len(mask):
        return False
    space = bare.action_space
    if isinstance(space, gymnasium.spaces.Discrete):
        return not mask[int(action) - int(space.start)]
    starts = np.concatenate(([0], np.cumsum(space.nvec.ravel())[:-1]))
    return not all(mask[starts + np.ravel(action)])


def _address(job: Job, bare: Any) -> dict[str, Any]:
    task = bare.task()
    return {
        "episode": job.episode,
        "env": job.env,
        "knobs": dict(job.knobs),
        "task": {"split": task.split, "level": task.level, "index": task.index},
        "repeat": job.repeat,
        "seed": job.seed,
        "agent": job.agent,
        "agent_seed": job.agent_seed % 2**32,
        "version": package_version(),
        "commit": commit(),
    }


def _measures(bare: Any, tally: Tally, exact: bool) -> dict[str, Any]:
    optimal: Any = bare.optimal_steps() if exact else None
    known = exact and tally.success
    return {
        "success": tally.success if bare.FAMILY.oracle != "none" else None,  # None: no goal
        "return": tally.total,
        "steps": tally.steps,
        "truncated": not tally.terminated,
        "optimal_steps": optimal,
        "progress": _progress(bare, tally) if exact else None,
        "efficiency": optimal / tally.steps if known else None,
        "regret": tally.steps - optimal if known else None,
        "invalid_actions": tally.invalid,
        "events": bare.events(),
    }


def _spent(agent: Any) -> dict[str, Any]:
    """Tokens and cost of an agent that asked a language model; {} of any other.

    A prompt counts whole, whether or not its head had been computed for an earlier one: so the
    line is the same however episodes are spread over processes.
    """
    usage = getattr(agent, "usage", None)
    if usage is None:
        return {}
    return {
        "calls": usage.calls,
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "cost": usage.cost or None,  # None: free
    }


def _progress(bare: Any, tally: Tally) -> float:
    """How far it came: 1 on success, else the progress before the action that ended the episode.

    (An episode that is over has no cost to go.)
    """
    if tally.success or tally.before is None:
        return float(tally.success)
    twin = bare.fork()
    for name in tally.before.dtype.names or ():
        twin.world[name] = tally.before[name]
    return twin.progress()


def _after(bare: Any, tally: Tally, aftermath: Aftermath | None) -> dict[str, Any]:
    """What followed the disturbances; None where none struck or the oracle is not exact."""
    disturbed = bool(bare.events()) and bare.FAMILY.oracle != "none"
    followed = aftermath if aftermath and aftermath.struck else None
    recovered = followed and tally.success and not followed.lost_way
    return {
        "success_disturbed": tally.success if disturbed else None,
        "steps_to_recover": followed.extra_steps if followed and recovered else None,
        "stale_actions": followed.stale_actions if followed else None,
    }
