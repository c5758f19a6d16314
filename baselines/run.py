"""What every baseline's run has: its world, when it stops, what it ended with, a command line."""

import dataclasses
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from midcourse.baselines.arguments import FROM_1, SEED, SHARE, check_ranges
from midcourse.baselines.command import run_command
from midcourse.baselines.curve import check_settings, replace, write_text
from midcourse.core.version import package_version
from midcourse.evaluation.plan import make_env


@dataclasses.dataclass(frozen=True, kw_only=True)
class CommonArgs(ABC):
    """Settings of a run in any world; a baseline adds its own."""

    # What a resumed run need not share with the one that was killed.
    FREE: ClassVar = ("out", "quiet", "seconds", "steps", "episodes", "checkpoint_every", "threads")

    RANGES: ClassVar = {
        "seed": SEED,
        "seconds": "(0, inf]",
        "steps": FROM_1,
        "worlds": FROM_1,
        "episodes": FROM_1,
    }

    env: str
    """id of the environment"""
    seed: int = 0
    """of the worlds, the weights and the draws"""
    seconds: float
    """training stops after so much time ..."""
    steps: int
    """... or after so many steps in all worlds together ..."""
    worlds: int
    """worlds stepped together"""
    episodes: int = 200
    """played after training, on train and on test tasks each"""
    out: Path
    """folder for model, checkpoint, curve.jsonl, result.json"""
    quiet: bool = False
    """no progress bar"""

    def check(self) -> None:
        """Refuse what cannot be trained.

        Raises:
            UserError: naming the first number out of range, or else an unknown environment, or a
                knob that it does not have or refuses.
        """
        check_ranges(self, self.RANGES)
        make_env(self.env, self.knobs()).close()

    @abstractmethod
    def knobs(self, split: str = "train") -> dict[str, Any]:
        """How the environment is made."""

    def fixed(self) -> dict[str, Any]:
        """The settings that a resumed run must share with the one that was killed."""
        return {k: v for k, v in dataclasses.asdict(self).items() if k not in self.FREE}


@dataclasses.dataclass(frozen=True, kw_only=True)
class RunArgs(CommonArgs):
    """Settings of a run towards goals on screens."""

    RANGES: ClassVar = CommonArgs.RANGES | {"stop_at": SHARE}

    env: str = "midcourse/GuiNavigation-v0"
    """id of the environment"""
    level: int = 1
    """level of the tasks"""
    app: str = "fixed"
    """fixed, per_split or fresh"""
    disturbances: int = 0
    """how many disturbances strike in each episode"""
    stop_at: float
    """... or once this share of the latest episodes succeeded; 0: never"""

    def knobs(self, split: str = "train") -> dict[str, Any]:
        """How the environment is made."""
        return {
            "level": self.level,
            "app": self.app,
            "disturbances": self.disturbances,
            "split": split,
            "reward_terms": False,
        }


@dataclasses.dataclass(frozen=True)
class Result:
    """What a run ended with."""

    steps: int  # taken in training
    episodes: int  # ended in training
    seconds: float  # of training, without evaluation and imports
    training_success: float  # of the latest training episodes, exploration included
    train: list[float]  # success, 1 or 0, of each episode on train tasks, after training
    test: list[float]  # the same on tasks of the split `test`, never trained on
    model: str  # path of what was learnt

    def save(self, args: CommonArgs) -> None:
        """Write result.json, with the settings."""
        settings = {**dataclasses.asdict(args), "out": str(args.out)}
        text = json.dumps({"args": settings, **dataclasses.asdict(self)})
        replace(args.out / "result.json", lambda beside: write_text(beside, text))


def check_made(args: CommonArgs) -> None:
    """Refuse the result in `args.out` if it was made with other settings.

    Raises:
        UserError: naming the first that differs.
    """
    path = args.out / "result.json"
    ours = {k: v for k, v in dataclasses.asdict(args).items() if k not in ("out", "quiet")}
    check_settings(path, json.loads(json.dumps(ours)), json.loads(path.read_text())["args"])


def command_line(args: type[Any], train: Callable[[Any], Result], description: str | None) -> None:
    """Train with the arguments of the command line, and say what came of it."""
    result = run_command(args, train, description)
    print(
        f"midcourse {package_version()}: {result.steps:,} steps and {result.episodes:,} "
        f"episodes in {result.seconds:.1f} s; success {np.mean(result.train):.3f} on train "
        f"tasks, {np.mean(result.test):.3f} on unseen ones; saved in {result.model}"
    )
