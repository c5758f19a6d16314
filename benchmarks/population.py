"""Delayed repression beside Mesa: the same model, a population of 240 at a delay of 8.

Reactive citizens on the published block network. The peer is `population_mesa.py`; it comes with
`pip install -r benchmarks/requirements.txt`. Before anything is timed, both must tell the same
story: as many runs run away, within the error of the samples.

    python benchmarks/population.py

compares the statistics at more length and prints them.
"""

import importlib.util
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.bench import Row, faster
from midcourse.core.errors import UserError
from midcourse.envs.delayed_repression.regulator.simulate import simulate

CITIZENS, COMMUNITIES, P_IN, P_OUT, DELAY = 240, 6, 0.08, 0.004, 8
WORLDS = 64  # of a batch
STEPS = 50  # of one world in one timed call
LIVED = 500  # steps of the interleaved kernel in one call
HORIZON, RUNAWAY = 500, 0.40  # published: a run whose radical share ever exceeds this runs away
CITIZENS_ID, REGULATOR_ID = (f"midcourse/DelayedRepression{seat}-v0" for seat in ("Citizens", ""))
FORCE_ONE = 2  # index of force 1 in the regulator's action


def require():
    """Raises UserError if Mesa is not installed."""
    if importlib.util.find_spec("mesa") is None:
        raise UserError(
            "the benchmark `population` measures against Mesa 3.3.1, which is not installed: "
            "pip install -r benchmarks/requirements.txt"
        )


def mesa_model():
    """The peer's module."""
    path = Path(__file__).with_name("population_mesa.py")
    spec = importlib.util.spec_from_file_location("population_mesa", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def regulators(num_envs, **knobs):
    """Populations of reactive citizens whom nobody governs."""
    lean = {"masks": False, "reward_terms": False, "suite": False, "levers": "force"}
    given = {"delay": DELAY, "population": "reactive", **lean, **knobs}
    return gymnasium.make_vec(REGULATOR_ID, num_envs=num_envs, **given)


def peer(module, seed):
    """A population of Mesa's, drawn as ours are."""
    ties = module.block_ties(CITIZENS, COMMUNITIES, P_IN, P_OUT, seed)
    return module.Population(ties, COMMUNITIES, DELAY, seed)


def greatest_shares(module, runs):
    """Greatest radical share of each run, (ours, Mesa's), over the published horizon."""
    env: Any = regulators(runs, step_limit=HORIZON)
    env.reset(seed=1)
    ours = env.worlds["radicals"] / CITIZENS
    for _ in range(HORIZON - 1):  # as published: the share is taken before each step
        env.step(np.full(runs, FORCE_ONE))
        ours = np.maximum(ours, env.worlds["radicals"] / CITIZENS)
    theirs = []
    for seed in range(1, runs + 1):
        model = peer(module, seed)
        most = model.radical_share()
        for _ in range(HORIZON - 1):
            model.step()
            most = max(most, model.radical_share())
        theirs.append(most)
    return ours, np.array(theirs)


def same_story(ours, theirs):
    """Whether runaways and mean greatest shares differ by less than four standard errors."""
    a, b = (ours > RUNAWAY).mean(), (theirs > RUNAWAY).mean()
    pooled = (a + b) / 2
    error = (pooled * (1 - pooled) * 2 / len(ours)) ** 0.5 + 1 / len(ours)
    spread = ((ours.var() + theirs.var()) / len(ours)) ** 0.5
    return abs(a - b) <= 4 * error and abs(ours.mean() - theirs.mean()) <= 4 * spread


def dicts(form):
    """Steps of one world through PettingZoo's dictionaries."""
    from midcourse.envs import delayed_repression_v0

    env = delayed_repression_v0.parallel_env(delay=DELAY, observation=form, step_limit=1_000_000)
    env.reset(seed=0)
    drawn = np.random.default_rng(0).integers(0, 3, (STEPS, CITIZENS)).tolist()
    actions = [dict(zip(env.possible_agents, row, strict=True)) for row in drawn]

    def run():
        for given in actions:
            env.step(given)

    return run


def arrays(form):
    """Steps of one world on arrays."""
    from midcourse.envs import delayed_repression_v0

    env = delayed_repression_v0.parallel_env(delay=DELAY, observation=form, step_limit=1_000_000)
    env.reset(seed=0)
    actions = np.random.default_rng(0).integers(0, 3, (STEPS, CITIZENS))

    def run():
        for given in actions:
            env.step_array(given)

    return run


def joint_batch(**knobs):
    """Steps of many worlds whose citizens are played from outside."""
    env = gymnasium.make_vec(
        CITIZENS_ID, num_envs=WORLDS, delay=DELAY, reward_terms=False, step_limit=1_000_000, **knobs
    )
    env.reset(seed=0)
    actions = np.random.default_rng(0).integers(0, 3, (STEPS, WORLDS, CITIZENS))

    def run():
        for given in actions:
            env.step(given)

    return run


def reactive_batch(**knobs):
    """Steps of many worlds of reactive citizens."""
    env = regulators(WORLDS, step_limit=1_000_000, **knobs)
    env.reset(seed=0)
    actions = np.full(WORLDS, FORCE_ONE)

    def run():
        for _ in range(STEPS):
            env.step(actions)

    return run


def interleaved():
    """Many worlds side by side on one graph, under levers that stay as they are."""
    env: Any = regulators(WORLDS, graph="shared")
    env.reset(seed=0)
    return lambda: simulate(env.unwrapped, LIVED)


def million():
    """Seconds of a step of one world, the median of ten."""
    n = 1_000_000
    env: Any = gymnasium.make(
        REGULATOR_ID, citizens=n, communities=n // 40, p_out=1 / n, delay=DELAY, suite=False
    )
    env.reset(seed=0)
    action = env.unwrapped.idle_action()
    times = []
    for _ in range(11):
        begin = time.perf_counter()
        env.step(action)
        times.append(time.perf_counter() - begin)
    middle = statistics.median(times[1:])
    megabytes = env.unwrapped.world.dtype.itemsize / 1e6
    figures = f"{1e3 * middle:.0f} ms", f"(a record of {megabytes:.0f} MB)"
    what = "a million reactive citizens in one world, seconds a step"
    return Row(what, *figures, middle, min(times[1:]), max(times[1:]), 0.1, True)


def rows(report):
    report("Mesa tells the same story")
    module = mesa_model()
    ours, theirs = greatest_shares(module, 40)
    if not same_story(ours, theirs):
        raise UserError(
            f"ours and Mesa's are not the same model: greatest radical shares {ours.mean():.3f} "
            f"and {theirs.mean():.3f} in the mean, so nothing was timed"
        )
    model = peer(module, 1)

    def mesa():
        for _ in range(STEPS):
            model.step()

    one, many = CITIZENS * STEPS, CITIZENS * STEPS * WORLDS
    batch = f"{WORLDS} worlds of 240 citizens"
    for what, work, goal, begin in (
        ("240 citizens, PettingZoo's dicts", one, 2.0, lambda: dicts("published")),
        ("240 citizens, PettingZoo's dicts, scalar", one, 3.0, lambda: dicts("scalar")),
        ("240 citizens, PettingZoo's dicts, rich", one, None, lambda: dicts("rich")),
        ("240 citizens, step_array", one, 30.0, lambda: arrays("published")),
        (f"{batch}, played from outside", many, 40.0, joint_batch),
        (f"{batch}, reactive, under a regulator", many, 40.0, reactive_batch),
        (f"{batch}, reactive, one graph", many, 40.0, lambda: reactive_batch(graph="shared")),
    ):
        report(what)
        names = ("", "Mesa:")
        yield faster(f"{what} (agent-updates)", begin(), mesa, (work, one), names, goal)
    report("the interleaved kernel")
    what = f"{batch}, reactive, one graph, interleaved kernel (agent-updates)"
    work = (CITIZENS * WORLDS * LIVED, one)
    yield faster(what, interleaved(), mesa, work, ("", "Mesa:"), 1000.0)
    report("a million citizens")
    yield million()


if __name__ == "__main__":
    found = greatest_shares(mesa_model(), 200)
    for name, shares in zip(("ours", "Mesa"), found, strict=True):
        print(
            f"{name}: {(shares > RUNAWAY).mean():.3f} of {len(shares)} runs run away; greatest "
            f"radical share {shares.mean():.4f} +- {shares.std() / len(shares) ** 0.5:.4f}"
        )
    print("the same story" if same_story(*found) else "not the same model")
