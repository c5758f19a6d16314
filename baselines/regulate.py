"""Learning to hold a population that answers late.

The regulator of midcourse/DelayedRepression-v0 over reactive citizens learns by proximal policy
optimisation (SB3's PPO on native batches, features of `desk_features.py`), or by tabular
Q-learning as published (Itkin, arXiv 2605.30392, experiment 6). Training loses -x_R - .1 u at each
step, the published reward, on populations of one graph; evaluation is on the suite's tasks, each
with its own graph. Results: `results/regulate.md`.

    python -m midcourse.baselines.regulate --delay 20 --levers force --out runs/regulate

A killed run of PPO goes on from its last checkpoint when it is started again.
"""

import dataclasses
import time
from pathlib import Path
from typing import Any, Literal

import gymnasium
import numpy as np
from stable_baselines3 import PPO

import midcourse  # noqa: F401  registers the ids
from midcourse.agents.regulators import IDLE, TableRegulator
from midcourse.baselines.curve import alone, replace
from midcourse.baselines.delayed_repression.measure import UNIT, LearningRegulators
from midcourse.baselines.desk_features import LOUDEST, DeskFeatures
from midcourse.baselines.maskable_ppo import PPOArgs, Watch, learn
from midcourse.baselines.regulation import Desk, Rule, policy_rule
from midcourse.baselines.run import Result, command_line
from midcourse.wrappers import SB3VecEnv


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args(PPOArgs):
    """Settings of a run."""

    env: str = "midcourse/DelayedRepression-v0"
    algorithm_name: Literal["ppo", "tabular"] = "ppo"
    """who learns: a network, or the published table (which moves the force alone)"""
    delay: int = 8
    """steps by which institutions answer late"""
    levers: Literal["force", "all"] = "force"
    """what the regulator moves"""
    citizens: int = 240
    """of each population"""
    communities: int = 6
    """blocks of the graph"""
    step_limit: int = 500
    """steps of an episode"""
    seconds: float = 600.0
    steps: int = 1_250_000
    worlds: int = 128
    rollout: int = 128
    batch: int = 2048
    epochs: int = 6
    entropy: float = 0.003
    discount: float = 0.98
    episodes: int = 100
    out: Path = Path("runs/regulate")

    def knobs(self, split: str = "train") -> dict[str, Any]:
        """How the training worlds are made: the published reward, one graph, no suite."""
        own = {"graph": "shared", "suite": False, "instability_price": 0.0}
        return {**self.task_knobs(split), **own, "reward_terms": False, "masks": False}

    def task_knobs(self, split: str) -> dict[str, Any]:
        """How the worlds of evaluation are made."""
        names = ("delay", "levers", "citizens", "communities", "step_limit")
        return {"population": "reactive", "split": split, **{n: getattr(self, n) for n in names}}


class RewardWatch(Watch):
    """Follows a run by its reward per step."""

    measured = "reward"

    def score(self, info: dict[str, Any]) -> float:
        """Mean reward of an episode's steps."""
        return info["episode"]["r"] / info["episode"]["l"]

    def finished(self) -> bool:
        """Whether time is up."""
        return self.seconds >= self.args.seconds


@alone
def train(args: Args) -> Result:
    """Train, save, and play the tasks of both splits.

    Raises:
        UserError: unknown knobs, a checkpoint in `out` that was made with other settings or
            is damaged, or another run that is writing there.
    """
    if args.algorithm_name == "tabular":
        return _train_table(args)
    watch = RewardWatch(args)
    model = learn(args, watch, _new_model)
    path = args.out / "model.zip"
    replace(path, model.save)
    done = (model.num_timesteps, watch.episodes, watch.seconds)
    return _conclude(args, policy_rule(model.policy, args.levers), path, *done)


def _new_model(args: Args, env: SB3VecEnv) -> PPO:
    kinds = {"features_extractor_class": DeskFeatures, "net_arch": [args.hidden] * 2}
    # World i is seeded with seed + i: runs of neighbouring seeds share none.
    seed = args.seed * args.worlds
    return PPO("MultiInputPolicy", env, seed=seed, **args.algorithm(), policy_kwargs=kinds)


def _train_table(args: Args) -> Result:
    """Q-learning in one world, episode after episode; the alarm it looks ahead with is undelayed.

    That last oddity is the published code's.
    """
    vector: Any = gymnasium.make_vec(args.env, 1, autoreset_mode="Disabled", **args.knobs())
    regulator = LearningRegulators(1, np.random.default_rng(args.seed))
    levers = np.array([IDLE])
    start, steps, episodes = time.perf_counter(), 0, 0
    while steps < args.steps and time.perf_counter() - start < args.seconds:
        # The next episode of the first one's seed.
        seen, _ = vector.reset(seed=None if episodes else args.seed * args.worlds)
        over = False
        while not over:
            share = seen["radical_share"][:, 0].astype(np.float64)
            levers[:, 0] = regulator.act(LOUDEST * seen["delayed_alarm"][:, 0], share)
            given = levers[:, 0] if args.levers == "force" else levers
            seen, _, terminated, truncated, _ = vector.step(given)
            worlds = vector.worlds
            alarm = (worlds["detectability"].astype(np.int64) * worlds["action"]).mean(1) / UNIT
            regulator.learn(alarm, (worlds["action"] == 2).mean(1))
            steps += 1
            over = bool(terminated[0] or truncated[0])
        episodes += 1
    seconds = time.perf_counter() - start
    path = args.out / "table.npy"
    replace(path, lambda beside: np.save(beside, regulator.values[0]))
    return _conclude(args, TableRegulator(str(path)).levers, path, steps, episodes, seconds)


def _conclude(
    args: Args, rule: Rule, path: Path, steps: int, episodes: int, seconds: float
) -> Result:
    """Play the tasks and keep the result."""
    success = {}
    for split in ("train", "test"):
        desk = Desk(args.env, args.episodes, seed=args.seed + 1_000_000, **args.task_knobs(split))
        success[split] = desk.play(rule).success.tolist()
    result = Result(
        steps=steps,
        episodes=episodes,
        seconds=round(seconds, 2),
        training_success=0.0,  # outside the suite no episode counts
        train=success["train"],
        test=success["test"],
        model=str(path),
    )
    result.save(args)
    return result


if __name__ == "__main__":
    command_line(Args, train, __doc__)
