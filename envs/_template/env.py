"""The corridor, wired. Copy this folder, rename it, and change one file after another."""

from gymnasium import spaces

from midcourse.core.env import Env
from midcourse.core.family import Family, View
from midcourse.core.vector import Vector
from midcourse.envs._template import observe, oracle, render, rules, state, tasks, text

FAMILY = Family(
    id="midcourse/Corridor-v0",
    params=state.CorridorParams,
    terms=state.TERMS,
    action_space=spaces.Discrete(state.ACTIONS),
    views={"dict": View(observe.SPACE, observe.FRAME, observe.observe)},
    world=state.world,
    shared=state.shared,
    rules={
        "lay_out": tasks.lay_out,
        "step": rules.step,
        "refuse": rules.refuse,
        "legal": observe.legal,
        "mask": observe.mask,
        "disturb": rules.disturb,
        "cost_to_go": oracle.cost_to_go,
        "act": oracle.act,
        "validate": rules.validate,
    },
    build=tasks.build,
    count=tasks.count,
    text=text.text,
    legal_actions=text.legal_actions,
    parse=text.parse,
    render=render.render,
    idle=lambda world, shared: state.STOP,
    floors={1: 0.5, 2: 0.4},
)


class Corridor(Env):
    """Walk along a corridor to a given cell and say stop.

    Source: ours, the smallest world that has every part.

    Observation: `cell`, `goal` (Discrete 64), `message` (Discrete 4), `steps_left` (float32 (1,),
    in [0, 1]).

    Action: Discrete(3), left, right, stop.

    Reward: `goal` 1 for stop at the goal, `wrong_stop` -0.3 for stop elsewhere, `step` -0.01.

    Success: stop at the goal.

    Start: a cell and another as the goal, both drawn.

    Ends: terminated by stop, truncated at the step limit.

    Disturbances: `mirror` exchanges left and right, `wind` blows to another cell.

    Levels: 1 has 8 cells, 2 has 16.

    Splits: by the hash that keys each task.

    Parameters: see `state.CorridorParams`.

    Oracle and floors: exact; `midcourse eval midcourse/Corridor-v0` prints them.

    Versions: v0.

    Example: `gymnasium.make("midcourse/Corridor-v0", level=2).reset(seed=0)`.
    """

    FAMILY = FAMILY


class CorridorVector(Vector):
    """Many corridors."""

    ENV = Corridor
