"""A policy over the web's actions: first what is used, then with what.

The first number is chosen among the elements by their own vectors, the second given the first, so
that a text is chosen for the box it goes into. Pairs that the observation shows to mean nothing (a
text for a link) are left out: where the second number is of no account it is 0.
"""

from functools import partial
from typing import Any

import numpy as np
import torch
from sb3_contrib.common.maskable.policies import MaskableMultiInputActorCriticPolicy
from torch import Tensor, nn

from midcourse.baselines.web_tasks.reading import PageReader, Reading, tokens
from midcourse.envs.web_tasks.speech.words import NUMBER
from midcourse.envs.web_tasks.state import (
    COMBOBOX,
    ELEMENTS,
    FROM_GOAL,
    FROM_NUMBERS,
    GOTO,
    NUMBERS,
    OPTIONS,
    SITES,
    STOP,
    SWITCH_TAB,
    TEXTBOX,
    THE_LIST,
    VERBS,
)

NEVER = -1e8  # logit of what is masked
UNANSWERED = FROM_NUMBERS  # second number of a stop without an answer


class Pairs:
    """Masked distribution over pairs: p(first) p(second | first).

    Args:
        firsts: logits of the first number, (B, VERBS).
        seconds: gives the logits of the second, (B, CHOICES), for first numbers (B,).
        legal: gives which second numbers go with first numbers (B,), bool (B, CHOICES).
        masks: (B, VERBS + CHOICES), 1: legal; None: all.
    """

    def __init__(self, firsts: Tensor, seconds: Any, legal: Any, masks: Any = None):
        self.seconds, self.legal, self.masks = seconds, legal, None
        if masks is not None:
            self.masks = torch.as_tensor(np.asarray(masks)).reshape(len(firsts), -1) != 0
            firsts = firsts.masked_fill(~self.masks[:, : firsts.shape[1]], NEVER)
        self.firsts = torch.distributions.Categorical(logits=firsts, validate_args=False)

    def given(self, first: Tensor) -> torch.distributions.Categorical:
        """The distribution of the second number, for first numbers (B,)."""
        allowed = self.legal(first)
        if self.masks is not None:
            allowed = allowed & self.masks[:, self.firsts.logits.shape[1] :]
        logits = self.seconds(first).masked_fill(~allowed, NEVER)
        return torch.distributions.Categorical(logits=logits, validate_args=False)

    def get_actions(self, deterministic: bool = False) -> Tensor:
        """Pairs, (B, 2): drawn, or the likeliest first and the likeliest second for it."""
        if deterministic:
            first = self.firsts.logits.argmax(1)
            return torch.stack([first, self.given(first).logits.argmax(1)], 1)
        first = self.firsts.sample()
        return torch.stack([first, self.given(first).sample()], 1)

    def judge(self, actions: Tensor) -> tuple[Tensor, Tensor]:
        """(log probability, entropy) of pairs (B, 2); the entropy's second part is a sample's."""
        first, second = actions.long().reshape(-1, 2).unbind(1)
        given = self.given(first)
        log_prob = self.firsts.log_prob(first) + given.log_prob(second)
        return log_prob, self.firsts.entropy() + given.entropy()


class WebPolicy(MaskableMultiInputActorCriticPolicy):
    """MaskablePPO's policy for midcourse/WebTasks-v0; it reads by `PageReader`."""

    def __init__(self, *arguments: Any, **options: Any):
        options.setdefault("features_extractor_class", PageReader)
        super().__init__(*arguments, **options)

    features_extractor: Any

    def _build(self, lr_schedule: Any) -> None:
        width = self.features_dim
        self.use = nn.Linear(width, 1)  # an element
        self.others = nn.Linear(width, VERBS - ELEMENTS)  # logits of the other first numbers
        self.other_queries = nn.Embedding(VERBS - ELEMENTS, width)
        self.query = nn.Linear(2 * width, width)
        self.element_query = nn.Linear(width, width)
        self.goal_query = nn.Linear(width, width)
        self.option_match = nn.Embedding(2, width)
        self.places = nn.Embedding(OPTIONS, width)  # sites, tabs
        self.unanswered = nn.Parameter(torch.zeros(width))
        self.value_net = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1))
        for layer in (self.use, self.others, self.query):
            layer.apply(partial(self.init_weights, gain=0.1))
        make: Any = self.optimizer_class
        self.optimizer = make(self.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)

    def forward(self, obs: Any, deterministic: bool = False, action_masks: Any = None) -> Any:
        """Actions, values and log probabilities for raw observations."""
        reading = self.features_extractor(obs)
        pairs = self._pairs(obs, reading, action_masks)
        actions = pairs.get_actions(deterministic)
        return actions, self.value_net(reading.context), pairs.judge(actions)[0]

    def evaluate_actions(self, obs: Any, actions: Tensor, action_masks: Any = None) -> Any:
        """Values, log probabilities and entropies of pairs."""
        reading = self.features_extractor(obs)
        log_prob, entropy = self._pairs(obs, reading, action_masks).judge(actions)
        return self.value_net(reading.context), log_prob, entropy

    def get_distribution(self, obs: Any, action_masks: Any = None) -> Any:
        """The masked distribution over pairs."""
        return self._pairs(obs, self.features_extractor(obs), action_masks)

    def predict_values(self, obs: Any) -> Tensor:
        """The values of raw observations, (B, 1)."""
        return self.value_net(self.features_extractor(obs).context)

    def _pairs(self, obs: Any, reading: Reading, masks: Any) -> Pairs:
        seen = {key: value.reshape(len(reading.context), -1).long() for key, value in obs.items()
                if key != "steps_left"}  # fmt: skip
        elements = on_pages(self.use(reading.elements)[:, 0], reading)
        firsts = torch.cat([elements, self.others(reading.context)], 1)
        return Pairs(firsts, partial(self._seconds, seen, reading), partial(legal, seen), masks)

    def _seconds(self, seen: dict[str, Tensor], reading: Reading, first: Tensor) -> Tensor:
        """Logits of the second number for first numbers (B,)."""
        rows = torch.arange(len(first))
        number = first.clamp(max=ELEMENTS - 1)
        other = self.other_queries((first - ELEMENTS).clamp(min=0))
        begins = torch.searchsorted(reading.page, rows)  # a page's first element in the row of all
        row = (begins + number).clamp(max=len(reading.elements) - 1)
        used = torch.where((first < ELEMENTS)[:, None], reading.elements[row], other)
        query = self.query(torch.cat([used, reading.context], 1))
        table = self.features_extractor.texts.weight
        small = table[tokens(torch.arange(NUMBER, NUMBER + NUMBERS))].clone()
        small[UNANSWERED - FROM_NUMBERS] = small[UNANSWERED - FROM_NUMBERS] + self.unanswered
        logits = [
            on_pages((reading.elements * self.element_query(query)[reading.page]).sum(1), reading),
            (reading.goal_keys * self.goal_query(query)[:, None]).sum(2),
            query @ small.T,
        ]
        named = self._option_keys(seen, rows, number)
        few = torch.where((first < ELEMENTS)[:, None, None], named, self.places.weight)
        chooses = (role_of(seen, first) == COMBOBOX) | (first == GOTO) | (first == SWITCH_TAB)
        few_logits = (few * query[:, None]).sum(2)
        head = torch.where(chooses[:, None], few_logits, logits[0][:, :OPTIONS])
        return torch.cat([head, logits[0][:, OPTIONS:], *logits[1:]], 1)

    def _option_keys(self, seen: dict[str, Tensor], rows: Tensor, number: Tensor) -> Tensor:
        """Of a combobox: what each option says, and whether a requirement says the same."""
        words = seen["options"][rows, number][:, None] + torch.arange(OPTIONS)
        asked = seen["goal_words"].reshape(len(rows), seen["goal"].shape[1], -1)[..., 0]
        same = (words[:, :, None] == asked[:, None]).any(2).long()
        return self.features_extractor.texts(tokens(words)) + self.option_match(same)


def on_pages(values: Tensor, reading: Reading) -> Tensor:
    """One value for each element, laid out by page, (B, ELEMENTS); 0 where there is none."""
    pages = values.new_zeros(len(reading.context), ELEMENTS)
    return pages.index_put((reading.page, reading.place), values)


def role_of(seen: dict[str, Tensor], first: Tensor) -> Tensor:
    """The role of the element that is used; 0 where none is."""
    roles = seen["role"].gather(1, first.clamp(max=ELEMENTS - 1)[:, None])[:, 0]
    return roles * (first < ELEMENTS)


def legal(seen: dict[str, Tensor], first: Tensor) -> Tensor:
    """Which second numbers mean something with these first numbers, bool (B, CHOICES).

    Whether a page has a list to answer with is for the world to say: here every page has.
    """
    batch, role = len(first), role_of(seen, first)
    number = torch.arange(FROM_NUMBERS + NUMBERS).expand(batch, -1)
    written = seen["words"].reshape(batch, ELEMENTS, -1)[..., 0] != 0
    asked = seen["goal_words"].reshape(batch, FROM_NUMBERS - FROM_GOAL, -1)[..., 0] != 0
    texts = torch.cat([written, asked, number[:, FROM_NUMBERS:] >= 0], 1)
    bits = seen["offered"].gather(1, first.clamp(max=ELEMENTS - 1)[:, None])
    options = (number < OPTIONS) & ((bits >> number.clamp(max=OPTIONS)) & 1 != 0)
    answers = (number >= UNANSWERED) & (number <= THE_LIST)
    answers[:, :ELEMENTS] = seen["unit"] != 0
    tabs = torch.zeros_like(answers)
    tabs[:, : seen["tabs"].shape[1]] = seen["tabs"] != 0
    tabs = tabs & (number != seen["tab"])
    allowed = number == 0
    for chosen, choices in (
        (role == TEXTBOX, texts),
        (role == COMBOBOX, options),
        (first == STOP, answers),
        (first == GOTO, number < len(SITES)),
        (first == SWITCH_TAB, tabs),
    ):
        allowed = torch.where(chosen[:, None], choices, allowed)
    return allowed
