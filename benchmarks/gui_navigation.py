"""GUI navigation beside Gymnasium's CartPole, serial, with random actions drawn beforehand."""

import time

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.bench import Row, faster

ID = "midcourse/GuiNavigation-v0"
CALLS = 64  # steps of a batch in one timed call
STEPS = 4096  # steps of one world in one timed call


def batch(env, actions):
    env.reset(seed=0)

    def run():
        for action in actions:
            env.step(action)

    return run


def single(env, actions):
    env.reset(seed=0)

    def run():
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()

    return run


def drawn(actions, size):
    return list(np.random.default_rng(0).integers(0, actions, (CALLS, size)))


def against_cartpole(what, num_envs, goal, **knobs):
    peer = gymnasium.make_vec("CartPole-v1", num_envs, vectorization_mode="vector_entry_point")
    ours = gymnasium.make_vec(ID, num_envs, **knobs)
    work = (num_envs * CALLS, num_envs * CALLS)
    names = ("", f"CartPole, {num_envs:,}:")
    runs = batch(ours, drawn(12, num_envs)), batch(peer, drawn(2, num_envs))
    return faster(what, *runs, work, names, goal)


def rows(report):
    lean = {"observation": "compact", "masks": False, "reward_terms": False}
    full = "full Dict, masks, terms"
    settings = [
        ("vector of 1,024, level 1, compact view, masks off", 1024, 4.5, {"level": 1, **lean}),
        (f"vector of 1,024, level 3, {full}", 1024, 2.5, {"level": 3}),
        (f"vector of 1,024, level 3, fresh apps, {full}", 1024, None, {"level": 3, "app": "fresh"}),
        (f"vector of 16,384, level 3, {full}", 16384, None, {"level": 3}),
        (f"vector of 1,024, level 3, 2 disturbances, {full}", 1024, None,
         {"level": 3, "disturbances": 2}),
    ]  # fmt: skip
    for what, num_envs, goal, knobs in settings:
        report(what)
        yield against_cartpole(what, num_envs, goal, **knobs)
    report("one world")
    actions = np.random.default_rng(0).integers(0, 12, STEPS).tolist()
    pushes = np.random.default_rng(0).integers(0, 2, STEPS).tolist()
    ours, peer = gymnasium.make(ID, level=1), gymnasium.make("CartPole-v1")
    names = ("", "CartPole:")
    what = "one world through gym.make, full Dict, success, mask, terms"
    runs = single(ours, actions), single(peer, pushes)
    yield faster(what, *runs, (STEPS, STEPS), names, 2.0)
    report("steadiness")
    yield steadiness()


def steadiness(episodes=100_000):
    """Step time over many episodes of one object: the last tenth against the first.

    Each tenth is measured in CartPole steps taken right after it, so that a machine that slows
    down meanwhile does not look like an object that does.
    """
    env, peer = gymnasium.make(ID, level=1), gymnasium.make("CartPole-v1")
    env.reset(seed=0)
    actions = np.random.default_rng(1).integers(0, 12, 1 << 16).tolist()
    pushes = single(peer, np.random.default_rng(1).integers(0, 2, 1 << 16).tolist())
    per_step, yardstick, k = [], [], 0
    for _ in range(10):
        steps, begin = 0, time.perf_counter()
        for _ in range(episodes // 10):
            over = False
            while not over:
                _, _, terminated, truncated, _ = env.step(actions[k & 0xFFFF])
                over = terminated or truncated
                k += 1
                steps += 1
            env.reset()
        per_step.append((time.perf_counter() - begin) / steps)
        begin = time.perf_counter()
        pushes()
        yardstick.append((time.perf_counter() - begin) / (1 << 16))
    relative = [ours / theirs for ours, theirs in zip(per_step, yardstick, strict=True)]
    tenths = [value / relative[0] for value in relative[1:]]
    what = "step time over 100,000 episodes, last tenth against first, in CartPole steps"
    last, first = (f"{1e6 * per_step[i]:.2f} µs" for i in (-1, 0))
    return Row(what, last, f"first: {first}", tenths[-1], min(tenths), max(tenths), 1.1, True)
