"""Static questions about screens, after the published test of GUI Exploration Lab.

Published are the kinds (Path@k for k = 1 to 7, Edge, Complete, icon captioning, icon grounding)
and their numbers; the exact definitions are not, so these are ours:

- Path@k: a start whose goal is k actions away, `done` not counted. The agent is led along a
  shortest path; right if each of its k actions would have been a cheapest one, that is, if the
  cost-to-go falls by one.
- Edge: the goal is adjacent, by an icon in sight. Right is a click that leads there.
- Complete: half of the states are at their goal, where only `done` is right; half are not, where
  everything but `done` is right.
- Caption: a point within an icon's box; right is the label there, among four: others in sight
  first, then labels from elsewhere. An answer is an index into `question.choices`.
- Grounding: a label in sight; right is a point within a box that carries it. An answer is a slot,
  a point (x, y) or a box (x, y, width, height) in pixels, of which the middle counts.

Starts and goals are pairs of the split of the environment at hand, so they were not trained on.
In fresh mode the questions are spread over the split's apps.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from midcourse.core.errors import UserError
from midcourse.core.questions import ACTED, ANSWERED, PATHS, Item, Question
from midcourse.envs.gui_navigation.observe import LABELS
from midcourse.envs.gui_navigation.state import DONE, FIRST_NAME, SLOTS, own
from midcourse.envs.gui_navigation.text import NAMES

CHOICES = 4
APPS = 50  # over which the questions are spread in fresh mode


def questions(env: Any, wanted: Mapping[str, int], seed: int) -> Iterator[Item]:
    """The question set of an environment's split, the same for the same seed.

    Args:
        env: where the questions are asked; it is not changed, and its knobs disturb nothing.
        wanted: how many of each kind; fewer come where the apps hold no more.
        seed: of the order in which pairs are tried, and of what is asked of a screen.

    Raises:
        UserError: the environment's knobs ask for disturbances.
    """
    if env.params.disturbances:
        raise UserError("questions are asked of undisturbed screens: leave out disturbances")
    generator = np.random.default_rng(seed)
    asker = Asker(env)
    apps = min(APPS, env.task_count or APPS) if own(env.params) else 1
    left = {kind: int(wanted.get(kind, 0)) for kind in (*ACTED, *ANSWERED)}
    for app in range(apps):
        asker.enter(app)
        quota = {kind: -(-count // (apps - app)) for kind, count in left.items()}
        for item in _of_one_app(asker, quota, generator):
            left[item.kind] -= 1
            yield item


def _of_one_app(asker: "Asker", quota: dict[str, int], generator: Any) -> Iterator[Item]:
    """Go through the app's pairs in random order until every kind has its quota."""
    for place in generator.permutation(asker.pairs):
        if not any(quota.values()):
            return
        asker.put(*asker.pair(int(place)))
        for item in asker.ask(quota, generator):
            quota[item.kind] -= 1
            yield item


class Asker:
    """A copy of an environment that is put at one state after the other."""

    def __init__(self, env: Any):
        self.env = type(env)(**env.params.as_dict())
        self.shared = self.env.program.shared[0]
        self.screens, self.pairs = int(self.shared["screens"]), int(self.shared["pairs"])
        self.at_goal = False  # whether the last question of the kind Complete was

    def enter(self, app: int) -> None:
        """Lay out the app of a task."""
        self.env.reset(seed=0, options={"task": app})

    def pair(self, place: int) -> tuple[int, int]:
        """A start and goal of the split, as `tasks.lay_out` has them."""
        others = self.screens - 1
        number = (int(self.shared["pairs_from"]) + place) * int(self.shared["stride"])
        start, goal = divmod(number % (self.screens * others), others)
        return start, goal + (goal >= start)

    def put(self, screen: int, goal: int) -> None:
        """Go to a screen, with a goal."""
        world = self.env._worlds[0]
        world["screen"], world["start"], world["goal"], world["page"] = screen, screen, goal, 0

    def ask(self, quota: Mapping[str, int], generator: Any) -> Iterator[Item]:
        """What can be asked of the pair at hand and is still wanted."""
        snapshot, cost = self.env.snapshot(), self.env.cost_to_go()
        path = PATHS.get(cost - 1, "")
        if quota.get(path):
            yield Item(path, snapshot, is_cheapest, steps=cost - 1)
        if quota["Edge"] and cost == 2 and self._has_edge():
            yield Item("Edge", snapshot, is_cheapest_click)
        if quota["Complete"]:
            self.at_goal = not self.at_goal
            if self.at_goal:
                goal = int(self.env.world["goal"])
                self.put(goal, goal)
                yield Item("Complete", self.env.snapshot(), is_done_where_due)
            else:
                yield Item("Complete", snapshot, is_done_where_due)
        if quota["Caption"] or quota["Grounding"]:
            yield from self._of_icon(quota, generator)

    def _has_edge(self) -> bool:
        return any(is_cheapest(self.env, slot) for slot in range(SLOTS))

    def _of_icon(self, quota: Mapping[str, int], generator: Any) -> Iterator[Item]:
        """Caption and grounding of a random icon of the page at hand."""
        snapshot = self.env.snapshot()
        observation, _ = self.env.restore(snapshot)
        present = np.flatnonzero(observation["icons"])
        if len(present) == 0:
            return
        slot = int(generator.choice(present))
        label = int(observation["icons"][slot])
        picture = Pictures(self.env, snapshot)
        if quota["Caption"]:
            x, y, width, height = np.rint(observation["boxes"][slot] * 256).astype(int).tolist()
            shares = generator.random(2)
            point = (x + int(shares[0] * width), y + int(shares[1] * height))
            choices = _choices(label, observation["icons"], generator)
            prompt = f"What is the icon at {point} called?"
            names = tuple(NAMES[choice] for choice in choices)
            question = Question("Caption", prompt, observation, picture, choices, names, point)
            solution = choices.index(label)
            yield Item("Caption", snapshot, Equals(solution), 0, question, solution)
        if quota["Grounding"]:
            prompt = f"Where is {NAMES[label]}?"
            names = (NAMES[label],)
            question = Question("Grounding", prompt, observation, picture, names=names, label=label)
            yield Item("Grounding", snapshot, Finds(label, observation), 0, question, slot)


class Pictures:
    """The picture of a state, drawn when it is asked for."""

    def __init__(self, env: Any, snapshot: bytes):
        self.env, self.snapshot = env, snapshot

    def __call__(self) -> np.ndarray:
        """RGB, uint8 (256, 256, 3)."""
        twin = self.env.fork()
        twin.restore(self.snapshot)
        return twin.picture()


class Equals:
    """Whether an answer is the right index."""

    def __init__(self, right: int):
        self.right = right

    def __call__(self, env: Any, answer: Any) -> bool:
        """False for anything that is no whole number."""
        return (
            not isinstance(answer, bool)
            and hasattr(answer, "__index__")
            and (int(answer) == self.right)
        )


class Finds:
    """Whether an answer points into a box that carries a label."""

    def __init__(self, label: int, observation: Mapping[str, np.ndarray]):
        self.slots = set(np.flatnonzero(observation["icons"] == label).tolist())
        self.boxes = observation["boxes"] * 256

    def __call__(self, env: Any, answer: Any) -> bool:
        """False for anything that is no slot, point or box."""
        if hasattr(answer, "__index__"):
            return not isinstance(answer, bool) and int(answer) in self.slots
        if not isinstance(answer, (Sequence, np.ndarray)) or len(answer) not in (2, 4):
            return False
        try:
            x, y, width, height = (float(v) for v in (*answer, 0, 0)[:4])
        except (TypeError, ValueError):
            return False
        x, y = x + width / 2, y + height / 2
        for left, top, across, down in (self.boxes[slot] for slot in self.slots):
            if left <= x < left + across and top <= y < top + down:
                return True
        return False


def _choices(label: int, visible: np.ndarray, generator: Any) -> tuple[int, ...]:
    """The label and three others, those in sight first, in random order."""
    others = [int(v) for v in generator.permutation(np.unique(visible)) if v not in (0, label)]
    while len(others) < CHOICES - 1:
        other = int(generator.integers(FIRST_NAME, LABELS))
        if other != label and other not in others:
            others.append(other)
    choices = [label, *others[: CHOICES - 1]]
    return tuple(int(choice) for choice in generator.permutation(choices))


def is_cheapest(env: Any, action: Any) -> bool:
    """Whether an action lowers the cost-to-go by one (or succeeds at once)."""
    if action == env.oracle_action():
        return True
    cost, kept = env.cost_to_go(), env._worlds.copy()
    env.step(action)
    lowered = bool(env.world["success"]) or env.cost_to_go() == cost - 1
    env._worlds[:] = kept
    return lowered


def is_cheapest_click(env: Any, action: Any) -> bool:
    """Whether an action is a click, and a cheapest action."""
    return action < SLOTS and is_cheapest(env, action)


def is_done_where_due(env: Any, action: Any) -> bool:
    """Whether `done` is said at the goal, and anything else elsewhere."""
    return (action == DONE) == (env.world["screen"] == env.world["goal"])
