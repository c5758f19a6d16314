"""What both trainings of a language policy share: settings, the adapter, and the checkpoint."""

import contextlib
import dataclasses
import itertools
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import peft
import torch
from torch import Tensor

from midcourse.agents.language.history import Prompt
from midcourse.agents.language.local.adapter import Trained, attach, without_warnings
from midcourse.agents.language.local.loading import load
from midcourse.agents.language.local.model import LocalModel
from midcourse.agents.language.local.smollm2 import model_folder
from midcourse.baselines.arguments import FROM_0, FROM_1, SEED, check_ranges
from midcourse.baselines.curve import check_settings, checkpoint, replace, write_text
from midcourse.baselines.language_gui.episodes import Episode, Pair, Worlds, oracle_episodes, play
from midcourse.baselines.language_gui.policy import (
    Decision,
    batches,
    choice_log_probs,
    knows_head,
)
from midcourse.core.errors import UserError
from midcourse.evaluation.plan import make_env

RULES = "Say the next action."  # the fewer tokens, the sooner trained
OTHERS = ("validation", "test")  # splits that nothing is trained on
SEEDS = 1_000_000  # of the worlds played in evaluations, from here on
GRADIENT = 1.0  # norm to which gradients are clipped
ASIDE = ".adapter.old"  # where an adapter lies while the new one takes its place
WARM = 10  # updates over which the learning rate rises, while Adam has seen little


@dataclasses.dataclass(frozen=True, kw_only=True)
class LanguageArgs:
    """Settings of a run of either training."""

    # What a resumed run need not share with the one that was killed.
    FREE: ClassVar = ("out", "quiet", "updates", "episodes", "checkpoint_every", "threads")
    RANGES: ClassVar = {
        "seed": SEED,
        "updates": FROM_1,
        "learning_rate": FROM_0,
        "episodes": FROM_1,
        "together": FROM_1,
        "threads": FROM_1,
        "checkpoint_every": FROM_1,
    }

    env: str = "midcourse/GuiNavigation-v0"
    """id of the environment"""
    level: int = 1
    """level of the tasks"""
    app: str = "fixed"
    """fixed or per_split"""
    app_seed: int = 0
    """another app of the same shape"""
    disturbances: int = 0
    """how many disturbances strike in each episode"""
    seed: int = 0
    """of the worlds, the adapter and the draws"""
    updates: int
    """of the weights; so what comes of a run does not depend on the machine"""
    learning_rate: float
    """of Adam"""
    episodes: int = 8
    """with drawn actions on each task never trained on, after training; at least 1"""
    together: int = 8
    """decisions run at once, which bounds the memory"""
    autocast: bool = False
    """run the network in bfloat16; a processor that does not multiply in it takes far longer so"""
    threads: int = 2
    """of torch; fewer on busy cores, where two that wait for each other took ten times as long"""
    checkpoint_every: int = 10
    """updates between two checkpoints"""
    out: Path
    """folder for adapter, checkpoint.pt, curve.jsonl, result.json"""
    quiet: bool = False
    """no progress bar"""

    def check(self) -> None:
        """Refuse what cannot be trained.

        Raises:
            UserError: naming the first number out of range, or else an unknown environment, a knob
                that it does not have or refuses, or tasks without end.
        """
        check_ranges(self, self.RANGES)
        make_env(self.env, self.knobs("train")).close()
        if self.app == "fresh":
            raise UserError(
                "app='fresh' has tasks without end, and training goes over all of a split: choose "
                "fixed or per_split"
            )

    def knobs(self, split: str) -> dict[str, Any]:
        """How the environment is made."""
        names = ("level", "app", "app_seed", "disturbances")
        return {name: getattr(self, name) for name in names} | {"split": split}

    def worlds(self, model: LocalModel, prompt: Prompt, split: str, count: int = 0) -> Worlds:
        """So many worlds of a split; one for each task if not given."""
        one = Worlds(self.env, max(count, 1), model, prompt, **self.knobs(split))
        return one if count else Worlds(self.env, one.tasks, model, prompt, **self.knobs(split))

    def fixed(self) -> dict[str, Any]:
        """The settings that a resumed run must share with the one that was killed."""
        values = {k: v for k, v in dataclasses.asdict(self).items() if k not in self.FREE}
        return json.loads(json.dumps(values, default=str))


@dataclasses.dataclass(frozen=True)
class LanguageResult:
    """What a run ended with. `test` are the tasks of the other splits, never trained on."""

    updates: int
    seconds: float  # of training, without loading and evaluation
    train: list[float]  # success, 1 or 0, on each task of the split `train`, likeliest actions
    test: list[float]  # the same on the `test` tasks
    drawn: list[float]  # share of drawn episodes that succeeded, on the same
    new: list[float]  # those of `test` at whose start and goal nothing was learnt
    over: float | None  # mean steps over the cheapest way, in the `test` episodes that succeeded
    over_new: float | None  # the same in those of `new`
    model: str  # the adapter's folder

    def save(self, args: LanguageArgs) -> None:
        """Write result.json, with the settings."""
        settings = {**dataclasses.asdict(args), "out": str(args.out)}
        text = json.dumps({"args": settings, **dataclasses.asdict(self)}, default=str)
        replace(args.out / "result.json", lambda beside: write_text(beside, text))


class Learner:
    """A model with a LoRA adapter (Hu et al. 2022) in all linear layers, and its optimiser.

    Args:
        args: of the run.
        trained: the model's name and its prompt.
        adapter: folder of an adapter to go on with; a new one of rank `rank` if None.
        rank: of a new adapter, which is scaled by 2.

    Raises:
        UserError: a setting is refused, the model or the adapter cannot be loaded, or the model
            does more with its logits than training does.
    """

    def __init__(
        self, args: LanguageArgs, trained: Trained, adapter: Path | None = None, rank: int = 16
    ):
        args.check()
        torch.set_num_threads(args.threads)
        self.args, self.trained = args, trained
        self.model = load(trained.model or model_folder())
        with torch.random.fork_rng(devices=[]), without_warnings():
            torch.manual_seed(args.seed)
            self.adapted = _adapted(self.model.model, adapter, rank)
        self.network = self.adapted.get_base_model().eval()
        words = tuple(self.model.encode(RULES))
        if not knows_head(self.network, Decision(words, (words,))):
            raise UserError(
                f"{self.model.name} has a head that training does not know: choose another model"
            )
        self.weights = [p for p in self.network.parameters() if p.requires_grad]
        self.optimizer = torch.optim.Adam(self.weights, lr=args.learning_rate)
        self.known: dict[Decision, np.ndarray] = {}  # scores under the weights as they are
        self.updates = 0
        self.seconds = 0.0

    def scores(self, decisions: Sequence[Decision]) -> list[np.ndarray]:
        """log pi of each decision's choices, float64, without gradients; run once per weights."""
        new = list(dict.fromkeys(d for d in decisions if d not in self.known))
        with torch.inference_mode():
            for part in batches(len(new), self.args.together):
                log_probs, _ = self.log_probs(new[part])
                rows = log_probs.double().cpu().numpy()
                for row, decision in zip(rows, new[part], strict=True):
                    self.known[decision] = row[: len(decision.choices)]
        return [self.known[decision] for decision in decisions]

    def log_probs(self, decisions: Sequence[Decision]) -> tuple[Tensor, Tensor]:
        """As `choice_log_probs`, with gradients; with `autocast` all but the head in bfloat16.

        SmolLM2 on an AVX2 processor: 8 decisions took 7 times as long so, with gradients 20 times.
        """
        kind, on = self.network.device.type, self.args.autocast
        with torch.autocast(kind, torch.bfloat16, enabled=on):
            return choice_log_probs(self.network, decisions)

    def step(self, losses: Iterable[Tensor]) -> float:
        """One update by a sum of losses, each followed back before the next one is computed."""
        self.optimizer.zero_grad()
        total = 0.0
        for loss in losses:
            loss.backward()
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.weights, GRADIENT)
        for group in self.optimizer.param_groups:
            group["lr"] = self.args.learning_rate * min(1.0, (self.updates + 1) / WARM)
        self.optimizer.step()
        self.known.clear()
        return total

    def play(self, split: str, repeats: int = 1, temperature: float = 0.0) -> list[Episode]:
        """Episodes on each task of a split, by task."""
        count = self.args.worlds(self.model, self.trained.prompt, split).tasks * repeats
        worlds = self.args.worlds(self.model, self.trained.prompt, split, count)
        tasks = [i // repeats for i in range(count)]
        seeds = range(SEEDS, SEEDS + count)
        return play(worlds, tasks, seeds, self.scores, temperature, draws=self.args.seed)

    def others(self, repeats: int = 1, temperature: float = 0.0) -> list[Episode]:
        """Episodes on each task of the splits that nothing is trained on."""
        return [e for split in OTHERS for e in self.play(split, repeats, temperature)]

    def drawn(self) -> list[float]:
        """The share of episodes with drawn actions that succeed on each of these tasks."""
        n = self.args.episodes
        found = [e.success for e in self.others(n, temperature=1.0)]
        return np.reshape(found, (-1, n)).mean(1).tolist()

    @contextlib.contextmanager
    def weights_of(self, others: Sequence[Tensor]) -> Iterator[None]:
        """The adapter has other weights inside."""
        mine = [weight.detach().clone() for weight in self.weights]
        self.put(others)
        try:
            yield
        finally:
            self.put(mine)

    def put(self, values: Sequence[Tensor]) -> None:
        """Overwrite the adapter's weights."""
        with torch.no_grad():
            for weight, value in zip(self.weights, values, strict=True):
                weight.copy_(value)
        self.known.clear()

    def save_adapter(self) -> Path:
        """Write the adapter and how it was trained; returns the folder."""
        folder = self.args.out / "adapter"
        beside = folder.with_name(f".adapter.{os.getpid()}")
        self.adapted.save_pretrained(str(beside))
        self.trained.save(beside)
        aside = folder.with_name(ASIDE)
        if folder.exists():
            folder.rename(aside)
        beside.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)
        return folder

    def finish(self, learnt: Iterable[Pair] = ()) -> tuple[dict[str, Any], list[bool]]:
        """Save the adapter and play all splits.

        Args:
            learnt: screens and goals that training learnt at, beside those that the oracle passes.

        Returns:
            The fields of a `LanguageResult`, and of which of its `test` tasks start and goal are
            among none of these.
        """
        folder = self.save_adapter()
        train = self.play("train")
        others = self.others()
        ways = oracle_episodes(self.args.worlds(self.model, self.trained.prompt, "train"))
        passed = {pair for way in ways for pair in way.pairs} | set(learnt)
        if self.args.app == "per_split":  # equal numbers are screens of other apps
            passed.clear()
        fresh = [e.pairs[0] not in passed for e in others]
        ended = {
            "updates": self.updates,
            "seconds": round(self.seconds, 2),
            "train": [float(e.success) for e in train],
            "test": [float(e.success) for e in others],
            "drawn": self.drawn(),
            "new": [float(e.success) for e in itertools.compress(others, fresh)],
            "over": steps_over(others),
            "over_new": steps_over(itertools.compress(others, fresh)),
            "model": str(folder),
        }
        return ended, fresh

    # --- checkpoints ---------------------------------------------------------------------------

    def save(self, more: Any = None) -> None:
        """Everything that the rest of the run depends on, in one file, replaced at once."""
        state = {
            "args": self._fixed(),
            "weights": [weight.detach() for weight in self.weights],
            "optimizer": self.optimizer.state_dict(),
            "updates": self.updates,
            "seconds": self.seconds,
            "more": more,
        }
        replace(self.args.out / "checkpoint.pt", lambda beside: torch.save(state, beside))

    def _fixed(self) -> dict[str, Any]:
        """What a resumed run must share: the settings, the model's name and the prompt."""
        return self.args.fixed() | dataclasses.asdict(self.trained)

    def restore(self) -> Any:
        """Go on from the checkpoint, if there is one; returns what was saved as `more`.

        Raises:
            UserError: it is damaged, was made with other settings, or is of more updates than are
                asked for.
        """
        self._clear()
        path = self.args.out / "checkpoint.pt"
        if not path.exists():
            return None
        with checkpoint(path):
            state = torch.load(path, map_location="cpu", weights_only=True)
            check_settings(path, self._fixed(), state["args"])
            if [w.shape for w in state["weights"]] != [w.shape for w in self.weights]:
                raise UserError(
                    f"{path} has weights of another shape than the adapter to start with: choose "
                    f"another --out, or remove it"
                )
            if state["updates"] > self.args.updates:
                raise UserError(
                    f"{path} is of {state['updates']} updates, more than --updates "
                    f"{self.args.updates}: choose another --out, or remove it"
                )
            self.put(state["weights"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.updates, self.seconds = state["updates"], state["seconds"]
            return state["more"]

    def _clear(self) -> None:
        """Remove what killed runs left half written; an adapter laid aside goes back first."""
        out = self.args.out
        if (out / ASIDE).exists() and not (out / "adapter").exists():
            (out / ASIDE).rename(out / "adapter")
        for left in out.glob(".adapter.*"):
            shutil.rmtree(left)


def steps_over(episodes: Iterable[Episode]) -> float | None:
    """Mean steps over the cheapest way, in the episodes that succeeded; None if none did."""
    over = [len(e.steps) - e.optimal for e in episodes if e.success]
    return float(np.mean(over)) if over else None


def _adapted(network: Any, adapter: Path | None, rank: int) -> Any:
    if adapter:
        return attach(network, adapter, is_trainable=True)
    config = peft.LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    return peft.get_peft_model(network, config)
