"""Features of a page of the web: one vector for each element, and one for the whole.

What generalises from one web to another is not the words but whether they agree: "this element
says what the requirement of attribute a asks for". Such comparisons are features, computed without
weights; the words themselves are looked up in tables, for what must be learnt by heart (that pens
are Office, that an order is cancelled under Orders). Ours; the scoring of elements by their own
features is that of pointer networks (Vinyals, Fortunato, Jaitly, 2015).
"""

from typing import NamedTuple

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn
from torch.nn.functional import embedding_bag, one_hot

from midcourse.envs.web_tasks.speech.words import NUMBER, WORDS
from midcourse.envs.web_tasks.state import NUMBERS

VOCABULARY = len(WORDS) + NUMBERS + 1  # words, small numbers, and one token for all greater ones
SPREAD = 1 << 22  # more than two values can differ by


class Reading(NamedTuple):
    """What B pages say; the N elements of all of them stand in one row, page after page."""

    elements: Tensor  # (N, width)
    page: Tensor  # (N,) of which page
    place: Tensor  # (N,) number on it
    context: Tensor  # (B, width), of goal and page together
    goal_keys: Tensor  # (B, requirements, width)


class Elements(NamedTuple):
    """The elements that there are, those of all pages in one row of N."""

    page: Tensor  # (N,) of which page
    place: Tensor  # (N,) number on it
    words: Tensor  # (N, tokens of the longest)
    hits: Tensor  # (N, attributes) 1: says what the requirement of this attribute asks for
    signs: Tensor  # (N, attributes) of its value less the number asked for


class PageReader(BaseFeaturesExtractor):
    """Reads the Dict observation of midcourse/WebTasks-v0; every size is taken from its space.

    Args:
        observation_space: of the environment.
        width: of all vectors.
        matches: whether the comparisons with the goal are features.
    """

    def __init__(self, observation_space: spaces.Dict, width: int = 64, matches: bool = True):
        super().__init__(observation_space, width)
        sizes = {key: _labels(space) for key, space in observation_space.spaces.items()}
        self.matches = matches
        self.count = sizes["role"][0]
        self.longest = spaces.flatdim(observation_space["words"]) // self.count
        self.attributes = sizes["goal"][1] - 1
        self.units, self.tabs = sizes["unit"][1], sizes["tab"][1]
        self.roles = nn.Embedding(sizes["role"][1], width)
        self.unit_table = nn.Embedding(self.units, width)
        self.captions = nn.Embedding(VOCABULARY, width)
        self.texts = nn.Embedding(VOCABULARY, width, padding_idx=0)
        self.asked_words = nn.Embedding(VOCABULARY, width, padding_idx=0)
        self.asked_as = nn.Embedding(self.attributes + 1, width, padding_idx=0)
        self.kinds = nn.Embedding(sizes["template"][1], width)
        self.replies = nn.Embedding(sizes["reply"][1], width)
        for module in list(self.children()):
            nn.init.normal_(module.weight, std=0.2)  # pyright: ignore[reportArgumentType]
        for table in (self.texts, self.asked_words, self.asked_as):
            nn.init.zeros_(table.weight.data[0])  # of no word, no requirement
        self.measured = nn.Linear(2 * self.attributes + 2, width)
        self.related = nn.Linear(width, width)
        self.situation = nn.Linear(2 * self.attributes + 2 * self.tabs + 1, width)
        self.page = nn.Linear(2 * width, width)
        self.around = nn.Linear(3 * width, width)
        self.told = nn.Linear(width, width)
        self.last = nn.Linear(width, width)
        self.whole = nn.Linear(2 * width, width)

    def forward(self, observations: dict[str, Tensor]) -> Reading:
        """Read a batch of raw observations."""
        batch = len(observations["role"])
        seen = {key: value.reshape(batch, -1) for key, value in observations.items()}
        goal = seen["goal"].long()
        goal_words = seen["goal_words"].long().reshape(batch, goal.shape[1], -1)
        goal_words = goal_words[..., : used(goal_words)]
        goal_keys = self.asked_words(tokens(goal_words)).sum(2) + self.asked_as(goal)
        wanted = goal_keys.sum(1) + self.kinds(seen["template"].long()[:, 0])
        found = self._find(seen, goal, goal_words)
        page, place = found.page, found.place

        caption = tokens(seen["caption"][page, place].long())
        words = tokens(found.words.long())
        said = self.captions(caption) + embedding_bag(
            words, self.texts.weight, mode="sum", padding_idx=0
        )
        least, at = self._cheapest(seen, found), place[:, None] / self.count
        numbers = torch.cat([found.hits, found.signs, least, at], 1)
        first = torch.relu(
            self.roles(seen["role"][page, place].long())
            + self.unit_table(seen["unit"][page, place].long())
            + said
            + self.related(said * wanted[page])
            + self.measured(numbers)
        )
        context = self._context(seen, goal, found, first, wanted)
        row = [first, *neighbours(first, page)]
        second = torch.relu(self.around(torch.cat(row, 1)) + self.told(context)[page])
        third = torch.relu(self.last(second)) + second
        whole = torch.relu(self.whole(torch.cat([context, most(third, page, batch)], 1)))
        return Reading(third, page, place, whole, goal_keys)

    def _find(self, seen: dict[str, Tensor], goal: Tensor, goal_words: Tensor) -> Elements:
        """The elements that there are, compared with the requirements in force."""
        page, place = seen["role"].nonzero(as_tuple=True)
        batch = len(goal)
        words = seen["words"].reshape(batch, self.count, -1)[page, place]
        words = words[:, : used(words)]
        named = one_hot(goal, self.attributes + 1)[..., 1:].float()
        if not self.matches:
            nothing = named.new_zeros(len(page), self.attributes)
            return Elements(page, place, words, nothing, nothing)
        live = used(goal)
        asked = goal_words[:, :live].to(words.dtype)
        caption = seen["caption"][page, place]
        both = torch.cat([words, caption[:, None]], 1)
        theirs = asked[page]  # (N, requirements, tokens)
        stands = (both[:, None, :, None] == theirs[:, :, None]).any(2) | (theirs == 0)
        says = stands.all(2) & (theirs[..., 0] != 0)
        value = seen["value"][page, place].long()[:, None]
        number = theirs[..., 0].long() - NUMBER
        counts = (number >= 0) & (seen["unit"][page, place] != 0)[:, None]
        signs = torch.sign(value - number) * counts
        says = says | (counts & (signs == 0))
        by_attribute = named[:, :live][page]
        hits, signs = (
            (part.float()[:, None] @ by_attribute)[:, 0].clamp(-1.0, 1.0) for part in (says, signs)
        )
        return Elements(page, place, words, hits, signs)

    def _cheapest(self, seen: dict[str, Tensor], found: Elements) -> Tensor:
        """Whether a value is the least of its unit, of those after the best agreeing elements."""
        page = found.page
        unit = seen["unit"][page, found.place].long()
        before, _ = neighbours(found.hits.sum(1, keepdim=True), page)
        order = seen["value"][page, found.place].long() - SPREAD * before[:, 0].long()
        group = page * self.units + unit
        least = order.new_zeros(len(seen["role"]) * self.units)
        least = least.scatter_reduce(0, group, order, "amin", include_self=False)
        return ((order == least[group]) & (unit != 0)).float()[:, None] * self.matches

    def _context(
        self, seen: dict[str, Tensor], goal: Tensor, found: Elements, first: Tensor, wanted: Tensor
    ) -> Tensor:
        """The goal, the tab, the reply, and what stands anywhere on the page, (B, width)."""
        batch = len(goal)
        asked = one_hot(goal, self.attributes + 1)[..., 1:].float().amax(1)
        tab = one_hot(seen["tab"][:, 0].long(), self.tabs).float()
        anywhere = most(found.hits, found.page, batch)
        parts = [asked, anywhere, tab, seen["tabs"].float(), seen["steps_left"].float()]
        said = self.replies(seen["reply"].long()[:, 0])
        told = torch.relu(wanted + said + self.situation(torch.cat(parts, 1)))
        return torch.relu(self.page(torch.cat([told, most(first, found.page, batch)], 1)))


def tokens(words: Tensor) -> Tensor:
    """Rows of the tables for tokens: words as they are, numbers after them."""
    number = (words - NUMBER).clamp(max=NUMBERS)
    return torch.where(number >= 0, len(WORDS) + number, words)


def used(rows: Tensor) -> int:
    """How much of the last dimension holds anything but zeros, at least 1."""
    places = rows.reshape(-1, rows.shape[-1]).any(0).nonzero()
    return int(places.max()) + 1 if len(places) else 1


def neighbours(rows: Tensor, page: Tensor) -> tuple[Tensor, Tensor]:
    """For each element the row of the one before and of the one after it; 0 at a page's ends."""
    inside = (page[1:] == page[:-1])[:, None]
    nothing = torch.zeros_like(rows[:1])
    return torch.cat([nothing, rows[:-1] * inside]), torch.cat([rows[1:] * inside, nothing])


def most(rows: Tensor, page: Tensor, batch: int) -> Tensor:
    """The greatest value of each feature on each page, at least 0, shape (batch, features)."""
    index = page[:, None].expand_as(rows)
    return rows.new_zeros(batch, rows.shape[1]).scatter_reduce(0, index, rows, "amax")


def _labels(space: spaces.Space) -> tuple[int, int]:
    """(places, labels of each) of a Discrete or MultiDiscrete space; (0, 0) of any other."""
    if isinstance(space, spaces.Discrete):
        return 1, int(space.n)
    if isinstance(space, spaces.MultiDiscrete):
        return len(space.nvec), int(space.nvec.max())
    return 0, 0
