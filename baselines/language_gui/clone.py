"""Behaviour cloning of the oracle by a language model that scores the legal actions.

The oracle plays every task of the split `train`; a LoRA adapter learns to choose as it did at each
step of these episodes. Two losses: `choice`, the cross-entropy of the policy over the legal
actions, and `tokens`, that of the tokens of the oracle's action and the end of the turn. The
prompt is the step at hand under the shortest of rules: its length decides how long training takes.

Results: `results/language.md`.

    python -m midcourse.baselines.language_gui.clone --out runs/language_clone

A killed run that is started again with the same arguments goes on from its last checkpoint, and
ends with the weights of one that was never killed.
"""

import dataclasses
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from torch import Tensor

from midcourse.agents.language.history import Prompt
from midcourse.agents.language.local.adapter import Trained
from midcourse.baselines.arguments import FROM_1
from midcourse.baselines.command import run_command
from midcourse.baselines.curve import Curve, alone
from midcourse.baselines.language_gui.episodes import Step, oracle_episodes
from midcourse.baselines.language_gui.learner import (
    RULES,
    LanguageArgs,
    LanguageResult,
    Learner,
)
from midcourse.baselines.language_gui.policy import batches


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args(LanguageArgs):
    """Settings of a run."""

    RANGES: ClassVar = LanguageArgs.RANGES | {"rank": FROM_1, "batch": FROM_1}

    model: str = ""
    """folder, or name in transformers' cache; SmolLM2-135M-Instruct if left out"""
    rules: str = RULES
    """the system message"""
    loss: Literal["choice", "tokens"] = "choice"
    """cross-entropy over the legal actions, or over the tokens of the oracle's"""
    rank: int = 16
    """of the adapter"""
    batch: int = 8
    """steps of the oracle in an update"""
    updates: int = 120
    learning_rate: float = 1e-3
    out: Path = Path("runs/language_clone")


@alone
def train(args: Args) -> LanguageResult:
    """Clone, save, and play the tasks of all splits.

    Raises:
        UserError: unknown knobs, a model that cannot be loaded, a checkpoint in `out` that was
            made with other settings, or another run that is writing there.
    """
    prompt = Prompt(args.rules, recent=1, lists_actions=False)
    learner = Learner(args, Trained(args.model, prompt), rank=args.rank)
    worlds = args.worlds(learner.model, prompt, "train")
    examples = [step for e in oracle_episodes(worlds) for step in e.steps]
    learner.restore()
    curve = Curve(args.out / "curve.jsonl", learner.updates)
    with progress("cloning", args) as bar:
        row = bar.add_task("", total=args.updates, said="")
        while learner.updates < args.updates:
            begun = time.perf_counter()
            chosen = drawn(examples, args.batch, args.seed, learner.updates)
            right: list[bool] = []
            loss = learner.step(losses(learner, chosen, right))
            learner.updates += 1
            learner.seconds += time.perf_counter() - begun
            mean = float(np.mean(right))
            seconds = round(learner.seconds, 3)
            curve.add(steps=learner.updates, seconds=seconds, loss=loss, right=mean)
            bar.update(row, completed=learner.updates, said=f"loss {loss:.3f}, right {mean:.2f}")
            if learner.updates % args.checkpoint_every == 0:
                learner.save()
    learner.save()
    ended, _ = learner.finish()
    result = LanguageResult(**ended)
    result.save(args)
    return result


def drawn(examples: Sequence[Step], batch: int, seed: int, update: int) -> list[Step]:
    """The examples of an update: every one comes once before any comes again."""
    first, chosen = update * batch, []
    for number in range(first, first + batch):
        epoch, place = divmod(number, len(examples))
        order = np.random.default_rng([seed, epoch]).permutation(len(examples))
        chosen.append(examples[order[place]])
    return chosen


def losses(learner: Learner, chosen: Sequence[Step], right: list[bool]) -> Iterator[Tensor]:
    """Parts of the mean loss of some examples; appends whether each would be chosen rightly."""
    args: Any = learner.args
    for part in batches(len(chosen), args.together):
        steps = chosen[part]
        log_probs, scores = learner.log_probs([step.decision for step in steps])
        wanted = torch.tensor([step.chosen for step in steps], device=scores.device)
        right += (scores.argmax(1) == wanted).tolist()
        values = log_probs if args.loss == "choice" else scores
        yield -values.gather(1, wanted[:, None]).sum() / len(chosen)


def progress(what: str, args: LanguageArgs) -> Progress:
    """The bar of a training."""
    columns = TextColumn(what), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn()
    return Progress(*columns, disable=args.quiet)


if __name__ == "__main__":
    print(run_command(Args, train, __doc__), file=sys.stderr)
