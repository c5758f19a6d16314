"""The conversation of an episode, cut to a model's context at the borders of steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from midcourse.agents.language.examples import Turn
from midcourse.agents.language.model import Message, Model
from midcourse.core.errors import UserError

RULES = (
    "You act in a world, one action at a time, to reach the goal that it states. Each turn shows "
    "what you see and what you may say. Answer with one action, exactly as written, and nothing "
    "else."
)
LISTED = 40  # actions written out in a turn; a web can have hundreds
RECALLED = 30  # actions of the steps cut off that are still told, if there is room
NOTHING = "(nothing)"  # stands for an empty answer: some servers refuse a message without words


@dataclass(frozen=True)
class Prompt:
    """What of an episode a model is told."""

    rules: str = RULES
    """the system message"""
    recent: int = 0
    """steps, the one at hand included; 0: as many as fit"""
    lists_actions: bool = True
    """whether a turn ends with what may be said"""


@dataclass
class Step:
    """One turn of the world and the answers to it, each refused one with its reason behind it."""

    view: str
    talk: list[Message] = field(default_factory=list)
    said: str = ""  # the answer that was taken as the action


class History:
    """What a player has seen and said in this episode.

    Steps are cut off from the oldest on when the conversation no longer fits. Then it is cut to
    half of what fits, so that the next steps only append, and a model that keeps its prefix does
    not have to run over all of it anew at every step. Of what was cut off, the actions are told.
    The last step stays, but where it fills the context alone, its oldest refused answers go, and
    then what is told of cut off steps.

    Args:
        model: whose template and context count.
        room: tokens to be kept free for the answer.
        prompt: what is told.
        examples: episodes whose turns stand before this one's and are never cut off.

    Raises:
        UserError: the examples leave less than half of the context.
    """

    def __init__(
        self,
        model: Model,
        room: int,
        prompt: Prompt | None = None,
        examples: Sequence[Sequence[Turn]] = (),
    ):
        self.model, self.prompt = model, prompt or Prompt()
        self.lead: list[Message] = [{"role": "system", "content": self.prompt.rules}]
        for turn in (turn for episode in examples for turn in episode):
            view, legal, said = turn
            self.lead += [
                {"role": "user", "content": self.told(view, legal)},
                {"role": "assistant", "content": said},
            ]
        taken = self._size(self.lead) if examples else 0
        if 2 * taken > model.context:
            raise UserError(
                f"{len(examples)} examples take {taken:,} tokens, more than half of the "
                f"{model.context:,} that {model.name} holds: ask for fewer"
            )
        self.budget = model.context - room
        self.half = (self.budget + taken) // 2  # of what the steps may take, and the examples
        self.steps: list[Step] = []
        self.forgotten: list[str] = []  # actions of the steps that were cut off

    def see(self, text: str, actions: Sequence[str], news: str = "") -> None:
        """The next turn of the world.

        Args:
            text: what is seen.
            actions: what may be said.
            news: what became of the last answer, if it was refused.
        """
        refused = f"Refused: {news}.\n" if news else ""
        self.steps.append(Step(refused + self.told(text, actions)))

    def told(self, text: str, actions: Sequence[str]) -> str:
        """A turn of the world: what is seen, and what may be said."""
        if not self.prompt.lists_actions:
            return text
        listed = ", ".join(actions[:LISTED])
        more = f", and {len(actions) - LISTED} more" if len(actions) > LISTED else ""
        return f"{text}\nYou may say: {listed}{more}"

    def answer(self, said: str, whole: str = "") -> None:
        """The answer that becomes the action, and the whole of it if there is more to keep."""
        self.steps[-1].said = said
        self.steps[-1].talk.append({"role": "assistant", "content": whole or said or NOTHING})

    def refuse(self, said: str, reason: str) -> None:
        """An answer that means no action, and why; another one is asked for."""
        self.steps[-1].talk += [
            {"role": "assistant", "content": said or NOTHING},
            {"role": "user", "content": f"That is no action: {reason}. Say another."},
        ]

    def messages(self) -> list[Message]:
        """The conversation, as much of it as fits."""
        if self.prompt.recent:
            del self.steps[: -self.prompt.recent]
        messages = self._messages()
        if len(self.steps) > 1 and self._size(messages) > self.budget:
            while len(self.steps) > 1 and self._size(messages) > self.half:
                self.forgotten.append(self.steps.pop(0).said)
                messages = self._messages()
        talk = self.steps[-1].talk
        while len(talk) > 1 and self._size(messages) > self.budget:
            del talk[:2]
            messages = self._messages()
        recalled = min(RECALLED, len(self.forgotten))
        while recalled and self._size(messages) > self.budget:
            recalled //= 2
            messages = self._messages(recalled)
        return messages

    def _size(self, messages: Sequence[Message]) -> int:
        return self.model.count(self.model.render(messages))

    def _messages(self, recalled: int = RECALLED) -> list[Message]:
        messages = list(self.lead)
        for step in self.steps:
            view = step.view
            if self.forgotten and recalled and step is self.steps[0]:
                view = f"You said before: {', '.join(self.forgotten[-recalled:])}.\n{view}"
            messages += [{"role": "user", "content": view}, *step.talk]
        return messages
