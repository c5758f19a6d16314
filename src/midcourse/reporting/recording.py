"""An episode recorded frame by frame: picture, text, action, reward, events."""

from dataclasses import dataclass, field
from typing import Any

from midcourse.core.errors import UserError
from midcourse.evaluation.episode import play
from midcourse.evaluation.plan import Job
from midcourse.reporting.png import data_uri


@dataclass(frozen=True)
class Frame:
    """What is seen after one step, and how it came about."""

    picture: str | None  # a data URI
    text: str
    action: str  # in words; "" at the start
    reward: float
    total: float  # return so far
    events: tuple[str, ...]  # disturbances that struck in this step


@dataclass(frozen=True)
class Recording:
    """One episode to step through."""

    title: str
    outcome: str
    frames: list[Frame] = field(repr=False)


def record(job: Job, title: str) -> Recording:
    """Play an episode and record it.

    A world whose pictures need an extra that is not installed is recorded without them.
    """
    film = _Film()
    line, _ = play(job, watch=film.watch)
    how = "success" if line["success"] else "step limit" if line["truncated"] else "failure"
    optimal = line["optimal_steps"]
    best = f", {optimal} at best undisturbed" if optimal is not None else ""
    events = "".join(f"; {event['kind']} at step {event['step']}" for event in line["events"])
    return Recording(title, f"{how} in {line['steps']} steps{best}{events}", film.frames)


class _Film:
    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.total = 0.0
        self.words: dict[str, str] = {}

    def watch(self, env: Any, action: Any, info: dict[str, Any], reward: float) -> None:
        """Take a frame; see `episode.Watcher`."""
        bare = env.unwrapped
        self.total += reward
        said = "" if action is None else self.words.get(_key(action), f"action {action}")
        events = tuple(event["kind"] for event in info.get("events", ()))
        frame = Frame(_picture(bare), bare.text(), said, reward, self.total, events)
        self.frames.append(frame)
        self.words = {_key(bare.parse(words)): words for words in bare.legal_actions()}


def _key(action: Any) -> str:
    return str(action.tolist() if hasattr(action, "tolist") else action)


def _picture(bare: Any) -> str | None:
    try:
        picture = bare.picture()
    except (UserError, ImportError):
        return None
    return None if picture is None else data_uri(picture)
