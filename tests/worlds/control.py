"""A puck on a table: the smallest world of continuous science, under two kinds of actions.

Push the puck onto the target and stop it there. `test/Jets-v0` has a jet to each side of each axis
(MultiDiscrete), which does nothing towards an edge at which the puck lies; `test/Puck-v0` takes any
push (Box), and refuses none. The disturbance `knock` changes the velocity.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import tiny
from gymnasium import spaces

from midcourse.core.engine.record import Record, shared_dtype, world_dtype
from midcourse.core.engine.rng import FAULTS, LAYOUT, uniform
from midcourse.core.family import Family, Refusal, View
from midcourse.core.params import Params

AXES = 2
NEAR, SLOW = 0.1, 0.06  # of the target, and of a velocity, where the puck has arrived
MESSAGES = ("", "the edge is in the way")
PUSHES = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
TERMS = ("goal", "push")


@dataclass(frozen=True, kw_only=True)
class PuckParams(Params):
    """Knobs of the table."""

    KINDS: ClassVar = ("knock",)
    LEVELS: ClassVar = {1: {"step_limit": 60}}


def lay_out(world, shared):
    for k in range(AXES):
        world.place[k] = 1.6 * uniform(world, LAYOUT) - 0.8
        away = 0.3 + 0.5 * uniform(world, LAYOUT)
        world.target[k] = world.place[k] - away if world.place[k] > 0.0 else world.place[k] + away
        world.velocity[k] = 0.0
    world.message = 0


def push_of(action, k):
    """What an action pushes along an axis, in [-1, 1]."""
    return action[k]


def jet_of(action, k):
    return action[k] - 1.0


def action_of(x, y):
    """The action that pushes most nearly so."""
    return x, y


def jets_of(x, y):
    return round_jet(x), round_jet(y)


def round_jet(x):
    if x > 0.3:
        return 2
    return 0 if x < -0.3 else 1


def blocked(world, k, push):
    return (push > 0.0 and world.place[k] >= 1.0) or (push < 0.0 and world.place[k] <= -1.0)


def step(world, shared, action):
    world.message = 0
    if shared.refuses != 0:
        for k in range(AXES):
            if blocked(world, k, push_of(action, k)):
                world.message = 1
                return
    arrived = True
    for k in range(AXES):
        push = push_of(action, k)
        world.terms[1] -= 0.001 * abs(push)
        world.velocity[k] = 0.9 * world.velocity[k] + 0.05 * push
        world.place[k] = min(max(world.place[k] + world.velocity[k], -1.0), 1.0)
        arrived = arrived and abs(world.place[k] - world.target[k]) < NEAR
        arrived = arrived and abs(world.velocity[k]) < SLOW
    if arrived:
        world.terminated = 1
        world.success = 1
        world.terms[0] = 1.0


def refuse(world, shared):
    world.message = 0


def push_is_legal(action, shared):
    return abs(action[0]) <= 1.0 and abs(action[1]) <= 1.0


def jets_are_legal(action, shared):
    return action[0] >= 0 and action[0] <= 2 and action[1] >= 0 and action[1] <= 2


def mask(world, shared, frame):
    for k in range(AXES):
        for jet in range(3):
            frame.action_mask[3 * k + jet] = 0 if blocked(world, k, jet - 1.0) else 1


def observe(world, shared, frame):
    for k in range(AXES):
        frame.observation[k] = world.place[k]
        frame.observation[AXES + k] = world.target[k]
        frame.observation[2 * AXES + k] = world.velocity[k]


def disturb(world, shared, kind):
    world.velocity[0] = 0.4 * uniform(world, FAULTS) - 0.2
    return True


def act(world, shared):
    return action_of(toward(world, 0), toward(world, 1))


def toward(world, k):
    """A proportional-derivative controller along one axis."""
    push = 3.0 * (world.target[k] - world.place[k]) - 12.0 * world.velocity[k]
    return min(max(push, -1.0), 1.0)


def validate(world, shared):
    good = world.message >= 0 and world.message < 2
    for k in range(AXES):
        for value in (world.place[k], world.target[k], world.velocity[k]):
            good = good and abs(value) <= 1.0
    return good


def text(world: Any, shared: Any) -> str:
    record = Record(world)
    places = [f"{record.place[k]:.3f} to {record.target[k]:.3f}" for k in range(AXES)]
    return f"x {places[0]}, y {places[1]}. {MESSAGES[record.message]}"


def legal_actions(world: Any, shared: Any) -> list[str]:
    return [f"push {x} {y}" for x, y in PUSHES]


def render(world: Any, shared: Any) -> np.ndarray:
    picture = np.zeros((64, 64, 3), np.uint8)
    for channel, name in enumerate(("place", "target")):
        x, y = np.clip((world[name] + 1.0) * 31.5, 0, 63).astype(int)
        picture[y, x, channel] = 255
    return picture


VIEW = View(
    spaces.Box(-1.0, 1.0, (3 * AXES,), np.float32),
    np.dtype([("observation", np.float32, (3 * AXES,))], align=True),
    observe,
)
FIELDS = [
    ("place", np.float64, (AXES,)),
    ("velocity", np.float64, (AXES,)),
    ("target", np.float64, (AXES,)),
    ("message", np.int8),
]


def family(name: str, space: spaces.Space, legal: Any, **changes: Any) -> Family:
    """The world under a space of actions."""
    jets = isinstance(space, spaces.MultiDiscrete)

    def build(program: Any) -> None:
        program.shared[0]["refuses"] = jets

    def parse(world: Any, shared: Any, words: str) -> Any:
        said = re.fullmatch(r"push (-?[\d.]+) (-?[\d.]+)", str(words).strip())
        if said is None:
            return Refusal("say push x y, both from -1 to 1")
        pushes = np.clip([float(said[1]), float(said[2])], -1.0, 1.0)
        return (np.round(pushes) + 1 if jets else pushes).astype(space.dtype)

    rules = {"lay_out": lay_out, "step": step, "refuse": refuse, "legal": legal, "act": act}
    rules |= {"disturb": disturb, "validate": validate, **changes.pop("rules", {})}
    return Family(**{
        "id": name,
        "params": PuckParams,
        "terms": TERMS,
        "action_space": space,
        "views": {"dict": VIEW},
        "world": lambda params: world_dtype(TERMS, FIELDS),
        "shared": lambda params: shared_dtype([("refuses", np.int8)]),
        "rules": rules,
        "build": build,
        "count": lambda params: {"train": 0, "validation": 30, "test": 60},
        "text": text,
        "legal_actions": legal_actions,
        "parse": parse,
        "render": render,
        "picture": (64, 64),
        "idle": lambda world, shared: parse(world, shared, "push 0 0"),
        "replace": lambda params: {push_of: jet_of, action_of: jets_of} if jets else {},
        "oracle": "reference",
        "controller": "PD controller",
        "scores": {1: 0.95},
        "floors": {1: 0.5},
        "refused_may_change": ("message",),
        "lacks": ("arrays", "text", "picture"),
        **changes,
    })  # fmt: skip


JETS = family(
    "test/Jets-v0",
    spaces.MultiDiscrete([3, 3]),
    jets_are_legal,
    rules={"mask": mask},
    refusal=lambda world, shared: MESSAGES[world["message"]],
)
PUCK = family("test/Puck-v0", spaces.Box(-1.0, 1.0, (AXES,), np.float32), push_is_legal)
IDS = tuple(tiny.register(one) for one in (JETS, PUCK))
