"""The static suite: an agent's answers to a family's questions, beside floors and oracle.

After the test of GUI Exploration Lab: Path@k, Edge, Complete, icon captioning and grounding, and
interactively Pass@1 and Pass@5, each in the app of training ("in") and in unseen apps ("out").
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import comb
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401  (registers the ids)
from midcourse import agents
from midcourse.core.errors import UserError
from midcourse.core.questions import ACTED, ANSWERED, Item
from midcourse.core.statistics import wilson
from midcourse.evaluation.plan import family_of

DISTRIBUTIONS = {"in": {"app": "fixed"}, "out": {"app": "fresh"}}
BESIDE = ("random", "do-nothing", "oracle")
TESTS = 5000  # questions to be acted on, as published; over Path@1 to 7, Edge and Complete
ASKED = 2320  # captions, and as many groundings, as published
TRIES = 5  # episodes of each task, for Pass@1 and Pass@5
EVERY = 50  # questions between two reports of progress

Progress = Callable[[str, int, int], Any]  # (what is being done, done, of how many)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    kind: str
    distribution: str  # "in" or "out"
    count: int  # questions, or tasks for Pass@k
    scores: dict[str, float | None]  # by agent; None: it cannot answer

    def interval(self, agent: str) -> tuple[float, float] | None:
        """Wilson's 95 % interval of an agent's score."""
        score = self.scores[agent]
        return None if score is None else wilson(score, self.count)


def score(
    agent: str,
    env_id: str,
    *,
    count: int = TESTS,
    tries: int = TRIES,
    seed: int = 0,
    progress: Progress | None = None,
    **knobs: Any,
) -> list[Row]:
    """An agent's table, with random, do-nothing and oracle beside it.

    Args:
        agent: a registered name. For captions and grounding it needs a method
            `answer(question) -> answer`, see `core/questions.py`.
        env_id: of a family that has questions.
        count: questions to be acted on; captions and groundings follow in the published ratio.
        tries: episodes of each test task; 0 leaves Pass@k out.
        seed: of the questions, the agents and the episodes.
        progress: told how far the work is.
        knobs: the environment's, but for `app` and `split`, which the suite sets. They disturb
            the episodes only, not the questions.

    Raises:
        UserError: a family without questions, a bad knob, an unknown agent.
    """
    check(env_id, count, tries, knobs)
    names = tuple(dict.fromkeys((agent, *BESIDE)))
    calm = {name: value for name, value in knobs.items() if not name.startswith("disturb")}
    rows: list[Row] = []
    for distribution, setting in DISTRIBUTIONS.items():
        setting = {"split": "test", **setting}
        env = gymnasium.make(env_id, **setting, **calm)
        players = {name: agents.make(name, seed) for name in names}
        rows += answer_all(env, players, distribution, count, seed, progress)
        if tries:
            env = gymnasium.make(env_id, **setting, **knobs)
            rows += pass_at_k(env, names, distribution, tries, seed, progress)
    return rows


def check(env_id: str, count: int, tries: int, knobs: Mapping[str, Any]) -> None:
    """Refuse what the suite cannot ask.

    Raises:
        UserError: as `score`, but for unknown agents.
    """
    for name in ("app", "split"):
        if name in knobs:
            raise UserError(
                f"the static suite sets {name} itself: leave out {name}={knobs[name]!r}"
            )
    family = family_of(env_id)
    if family.questions is None:
        raise UserError(f"{family.id} has no questions: the static suite is not for it")
    if not 0 <= tries <= 100 or count < 1:
        raise UserError(
            f"count={count}, tries={tries}: count is 1 at least, tries lies in [0, 100]"
        )


def wanted_counts(count: int) -> dict[str, int]:
    """How many of each kind: `count` over those that are acted on, the others in proportion."""
    each, more = divmod(count, len(ACTED))
    acted = {kind: each + (i < more) for i, kind in enumerate(ACTED)}
    return acted | dict.fromkeys(ANSWERED, max(1, round(count * ASKED / TESTS)))


def answer_all(
    env: Any,
    players: dict[str, Any],
    distribution: str,
    count: int,
    seed: int,
    progress: Progress | None,
) -> list[Row]:
    """Every player's share of right answers to one distribution's questions."""
    family = env.unwrapped.FAMILY
    wanted = wanted_counts(count)
    generator = np.random.default_rng(seed)
    counts: dict[str, int] = {}
    right: dict[str, dict[str, int | None]] = {}
    items: Iterator[Item] = family.questions(env.unwrapped, wanted, seed)
    for number, item in enumerate(items):
        counts[item.kind] = counts.get(item.kind, 0) + 1
        tally = right.setdefault(item.kind, dict.fromkeys(players, 0))
        for name, player in players.items():
            verdict = judge(env, name, player, item, generator)
            tally[name] = None if verdict is None else (tally[name] or 0) + verdict
        if progress and number % EVERY == 0:
            progress(f"{distribution}: questions", number, sum(wanted.values()))
    return [
        Row(kind, distribution, counts[kind], _shares(right[kind], counts[kind]))
        for kind in wanted
        if kind in counts
    ]


def _shares(right: dict[str, int | None], count: int) -> dict[str, float | None]:
    return {name: None if n is None else n / count for name, n in right.items()}


def judge(env: Any, name: str, player: Any, item: Item, generator: Any) -> bool | None:
    """Whether a player is right; None if it cannot answer."""
    world = env.unwrapped
    observation, info = world.restore(item.snapshot)
    if item.question is not None:
        answer = getattr(player, "answer", None)
        if answer is not None:
            return bool(item.right(world, answer(item.question)))
        if name not in BESIDE:
            return None
        return bool(item.right(world, floor_answer(name, item, generator)))
    player.reset(env)
    verdict = True
    for left in range(item.steps, 0, -1):
        verdict &= bool(item.right(world, player.act(observation, info)))
        if left > 1:
            observation, _, _, _, info = world.step(world.oracle_action())
    return verdict


def floor_answer(name: str, item: Item, generator: Any) -> Any:
    """What random, do-nothing and the oracle answer: any choice or point, the first, the right."""
    if name == "oracle":
        return item.solution
    choices = len(item.question.choices) if item.question else 0
    if name == "random":
        return int(generator.integers(choices)) if choices else tuple(generator.random(2) * 256)
    return 0 if choices else (0.0, 0.0)


def pass_at_k(
    env: Any,
    names: tuple[str, ...],
    distribution: str,
    tries: int,
    seed: int,
    progress: Progress | None,
) -> list[Row]:
    """Pass@1 and Pass@tries: the chance that the best of k episodes of a task succeeds.

    Pass@k = 1 - C(n - c, k) / C(n, k), c successes in n episodes (Chen and others 2021), over the
    test tasks.
    """
    count = env.unwrapped.task_count or 100
    shares: dict[int, dict[str, float | None]] = {k: {} for k in sorted({1, tries})}
    for i, name in enumerate(names):
        passed = dict.fromkeys(shares, 0.0)
        player = agents.make(name, seed)
        for task in range(count):
            if progress:
                progress(f"{distribution}: episodes", i * count + task, count * len(names))
            won = sum(play_once(env, player, task, seed + n) for n in range(tries))
            for k in shares:
                passed[k] += 1 - comb(tries - won, k) / comb(tries, k)
        for k in shares:
            shares[k][name] = passed[k] / count
    return [Row(f"Pass@{k}", distribution, count, scores) for k, scores in shares.items()]


def play_once(env: Any, player: Any, task: int, seed: int) -> bool:
    """Whether one episode succeeds."""
    observation, info = env.reset(seed=seed, options={"task": task})
    player.reset(env)
    ended = False
    while not ended:
        observation, _, terminated, truncated, info = env.step(player.act(observation, info))
        ended = terminated or truncated
    return bool(info["success"])
