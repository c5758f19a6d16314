"""The regulator's world, wired."""

from midcourse.core.env import Env
from midcourse.core.family import Family
from midcourse.core.vector import Vector
from midcourse.envs.delayed_repression.population import disturbances, dynamics
from midcourse.envs.delayed_repression.population.sharing import sharing
from midcourse.envs.delayed_repression.regulator import (
    facts,
    observe,
    oracle,
    render,
    rules,
    state,
    tasks,
    text,
)


def replace(params):
    """The variants of rules that some knobs ask for."""
    chosen = dict(sharing(params))
    if params.learning:
        chosen[dynamics.settle] = dynamics.settle_and_learn
        chosen[disturbances.newcomer] = rules.forget
    if params.levers == "force":
        chosen[rules.pull] = rules.pull_force
        chosen[observe.legal] = observe.legal_force
        chosen[oracle.act] = oracle.act_force
    return chosen


FAMILY = Family(
    id="midcourse/DelayedRepression-v0",
    params=state.RegulatorParams,
    terms=state.TERMS,
    action_space=observe.action_space,
    views=observe.VIEWS,
    world=state.world,
    shared=state.shared,
    rules={
        "lay_out": rules.lay_out,
        "step": rules.step,
        "refuse": rules.refuse,
        "legal": observe.legal,
        "mask": observe.mask,
        "disturb": rules.disturb,
        "act": oracle.act,
        "validate": rules.validate,
    },
    build=tasks.build,
    count=tasks.count,
    text=text.text,
    legal_actions=text.legal_actions,
    parse=text.parse,
    render=render.render,
    idle=text.idle,
    say=text.say,
    replace=replace,
    oracle="reference",
    controller="smooth and spare",
    scores={1: 1.0, 2: 1.0, 3: 0.97, 4: 0.94, 5: 0.96},
    floors=dict.fromkeys(state.RegulatorParams.LEVELS, 0.02),
    always_legal=True,
    terminates=False,
    facts_of_arrays=facts.facts_of_arrays,
    facts_of_text=facts.facts_of_text,
    facts_of_picture=facts.facts_of_picture,
)


class DelayedRepression(Env):
    """Keep a population calm whose alarm reaches you late."""

    FAMILY = FAMILY


class DelayedRepressionVector(Vector):
    """Many populations."""

    ENV = DelayedRepression
