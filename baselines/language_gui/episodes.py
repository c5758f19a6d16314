"""Episodes of a language policy in batches of native worlds, and the oracle's as examples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.agents.language.history import History, Prompt
from midcourse.agents.language.local.model import LocalModel
from midcourse.agents.language.players import LONGEST_ANSWER, pick
from midcourse.baselines.language_gui.policy import Decision

Pair = tuple[int, int]  # the screen at hand and the goal
Scores = Callable[[Sequence[Decision]], list[np.ndarray]]  # log pi of each decision's choices


@dataclass(frozen=True)
class Step:
    """What was asked and what was chosen, in the tokens that were run."""

    decision: Decision
    chosen: int
    log_prob: float  # of the choice, as the policy was that chose


@dataclass
class Episode:
    """One episode from its start to its end."""

    task: int
    optimal: int  # steps of the cheapest way
    steps: list[Step] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)  # before each step
    success: bool = False


class Worlds:
    """Native worlds of one split, and the conversation in each of them.

    Args:
        env: id of the environment.
        count: worlds.
        model: whose template and tokens the conversations are in.
        prompt: what the model is told.
        knobs: of the environment, `split` among them.
    """

    def __init__(self, env: str, count: int, model: LocalModel, prompt: Prompt, **knobs: Any):
        self.vector: Any = gymnasium.make_vec(env, count, reward_terms=False, **knobs)
        self.count, self.model, self.prompt = count, model, prompt
        self.tasks: int = self.vector.program.task_counts[knobs.get("split", "train")]

    def begin(self, tasks: Sequence[int], seeds: Sequence[int]) -> list[Episode]:
        """Begin an episode of a task in each world, under a seed of its own."""
        self.vector.reset(seed=list(seeds), options={"task": list(tasks)})
        self.talks = [History(self.model, LONGEST_ANSWER, self.prompt) for _ in range(self.count)]
        return [Episode(task, self.vector.optimal_steps(i)) for i, task in enumerate(tasks)]

    def ask(self, i: int) -> tuple[list[str], Decision]:
        """The legal actions of world i, and the decision among them in tokens.

        Raises:
            UserError: more tokens than the model's context holds.
        """
        actions = self.vector.legal_actions(i)
        self.talks[i].see(self.vector.text(i), actions)
        prompt = self.model.encode(self.model.render(self.talks[i].messages()))
        end = self.model.turn_end()
        choices = tuple(tuple(self.model.encode_next(words + end)) for words in actions)
        self.model.check_room(len(prompt), max(map(len, choices)))
        return actions, Decision(tuple(prompt), choices)

    def pair(self, i: int) -> Pair:
        """The screen at hand and the goal of world i."""
        world = self.vector.worlds[i]
        return int(world["screen"]), int(world["goal"])


def play(
    worlds: Worlds,
    tasks: Sequence[int],
    seeds: Sequence[int],
    scores: Scores,
    temperature: float = 0.0,
    draws: int = 0,
) -> list[Episode]:
    """One episode of a task in each world.

    Args:
        worlds: as many as tasks.
        tasks: of their split.
        seeds: of the worlds; where two are equal, so are the disturbances of a task.
        scores: of the policy.
        temperature: 0 takes the likeliest action, else it is drawn from the policy.
        draws: seed of these.
    """
    episodes = worlds.begin(tasks, seeds)
    generator = np.random.default_rng(draws)
    going = list(range(len(tasks)))
    idle = np.zeros(worlds.count, np.int64)
    while going:
        asked = {i: worlds.ask(i) for i in going}
        found = scores([decision for _, decision in asked.values()])
        actions = idle.copy()  # what worlds that are over do, nobody looks at
        for (i, (words, decision)), log_probs in zip(asked.items(), found, strict=True):
            chosen = pick(log_probs, temperature, generator)
            episodes[i].steps.append(Step(decision, chosen, float(log_probs[chosen])))
            episodes[i].pairs.append(worlds.pair(i))
            worlds.talks[i].answer(words[chosen])
            actions[i] = worlds.vector.parse(i, words[chosen])
        _, _, terminated, truncated, info = worlds.vector.step(actions)
        for i in going:
            episodes[i].success = bool(info["success"][i])
        going = [i for i in going if not (terminated[i] or truncated[i])]
    return episodes


def oracle_episodes(worlds: Worlds, seed: int = 0) -> list[Episode]:
    """The oracle's way through task i in world i; the log-probabilities of its choices are 0."""
    episodes = worlds.begin(range(worlds.count), range(seed, seed + worlds.count))
    going = list(range(worlds.count))
    while going:
        actions = np.zeros(worlds.count, np.int64)
        for i in going:
            words, decision = worlds.ask(i)
            actions[i] = worlds.vector.oracle_action(i)
            chosen = [worlds.vector.parse(i, word) for word in words].index(actions[i])
            episodes[i].steps.append(Step(decision, chosen, 0.0))
            episodes[i].pairs.append(worlds.pair(i))
            worlds.talks[i].answer(words[chosen])
        _, _, terminated, truncated, info = worlds.vector.step(actions)
        for i in going:
            episodes[i].success = bool(info["success"][i])
        going = [i for i in going if not (terminated[i] or truncated[i])]
    return episodes
