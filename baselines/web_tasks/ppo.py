"""MaskablePPO on the web: a policy that reads pages and compares them with the goal.

Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 7, by sb3-contrib, with
the reader and the policy of this folder. At levels 1 and 2 a legal random policy succeeds about
once in a thousand episodes, so training reads the oracle in two ways: rewards are shaped by its
cost-to-go (Ng, Harada and Russell, 1999), and episodes begin a few actions before the end of its
way, more of them as these are solved (`starts.py`). Played, the policy knows nothing of the oracle.

Results: `results/web_ppo.md`.

    python -m midcourse.baselines.web_tasks.ppo --level 1 --out runs/web_ppo

A killed run that is started again with the same arguments goes on from its last checkpoint.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any, ClassVar

import gymnasium
import numpy as np
from sb3_contrib import MaskablePPO

import midcourse  # noqa: F401  registers the ids
from midcourse.baselines.arguments import FROM_0, SHARE
from midcourse.baselines.curve import alone
from midcourse.baselines.maskable_ppo import PPOArgs, Watch, learn_and_play
from midcourse.baselines.run import Result, command_line
from midcourse.baselines.web_tasks.policy import WebPolicy
from midcourse.baselines.web_tasks.starts import NearStarts
from midcourse.wrappers import OracleShapingVector, SB3VecEnv


class WebVecEnv(SB3VecEnv):
    """`SB3VecEnv` whose snapshots hold where its episodes begin."""

    def snapshot(self) -> bytes:
        """The state of every world, of the adapter, and of the starts."""
        return json.dumps([self._starts(), super().snapshot().decode()]).encode()

    def restore(self, snapshot: bytes) -> None:
        """Go to a snapshot's state."""
        state, worlds = json.loads(snapshot)
        super().restore(worlds.encode())
        if state is not None:
            self.vector.set_state(state)

    def _starts(self) -> Any:
        return self.vector.state() if hasattr(self.vector, "whole") else None


class WebWatch(Watch):
    """Follows a run by its success, near starts included, and by how many starts are whole."""

    def more(self) -> dict[str, Any]:
        """The share of the latest episodes that began where the task begins."""
        starts: Any = self.training_env
        whole = starts.vector.whole if self.args.enough else ()
        return {"whole": round(float(np.mean(whole)), 3) if whole else 1.0}

    def finished(self) -> bool:
        """Whether time is up."""
        return self.seconds >= self.args.seconds


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args(PPOArgs):
    """Settings of a run."""

    RANGES: ClassVar = PPOArgs.RANGES | {"scale": FROM_0, "enough": SHARE}

    env: str = "midcourse/WebTasks-v0"
    level: int = 1
    """level of the tasks"""
    disturbances: int = 1
    """messages in each episode"""
    scale: float = 0.1
    """shaping: reward for one step towards the goal; 0: none"""
    enough: float = 0.7
    """share of solved episodes at which training goes further from the goal; 0: all at once"""
    matches: bool = True
    """whether agreement with the goal is a feature"""
    seconds: float = 270.0
    steps: int = 5_000_000
    worlds: int = 128
    rollout: int = 16
    batch: int = 512
    epochs: int = 4
    entropy: float = 0.01
    discount: float = 0.95
    hidden: int = 64
    out: Path = Path("runs/web_ppo")

    def knobs(self, split: str = "train") -> dict[str, Any]:
        """How the environment is made."""
        return {
            "level": self.level,
            "disturbances": self.disturbances,
            "split": split,
            "reward_terms": False,
        }

    def make_worlds(self) -> SB3VecEnv:
        """The worlds to train in, shaped."""
        vector: Any = gymnasium.make_vec(
            self.env, self.worlds, autoreset_mode="SameStep", **self.knobs()
        )
        if self.enough:
            vector = NearStarts(vector, self.enough, self.seed)
        if self.scale:
            vector = OracleShapingVector(vector, self.discount, self.scale)
        return WebVecEnv(vector)


@alone
def train(args: Args) -> Result:
    """Train, save, and play tasks of both splits.

    Raises:
        UserError: unknown knobs, a checkpoint in `out` that was made with other settings, or
            another run that is writing there.
    """
    return learn_and_play(args, WebWatch(args), _new_model)


def _new_model(args: Args, env: SB3VecEnv) -> MaskablePPO:
    return MaskablePPO(
        WebPolicy,
        env,
        # World i is seeded with seed + i: runs of neighbouring seeds share none.
        seed=args.seed * args.worlds,
        **args.algorithm(),
        policy_kwargs={
            "features_extractor_kwargs": {"width": args.hidden, "matches": args.matches}
        },
    )


if __name__ == "__main__":
    command_line(Args, train, __doc__)
