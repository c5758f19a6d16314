"""GUI navigation, wired: the family's declaration and its environments."""

from gymnasium import spaces
from midcourse.envs.gui_navigation import facts, observe, oracle, render, rules, state, tasks, text

from midcourse.core.env import Env
from midcourse.core.family import Family, View
from midcourse.core.vector import Vector

FAMILY = Family(
    id="midcourse/GuiNavigation-v0",
    params=state.GuiParams,
    terms=state.TERMS,
    action_space=spaces.Discrete(state.ACTIONS),
    views={
        "dict": View(observe.SPACE, observe.FRAME, observe.observe),
        "compact": View(observe.COMPACT_SPACE, observe.COMPACT_FRAME, observe.observe_compact),
    },
    world=state.world,
    shared=state.shared,
    rules={
        "lay_out": tasks.lay_out,
        "step": rules.step,
        "refuse": rules.refuse,
        "legal": observe.legal_index,
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
    idle=lambda world, shared: state.DONE,
    replace=tasks.variants,
    floors={1: 0.25, 2: 0.15, 3: 0.1, 4: 0.1, 5: 0.1},
    facts_of_arrays=facts.facts_of_arrays,
    facts_of_text=facts.facts_of_text,
    facts_of_picture=facts.facts_of_picture,
    click=render.click,
)


class GuiNavigation(Env):
    FAMILY = FAMILY


class GuiNavigationVector(Vector):
    ENV = GuiNavigation
