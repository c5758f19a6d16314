"""An episode recorded frame by frame: picture, text, action, reward, events."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from midcourse.core.errors import UserError
from midcourse.core.family import Refusal
from midcourse.evaluation.aftermath import copy_of
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
    step: int = 0
    size: tuple[int, int] = (256, 256)  # of the picture: width and height, in pixels


@dataclass(frozen=True)
class Recording:
    """One episode to step through."""

    title: str
    outcome: str
    frames: list[Frame] = field(repr=False)


Look = Callable[[np.ndarray], np.ndarray]  # what is shown of a picture


def record(job: Job, title: str, every: int = 1, look: Look | None = None) -> Recording:
    """Play an episode and record it.

    A world whose pictures need an extra that is not installed is recorded without them.

    Args:
        job: the episode.
        title: of the recording.
        every: keep a frame every so many steps, and wherever a disturbance strikes; the first
            and the last are always kept.
        look: what is shown of a picture; None: all of it.
    """
    film = _Film(every, look)
    line, _ = play(job, watch=film.watch)
    film.keep_last()
    if line["success"] is None:
        how = "over"
    elif line["success"]:
        how = "success"
    else:
        how = "step limit" if line["truncated"] and film.may_end_early else "failure"
    optimal = line["optimal_steps"]
    best = f", {optimal} at best undisturbed" if optimal is not None else ""
    events = "".join(f"; {event['kind']} at step {event['step']}" for event in line["events"])
    return Recording(title, f"{how} in {line['steps']} steps{best}{events}", film.frames)


class _Film:
    def __init__(self, every: int, look: Look | None) -> None:
        self.frames: list[Frame] = []
        self.every, self.look = every, look
        self.step, self.total, self.may_end_early = 0, 0.0, True
        self.words: dict[str, str] = {}
        self.before: Any = None  # the record before a step: what the action was said about
        self.newest: Any = None  # (environment, arguments of its frame) if that was not kept

    def watch(self, env: Any, action: Any, info: dict[str, Any], reward: float) -> None:
        """Take a frame; see `episode.Watcher`."""
        bare = env.unwrapped
        self.total += reward
        self.may_end_early = bare.FAMILY.terminates
        said = "" if action is None else self._said(bare, action)
        events = tuple(event["kind"] for event in info.get("events", ()))
        self.newest = bare, (said, reward, self.total, events, self.step)
        if self.step % self.every == 0 or events:
            self.keep_last()
        self.step += 1
        self.before = copy_of(bare)
        if bare.FAMILY.say is None:
            self.words = {_key(bare.parse(words)): words for words in bare.legal_actions()}

    def keep_last(self) -> None:
        """Keep the newest frame, if it is not kept yet."""
        if self.newest is not None:
            bare, told = self.newest
            shown, size = None, Frame.size
            picture = _picture(bare)
            if picture is not None:
                picture = self.look(picture) if self.look else picture
                shown, size = data_uri(picture), (picture.shape[1], picture.shape[0])
            self.frames.append(Frame(shown, bare.text(), *told, size=size))
            self.newest = None

    def _said(self, bare: Any, action: Any) -> str:
        if isinstance(action, Refusal):
            return f"no action: {action.reason}"
        if bare.FAMILY.say is not None:
            return bare.FAMILY.say(self.before, bare.program.shared[0], action)
        return self.words.get(_key(action), f"action {action}")


def _key(action: Any) -> str:
    return str(action.tolist() if hasattr(action, "tolist") else action)


def _picture(bare: Any) -> np.ndarray | None:
    try:
        return bare.picture()
    except (UserError, ImportError):
        return None
