"""Keys and values of prefixes, kept from call to call (needs torch and transformers)."""

from collections.abc import Sequence

import numpy as np
import torch
from transformers.cache_utils import Cache, CacheLayerMixin


class GrowingLayer(CacheLayerMixin):
    """One layer's keys and values, (1, heads, room, size); the first `length` of `room` count.

    Unlike transformers' own, which copies all it has for each new token, it has room to spare,
    doubled when it is used up; and it can be cut anywhere at no cost.
    """

    is_sliding = False
    is_croppable = True

    def __init__(self) -> None:
        super().__init__()
        self.length = 0

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Make room for a first piece of this kind."""
        self.dtype, self.device = key_states.dtype, key_states.device
        self.keys, self.values = (
            states.new_empty(*states.shape[:2], 2 * states.shape[2], states.shape[3])
            for states in (key_states, value_states)
        )
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args, **kwargs
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append a piece (1, heads, tokens, size); returns all there is, as views."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        assert self.keys is not None
        assert self.values is not None
        start, self.length = self.length, self.length + key_states.shape[2]
        if self.length > self.keys.shape[2]:
            self.keys, self.values = self._wider(self.keys, start), self._wider(self.values, start)
        self.keys[:, :, start : self.length] = key_states
        self.values[:, :, start : self.length] = value_states
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]

    def _wider(self, old: torch.Tensor, used: int) -> torch.Tensor:
        new = old.new_empty(*old.shape[:2], 2 * self.length, old.shape[3])
        new[:, :, :used] = old[:, :, :used]
        return new

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """(keys that so many new queries see, offset of the first)."""
        return self.length + query_length, 0

    def get_seq_length(self) -> int:
        """Tokens kept."""
        return self.length

    def get_max_length(self) -> int:
        """-1: there is no limit."""
        return -1


class Slot:
    """One prefix whose keys and values are kept.

    `tokens`, int64 (length,), is what can be built on; a run that was interrupted leaves it as it
    was, and what it has appended is overwritten.
    """

    def __init__(self, layers: int):
        self.layers = [GrowingLayer() for _ in range(layers)]
        self.cache = Cache(layers=list(self.layers))
        self.tokens = np.empty(0, np.int64)

    def cut(self, tokens: np.ndarray) -> None:
        """Keep only these, a head of what was kept or run."""
        self.tokens = tokens
        for layer in self.layers:
            layer.length = len(tokens)

    def copy(self, other: "Slot", length: int) -> None:
        """Take over the head of another slot."""
        self.cut(np.empty(0, np.int64))
        for mine, theirs in zip(self.layers, other.layers, strict=True):
            if length and theirs.keys is not None and theirs.values is not None:
                mine.update(theirs.keys[:, :, :length], theirs.values[:, :, :length])
        self.cut(other.tokens[:length])


class Slots:
    """A few prefixes, so that one used in between does not push out the episode's own.

    Args:
        layers: of the model.
        count: prefixes kept, 1 or more.
    """

    def __init__(self, layers: int, count: int):
        self.layers, self.count = layers, count
        self.slots: list[Slot] = []  # the one used last comes last

    def forget(self) -> None:
        """Drop all that is kept."""
        self.slots = []

    def take(self, prefix: np.ndarray) -> Slot:
        """A slot that holds a head of a prefix, the longest that is kept, but never all of it.

        (The last token is run again, since what follows it is to be read.) Of a slot of which less
        than half could be used the head is copied, into a new slot or the one not used for longest.
        """
        heads = [common(slot.tokens, prefix[:-1]) for slot in self.slots]
        best = max(range(len(heads)), key=heads.__getitem__, default=None)
        if best is None or 2 * heads[best] < len(self.slots[best].tokens):
            slot = self._free()
            if best is not None and slot is not self.slots[best]:
                slot.copy(self.slots[best], heads[best])
        else:
            slot = self.slots[best]
        self.slots = [other for other in self.slots if other is not slot] + [slot]
        slot.cut(slot.tokens[: common(slot.tokens, prefix[:-1])])
        return slot

    def _free(self) -> Slot:
        """A new slot, or the one not used for longest."""
        if len(self.slots) < self.count:
            self.slots.append(Slot(self.layers))
            return self.slots[-1]
        return self.slots[0]


def common(first: Sequence[int] | np.ndarray, second: Sequence[int] | np.ndarray) -> int:
    """How many tokens two sequences begin with in common."""
    length = min(len(first), len(second))
    differs = np.flatnonzero(np.asarray(first[:length]) != np.asarray(second[:length]))
    return int(differs[0]) if len(differs) else length
