"""An agent that looks for the goal: depth first, with a memory of where labels lead.

It reads what everybody sees and nothing else. What it believes is only what its own clicks have
shown, and each belief is dropped when a click contradicts it.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np

from midcourse.core.errors import UserError

SLOTS = 8
BACK, HOME, SCROLL, DONE = range(SLOTS, SLOTS + 4)
CLOSE = 1  # label of a popup's button
QUIET, DEAD_LINK, REDIRECTED = 0, 8, 11  # messages, as the environment's page lists them
KEYS = ("icons", "goal", "title", "message")

# A page is known by its title (without one, and without icons, by the label that led here) and
# by the set of labels on it, so that moved icons are recognised.
Page = tuple[int, frozenset[int]]


@dataclass(frozen=True)
class Sight:
    """What an observation says."""

    labels: list[int]  # in each slot, 0 where there is no icon
    goal: int
    title: int  # 0 where titles are hidden
    message: int


@dataclass
class Memory:
    """What an episode's clicks have shown."""

    leads: dict[int, Page | None] = field(default_factory=dict)  # label -> page; None: nowhere
    dead: set[tuple[Page, int]] = field(default_factory=set)  # links that died: page, label
    turns: dict[tuple[Page, int], Page] = field(default_factory=dict)  # page, back or scroll
    home: Page | None = None
    legal: dict[Page, tuple[int, ...]] = field(default_factory=dict)  # back, home, scroll there

    def ways(self, page: Page) -> list[tuple[int, Page]]:
        """(label, next page) of clicks and (-action, next page) of the rest, known to lead on."""
        known = []
        for label in sorted(page[1]):
            ahead = self.leads.get(label)
            if ahead is not None and (page, label) not in self.dead:
                known.append((label, ahead))
        for action in self.legal.get(page, ()):
            ahead = self.home if action == HOME else self.turns.get((page, action))
            if ahead is not None:
                known.append((-action, ahead))
        return known

    def untried(self, page: Page) -> list[int]:
        """Labels, else minus the action, that have not been tried here: the best kind only."""
        legal = self.legal.get(page, ())
        if SCROLL in legal and (page, SCROLL) not in self.turns:
            return [-SCROLL]  # a look at more icons costs less than a wrong way
        labels = [
            label
            for label in sorted(page[1])
            if label not in self.leads and (page, label) not in self.dead
        ]
        if labels:
            return labels
        if BACK in legal and (page, BACK) not in self.turns:
            return [-BACK]
        return [-HOME] if HOME in legal and self.home is None else []

    def reach(self, start: Page, wanted: Any) -> list[tuple[int, Page]] | None:
        """The shortest known way to a page for which `wanted(page)` holds; None without one."""
        ways: dict[Page, list[tuple[int, Page]]] = {start: []}
        queue = deque([start])
        while queue:
            page = queue.popleft()
            if wanted(page):
                return ways[page]
            for way in self.ways(page):
                if way[1] not in ways:
                    ways[way[1]] = [*ways[page], way]
                    queue.append(way[1])
        return None


class Explorer:
    """Depth-first search with a memory of labels, ours.

    A label is taken for the name of the screen that it leads to, wherever it stands; an icon with
    the goal's label is clicked at sight. The agent says done where the title is the goal's, or,
    with titles hidden, when it has just followed the goal's label. If every label has been
    followed in vain and titles are hidden, the goal can only be home, which no label names.

    It understands both forms of GuiNavigation's observation. The seed breaks ties.
    """

    def __init__(self, seed: int):
        self.generator = np.random.default_rng(seed)
        self._forget_episode()

    def reset(self, env: gymnasium.Env) -> None:
        """Forget the last episode; `env` is not looked at."""
        self._forget_episode()

    def act(self, observation: Any, info: dict[str, Any]) -> int:
        """The next action.

        Raises:
            UserError: an observation without icons, goal, title and message.
        """
        sight = read(observation)
        if self.tried is not None and self.outcome is None:
            self._judge(sight)
        if self.goal not in (None, sight.goal):
            self.memory, self.page, self.tried = Memory(), None, None  # labels were changed
        self.goal = sight.goal
        if CLOSE in sight.labels:
            return sight.labels.index(CLOSE)
        page = self._recognise(sight, info)
        if sight.title == sight.goal or (sight.title == 0 and self.there):
            return DONE
        return self._go(page, sight, self._choose(page, sight))

    # --- inside -------------------------------------------------------------------------------

    def _forget_episode(self) -> None:
        self.memory = Memory()
        self.page: Page | None = None  # where the last action was taken
        self.tried: int | None = None  # that action: a label, or minus an action
        self.outcome: int | None = None  # the message that answered it
        self.goal: int | None = None
        self.there = False  # the goal's own label has just been followed
        self.arrived_by = 0  # label that led to this screen; 0: unknown

    def _judge(self, sight: Sight) -> None:
        """Note what came of the last action, before a popup can hide it."""
        self.outcome = sight.message
        if self.outcome == QUIET and self.tried != -SCROLL:
            followed = max(self.tried or 0, 0)
            self.arrived_by = followed
            self.there = followed == self.goal
        elif self.outcome == REDIRECTED:
            self.arrived_by, self.there = 0, False

    def _recognise(self, sight: Sight, info: dict[str, Any]) -> Page:
        """The page at hand; what the last action has shown goes into memory."""
        labels = frozenset(label for label in sight.labels if label > CLOSE)
        page = (sight.title or (0 if labels else -self.arrived_by), labels)
        mask = info.get("action_mask")
        turns = (BACK, HOME, SCROLL)
        self.memory.legal[page] = turns if mask is None else tuple(a for a in turns if mask[a])
        if self.tried is None or self.page is None:
            return page
        moved = self.outcome in (QUIET, REDIRECTED)
        if self.tried > 0:
            if moved:
                self.memory.leads[self.tried] = page
            elif self.outcome == DEAD_LINK:
                self.memory.dead.add((self.page, self.tried))
            else:
                self.memory.leads[self.tried] = None
        elif self.tried == -HOME:
            self.memory.home = page
        else:
            self.memory.turns[self.page, -self.tried] = page
        if moved and sight.title and self.tried != -SCROLL:
            self.memory.leads.setdefault(sight.title, page)
        return page

    def _choose(self, page: Page, sight: Sight) -> int:
        """A label to click, or minus an action."""
        goal, memory = sight.goal, self.memory
        way = memory.reach(page, lambda p: goal in p[1] and (p, goal) not in memory.dead)
        if way is not None:
            return way[0][0] if way else goal
        way = memory.reach(page, memory.untried)
        if way is None:
            return self._despair(page, sight)
        if way:
            return way[0][0]
        options = memory.untried(page)
        return options[self.generator.integers(len(options))]

    def _despair(self, page: Page, sight: Sight) -> int:
        """Every way that is known has been followed in vain."""
        if sight.title == 0 and page == self.memory.home:
            return -DONE
        self.memory = Memory(home=self.memory.home, legal={page: self.memory.legal[page]})
        return -HOME if HOME in self.memory.legal[page] else -DONE

    def _go(self, page: Page, sight: Sight, choice: int) -> int:
        self.page, self.tried, self.outcome = page, choice, None
        return sight.labels.index(choice) if choice > 0 else -choice


def read(observation: Any) -> Sight:
    """What an observation of GuiNavigation says, Dict or compact.

    Raises:
        UserError: it has not the keys or the length of either form.
    """
    if isinstance(observation, np.ndarray) and observation.shape == (SLOTS + 3,):
        ids = observation.tolist()
        return Sight(ids[:SLOTS], *ids[SLOTS:])
    if not isinstance(observation, dict) or not set(KEYS) <= observation.keys():
        raise UserError(
            f"the explorer plays observations with the keys {', '.join(KEYS)}, as "
            f"midcourse/GuiNavigation-v0 gives them, not this {type(observation).__name__}"
        )
    goal, title, message = (int(observation[key]) for key in KEYS[1:])
    return Sight([int(label) for label in observation["icons"]], goal, title, message)
