"""Laws 6 and 7: the oracle does what it promises, and agents that know nothing stay low."""

from typing import Any

import numpy as np

from midcourse.core.check.setting import (
    DoesNotApplyError,
    LawError,
    Play,
    Setting,
    draws,
    pick,
)
from midcourse.core.env import Env
from midcourse.core.errors import UserError
from midcourse.core.statistics import wilson

SEED = 7_000_003
BATCH = 256
SPLITS = ("validation", "test", "train")
WANDERED = 30  # random steps before the next is measured, at most


def oracle(setting: Setting) -> None:
    """Law 6: an exact one succeeds in the optimal steps, a reference as often as it declares."""
    kind = setting.family.oracle
    if kind == "none":
        raise DoesNotApplyError("worlds without a goal")
    if kind == "reference":
        for level in setting.levels:
            _figures_are_refused(setting, level)
            _controller_plays(setting, level)
    elif kind == "exact":
        _is_exact(setting)
    else:
        raise LawError(f"the oracle is {kind!r}: it is 'exact', 'reference' or 'none'")


def _is_exact(setting: Setting) -> None:
    for level in setting.levels:
        for split in SPLITS:
            for tasks in chosen_tasks(setting, level, split):
                _oracle_plays(setting, level, split, tasks, {"disturbances": 0})
                kinds = setting.most_disturbed(level)
                if kinds["disturbances"]:
                    _oracle_plays(setting, level, split, tasks, kinds)
        _one_step_ahead(setting, level)
        _nobody_is_faster(setting, level)


def chosen_tasks(setting: Setting, level: int, split: str) -> list[list[int]]:
    """Indices of tasks in runs of at most BATCH; of the test and validation splits, all if full."""
    count = setting.make(level, split=split).task_count or 2**31
    wanted = setting.size(120, 1000)
    if split != "train" and setting.full:
        wanted = count
    generator = np.random.default_rng(level)
    if count <= max(wanted, 200):
        indices = list(range(count))
    else:
        indices = [0, count - 1, *generator.integers(count, size=wanted).tolist()]
    return [indices[i : i + BATCH] for i in range(0, len(indices), BATCH)]


def _figures_are_refused(setting: Setting, level: int) -> None:
    """What only an exact oracle knows is refused with a sentence that names the controller."""
    family, env = setting.family, setting.make(level)
    if not family.controller:
        raise LawError("the reference controller has no name: declare `controller`")
    env.reset(seed=SEED)
    for figure in (env.cost_to_go, env.optimal_steps, env.progress):
        try:
            answer = figure()
        except UserError:
            setting.tried("figures refused")
        else:
            raise LawError(
                f"level {level}: {figure.__name__}() is {answer}, though the oracle is no exact one"
            )


def _controller_plays(setting: Setting, level: int) -> None:
    """The declared score lies in or below the 95 % interval of the controller's on test tasks."""
    declared = setting.family.scores.get(level)
    if declared is None:
        raise LawError(f"no score of {setting.family.controller} is declared for level {level}")
    count = successes = 0
    for tasks in chosen_tasks(setting, level, "test"):
        count += len(tasks)
        successes += _successes(setting, level, tasks)
    setting.tried("test tasks played by the controller", count)
    share, reachable = successes / count, wilson(successes / count, count)[1]
    if declared > reachable:
        raise LawError(
            f"level {level}: {setting.family.controller} succeeds on {share:.3f} of {count} test "
            f"tasks, at most {reachable:.3f} with 95 % confidence; declared is {declared}",
            f"reset(seed={SEED}, options={{'task': i}}) with split='test', then oracle_action()",
        )


def _successes(setting: Setting, level: int, tasks: list[int]) -> int:
    """On how many test tasks the controller succeeds."""
    options = {"task": tasks}
    play = Play(setting, level, len(tasks), SEED, split="test", disturbances=0, options=options)
    actions = play.legal()
    alive = np.ones(len(tasks), np.bool_)
    successes = 0
    while alive.any():
        for i in np.flatnonzero(alive):
            actions[i] = play.env.oracle_action(int(i))
        _, _, terminated, truncated, infos = play.step(actions.copy())
        ended = alive & (terminated | truncated)
        successes += int((ended & infos["success"]).sum())
        alive &= ~ended
    return successes


def _oracle_plays(
    setting: Setting, level: int, split: str, tasks: list[int], kinds: dict[str, int]
) -> None:
    """The oracle on some tasks, side by side in one vector."""
    n = len(tasks)
    play = Play(setting, level, n, SEED, split=split, options={"task": tasks}, **kinds)
    env = play.env
    disturbed = kinds["disturbances"] > 0
    optimal = np.array([env.optimal_steps(i) for i in range(n)])
    actions = play.legal()
    alive = np.ones(n, np.bool_)
    for step in range(1, env.params.step_limit + 1):
        for i in np.flatnonzero(alive):
            actions[i] = env.oracle_action(int(i))
        _, _, terminated, truncated, infos = play.step(actions.copy())
        ended = alive & (terminated | truncated)
        wrong = ended & ~infos["success"]
        if not disturbed:
            wrong |= ended & (optimal != step)
            wrong |= alive & ~ended & (optimal <= step)
        for i in np.flatnonzero(wrong):
            how = (
                "succeeds" if infos["success"][i] else "fails" if ended[i] else "is still under way"
            )
            raise LawError(
                f"level {level}, {split} task {tasks[i]}{', disturbed' if disturbed else ''}: the "
                f"oracle {how} after {step} steps, optimal_steps() is {optimal[i]}",
                f"reset(seed={SEED + i}, options={{'task': {tasks[i]}}}) with split={split!r}, "
                f"{kinds}, then oracle_action()",
            )
        alive &= ~ended
        if not alive.any():
            break
    setting.tried("disturbed tasks solved" if disturbed else "tasks solved in optimal steps", n)


def _one_step_ahead(setting: Setting, level: int) -> None:
    """No action shortens the way by more than one, and the oracle's own does by one.

    Where there is no way, because a random action cannot be taken back, no action finds one.
    """
    env = setting.make(level, disturbances=0)
    generator = np.random.default_rng(level)
    for trial in range(setting.size(12, 150)):
        env.reset(seed=SEED + trial)
        taken = _wander(env, generator, trial % WANDERED)
        if env.world["clock"] + 1 < env.params.step_limit:
            here, cost = env.snapshot(), env.cost_to_go()
            best = env.oracle_action()
            for action in (best, *(_any(env, generator) for _ in range(12))):
                env.restore(here)
                env.step(action)
                after = 0 if env.world["success"] else env.cost_to_go()
                setting.tried("steps measured")
                wrong = 0 <= after < cost - 1 if cost >= 0 else after >= 0
                if wrong or (cost >= 0 and action is best and after != cost - 1):
                    raise LawError(
                        f"level {level}: cost_to_go() is {cost}, after the action {action} it is "
                        f"{after}{' (that was the oracle)' if action is best else ''}",
                        setting.recipe(level, SEED + trial, taken, disturbances=0),
                    )


def _wander(env: Env, generator: np.random.Generator, steps: int) -> list[Any]:
    """Take so many random actions, those left out that would end the episode; returns the rest."""
    taken = []
    for _ in range(steps):
        here, action = env.snapshot(), _any(env, generator)
        env.step(action)
        if env.world["running"]:
            taken.append(action)
        else:
            env.restore(here)
    return taken


def _any(env: Env, generator: np.random.Generator) -> Any:
    action = pick(env.action_space, draws(env.action_space, generator, (1,)))[0]
    return action if env.action_space.shape else int(action)


def _nobody_is_faster(setting: Setting, level: int) -> None:
    """Random play never succeeds in fewer steps than the optimum."""
    play = Play(setting, level, BATCH, SEED + 1, disturbances=0)
    env = play.env
    for _ in range(setting.size(80, 600)):
        infos = play.step(play.legal())[4]
        for i in np.flatnonzero(infos["success"]):
            setting.tried("random successes")
            taken, optimal = int(env.worlds["clock"][i]), env.optimal_steps(int(i))
            if taken < optimal:
                raise LawError(
                    f"level {level}: random play took {taken} steps, optimal_steps() is {optimal}",
                    play.recipe(int(i)),
                )


def floors(setting: Setting) -> None:
    """Law 7: do-nothing never succeeds, random stays under the declared floor."""
    if setting.family.oracle == "none":
        raise DoesNotApplyError("worlds without a goal")
    for level in setting.levels:
        for split in SPLITS:
            for tasks in chosen_tasks(setting, level, split):
                _nothing_is_done(setting, level, split, tasks)
        _random_stays_low(setting, level)


def _nothing_is_done(setting: Setting, level: int, split: str, tasks: list[int]) -> None:
    n = len(tasks)
    play = Play(setting, level, n, SEED, split=split, disturbances=0, options={"task": tasks})
    idle, shared = setting.family.idle, play.env.program.shared[0]
    alive = np.ones(n, np.bool_)
    setting.tried("tasks on which nothing is done", n)
    while alive.any():
        worlds = play.env.worlds
        actions = np.array([idle(world, shared) for world in worlds], play.space.dtype)
        _, _, terminated, truncated, infos = play.step(actions)
        for i in np.flatnonzero(alive & infos["success"]):
            raise LawError(
                f"level {level}, {split} task {tasks[i]}: doing nothing succeeds",
                play.recipe(int(i)),
            )
        alive &= ~(terminated | truncated)


def _random_stays_low(setting: Setting, level: int) -> None:
    """The same number of episodes in every world, so that long ones count as much as short."""
    floor = setting.family.floors.get(level)
    if floor is None:
        raise LawError(f"no floor is declared for level {level}")
    play = Play(setting, level, BATCH, SEED, disturbances=0)
    each = setting.size(4, 40)
    done = np.zeros(BATCH, np.int64)
    successes = 0
    while (done < each).any():
        _, _, terminated, truncated, infos = play.step(play.legal())
        counted = (terminated | truncated) & (done < each)
        successes += int((infos["success"] & counted).sum())
        done += counted
    share = successes / (BATCH * each)
    setting.tried("random episodes", BATCH * each)
    if share > floor:
        raise LawError(f"level {level}: random succeeds in {share:.3f} of episodes, floor {floor}")
