"""A language model of transformers', on this machine (needs torch and transformers)."""

import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from midcourse.agents.language.local import tree as trees
from midcourse.agents.language.local.kept import Slots
from midcourse.agents.language.local.words import Words
from midcourse.agents.language.model import Message, Reply, Scores, Usage
from midcourse.core.errors import UserError
from midcourse.core.version import fingerprint

PIECE = 512  # most tokens of a prefix, and most rows of choices, in one run: bounds the memory
REMEMBERED = 256  # prefixes whose scores are remembered


class LocalModel(Words):
    """A causal language model, in evaluation mode, one call at a time.

    **Scoring.** Prefix and choices are tokenised apart, and the choice's tokens are put after the
    prefix's: what is scored is P(tokens of choice | tokens of prefix), whatever a tokeniser would
    make of the joined text, so the prefix's tokens never depend on what follows. Choices are
    tokenised as what follows a line's end, where chat prompts end. In one run the
    prefix's new tokens, and behind them the tree of the choices (`tree.grow`), are packed into one
    row over the kept cache, with a 4-D mask and the positions that each token has in its text. A
    prefix's keys and values stay for the next call, which builds on the longest common head.
    The head over the vocabulary is applied at the rows that are read.

    Sums differ from those of one pass per choice by rounding (under 1e-4 in float32), and so may
    one prefix's scores that were reached over different earlier calls.

    Args:
        model: of transformers, with a language-model head and full attention in all layers.
        tokenizer: of the same.
        name: for what users are told.
        context: most tokens, if fewer than the model's own.
        slots: prefixes that are kept.
        files: files and folders that it was loaded from.

    Raises:
        UserError: a model with layers whose cache cannot be cut (sliding windows, recurrences), or
            a context of no tokens.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        name: str,
        context: int | None = None,
        slots: int = 2,
        files: Sequence[Path] = (),
    ):
        super().__init__(tokenizer, name)
        self.model = model.eval()
        config = model.config.get_text_config()
        kinds = set(getattr(config, "layer_types", None) or ()) - {"full_attention"}
        kinds |= set(getattr(config, "attention_layers", None) or ()) - {"global"}  # of GPT-Neo
        if kinds or (
            getattr(config, "sliding_window", None) and not hasattr(config, "layer_types")
        ):
            raise UserError(
                f"{name} has layers that do not attend to the whole prompt "
                f"({', '.join(sorted(kinds)) or 'sliding_window'}): choose a model without"
            )
        if context is not None and context < 1:
            raise UserError(f"context={context} is out of range: it is at least 1")
        longest = getattr(config, "max_position_embeddings", None) or 2**31
        self.context = min(context or longest, longest)
        self.kept = Slots(config.num_hidden_layers, slots)
        self.remembered: OrderedDict[bytes, dict[tuple[int, ...], float]] = OrderedDict()
        self.usage = Usage()
        self.version: list[tuple[Any, int]] = []
        self.files = tuple(files)
        self.computed = 0  # tokens run so far
        ends = model.generation_config.eos_token_id
        listed = ends if isinstance(ends, list) else [ends]
        self.ends = {end for end in (*listed, tokenizer.eos_token_id) if end is not None}

    @property
    def identity(self) -> str:
        """Name, number type and files, wherever these lie."""
        kind = str(self.model.dtype).removeprefix("torch.")
        return f"{self.name} {kind} {fingerprint(self.files)}"

    # --- scoring ------------------------------------------------------------------------------

    def score(self, prefix: str, choices: Sequence[str]) -> Scores:
        """How likely each choice is to follow a prefix.

        Raises:
            UserError: an empty prefix or choice, or more tokens than the context holds.
        """
        begun, computed = time.perf_counter(), self.computed
        tokens = self.encode(prefix)
        paths = [tuple(self.encode_next(choice)) for choice in choices]
        for choice, path in zip(choices, paths, strict=True):
            if not path:
                raise UserError(f"the choice {choice!r} has no tokens: there is nothing to score")
        known = self.score_tokens(tokens, paths)
        used = Usage(
            calls=1,
            tokens_in=len(tokens) + sum(map(len, paths)),
            tokens_computed=self.computed - computed,
            seconds=time.perf_counter() - begun,
        )
        self.usage += used
        return Scores(tuple(known[path] for path in paths), tuple(map(len, paths)), used)

    @torch.inference_mode()
    def score_tokens(
        self, prefix: Sequence[int], choices: Iterable[tuple[int, ...]]
    ) -> dict[tuple[int, ...], float]:
        """Summed log-probability of each choice's tokens after a prefix's.

        Those of a prefix that was scored before with the same weights are remembered.

        Raises:
            UserError: an empty prefix, or more tokens than the context holds.
        """
        self._notice_new_weights()
        wanted = set(choices)
        self.check_room(len(prefix), max(map(len, wanted), default=0))
        whole = np.array(prefix, np.int64)
        known = self.remembered.setdefault(whole.tobytes(), {})
        self.remembered.move_to_end(whole.tobytes())
        while len(self.remembered) > REMEMBERED:
            self.remembered.popitem(last=False)
        for group in trees.groups([path for path in wanted if path not in known], PIECE):
            known.update(zip(group, self._read(whole, trees.grow(group)), strict=True))
        return known

    def forget(self) -> None:
        """Drop what is kept and remembered: to be called when weights change unseen.

        Changes in place that torch sees, as an optimiser's and `load_state_dict`'s, and parameters
        that are replaced are noticed. A change through `.data`, or another adapter, is not.
        """
        self.kept.forget()
        self.remembered.clear()

    def _notice_new_weights(self) -> None:
        version = [(weight, weight._version) for weight in self.model.parameters()]
        same = len(version) == len(self.version) and all(
            mine is theirs and number == before
            for (mine, number), (theirs, before) in zip(version, self.version, strict=True)
        )
        if not same:
            self.forget()
            self.version = version

    def check_room(self, prefix: int, more: int) -> None:
        """Nothing, if the context holds a prompt of so many tokens and what follows it.

        Raises:
            UserError: it does not, or the prompt has none.
        """
        if not prefix:
            raise UserError("the prefix has no tokens: there is nothing to go on from")
        if prefix + more > self.context:
            raise UserError(
                f"the prompt has {prefix:,} tokens and what follows it {more:,}, but the context "
                f"of {self.name} holds {self.context:,}: shorten the prompt"
            )

    def _read(self, prefix: np.ndarray, tree: trees.Tree) -> list[float]:
        """Each choice's summed log-probability, in the order of the tree's reads."""
        rows = tree.rows_read()
        logits = self._run(prefix, tree, rows).float()
        place = {row: index for index, row in enumerate(rows)}
        steps = [(place[row], token) for reads in tree.reads for row, token in reads]
        where, what = torch.tensor(steps, device=logits.device).T
        found = (logits[where, what] - torch.logsumexp(logits, 1)[where]).double().cpu().numpy()
        ends = np.cumsum([len(reads) for reads in tree.reads])
        return [float(part.sum()) for part in np.split(found, ends[:-1])]

    def _run(self, prefix: np.ndarray, tree: trees.Tree, rows: Sequence[int]) -> torch.Tensor:
        """Logits (rows, vocabulary) after rows of a tree, or after the prefix (row -1)."""
        slot = self.kept.take(prefix)
        while len(prefix) - len(slot.tokens) > PIECE:
            done = len(slot.tokens)
            self._pass(slot.cache, done, prefix[done : done + PIECE], trees.grow([]), [0])
            slot.cut(prefix[: done + PIECE])
        done = len(slot.tokens)
        last = len(prefix) - done - 1
        logits = self._pass(slot.cache, done, prefix[done:], tree, [last + 1 + row for row in rows])
        slot.cut(prefix)
        return logits

    def _pass(
        self, cache: Any, done: int, new: np.ndarray, tree: trees.Tree, read: Sequence[int]
    ) -> torch.Tensor:
        """One run over `done` kept tokens of new ones and then a tree; logits at `read`."""
        device = self.model.device
        positions = np.concatenate(
            (np.arange(done, done + len(new)), done + len(new) + tree.depths)
        )
        tokens = torch.from_numpy(np.concatenate((new, tree.tokens)))
        self.computed += len(tokens)
        out = self.model(
            input_ids=tokens[None].to(device),
            attention_mask=mask(done, len(new), tree, self.model.dtype).to(device),
            position_ids=torch.from_numpy(positions)[None].to(device),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=torch.tensor(read, device=device),
        )
        return out.logits[0]

    # --- speaking -----------------------------------------------------------------------------

    @torch.inference_mode()
    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Reply:
        """What the assistant says next.

        Args:
            messages: the conversation so far.
            max_tokens: after which it is cut.
            temperature: of the draws; 0 takes the likeliest token.
            seed: of the draws, which no global random state sees.
            stop: texts that end the turn where one of them comes up; the text ends before it.

        Raises:
            UserError: no chat template, or no room in the context for another token.
        """
        begun, computed = time.perf_counter(), self.computed
        self._notice_new_weights()
        prompt = self.encode(self.render(messages))
        self.check_room(len(prompt), 1)
        generator = torch.Generator().manual_seed(seed)
        said: list[int] = []
        log_probs: list[float] = []
        text, is_whole = "", False
        while not is_whole and len(said) < min(max_tokens, self.context - len(prompt)):
            so_far = np.array(prompt + said, np.int64)
            logits = self._run(so_far, trees.grow([]), [trees.PREFIX])[0].float().cpu()
            said.append(draw(logits, temperature, generator))
            log_probs.append(float(torch.log_softmax(logits, 0)[said[-1]]))
            spoken = said[:-1] if said[-1] in self.ends else said
            text = self.tokenizer.decode(spoken, skip_special_tokens=True)
            cuts = [text.index(end) for end in stop if end in text]
            text = text[: min(cuts)] if cuts else text
            is_whole = bool(cuts) or said[-1] in self.ends
        seconds = time.perf_counter() - begun
        used = Usage(1, len(prompt), len(said), self.computed - computed, seconds)
        self.usage += used
        return Reply(text, is_whole, used, tuple(said), tuple(log_probs))


def mask(done: int, new: int, tree: trees.Tree, dtype: torch.dtype) -> torch.Tensor:
    """What each token run attends to, added to its scores: 0, or the least number of the type.

    Shape (1, 1, new + rows, done + new + rows): all that is kept, of the new tokens those up to
    itself, and a tree's row all of them, its ancestors and itself.
    """
    rows = new + len(tree)
    seen = np.zeros((rows, done + rows), bool)
    seen[:, :done] = True
    seen[:new, done : done + new] = np.tri(new, dtype=bool)
    seen[new:, done : done + new] = True
    seen[new:, done + new :] = tree.visible()
    added = torch.zeros(seen.shape, dtype=dtype)
    return added.masked_fill_(torch.from_numpy(~seen), torch.finfo(dtype).min)[None, None]


def draw(logits: torch.Tensor, temperature: float, generator: torch.Generator) -> int:
    """A token: the likeliest at temperature 0, else drawn from softmax(logits / temperature)."""
    if temperature <= 0.0:
        return int(logits.argmax())
    logits = logits.double()
    chances = torch.softmax((logits - logits.max()) / temperature, 0)
    return int(torch.multinomial(chances, 1, generator=generator))
