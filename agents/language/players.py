"""Language models play: by scoring the legal actions, or in free text."""

import math
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np

from midcourse.agents.language.examples import episodes
from midcourse.agents.language.history import History, Prompt
from midcourse.agents.language.model import Message, Model, Reply, Usage
from midcourse.core.errors import UserError
from midcourse.core.family import Refusal

NEUTRAL = "You may say: any action."  # a turn that tells nothing of the world
LONGEST_ANSWER = 64  # tokens kept free for a choice, and most of a reply
LONGEST_THOUGHT = 256  # tokens of a thought and its action
MARK = "ACTION:"
REASONING = (
    "You act in a world, one action at a time, to reach the goal that it states. Each turn shows "
    f"what you see and what you may say. Think in a sentence or two, then write {MARK} and one "
    "action, exactly as written."
)
CUT = "the answer was cut off"
TRIES = 3  # replies to one turn, until one means an action


class Player:
    """What the players have in common: the world, the conversation, and what was used.

    `usage` counts the calls of this player, in all its episodes.

    Args:
        model: that is asked.
        seed: of the draws.
        examples: episodes of the oracle on training tasks that stand before the conversation.
    """

    prompt = Prompt()  # of a trained player: what it was trained with
    room = LONGEST_ANSWER

    def __init__(self, model: Model, seed: int, examples: int = 0):
        self.model, self.seed, self.examples = model, seed, examples
        self.generator = np.random.default_rng(seed)
        self.usage = Usage()
        self.files = model.files
        self.env: Any = None

    def reset(self, env: gymnasium.Env) -> None:
        """Remember the world, and begin a conversation.

        Raises:
            UserError: there are not so many examples, or no room for them.
        """
        self.env = env.unwrapped
        shown = [
            [(view, legal, self.as_said(words)) for view, legal, words in episode]
            for episode in episodes(self.env, self.examples)
        ]
        self.history = History(self.model, self.room, self.prompt, shown)

    def as_said(self, words: str) -> str:
        """An example's action as this player would say it."""
        return words

    def see(self, info: dict[str, Any]) -> list[str]:
        """Take in the next turn; returns the legal actions.

        Raises:
            UserError: the world tells no legal actions in words.
        """
        actions = self.env.legal_actions()
        if not actions:
            raise UserError(
                f"{self.env.FAMILY.id} tells no legal actions here: nothing can be said"
            )
        self.history.see(self.env.text(), actions, info.get("refused", ""))
        return actions


class ScoredChoice(Player):
    """Takes the legal action whose words the model finds likeliest as its answer.

    Each is scored with the end of the turn behind it, so that `click 1` is no head of `click 12`.
    The defaults are for untrained models, which by sums favour the shortest action.

    Args:
        model: that scores.
        seed: of the draws.
        normalise: "mean" compares log-probabilities of a token, so that long actions are not at a
            disadvantage, "sum" those of whole actions.
        calibrate: take off what an action scores after a turn that tells nothing (Holtzman et
            al. 2021, "Surface form competition", with a neutral prompt), so that words that are
            frequent anyway are not at an advantage.
        temperature: of softmax(scores / temperature), from which is drawn; 0 takes the best, the
            first of equals.
        examples: see `Player`.

    Raises:
        UserError: an unknown normalisation or a negative temperature.
    """

    def __init__(
        self,
        model: Model,
        seed: int,
        normalise: str = "mean",
        calibrate: bool = True,
        temperature: float = 0.0,
        examples: int = 0,
    ):
        super().__init__(model, seed, examples)
        if normalise not in ("sum", "mean"):
            raise UserError(f"normalise={normalise!r} is neither 'sum' nor 'mean'")
        self.normalise, self.calibrate = normalise, calibrate
        self.temperature = checked_temperature(temperature)

    def reset(self, env: gymnasium.Env) -> None:
        """As of `Player`."""
        super().reset(env)
        self.neutral: dict[str, float] = {}  # scores after a turn that tells nothing

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """The chosen action."""
        actions = self.see(info)
        scores = self.scores(actions)
        chosen = actions[pick(scores, self.temperature, self.generator)]
        self.history.answer(chosen)
        return self.env.parse(chosen)

    def scores(self, actions: Sequence[str]) -> np.ndarray:
        """One number for each action after the conversation so far, float64; more is better."""
        ended = [words + self.model.turn_end() for words in actions]
        found = self._scores(self.history.messages(), ended)
        if self.calibrate:
            if new := [words for words in ended if words not in self.neutral]:
                turn = [
                    {"role": "system", "content": self.prompt.rules},
                    {"role": "user", "content": NEUTRAL},
                ]
                self.neutral.update(zip(new, self._scores(turn, new).tolist(), strict=True))
            found -= np.array([self.neutral[words] for words in ended])
        return found

    def _scores(self, messages: Sequence[Message], ended: Sequence[str]) -> np.ndarray:
        scores = self.model.score(self.model.render(messages), ended)
        self.usage += scores.usage
        mean = self.normalise == "mean"
        return np.array(scores.per_token() if mean else scores.log_probs, np.float64)


class FreeText(Player):
    """Says what it wants; a reply that means no action is answered with the parser's reason.

    After `tries` such replies to one turn the last is the world's to refuse, which costs a step.

    Args:
        model: that speaks.
        seed: of the draws.
        temperature: of the model's draws; 0 takes the likeliest.
        tries: replies to one turn, 1 or more.
        examples: see `Player`.

    Raises:
        UserError: a negative temperature, or fewer tries than one.
    """

    def __init__(
        self,
        model: Model,
        seed: int,
        temperature: float = 0.0,
        tries: int = TRIES,
        examples: int = 0,
    ):
        super().__init__(model, seed, examples)
        self.temperature = checked_temperature(temperature)
        if tries < 1:
            raise UserError(f"tries={tries} is out of range: it is at least 1")
        self.tries = tries

    def act(self, observation: Any, info: dict[str, Any]) -> Any:
        """The action that a reply means, or the Refusal of the last one."""
        self.see(info)
        for left in reversed(range(self.tries)):
            whole, said, problem = self.reply()
            action = Refusal(problem) if problem else self.env.parse(said)
            if left == 0 or not isinstance(action, Refusal):
                break
            self.history.refuse(whole, action.reason)
        self.history.answer(said, whole)
        return action

    def reply(self) -> tuple[str, str, str]:
        """(what the model says as it is kept, its action, why it has none or "")."""
        answer = self.model.complete(
            self.history.messages(),
            max_tokens=self.room,
            temperature=self.temperature,
            seed=int(self.generator.integers(2**31)),
        )
        self.usage += answer.usage
        return self.read(answer)

    def read(self, answer: Reply) -> tuple[str, str, str]:
        """The same, of one answer: its first line with something in it is the action."""
        said = first_line(answer.text)
        if said and is_cut(answer, answer.text):
            return said, said, f"{CUT}, say nothing but one action"
        return said, said, "" if said else "the answer was empty"


class Reasoned(FreeText):
    """Writes a thought, then its action behind a mark.

    Args:
        model, seed, temperature, tries, examples: as of `FreeText`.
        forgetful: drop a thought once its action is taken; else it stays in the conversation.

    Raises:
        UserError: as `FreeText`.
    """

    prompt = Prompt(REASONING)
    room = LONGEST_THOUGHT

    def __init__(self, model: Model, seed: int, forgetful: bool = False, **options: Any):
        super().__init__(model, seed, **options)
        self.forgetful = forgetful

    def as_said(self, words: str) -> str:
        """Behind the mark, without a thought."""
        return f"{MARK} {words}"

    def read(self, answer: Reply) -> tuple[str, str, str]:
        """The action is what stands behind the last mark, in its line."""
        thought, mark, rest = answer.text.rpartition(MARK)
        said = first_line(rest) if mark else ""
        if said and not is_cut(answer, rest):
            kept = "" if self.forgetful else thought.strip()
            return f"{kept}\n{MARK} {said}".strip(), said, ""
        missing = "" if said else f"no action stands behind {MARK!r}"
        brief = "" if answer.is_whole else f"{CUT}, think more briefly"
        return answer.text.strip(), said, ": ".join(filter(None, (brief, missing)))


def is_cut(answer: Reply, said: str) -> bool:
    """Whether an answer broke off within the first line of what it says, so perhaps in a word."""
    return not answer.is_whole and "\n" not in said.lstrip()


def first_line(text: str) -> str:
    """The first line with something in it; "" if there is none."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def pick(scores: np.ndarray, temperature: float, generator: np.random.Generator) -> int:
    """The index of the best score, or one drawn from softmax(scores / temperature)."""
    if temperature == 0.0:
        return int(np.argmax(scores))
    chances = np.exp((scores - scores.max()) / temperature)
    return int(generator.choice(len(scores), p=chances / chances.sum()))


def checked_temperature(value: float) -> float:
    """A temperature.

    Raises:
        UserError: it is negative or no number.
    """
    if not (math.isfinite(value) and value >= 0.0):
        raise UserError(f"temperature={value} is out of range: it is 0 or more")
    return value
