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
    small={"citizens": 24, "communities": 3},
    always_legal=True,
    terminates=False,
    facts_of_arrays=facts.facts_of_arrays,
    facts_of_text=facts.facts_of_text,
    facts_of_picture=facts.facts_of_picture,
)


class DelayedRepression(Env):
    """Keep a population calm whose alarm reaches you late, with no more force than it takes.

    ## Source
    The agent-based model of I. Itkin, "Delayed Repression and Emergent Instability" (arXiv
    2605.30392), with its published constants and its code's payoffs: 240 citizens on a directed
    block network choose L, M or R (0, 1, 2); their alarm, the mean of action times detectability,
    raises the chance of punishment, by a logistic of slope k = 10 about x_c = 0.72, `delay` steps
    later. Ours are the regulator's levers (the paper has force alone), success, disturbances.

    ## Observation
    A Dict, its space the same at every level. Alarms are in units of 2.5, which none reaches.

    | key | shape | dtype | range | meaning |
    |---|---|---|---|---|
    | delayed_alarm | (1,) | float32 | 0 to 1 | the alarm that arrives now |
    | published_alarm | (1,) | float32 | 0 to 1 | the same, smoothed: what citizens read |
    | history | (16,) | float32 | 0 to 1 | the last alarms to arrive, the latest last |
    | radical_share | (1,) | float32 | 0 to 1 | citizens whose last action was R |
    | levers | (3,) | int64 | 0 to 5, 4, 4 | as they are: indices into the settings below |
    | steps_left | (1,) | float32 | 0 to 1 | share of the step limit |

    ## Action
    MultiDiscrete([6, 5, 5]), every action always legal; `levers="force"` leaves Discrete(6).

    | lever | settings | do-nothing |
    |---|---|---|
    | force u, on the chance of punishment | 0, 0.5, 1, 1.5, 2, 2.5 | 1 |
    | smoothing, weight of the alarm published before | 0, 0.5, 0.9, 0.97, 0.99 | 0 |
    | shift of the threshold x_c | -0.2, -0.1, 0, 0.1, 0.2 | 0 |

    In words: `force=1.5 smoothing=0.9` (other levers stay) or `keep`. Words that mean nothing let
    the bill run on while nobody acts.

    ## Reward
    | term | value |
    |---|---|
    | radical_share | -(radical citizens / citizens) |
    | force | -0.1 u |
    | instability | -0.5 times half the range of the radical share over the last 32 steps |

    ## Success
    Over the last half of the episode (250 steps) the mean radical share, half of its range and the
    mean force are each at most their bounds. At least 95 % of it must have been lived, not wasted
    on words that mean nothing. Known at the last step only.

    ## Start
    A fresh graph and population, force 1, unsmoothed, unshifted.

    ## Ends
    Never terminated; truncated at the step limit, 500.

    ## Disturbances
    | kind | what happens |
    |---|---|
    | alarm_shock | 0.4 is added to the alarm, or taken from it, for 10 steps |
    | delay_change | the delay grows by 2 to 10 steps |
    | turnover | each citizen is replaced with a chance of 0.1; a newcomer knows nothing |
    | rewire | each link gets another source with a chance of 0.2 (not with `graph="shared"`) |

    ## Levels
    | level | citizens | delay | bounds of share, half range, force |
    |---|---|---|---|
    | 1 | reactive | 8 | 0.10, 0.05, 1 |
    | 2 | reactive | 20 | 0.10, 0.05, 1 |
    | 3 | Q-learning | 8 | 0.15, 0.08, 1 |
    | 4 | fixed, reactive and Q-learning | 20 | 0.10, 0.08, 1 |
    | 5 | Q-learning | 20 | 0.15, 0.08, 0.75 |

    ## Splits
    By the hash that keys each task: 50 validation, 100 test, and 2**31 train tasks. Populations
    that do-nothing keeps calm, undisturbed, are not laid out; with `suite=False` they are, and no
    episode succeeds. A delay of 0 and fixed citizens are such controls.

    ## Parameters
    `state.RegulatorParams`: the knobs above; `topology`, `citizens`, `graph` and all constants of
    the population (`PopulationParams`); bounds and prices; `disturbances`, `disturb_at`.

    ## Oracle and floors
    A reference, "smooth and spare" (`oracle.py`): smoothing 0.97, shift -0.2, force 1 while the
    radical share is above 0.87 of its bound, else 0.5. `python benchmarks/floors.py
    midcourse/DelayedRepression-v0 --repeats 10` gives its success on the 100 test tasks as 1.00,
    1.00, 1.00, 0.97, 0.99 at levels 1 to 5; do-nothing (100) and random (1,000 episodes) 0
    everywhere. A disturbance can calm a population by itself: with `disturbances=1` do-nothing has
    0.09, 0, 0, 0.04, 0, the reference 1.00, 1.00, 1.00, 0.99, 0.96.

    ## Versions
    v0: the first.

    ## Example
    >>> env = gymnasium.make("midcourse/DelayedRepression-v0", level=2, disturbances=1)
    >>> observation, info = env.reset(seed=0)
    >>> observation, reward, terminated, truncated, info = env.step([1, 3, 0])
    """

    FAMILY = FAMILY


class DelayedRepressionVector(Vector):
    """Many populations."""

    ENV = DelayedRepression
