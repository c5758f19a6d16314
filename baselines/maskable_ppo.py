"""MaskablePPO: proximal policy optimisation over the legal actions.

Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 7, with the masks of
Huang and Ontanon, "A Closer Look at Invalid Action Masking" (2022); the algorithm is
sb3-contrib's, trained on native batches. Results: `results/maskable_ppo.md`.

    python -m midcourse.baselines.maskable_ppo --level 1 --out runs/ppo

A killed run that is started again with the same arguments goes on from its last checkpoint, and
ends with the weights of one that was never killed (the limit `--seconds` aside).
"""

import dataclasses
import pickle
import time
import zipfile
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import gymnasium
import numpy as np
import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sb3_contrib import MaskablePPO
from stable_baselines3.common.callbacks import BaseCallback

import midcourse  # noqa: F401  registers the ids
from midcourse.baselines.arguments import ABOVE_0, FROM_0, FROM_1, FROM_2, SHARE
from midcourse.baselines.curve import Curve, alone, check_settings, checkpoint, replace
from midcourse.baselines.label_policy import LabelPolicy
from midcourse.baselines.run import CommonArgs, Result, RunArgs, command_line
from midcourse.wrappers import SB3VecEnv

STATE = "midcourse.pickle"  # in the checkpoint, beside SB3's own parts
WINDOW = 400  # episodes over which the success rate is taken


@dataclasses.dataclass(frozen=True, kw_only=True)
class PPOArgs(CommonArgs):
    """Settings of proximal policy optimisation."""

    RANGES: ClassVar = CommonArgs.RANGES | {
        "rollout": FROM_2,
        "batch": FROM_2,
        "epochs": FROM_1,
        "learning_rate": ABOVE_0,
        "entropy": FROM_0,
        "discount": SHARE,
        "gae": SHARE,
        "hidden": FROM_1,
        "threads": FROM_1,
        "checkpoint_every": FROM_1,
    }

    rollout: int = 64
    """steps of each world between two updates"""
    batch: int = 256
    """steps in a minibatch"""
    epochs: int = 10
    """passes over each rollout"""
    learning_rate: float = 1e-3
    """of Adam"""
    entropy: float = 0.05
    """weight of the entropy bonus"""
    discount: float = 0.95
    """gamma"""
    gae: float = 0.95
    """lambda of generalised advantage estimation"""
    hidden: int = 64
    """units in each hidden layer of policy and value"""
    threads: int = 1
    """of torch"""
    checkpoint_every: int = 16
    """rollouts between two checkpoints"""

    def make_worlds(self) -> SB3VecEnv:
        """The worlds to train in."""
        return SB3VecEnv.make(self.env, self.worlds, **self.knobs())

    def algorithm(self) -> dict[str, Any]:
        """Keywords of SB3's algorithms."""
        return {
            "learning_rate": self.learning_rate,
            "n_steps": self.rollout,
            "batch_size": self.batch,
            "n_epochs": self.epochs,
            "gamma": self.discount,
            "gae_lambda": self.gae,
            "ent_coef": self.entropy,
            "device": "cpu",
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args(RunArgs, PPOArgs):  # in this order: the later base's defaults would win
    """Settings of a run."""

    RANGES: ClassVar = PPOArgs.RANGES | RunArgs.RANGES | {"width": FROM_1}

    seconds: float = 55.0
    steps: int = 2_000_000
    stop_at: float = 0.98
    worlds: int = 32
    width: int = 128
    """features"""
    matches: bool = True
    """whether "this label is the goal's" is a feature"""
    out: Path = Path("runs/maskable_ppo")


@alone
def train(args: Args) -> Result:
    """Train, save, and play the tasks of both splits.

    Raises:
        UserError: unknown knobs, a checkpoint in `out` that was made with other settings or
            is damaged, or another run that is writing there.
    """
    return learn_and_play(args, Watch(args), _new_model)


def learn_and_play(
    args: PPOArgs, watch: "Watch", make: Callable[[Any, SB3VecEnv], MaskablePPO]
) -> Result:
    """Train what `make(args, env)` makes, save it, and play the tasks of both splits."""
    model = learn(args, watch, make)
    path = args.out / "model.zip"
    replace(path, model.save)
    result = Result(
        steps=model.num_timesteps,
        episodes=watch.episodes,
        seconds=round(watch.seconds, 2),
        training_success=watch.mean(),
        train=play(model, args, "train"),
        test=play(model, args, "test"),
        model=str(path),
    )
    result.save(args)
    return result


def learn(args: PPOArgs, watch: "Watch", make: Callable[[Any, SB3VecEnv], Any]) -> Any:
    """Train what `make(args, env)` makes, or go on from the checkpoint; returns SB3's model."""
    torch.set_num_threads(args.threads)
    env = args.make_worlds()
    _compile(env)
    model = _start(args, env, watch, make)
    with Progress(
        TextColumn("PPO"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
        disable=args.quiet,
    ) as bar:
        watch.bar, watch.row = bar, bar.add_task("", total=1.0, said="compiling")
        left = args.steps - model.num_timesteps
        model.learn(left, callback=watch, reset_num_timesteps=False)
    return model


def play(model: MaskablePPO, args: CommonArgs, split: str) -> list[float]:
    """Success, 1 or 0, of one sampled episode in each of `args.episodes` worlds.

    World i plays task i of the split, or i modulo the number of its tasks.
    """
    n = args.episodes
    knobs = args.knobs(split)
    vector: Any = gymnasium.make_vec(args.env, n, autoreset_mode="SameStep", **knobs)
    count = vector.program.task_counts[split] or n
    tasks = [i % count for i in range(n)]
    observation, info = vector.reset(seed=args.seed + 1_000_000, options={"task": tasks})
    success, over = np.zeros(n), np.zeros(n, bool)
    torch.manual_seed(args.seed)
    while not over.all():
        action, _ = model.predict(observation, action_masks=info["action_mask"])
        observation, _, terminated, truncated, info = vector.step(action)
        ended = (terminated | truncated) & ~over
        if ended.any():
            success[ended] = info["final_info"]["success"][ended]
            over |= ended
    return success.tolist()


class Watch(BaseCallback):
    """Follows a run: the curve, the bar, checkpoints, and when to stop."""

    measured = "success"  # what `score` says of an episode

    def __init__(self, args: PPOArgs):
        super().__init__()
        self.args: Any = args
        self.recent: deque[float] = deque(maxlen=WINDOW)
        self.episodes = 0
        self.rollouts = 0
        self.seconds = 0.0
        self.curve: Any = None
        self.bar: Any = None
        self.row: Any = None

    def score(self, info: dict[str, Any]) -> float:
        """What is measured of an episode, from its last info."""
        return info["is_success"]

    def more(self) -> dict[str, Any]:
        """What else a point of the curve tells."""
        return {}

    def mean(self) -> float:
        """Mean score of the last WINDOW episodes."""
        return float(np.mean(self.recent)) if self.recent else 0.0

    def finished(self) -> bool:
        """Whether it is time to stop."""
        enough = 0.0 < self.args.stop_at <= self.mean() and len(self.recent) == WINDOW
        return enough or self.seconds >= self.args.seconds

    def _on_training_start(self) -> None:
        self.curve = Curve(self.args.out / "curve.jsonl", self.num_timesteps)
        self.since = time.perf_counter()

    # Here the last rollout has been learnt from: weights, worlds and counters agree.
    def _on_rollout_start(self) -> None:
        now = time.perf_counter()
        self.seconds, self.since = self.seconds + now - self.since, now
        if self.rollouts:
            self._add_point()
            if self.rollouts % self.args.checkpoint_every == 0:
                save_checkpoint(self.args, self.model, self)
        done = max(self.seconds / self.args.seconds, self.num_timesteps / self.args.steps)
        said = f"{self.num_timesteps:,} steps, {self.measured} {self.mean():.2f}"
        self.bar.update(self.row, completed=min(1.0, done), said=said)
        self.rollouts += 1

    def _on_training_end(self) -> None:
        self.seconds += time.perf_counter() - self.since
        self._add_point()

    def _add_point(self) -> None:
        values = {"seconds": round(self.seconds, 3), self.measured: round(self.mean(), 4)}
        values |= self.more()
        self.curve.add(steps=self.num_timesteps, episodes=self.episodes, **values)

    def _on_step(self) -> bool:
        if self.finished():
            return False
        for i in np.flatnonzero(self.locals["dones"]):
            self.recent.append(self.score(self.locals["infos"][i]))
            self.episodes += 1
        return True


def save_checkpoint(args: PPOArgs, model: Any, watch: Watch) -> None:
    """Everything that the rest of the run depends on, in one file, replaced at once."""
    env: Any = model.env
    # numpy's global state is what SB3 shuffles minibatches with.
    state = {
        "args": args.fixed(),
        "worlds": env.snapshot(),
        "torch": torch.get_rng_state(),
        "numpy": np.random.get_state(),  # noqa: NPY002
        "watch": (list(watch.recent), watch.episodes, watch.rollouts, watch.seconds),
    }

    def write(beside: Path) -> None:
        model.save(beside)
        with zipfile.ZipFile(beside, "a") as archive:
            archive.writestr(STATE, pickle.dumps(state))

    replace(args.out / "checkpoint.zip", write)


def _start(args: PPOArgs, env: SB3VecEnv, watch: Watch, make: Callable[..., Any]) -> Any:
    """A new model, or the one in the checkpoint with everything around it put back."""
    path = args.out / "checkpoint.zip"
    if not path.exists():
        return make(args, env)
    kind = type(make(args, env))  # before the reset: it seeds the worlds
    env.reset()
    with checkpoint(path):
        with zipfile.ZipFile(path) as archive:
            state = pickle.loads(archive.read(STATE))
        check_settings(path, args.fixed(), state["args"])
        env.restore(state["worlds"])
        model = kind.load(path, env=env, device="cpu", force_reset=False)
        torch.set_rng_state(state["torch"])
        np.random.set_state(state["numpy"])  # noqa: NPY002
        recent, watch.episodes, watch.rollouts, watch.seconds = state["watch"]
    watch.recent.extend(recent)
    watch.rollouts += 1
    return model


def _compile(env: SB3VecEnv) -> None:
    """Let the rules compile before the clock runs."""
    env.reset()
    env.step(np.zeros((env.num_envs, *(env.action_space.shape or ())), np.int64))


def _new_model(args: Args, env: SB3VecEnv) -> MaskablePPO:
    return MaskablePPO(
        LabelPolicy,
        env,
        seed=args.seed,
        **args.algorithm(),
        policy_kwargs={
            "net_arch": {"pi": [args.hidden], "vf": [args.hidden]},
            "features_extractor_kwargs": {"width": args.width, "matches": args.matches},
        },
    )


if __name__ == "__main__":
    command_line(Args, train, __doc__)
