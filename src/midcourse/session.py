"""A person's episodes in one environment, and the sentences that tell of them."""

import re
from dataclasses import dataclass
from typing import Any

import gymnasium

import midcourse  # noqa: F401  (registers the ids)
from midcourse.core.errors import UserError
from midcourse.core.family import Refusal

TIMES = re.compile(r"(.*?)\s+x\s*(\d{1,6})\s*$", re.DOTALL)


@dataclass
class Summary:
    """What became of the episodes that were played to their end."""

    episodes: int = 0
    solved: int = 0  # none, in a world without a goal
    steps: int = 0  # over all episodes, unfinished ones included


class Session:
    """One person's episodes in one environment."""

    def __init__(self, env_id: str, seed: int | None, task: int | None, knobs: dict[str, Any]):
        self.env: Any = gymnasium.make(env_id, **knobs).unwrapped
        self.seed, self.task = seed, task
        self.summary = Summary()
        self.has_goal = self.env.FAMILY.oracle != "none"
        self.clicks = self.env.FAMILY.click is not None  # or a player types
        self.line = self.said = ""  # what is being typed, and what was said last
        self.restart()

    def restart(self) -> None:
        """Begin the next episode (the same task again if one was asked for)."""
        options = None if self.task is None else {"task": self.task}
        self.env.reset(seed=self.seed, options=options)
        self.seed = None
        self.taken, self.total, self.is_over, self.events = 0, 0.0, False, 0
        self.news = self._opening()

    def _opening(self) -> str:
        best = self._optimal()
        if best is not None:
            return f"It can be done in {best} steps."
        return f"For example: {', '.join(self.env.legal_actions()[:4])}."

    def _optimal(self) -> int | None:
        """Fewest steps of the undisturbed episode; None in worlds without an exact oracle."""
        try:
            return self.env.optimal_steps()
        except UserError:
            return None

    def act(self, action: Any) -> str:
        """Take an action (nothing, once the episode is over); returns what there is to tell."""
        if self.is_over:
            return self.news
        _, reward, terminated, truncated, info = self.env.step(action)
        self.taken += 1
        self.total += float(reward)
        self.summary.steps += 1
        told = []
        for event in info.get("events", ()):
            told.append(f"The world has changed: {event['kind'].replace('_', ' ')}.")
            self.events += 1
        if terminated or truncated:
            self.is_over = True
            self.summary.episodes += 1
            self.summary.solved += int(info["success"])
            told.append(self.verdict(bool(info["success"]), truncated))
        self.news = " ".join(told)
        return self.news

    def verdict(self, success: bool, truncated: bool) -> str:
        """How the episode ended, with the score beside the best one possible."""
        if not self.has_goal:
            end = f"Over after {self.taken} steps"
        elif success:
            end = f"Solved in {self.taken} steps"
        elif truncated and self.env.FAMILY.terminates:
            end = f"Out of steps after {self.taken}"
        else:
            end = f"Failed after {self.taken} steps"
        best = self._optimal()
        if best is not None:
            end += f"; undisturbed, {best} are enough" if self.events else f"; {best} are enough"
        return f"{end}. Score {self.total:.2f}."

    def act_on_words(self, words: str) -> str:
        """Take the action that some words mean, once or `x N` times; returns what there is to tell.

        Empty words mean the last ones again. A disturbance or the end interrupts repetition.
        """
        words = self.said = words.strip() or self.said
        match = TIMES.fullmatch(words)
        words, times = (match[1], int(match[2])) if match else (words, 1)
        for _ in range(times):
            action = self.env.parse(words)
            if isinstance(action, Refusal):
                return f"Not understood: {action.reason}."
            if self.act(action) or self.is_over:
                break
        return self.news

    def words_of_key(self, key: str) -> str | None:
        """A digit clicks; a letter means the legal action that begins with it."""
        if key.isdigit():
            return f"click {key}"
        begun = [words for words in self.env.legal_actions() if words.lower().startswith(key)]
        return begun[0] if len(begun) == 1 else None
