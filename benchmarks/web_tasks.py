"""Web tasks beside Gymnasium's CartPole: a batch of webs, a step in words, a reset; serial.

The goals are times on one machine: a million steps a second, 12 and 3 microseconds. So that they
hold on any, they are said in CartPole steps, which that machine takes in 5.0 microseconds, or
17.2 million a second in a native batch of 1,024.
"""

import statistics
import time
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.bench import Row, faster, seconds

ID = "midcourse/WebTasks-v0"
WEBS = 1024
CALLS = 32
EPISODES = 1000  # of the oracle before any is measured, so that most lines are known ...
ROUNDS, PLAYED = 15, 70  # ... and as many again in rounds
PUSHES = 4096  # CartPole steps in one timed call
PEER = "CartPole-v1"
BATCH_GOAL, WORDS_GOAL, RESET_GOAL = 0.058, 2.4, 0.6


def drawn(masks, rng):
    """Unmasked numbers, few of which stop."""
    verbs = 72
    scores = rng.random(masks.shape) * masks
    scores[:, verbs - 1] *= rng.random(len(masks)) < 0.1
    return np.stack([scores[:, :verbs].argmax(1), scores[:, verbs:].argmax(1)], 1)


def batch():
    """Steps of a batch, with actions that were legal when they were drawn."""
    env: Any = gymnasium.make_vec(ID, WEBS, level=3)
    peer: Any = gymnasium.make_vec(PEER, WEBS, vectorization_mode="vector_entry_point")
    rng = np.random.default_rng(0)
    _, info = env.reset(seed=0)
    peer.reset(seed=0)
    actions, pushes = [], list(rng.integers(0, 2, (CALLS, WEBS)))
    for _ in range(CALLS):
        actions.append(drawn(info["action_mask"], rng))
        info = env.step(actions[-1])[4]

    def run(env, actions):
        for action in actions:
            env.step(action)

    what = "1,024 webs, level 3, full Dict, masks, terms"
    names = f"records of {env.worlds.itemsize / 1000:.1f} kB:", "CartPole, 1,024:"
    work = (WEBS * CALLS, WEBS * CALLS)
    runs = (lambda: run(env, actions)), (lambda: run(peer, pushes))
    return faster(what, *runs, work, names, BATCH_GOAL)


def pushed():
    """The function that takes PUSHES steps of CartPole."""
    env: Any = gymnasium.make(PEER)
    env.reset(seed=0)
    pushes = np.random.default_rng(0).integers(0, 2, PUSHES).tolist()

    def run():
        for push in pushes:
            _, _, terminated, truncated, _ = env.step(push)
            if terminated or truncated:
                env.reset()

    return run


def in_pushes(what, times, pushes, figure, goal):
    """A row of times in microseconds, in steps of CartPole that were timed beside them."""
    ratios = [ours / theirs for ours, theirs in zip(times, pushes, strict=True)]
    ours = f"{statistics.median(times):.3g} µs {figure}".strip()
    peer = f"CartPole: {statistics.median(pushes):.3g} µs"
    middle = statistics.median(ratios)
    return Row(what, ours, peer, middle, min(ratios), max(ratios), goal, True)


def words_to_words():
    """From an action in words to the next page in words, over oracle episodes.

    What the oracle says is found before a round begins: its search, among the steps, would drive
    them from the processor's caches, which the peer's loop is spared.
    """
    env: Any = gymnasium.make(ID, level=3).unwrapped
    run, lines = pushed(), []

    def found(seed):
        """The oracle's actions in words; nothing is parsed or read on the way."""
        env.reset(seed=seed)
        over, said = False, []
        while not over:
            action = env.oracle_action()
            said.append(env.program.family.say(env.world, env.program.shared[0], action))
            over = env.step(action)[2]
        return said

    def play(seeds):
        """Microseconds of each step of some episodes."""
        episodes, taken = [(seed, found(seed)) for seed in seeds], []
        for seed, said in episodes:
            env.reset(seed=seed)
            for words in said:
                begin = time.perf_counter()
                env.step(env.parse(words))
                page = env.text()
                taken.append(1e6 * (time.perf_counter() - begin))
                lines.append(page.count("\n") + 1)
        return taken

    play(range(EPISODES))
    times, pushes = [], []
    for seed in range(EPISODES, EPISODES + ROUNDS * PLAYED, PLAYED):
        times.append(statistics.median(play(range(seed, seed + PLAYED))))
        pushes.append(1e6 * seconds(run) / PUSHES)
    what = "words in, page in words out, median over oracle episodes, in CartPole steps"
    return in_pushes(what, times, pushes, f"({statistics.median(lines):.0f} lines)", WORDS_GOAL)


def reset():
    """Resets in a batch, each laid out anew."""
    env: Any = gymnasium.make_vec(ID, WEBS, level=3)
    env.reset(seed=0)
    chosen, low, task = np.ones(WEBS, bool), np.full(WEBS, -1), np.full(WEBS, -1)
    entry, push = env.program.entries["reset_batch"], pushed()

    def run():
        entry(env.worlds, env.program.shared, chosen, low, task, task)

    run()
    push()
    pairs = [(1e6 * seconds(run) / WEBS, 1e6 * seconds(push) / PUSHES) for _ in range(ROUNDS)]
    times, pushes = zip(*pairs, strict=True)
    what = "the engine's own reset, unseeded, laid out, in CartPole steps"
    return in_pushes(what, times, pushes, "", RESET_GOAL)


def rows(report):
    for measure in (batch, words_to_words, reset):
        report(measure.__name__)
        yield measure()
