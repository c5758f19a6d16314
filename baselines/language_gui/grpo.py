"""Group-relative policy optimisation of a language model that scores the legal actions.

Shao et al., "DeepSeekMath" (2024), equation 3, over episodes of many turns. The episodes of a
group begin with the same task under the same disturbances; r is 1 for success, else 0:

    A = (r - mean(r)) / std(r),    rho = pi(a | x) / pi_old(a | x)
    J = mean over steps of min(rho A, clip(rho, 1 - eps, 1 + eps) A) - beta k3
    k3 = exp(d) - d - 1,    d = log pi_ref(a | x) - log pi(a | x)

The mean is over all steps of an update, as in DAPO (Yu et al. 2025), so that a step of a long
episode counts as much as any other; and as there, groups without variance are drawn again. The
action is one choice among the legal ones, so rho is of the choice, not of each token; what is not
chosen by the policy has no part in J. The reference is the clone that the run begins with.

Results: `results/language.md`.

    python -m midcourse.baselines.language_gui.grpo --start runs/language_clone/adapter

A killed run that is started again with the same arguments goes on from its last checkpoint, and
ends with the weights of one that was never killed.
"""

import dataclasses
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from midcourse.agents.language.local.adapter import read_trained
from midcourse.baselines.arguments import FROM_0, FROM_1, FROM_2
from midcourse.baselines.command import run_command
from midcourse.baselines.curve import Curve, alone
from midcourse.baselines.language_gui.clone import progress
from midcourse.baselines.language_gui.episodes import Episode, Pair, Step, play
from midcourse.baselines.language_gui.learner import LanguageArgs, LanguageResult, Learner
from midcourse.baselines.language_gui.policy import Decision, batches
from midcourse.evaluation.statistics import interval


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args(LanguageArgs):
    """Settings of a run."""

    # What the clone could do is measured once, with as many episodes as what was learnt.
    FREE: ClassVar = tuple(name for name in LanguageArgs.FREE if name != "episodes")
    RANGES: ClassVar = LanguageArgs.RANGES | {
        "groups": FROM_1,
        "group": FROM_2,
        "tries": FROM_1,
        "epochs": FROM_1,
        "clip": FROM_0,
        "kl": FROM_0,
    }

    start: Path = Path("runs/language_clone/adapter")
    """the clone's adapter, with which it begins"""
    groups: int = 2
    """groups of episodes in an update"""
    group: int = 8
    """episodes in a group"""
    tries: int = 8
    """rounds of drawing groups for an update until enough have variance"""
    epochs: int = 1
    """passes over an update's steps; in the first, every rho is 1"""
    clip: float = 0.2
    """eps"""
    kl: float = 0.0
    """beta; 0: the reference is not run"""
    updates: int = 24
    learning_rate: float = 2e-4
    out: Path = Path("runs/language_grpo")


@dataclasses.dataclass(frozen=True)
class Result(LanguageResult):
    """What a run ended with, and what it began with."""

    start_test: list[float]  # `test` and `drawn` of the clone
    start_drawn: list[float]
    start_new: list[float]  # of the clone, on the tasks of `new`
    gain: tuple[float, float, float]  # in `drawn`, mean over tasks and its 95 % interval
    groups: int  # drawn
    flat: int  # of these: without variance


@alone
def train(args: Args) -> Result:
    """Train from a clone, save, and play the tasks of all splits.

    Raises:
        UserError: unknown knobs, a clone that cannot be loaded, a checkpoint in `out` that was
            made with other settings, or another run that is writing there.
    """
    learner = Learner(args, read_trained(args.start), args.start)
    run = Run(args, learner)
    curve = Curve(args.out / "curve.jsonl", learner.updates)
    with progress("GRPO", args) as bar:
        row = bar.add_task("", total=args.updates, said="")
        while learner.updates < args.updates:
            line = run.update()
            curve.add(steps=learner.updates, seconds=round(learner.seconds, 3), **line)
            said = f"success {line['success']:.2f}, {run.flat} of {run.groups} groups flat"
            bar.update(row, completed=learner.updates, said=said)
            if learner.updates % args.checkpoint_every == 0:
                run.save()
    run.save()
    return run.finish()


class Run:
    """A run: its draws, what the clone could do, and the groups so far."""

    def __init__(self, args: Args, learner: Learner):
        self.args, self.learner = args, learner
        self.generator = np.random.default_rng(args.seed)
        self.groups = self.flat = 0
        self.learnt: set[Pair] = set()  # screens and goals of the steps learnt from
        self.worlds = args.worlds(
            learner.model, learner.trained.prompt, "train", args.groups * args.group
        )
        self.clone = [weight.detach().clone() for weight in learner.weights]
        state = learner.restore()
        if state:
            self.generator.bit_generator.state = state["generator"]
            self.groups, self.flat = state["groups"], state["flat"]
            self.learnt = set(state["learnt"])
            self.start, self.clone = state["start"], state["clone"]
        else:
            self.start = {
                "test": [float(e.success) for e in learner.others()],
                "drawn": learner.drawn(),
            }

    def save(self) -> None:
        """Write the checkpoint."""
        self.learner.save(
            {
                "generator": self.generator.bit_generator.state,
                "groups": self.groups,
                "flat": self.flat,
                "learnt": sorted(self.learnt),
                "start": self.start,
                "clone": self.clone,  # its folder may be written anew while this run goes on
            }
        )

    def update(self) -> dict[str, float]:
        """Draw groups until enough have variance, and learn from them; returns what to tell.

        Where too few of them had variance the update is made of those, or left out.
        """
        begun = time.perf_counter()
        self.learner.known.clear()  # a run that goes on from here knows none either
        kept, successes = self.collect()
        steps = [step for group in kept for episode in group for step in episode.steps]
        self.learnt |= {pair for group in kept for episode in group for pair in episode.pairs}
        worth = [
            value
            for group in kept
            for episode, value in zip(group, advantages(group), strict=True)
            for _ in episode.steps
        ]
        clipped: list[bool] = []
        for _ in range(self.args.epochs if steps else 0):
            reference = self.reference(steps) if self.args.kl else None
            self.learner.step(losses(self.learner, self.args, steps, worth, reference, clipped))
        self.learner.updates += 1
        self.learner.seconds += time.perf_counter() - begun
        return {
            "success": float(np.mean(successes)),
            "episodes": len(successes),
            "steps_learnt": len(steps),
            "clipped": float(np.mean(clipped)) if clipped else 0.0,
            "groups": self.groups,
            "flat": self.flat,
        }

    def collect(self) -> tuple[list[list[Episode]], list[bool]]:
        """The groups to learn from, and the success of every episode that was played."""
        args, kept, successes = self.args, [], []
        for _ in range(args.tries):
            tasks = self.generator.integers(self.worlds.tasks, size=args.groups).repeat(args.group)
            seeds = self.generator.integers(2**31, size=args.groups).repeat(args.group)
            draws = int(self.generator.integers(2**31))
            played = play(
                self.worlds, tasks.tolist(), seeds.tolist(), self.learner.scores, 1.0, draws
            )
            successes += [episode.success for episode in played]
            for part in batches(len(played), args.group):
                self.groups += 1
                if len({episode.success for episode in played[part]}) == 1:
                    self.flat += 1
                elif len(kept) < args.groups:
                    kept.append(played[part])
            if len(kept) == args.groups:
                break
        return kept, successes

    def reference(self, steps: Sequence[Step]) -> list[float]:
        """log pi_ref of each step's choice."""
        with self.learner.weights_of(self.clone):
            found = self.learner.scores([step.decision for step in steps])
        return [float(row[step.chosen]) for row, step in zip(found, steps, strict=True)]

    def finish(self) -> Result:
        """Save the adapter, play all splits, and write the result."""
        ended, fresh = self.learner.finish(self.learnt)
        pairs = zip(ended["drawn"], self.start["drawn"], strict=True)
        result = Result(
            **ended,
            start_test=self.start["test"],
            start_drawn=self.start["drawn"],
            start_new=list(itertools.compress(self.start["test"], fresh)),
            gain=interval([after - before for after, before in pairs]),
            groups=self.groups,
            flat=self.flat,
        )
        result.save(self.args)
        return result


def advantages(group: Sequence[Episode]) -> list[float]:
    """A of each episode of a group in which some succeeded and some did not."""
    rewards = np.array([float(episode.success) for episode in group])
    return ((rewards - rewards.mean()) / rewards.std()).tolist()


def losses(
    learner: Learner,
    args: Args,
    steps: Sequence[Step],
    worth: Sequence[float],
    reference: Sequence[float] | None,
    clipped: list[bool],
) -> Iterator[Tensor]:
    """Parts of -J of some steps with their advantages; each decision is run once.

    Appends to `clipped` whether a step's ratio was outside the clip's bounds.
    """
    where: dict[Decision, list[int]] = {}
    for number, step in enumerate(steps):
        where.setdefault(step.decision, []).append(number)
    asked = list(where)
    for part in batches(len(asked), args.together):
        log_probs, _ = learner.log_probs(asked[part])
        at = [(row, n) for row, decision in enumerate(asked[part]) for n in where[decision]]
        now = log_probs[[row for row, _ in at], [steps[n].chosen for _, n in at]]
        old = now.new_tensor([steps[n].log_prob for _, n in at])
        value = clipped_value(now, old, now.new_tensor([worth[n] for _, n in at]), args.clip)
        if reference is not None:
            value = value - args.kl * k3(now, now.new_tensor([reference[n] for _, n in at]))
        clipped += ((now - old).exp() - 1).abs().gt(args.clip).tolist()
        yield -value.sum() / len(steps)


def clipped_value(now: Tensor, old: Tensor, worth: Tensor, clip: float) -> Tensor:
    """min(rho A, clip(rho, 1 - eps, 1 + eps) A), rho = exp(now - old)."""
    ratio = (now - old).exp()
    return torch.minimum(ratio * worth, ratio.clamp(1 - clip, 1 + clip) * worth)


def k3(now: Tensor, reference: Tensor) -> Tensor:
    """Schulman's estimate of KL(pi, pi_ref) from draws of pi: exp(d) - d - 1."""
    difference = reference - now
    return difference.exp() - difference - 1


if __name__ == "__main__":
    print(run_command(Args, train, __doc__), file=sys.stderr)
