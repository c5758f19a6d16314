"""Tabular Q-learning, one value for each observation and action.

Watkins and Dayan, "Q-learning" (1992): Q(s, a) += alpha (r + gamma max_b Q(s', b) - Q(s, a)),
with the maximum over legal actions, epsilon-greedy, on the native batch. A state is the bytes of
the compact observation. Where worlds of a batch update one entry in the same step, one of them
counts. An episode cut at the step limit is continued by the value of its last observation.
Results: `results/tabular_q.md`.

    python -m midcourse.baselines.tabular_q --level 1 --out runs/q

A killed run that is started again with the same arguments goes on from its last checkpoint.
"""

import dataclasses
import pickle
import time
from collections import deque
from pathlib import Path
from typing import Any, ClassVar

import gymnasium
import numpy as np
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

import midcourse  # noqa: F401  registers the ids
from midcourse.agents import tabular
from midcourse.baselines.arguments import FROM_1, SHARE
from midcourse.baselines.curve import Curve, alone, check_settings, checkpoint, replace
from midcourse.baselines.run import Result, RunArgs, command_line

WINDOW = 1000  # episodes over which the success rate is taken


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args(RunArgs):
    """Settings of a run; the environment must have `observation="compact"`."""

    RANGES: ClassVar = RunArgs.RANGES | {
        "alpha": "(0, 1]",
        "discount": SHARE,
        "epsilon": SHARE,
        "checkpoint_every": FROM_1,
    }

    seconds: float = 30.0
    steps: int = 20_000_000
    stop_at: float = 0.0
    worlds: int = 256
    alpha: float = 0.5
    """step size"""
    discount: float = 0.95
    """gamma"""
    epsilon: float = 0.2
    """share of random legal actions"""
    checkpoint_every: int = 2000
    """batch steps between two checkpoints"""
    out: Path = Path("runs/tabular_q")

    def knobs(self, split: str = "train") -> dict[str, Any]:
        """How the environment is made."""
        return {**super().knobs(split), "observation": "compact"}


class Table:
    """Rows of values, found by observation bytes; grows as states are met."""

    def __init__(self, actions: int):
        self.rows: dict[bytes, int] = {}
        self.values = np.zeros((1024, actions), np.float32)

    def find(self, observations: np.ndarray) -> np.ndarray:
        """The row of each observation, int array (n, width) -> int64 (n,); new ones are zeros."""
        rows = np.empty(len(observations), np.int64)
        data = observations.tobytes()
        width = len(data) // len(observations)
        for i in range(len(observations)):
            rows[i] = self.rows.setdefault(data[i * width : (i + 1) * width], len(self.rows))
        while len(self.rows) > len(self.values):
            self.values = np.concatenate([self.values, np.zeros_like(self.values)])
        return rows

    def as_dict(self) -> dict[bytes, np.ndarray]:
        """Observation bytes -> values."""
        return {key: self.values[row] for key, row in self.rows.items()}


class Run:
    """What a run carries from one batch step to the next, and a checkpoint keeps."""

    def __init__(self, args: Args, vector: Any):
        self.args, self.vector = args, vector
        self.table = Table(int(vector.single_action_space.n))
        self.generator = np.random.default_rng(args.seed)
        self.recent: deque[float] = deque(maxlen=WINDOW)
        self.batches, self.episodes, self.seconds = 0, 0, 0.0
        self.observation, info = vector.reset(seed=args.seed)
        self.mask = info["action_mask"]

    @property
    def steps(self) -> int:
        """Steps taken in all worlds together."""
        return self.batches * self.args.worlds

    def success(self) -> float:
        """Share of the last WINDOW episodes that succeeded."""
        return float(np.mean(self.recent)) if self.recent else 0.0

    def finished(self) -> bool:
        """Whether it is time to stop."""
        args = self.args
        enough = 0.0 < args.stop_at <= self.success() and len(self.recent) == WINDOW
        return enough or self.seconds >= args.seconds or self.steps >= args.steps

    def advance(self) -> None:
        """One step of every world, and what it teaches."""
        args = self.args
        rows = self.table.find(self.observation)
        values = self.table.values
        noise = self.generator.random(self.mask.shape, np.float32)
        explore = self.generator.random(args.worlds) < args.epsilon
        preferred = np.where(explore[:, None], noise, values[rows] + 1e-6 * noise)
        actions = np.where(self.mask > 0, preferred, -np.inf).argmax(1)
        observation, reward, terminated, truncated, info = self.vector.step(actions)
        ahead = best(self.table, observation, info["action_mask"])
        ended = terminated | truncated
        if ended.any():
            ahead[terminated] = 0.0
            final = info["final_info"]
            cut = np.flatnonzero(truncated & ~terminated)
            if len(cut):
                seen = np.stack(list(info["final_obs"][cut]))
                ahead[cut] = best(self.table, seen, final["action_mask"][cut])
            self.recent.extend(final["success"][ended].tolist())
            self.episodes += int(ended.sum())
        values = self.table.values  # it may have grown
        error = reward + args.discount * ahead - values[rows, actions]
        values[rows, actions] += (args.alpha * error).astype(np.float32)
        self.observation, self.mask = observation, info["action_mask"]
        self.batches += 1

    def state(self) -> dict[str, Any]:
        """What a resumed run needs to go on as if nothing had happened."""
        worlds = [self.vector.snapshot(i) for i in range(self.args.worlds)]
        kept = {k: v for k, v in vars(self).items() if k not in ("args", "vector")}
        return {"args": self.args.fixed(), "worlds": worlds, "kept": kept}

    def resume(self, state: dict[str, Any]) -> None:
        """Go to such a state."""
        for i, world in enumerate(state["worlds"]):
            self.vector.restore(i, world)
        vars(self).update(state["kept"])


def best(table: Table, observations: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """max over legal actions of Q, float64 (n,)."""
    rows = table.find(observations)
    return np.where(masks > 0, table.values[rows], -np.inf).max(1).astype(np.float64)


@alone
def train(args: Args) -> Result:
    """Learn a table, save it, and play the tasks of both splits.

    Raises:
        UserError: unknown knobs, a checkpoint in `out` that was made with other settings or
            is damaged, or another run that is writing there.
    """
    vector = gymnasium.make_vec(args.env, args.worlds, autoreset_mode="SameStep", **args.knobs())
    vector.reset()
    vector.step(np.zeros(args.worlds, np.int64))  # so that the rules compile before the clock runs
    run = Run(args, vector)
    _resume(args, run)
    curve = Curve(args.out / "curve.jsonl", run.steps)
    with Progress(
        TextColumn("Q"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
        disable=args.quiet,
    ) as bar:
        row = bar.add_task("", total=1.0, said="compiling")
        since = time.perf_counter()
        while not run.finished():
            run.advance()
            now = time.perf_counter()
            run.seconds, since = run.seconds + now - since, now
            if run.batches % 200 == 0:
                values = {"success": round(run.success(), 4), "states": len(run.table.rows)}
                seconds = round(run.seconds, 3)
                curve.add(steps=run.steps, episodes=run.episodes, seconds=seconds, **values)
                done = max(run.seconds / args.seconds, run.steps / args.steps)
                said = f"{run.steps:,} steps, success {run.success():.2f}"
                bar.update(row, completed=min(1.0, done), said=said)
            if run.batches % args.checkpoint_every == 0:
                _save_checkpoint(args, run)
    return _conclude(args, run)


def play(path: Path, args: Args, split: str) -> list[float]:
    """Success, 1 or 0, of one greedy episode on each of `args.episodes` tasks.

    Episode i plays task i of the split, or i modulo the number of its tasks.
    """
    env: Any = gymnasium.make(args.env, **args.knobs(split)).unwrapped
    agent = tabular.TabularQ(str(path), args.seed)
    count, success = env.task_count or args.episodes, []
    for i in range(args.episodes):
        observation, info = env.reset(seed=args.seed + 1_000_000 + i, options={"task": i % count})
        agent.reset(env)
        over = False
        while not over:
            action = agent.act(observation, info)
            observation, _, terminated, truncated, info = env.step(action)
            over = terminated or truncated
        success.append(float(info["success"]))
    return success


def _conclude(args: Args, run: Run) -> Result:
    path = args.out / "table.npz"
    replace(path, lambda beside: tabular.save(beside, run.table.as_dict()))
    result = Result(
        steps=run.steps,
        episodes=run.episodes,
        seconds=round(run.seconds, 2),
        training_success=run.success(),
        train=play(path, args, "train"),
        test=play(path, args, "test"),
        model=str(path),
    )
    result.save(args)
    return result


def _save_checkpoint(args: Args, run: Run) -> None:
    data = pickle.dumps(run.state())
    replace(args.out / "checkpoint.pickle", lambda beside: _write_bytes(beside, data))


def _write_bytes(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _resume(args: Args, run: Run) -> None:
    path = args.out / "checkpoint.pickle"
    if not path.exists():
        return
    with checkpoint(path):
        state = pickle.loads(path.read_bytes())
        check_settings(path, args.fixed(), state["args"])
        run.resume(state)


if __name__ == "__main__":
    command_line(Args, train, __doc__)
