"""A corridor: the smallest world that has everything, for the tests of the engine.

Walk to the goal's cell and say done. The disturbance `gust` blows the walker elsewhere, `fog` hides
where the goal is for one step (the walker may remember).
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces

from midcourse.core.engine.record import Record, shared_dtype, world_dtype
from midcourse.core.engine.rng import FAULTS, LAYOUT, below
from midcourse.core.env import Env
from midcourse.core.family import Family, Refusal, View
from midcourse.core.params import Params, knob
from midcourse.core.vector import Vector

CELLS = 16
LEFT, RIGHT, DONE, WAIT = range(4)
WORDS = ("left", "right", "done", "wait")
MESSAGES = ("", "a wall is in the way")


@dataclass(frozen=True, kw_only=True)
class TinyParams(Params):
    """Knobs of the corridor."""

    KINDS: ClassVar = ("gust", "fog")
    LEVELS: ClassVar = {
        1: {"cells": 5, "step_limit": 12},
        2: {"cells": CELLS, "step_limit": 40},
    }
    cells: int = knob(5, "length of the corridor", low=3, high=CELLS)
    share: float = knob(1.0, "reward at the goal", low=0.0, high=10.0)
    path: tuple = knob((), "whole numbers", low=0, high=9)
    echo: bool = knob(False, "a switch")


def lay_out(world, shared):
    world.goal = below(world, LAYOUT, shared.cells)
    world.place = (world.goal + 1 + below(world, LAYOUT, shared.cells - 1)) % shared.cells
    world.message = 0
    world.fog = 0


def step(world, shared, action):
    world.message = 0
    world.fog = 0
    world.terms[1] = -0.01
    if action == DONE:
        world.terminated = 1
        if world.place == world.goal:
            world.success = 1
            world.terms[0] = shared.share
    elif action == LEFT and world.place > 0:
        world.place -= 1
    elif action == RIGHT and world.place < shared.cells - 1:
        world.place += 1
    elif action != WAIT:
        world.message = 1


def refuse(world, shared):
    world.message = 1
    world.terms[1] = -0.01


def legal(action, shared):
    return action >= 0 and action < 4


def observe(world, shared, frame):
    frame.goal = 0 if world.fog else world.goal + 1
    frame.place = world.place
    frame.left[0] = (world.limit - world.clock) / world.limit


def mask(world, shared, frame):
    frame.action_mask[LEFT] = 1 if world.place > 0 else 0
    frame.action_mask[RIGHT] = 1 if world.place < shared.cells - 1 else 0
    frame.action_mask[DONE] = 1
    frame.action_mask[WAIT] = 1


def disturb(world, shared, kind):
    if kind == 0:
        world.place = below(world, FAULTS, shared.cells)
    else:
        world.fog = 1
    return True


def cost_to_go(world, shared):
    if world.running == 0:
        return -1
    return abs(world.place - world.goal) + 1


def act(world, shared):
    if world.place == world.goal:
        return DONE
    return LEFT if world.place > world.goal else RIGHT


def validate(world, shared):
    good = world.place >= 0 and world.place < shared.cells
    good = good and world.goal >= 0 and world.goal < shared.cells
    return good and world.fog >= 0 and world.fog <= 1 and world.message >= 0 and world.message <= 1


def build(program: Any) -> None:
    shared, params = program.shared[0], program.params
    shared["cells"], shared["share"] = params.cells, params.share


def text(world: Any, shared: Any) -> str:
    record = Record(world)
    goal = "?" if record.fog else str(record.goal)
    return f"place {record.place}, goal {goal}. {MESSAGES[record.message]}"


def legal_actions(world: Any, shared: Any) -> list[str]:
    open_ways = (world["place"] > 0, world["place"] < shared["cells"] - 1, True, True)
    return [word for word, is_open in zip(WORDS, open_ways, strict=True) if is_open]


def parse(world: Any, shared: Any, words: str) -> Any:
    said = str(words).strip().lower()
    return WORDS.index(said) if said in WORDS else Refusal(f"{said!r} is no action")


def render(world: Any, shared: Any) -> np.ndarray:
    picture = np.zeros((8, CELLS, 3), np.uint8)
    picture[:, world["place"], 0] = 255
    if not world["fog"]:
        picture[:, world["goal"], 1] = 255
    return picture


def facts_of_text(words: str) -> tuple[int, int]:
    place, goal = words.split(".")[0].removeprefix("place ").split(", goal ")
    return int(place), -1 if goal == "?" else int(goal)


def facts_of_picture(picture: np.ndarray) -> tuple[int, int]:
    goal = np.flatnonzero(picture[0, :, 1])
    return int(np.argmax(picture[0, :, 0])), int(goal[0]) if len(goal) else -1


SPACE = spaces.Dict(
    {
        "goal": spaces.Discrete(CELLS + 1),
        "left": spaces.Box(0.0, 1.0, (1,), np.float32),
        "place": spaces.Discrete(CELLS),
    }
)
FRAME = np.dtype([("goal", np.int64), ("place", np.int64), ("left", np.float32, (1,))], align=True)
FIELDS = [("place", np.int16), ("goal", np.int16), ("message", np.int8), ("fog", np.int8)]

FAMILY = Family(
    id="test/Tiny-v0",
    params=TinyParams,
    terms=("goal", "step"),
    action_space=spaces.Discrete(4),
    views={"dict": View(SPACE, FRAME, observe)},
    world=lambda params: world_dtype(("goal", "step"), FIELDS),
    shared=lambda params: shared_dtype([("cells", np.int32), ("share", np.float64)]),
    rules={
        "lay_out": lay_out,
        "step": step,
        "refuse": refuse,
        "legal": legal,
        "mask": mask,
        "disturb": disturb,
        "cost_to_go": cost_to_go,
        "act": act,
        "validate": validate,
    },
    build=build,
    count=lambda params: {"train": 0, "validation": 10, "test": 20},
    text=text,
    legal_actions=legal_actions,
    parse=parse,
    render=render,
    picture=(8, CELLS),
    idle=lambda world, shared: WAIT,
    floors={1: 0.6, 2: 0.5},
    refused_may_change=("message", "fog"),
    refusal=lambda world, shared: MESSAGES[world["message"]],
    facts_of_arrays=lambda seen: (int(seen["place"]), int(seen["goal"]) - 1),
    facts_of_text=facts_of_text,
    facts_of_picture=facts_of_picture,
)


def register(family: Family) -> str:
    """Make environments of a family and register them under its id."""
    single = type("Tiny", (Env,), {"FAMILY": family})
    batch = type("TinyVector", (Vector,), {"ENV": single})
    gymnasium.register(
        id=family.id,
        entry_point=single,
        vector_entry_point=batch,
        order_enforce=False,
        disable_env_checker=True,
    )
    return family.id


def variant(name: str, **changes: Any) -> str:
    """Register a corridor with other rules or fields; returns its id."""
    rules = {**FAMILY.rules, **{k: changes.pop(k) for k in list(changes) if k in FAMILY.rules}}
    return register(replace(FAMILY, id=f"test/{name}-v0", rules=rules, **changes))


ID = register(FAMILY)


class Single(Env):
    """The corridor, made without a registry."""

    FAMILY = FAMILY


def single(name: str = ID, **knobs: Any) -> Env:
    """One corridor."""
    env = gymnasium.make(name, **knobs).unwrapped
    assert isinstance(env, Env)
    return env


def batch(n: int, **knobs: Any) -> Vector:
    """A batch of corridors."""
    env = gymnasium.make_vec(ID, num_envs=n, **knobs).unwrapped
    assert isinstance(env, Vector)
    return env
