"""What a family of worlds declares, and the program that the engine makes of it."""

import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces

from midcourse.core import tasks
from midcourse.core.engine import bind
from midcourse.core.engine.record import AT_FIRST, BY_CHANCE, BY_PROGRESS, BY_STEP, DRAWN, same
from midcourse.core.errors import UserError
from midcourse.core.page import Page
from midcourse.core.params import Params

Rule = Callable[..., Any]


@dataclass(frozen=True)
class View:
    """One form of the observation: its space, the aligned dtype of its frame, and the rule for it.

    The frame's fields are the keys of a Dict space. A space that is no Dict has the one field
    `observation`.
    """

    space: spaces.Space
    dtype: np.dtype
    observe: Rule


@dataclass(frozen=True)
class Family:
    """Everything that the engine needs to know of a family of worlds.

    Rules have the signatures stated in `core/engine/loops.py`.
    """

    id: str  # "midcourse/Name-v0", as registered
    params: type[Params]
    terms: tuple[str, ...]  # names of the reward terms, in the order of their sum
    action_space: spaces.Space | Callable[[Any], spaces.Space]  # or params -> space
    views: Mapping[str, View | Callable[[Any], View]]  # by the knob `observation`; or params -> it
    world: Callable[[Any], np.dtype]  # params -> dtype of a world
    shared: Callable[[Any], np.dtype]  # params -> dtype of what worlds share
    rules: Mapping[str, Rule]
    build: Callable[["Program"], None]  # fill the shared record once
    count: Callable[[Any], Mapping[str, int]]  # params -> tasks in each split; 0: no end
    text: Callable[[Any, Any], str]  # (world, shared) -> what is seen, in words
    legal_actions: Callable[[Any, Any], list[str]]  # the actions open now, in words
    parse: Callable[[Any, Any, str], Any]  # words -> action, or a Refusal
    render: Callable[[Any, Any], np.ndarray]  # (world, shared) -> RGB, uint8 (height, width, 3)
    idle: Callable[[Any, Any], Any]  # the action of an agent that does nothing
    # (world, shared, action) -> words that `parse` understands as it; None: only legal ones are
    say: Callable[[Any, Any, Any], str] | None = None
    replace: Callable[[Any], Mapping[Rule, Rule]] = lambda params: {}
    oracle: str = "exact"  # or "reference", or "none" where there is no goal
    controller: str = ""  # name of the reference controller, which the rule `act` is
    scores: Mapping[int, float] = field(default_factory=dict)  # level -> its share of successes
    floors: Mapping[int, float] = field(default_factory=dict)  # level -> most that random scores
    picture: tuple[int, int] = (256, 256)  # pixels of what `render` draws, (height, width)
    click: Callable[[Any, Any, float, float], Any] | None = None  # (world, shared, x, y) -> action
    # (world, shared) as `Record`s -> acts beyond what is wanted that stand; None: not counted
    damage: Callable[[Any, Any], int] | None = None
    group: Callable[[Any], str] | None = None  # world -> the site, or whatever, that a task is of
    # For the battery: what it cannot know by itself.
    small: Mapping[str, Any] = field(default_factory=dict)  # knobs to run without the compiler
    always_legal: bool = False  # every action of the space may be taken in every state
    terminates: bool = True  # a task can end before the step limit
    refused_may_change: tuple[str, ...] = ()  # own fields that a refused action may write
    refusal: Callable[[Any, Any], str] | None = None  # why the last action was refused, or ""
    lacks: tuple[str, ...] = ()  # of the views "arrays", "text", "picture"
    # The facts that each view tells, as values that are equal where the views agree.
    facts_of_arrays: Callable[[Any], Any] | None = None  # (observation of view "dict") -> facts
    facts_of_text: Callable[[str], Any] | None = None
    facts_of_picture: Callable[[np.ndarray], Any] | None = None
    # (env, wanted, seed) -> Items, see `core/questions.py`
    questions: Callable[[Any, Mapping[str, int], int], Any] | None = None
    # (world, shared) -> the browser's page at hand, a Page of `core/page.py`
    page: Callable[[Any, Any], Page] | None = None


@dataclass(frozen=True)
class Refusal:
    """Why an agent's words are no action that the world can take."""

    reason: str


class Program:
    """A family under fixed params: its dtypes, its shared record, its compiled entry points."""

    _bound: ClassVar[dict[Any, dict[str, Rule]]] = {}

    def __init__(self, family: Family, params: Params):
        self.family = family
        self.params = params
        view, space = family.views[params.observation], family.action_space
        self.view = view if isinstance(view, View) else view(params)
        self.action_space = space if isinstance(space, spaces.Space) else space(params)
        self.world_dtype = same(family.world(params))
        self.frame_dtype = same(_frame_dtype(self.view, self.action_space, family.terms))
        self.shared = np.zeros(1, same(family.shared(params)))
        self._fill_shared()
        family.build(self)

    def disturbed(self, disturbances: Any, disturb_at: Any) -> "Program":
        """The same program with other disturbances; what `build` filled in is copied.

        Raises:
            UserError: kinds or times that these knobs do not allow.
        """
        other = {"disturbances": disturbances, "disturb_at": disturb_at}
        twin = copy.copy(self)
        twin.params = type(self.params).make(**{**self.params.as_dict(), **other})
        twin.shared = np.zeros(1, self.shared.dtype)
        twin.shared.view(np.uint8)[:] = self.shared.view(np.uint8)
        twin.__dict__.pop("prefix", None)
        twin._fill_shared()
        return twin

    @cached_property
    def entries(self) -> dict[str, Rule]:
        """The engine's entry points over this family's rules, see `bind.ENTRIES`."""
        replace = self.family.replace(self.params)
        layout = (self.world_dtype, self.shared.dtype, self.frame_dtype)
        key = (self.family.id, self.params.observation, tuple(replace.items()), layout)
        if key not in self._bound:
            rules = {**self.family.rules, "observe": self.view.observe}
            name = f"{self.family.id.split('/')[-1]}.{self.params.observation}"
            self._bound[key] = bind.bind(name, rules, replace, layout)
        return self._bound[key]

    def oracle_action(self, worlds: np.ndarray) -> Any:
        """What the rule `act` does in an array of one record, as an action of the space.

        Raises:
            UserError: the family has no oracle.
        """
        if self.family.oracle == "none":
            raise UserError(f"{self.family.id} has no oracle: its worlds have no goal")
        action = self.entries["act_one"](worlds, self.shared)
        if isinstance(self.action_space, spaces.Discrete):
            return action
        return np.array(action, self.action_space.dtype).reshape(self.action_space.shape or ())

    def require_exact_oracle(self) -> None:
        """Refuse what only an exact oracle can tell.

        Raises:
            UserError: the family's oracle is only a reference, or it has none.
        """
        family = self.family
        if family.oracle == "reference":
            raise UserError(
                f"{family.id} has a reference oracle ({family.controller}), which knows no exact "
                f"cost to the goal"
            )
        if family.oracle != "exact":
            raise UserError(f"{family.id} has no oracle: its worlds have no goal")

    @cached_property
    def prefix(self) -> bytes:
        """What every snapshot of this program begins with: id, params, and what is shared."""
        digest = hashlib.blake2b(self.shared.tobytes(), digest_size=16).hexdigest()
        head = {"id": self.family.id, "params": self.params.as_dict(), "shared": digest}
        return json.dumps(head, sort_keys=True).encode() + b"\n"

    @property
    def task_counts(self) -> Mapping[str, int]:
        """Tasks in each split; 0: one for each index below 2**31."""
        return self.family.count(self.params)

    def check_task(self, task: Any) -> int:
        """A task's index, or the sentence that says why there is no such task."""
        count = self.task_counts[self.params.split]
        return tasks.check_index(task, self.params.split, count)

    def address(self, world: Any) -> tasks.Task:
        """Which task a world is at."""
        return tasks.Task(self.family.id, self.params.split, self.params.level, int(world["task"]))

    def events(self, world: Any, since: int = 0) -> list[dict[str, Any]]:
        """The disturbances that have struck in a world's episode, at step `since` or later."""
        kinds = self.params.KINDS
        schedule = world["schedule"][: world["scheduled"]]
        fired = [
            (int(event["fired"]), kinds[event["kind"]]) for event in schedule if event["fired"]
        ]
        steps = sorted((0 if step == AT_FIRST else step, kind) for step, kind in fired)
        return [{"kind": kind, "step": step} for step, kind in steps if step >= since]

    def optimal_steps(self, world: Any) -> int:
        """Fewest actions from the start of a world's episode to success, were it not disturbed."""
        if world["optimal"] >= 0:
            return int(world["optimal"])
        start = self.begin_again(world, self.shared)
        return int(self.entries["cost_one"](start, self.shared))

    def begin_again(self, world: Any, shared: np.ndarray) -> np.ndarray:
        """A world's episode from its start, as an array of one record."""
        start = np.zeros(1, self.world_dtype)
        start["seed"], start["episode"] = world["seed"], (int(world["episode"]) - 1) % 2**32
        self.entries["reset_one"](start, shared, -1, 0, int(world["task"]))
        return start

    def _fill_shared(self) -> None:
        shared, params, family = self.shared[0], self.params, self.family
        shared["split_key"] = tasks.split_key(family.id, params.split, params.level)
        shared["tasks"] = self.task_counts[params.split]
        shared["step_limit"] = params.step_limit
        allowed = [params.KINDS.index(kind) for kind in params.kinds_possible()]
        shared["kinds"] = len(allowed)
        shared["allowed"][: len(allowed)] = allowed
        shared["requests"] = len(params.disturbances)
        for i, (kind, time) in enumerate(zip(params.disturbances, params.disturb_at, strict=True)):
            request = shared["request"][i]
            request["kind"] = DRAWN if kind is None else params.KINDS.index(kind)
            if time is None:
                request["when"] = BY_CHANCE
            elif time[0] == "step":
                request["when"], request["at"] = BY_STEP, time[1]
            else:
                if family.oracle != "exact":
                    raise UserError(
                        f"disturb_at={time!r}: {family.id} has no exact oracle and so no "
                        f"progress; schedule by step"
                    )
                request["when"], request["at"] = BY_PROGRESS, round(time[1] * 1000)


def _frame_dtype(view: View, action_space: spaces.Space, terms: tuple[str, ...]) -> np.dtype:
    """What goes into info, then the view's fields.

    Rules see views and masks also as records of their own. numba takes a record that begins with
    all fields of another for its subtype, with a warning; so this one begins with neither.
    """
    parts = [
        ("reward_terms", np.float64, (len(terms),)),
        ("action_mask", np.int8, (mask_size(action_space),)),
        ("view", view.dtype),
    ]
    whole = np.dtype(parts, align=True)
    start = _fields(whole)["view"][1]
    fields = {name: field for name, field in _fields(whole).items() if name != "view"}
    fields |= {name: (kind, start + at) for name, (kind, at) in _fields(view.dtype).items()}
    layout: Any = {
        "names": list(fields),
        "formats": [kind for kind, _ in fields.values()],
        "offsets": [offset for _, offset in fields.values()],
        "itemsize": whole.itemsize,
    }
    return np.dtype(layout, align=True)


def _fields(dtype: np.dtype) -> dict[str, tuple[np.dtype, int]]:
    return {name: (field[0], field[1]) for name, field in (dtype.fields or {}).items()}


def mask_size(space: spaces.Space) -> int:
    """Entries of an action mask: the sizes of a MultiDiscrete laid end to end; 0 for a Box."""
    if isinstance(space, spaces.Discrete):
        return int(space.n)
    if isinstance(space, spaces.MultiDiscrete):
        return int(np.sum(space.nvec))
    return 0
