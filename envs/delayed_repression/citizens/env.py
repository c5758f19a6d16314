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
    small={"citizens": 24, "communities": 3},
    always_legal=True,
    terminates=False,
    refused_may_change=("reward",),
    facts_of_arrays=facts.facts_of_arrays,
    facts_of_text=facts.facts_of_text,
    facts_of_picture=facts.facts_of_picture,
)


class DelayedRepressionCitizens(Env):
    """Live among citizens who are punished late: one action for each, all at once.

    The same world agent by agent is PettingZoo's `midcourse.envs.delayed_repression_v0`.

    ## Source
    The agent model of I. Itkin, "Delayed Repression and Emergent Instability" (arXiv 2605.30392),
    with the payoffs of its public code, in fixed point; the measures of `rich` and the
    disturbances are ours.

    ## Observation
    One row for each of the N citizens; the same space at every level.

    | `observation` | shape, dtype | a row |
    |---|---|---|
    | published | (N, 4) int64 | buckets of influence and delayed alarm, punished, bridge |
    | scalar | (N,) int64 | the same as one number, 0 to 35 |
    | rich | (N, 14) float32, 0 to 1 | the measures below |

    Buckets: of influence below 2, below 5, and more; of the alarm below 0.35, below 0.75, and more.
    Measures: influence / 16, delayed alarm / 2.5, the same of 1 to 4 steps before, last action / 2,
    punished in the last step, bridge, charisma / 2, cost / 2, detectability, share of radicals
    among those who influence, share of steps left (`observe.MEASURES`).

    ## Action
    MultiDiscrete([3] * N): L, M or R of each citizen, 0 to 2. All are always legal, so `masks` is
    off unless asked for. In words: `R` for all, or a letter for each, `LLMR...`.

    ## Reward
    The mean of the citizens' rewards, which are the record's field `reward`, float64 (N,).

    | term | mean over citizens of |
    |---|---|
    | benefit | charisma times 1, 2.3 or 3 for L, M, R |
    | support | coupling times influence (of the new actions) times the action |
    | punishment | where punished, cost times 0, -2 or -7 |

    Influence is the sum over incoming links of weight times the neighbour's action. A citizen is
    punished with chance force * sigmoid(slope * (alarm - threshold)) * detectability, of the alarm
    `delay` + 1 steps ago; the alarm is the mean of detectability times action.

    ## Success
    None: there is no goal, and `success` is always False.

    ## Start
    A graph, constants and actions are drawn: 80 % L, 17 % M, 3 % R.

    ## Ends
    Never terminated; truncated at `step_limit`, 500.

    ## Disturbances
    | kind | what happens |
    |---|---|
    | alarm_shock | 0.4 is added to the alarm, or taken from it, for 10 steps |
    | delay_change | the delay grows by 2 to 10 steps |
    | turnover | each citizen is replaced with chance 0.1 |
    | rewire | each link gets a new source with chance 0.2 (not with `graph="shared"`) |

    ## Levels
    240 citizens at every level. 1: block graph, delay 4 · 2: delay 8 · 3: scale-free, delay 8 ·
    4: random graph, delay 14 · 5: block graph, delay 20.

    ## Splits
    By the hash that keys each task: 50 validation, 100 test, and 2**31 train tasks.

    ## Parameters
    `state.CitizensParams`: citizens, topology and its chances, `graph`, `delay`, `slope`,
    `threshold`, `coupling`, `force`, `observation`, `disturbances`, `disturb_at`, `step_limit`.

    ## Oracle and floors
    None, as there is no goal: laws 6 and 7 do not apply.

    ## Versions
    v0: first.

    Example: `gymnasium.make("midcourse/DelayedRepressionCitizens-v0", level=2).reset(seed=0)`.
    """

    FAMILY = FAMILY


class DelayedRepressionCitizensVector(Vector):
    """Many populations."""

    ENV = DelayedRepressionCitizens
