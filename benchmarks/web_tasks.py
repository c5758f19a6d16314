"""Web tasks: a batch of webs, a step from words to words, a reset; serial."""

import statistics
import time
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.bench import Row, seconds

ID = "midcourse/WebTasks-v0"
WEBS = 1024
CALLS = 32
EPISODES = 2000  # of the oracle; those of the second half are measured, with the lines they know


def drawn(masks, rng):
    """Unmasked numbers, few of which stop."""
    verbs = 72
    scores = rng.random(masks.shape) * masks
    scores[:, verbs - 1] *= rng.random(len(masks)) < 0.1
    return np.stack([scores[:, :verbs].argmax(1), scores[:, verbs:].argmax(1)], 1)


def batch():
    """Steps a second of a batch, with actions that were legal when they were drawn."""
    env: Any = gymnasium.make_vec(ID, WEBS, level=3)
    rng = np.random.default_rng(0)
    _, info = env.reset(seed=0)
    actions = []
    for _ in range(CALLS):
        actions.append(drawn(info["action_mask"], rng))
        info = env.step(actions[-1])[4]

    def run():
        for action in actions:
            env.step(action)

    run()
    rates = [WEBS * CALLS / seconds(run) for _ in range(15)]
    middle = statistics.median(rates) / 1e6
    what = "1,024 webs, level 3, full Dict, masks, terms, million steps a second"
    size = f"(a record of {env.worlds.itemsize / 1000:.1f} kB)"
    low, high = min(rates) / 1e6, max(rates) / 1e6
    return Row(what, f"{middle:.2f} M/s", size, middle, low, high, 1.0)


def words_to_words():
    """Microseconds from an action in words to the next page in words, over oracle episodes."""
    env: Any = gymnasium.make(ID, level=3).unwrapped
    times, lines = [], []
    for seed in range(EPISODES):
        env.reset(seed=seed)
        over = False
        while not over:
            action = env.oracle_action()
            said = env.program.family.say(env.world, env.program.shared[0], action)
            begin = time.perf_counter()
            over = env.step(env.parse(said))[2]
            page = env.text()
            times.append(time.perf_counter() - begin)
            lines.append(page.count("\n") + 1)
    half = sorted(1e6 * t for t in times[len(times) // 2 :])
    middle, low, high = (half[int(len(half) * share)] for share in (0.5, 0.05, 0.95))
    what = "words in, page in words out, over oracle episodes, microseconds"
    figure = f"({statistics.median(lines):.0f} lines)"
    return Row(what, f"{middle:.1f} µs", figure, middle, low, high, 12.0, True)


def reset():
    """Microseconds of a reset in a batch, each laid out anew."""
    env: Any = gymnasium.make_vec(ID, WEBS, level=3)
    env.reset(seed=0)
    chosen, low, task = np.ones(WEBS, bool), np.full(WEBS, -1), np.full(WEBS, -1)
    entry = env.program.entries["reset_batch"]
    entry(env.worlds, env.program.shared, chosen, low, task, task)
    found = [
        1e6 * seconds(lambda: entry(env.worlds, env.program.shared, chosen, low, task, task)) / WEBS
        for _ in range(15)
    ]
    what = "the engine's own reset, unseeded, laid out, microseconds"
    middle = statistics.median(found)
    return Row(what, f"{middle:.2f} µs", "", middle, min(found), max(found), 3.0, True)


def rows(report):
    for measure in (batch, words_to_words, reset):
        report(measure.__name__)
        yield measure()
