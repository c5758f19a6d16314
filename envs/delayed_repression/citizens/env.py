"""The citizens' world, wired: as one joint environment, in batches, and agent by agent."""

from midcourse.core.env import Env
from midcourse.core.family import Family
from midcourse.core.vector import Vector
from midcourse.envs.delayed_repression.citizens import (
    facts,
    observe,
    render,
    rules,
    state,
    tasks,
    text,
)
from midcourse.envs.delayed_repression.population.sharing import sharing

FAMILY = Family(
    id="midcourse/DelayedRepressionCitizens-v0",
    params=state.CitizensParams,
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
        "disturb": rules.disturb,
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
    replace=sharing,
    oracle="none",
    always_legal=True,
    terminates=False,
    refused_may_change=("reward",),
    facts_of_arrays=facts.facts_of_arrays,
    facts_of_text=facts.facts_of_text,
    facts_of_picture=facts.facts_of_picture,
)


class DelayedRepressionCitizens(Env):
    """Live among citizens who are punished late: one action for each, all at once."""

    FAMILY = FAMILY


class DelayedRepressionCitizensVector(Vector):
    """Many populations."""

    ENV = DelayedRepressionCitizens
