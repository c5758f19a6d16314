"""The delayed replicator, wired."""

import numpy as np

from midcourse.core.engine import rules as declared
from midcourse.core.env import Env
from midcourse.core.family import Family, View
from midcourse.core.vector import Vector
from midcourse.envs.delayed_repression.replicator import (
    facts,
    observe,
    oracle,
    render,
    rules,
    state,
    tasks,
    text,
)

FAMILY = Family(
    id="midcourse/DelayedReplicator-v0",
    params=state.ReplicatorParams,
    terms=state.TERMS,
    action_space=observe.action_space,
    views={"dict": View(observe.SPACE, observe.FRAME, observe.observe)},
    world=state.world,
    shared=state.shared,
    rules={
        "lay_out": tasks.lay_out,
        "step": rules.step,
        "refuse": rules.refuse,
        "legal": observe.legal,
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
    say=text.say,
    idle=lambda world, shared: np.zeros(int(shared["levers"]), np.float32),
    replace=lambda params: {declared.act: oracle.act_by_force} if params.levers == "force" else {},
    oracle="reference",
    controller="predictor feedback",
    scores={1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0, 5: 1.0},
    floors={1: 0.02, 2: 0.02, 3: 0.02, 4: 0.02, 5: 0.02},
    # Time does not wait for words that mean something.
    refused_may_change=(
        "logit",
        "share",
        "published",
        "shock",
        "time",
        "judged",
        "share_sum",
        "force_sum",
        "share_low",
        "share_high",
        "alarms",
        "ring",
    ),
    refusal=text.refusal,
    facts_of_arrays=facts.facts_of_arrays,
    facts_of_text=facts.facts_of_text,
    facts_of_picture=facts.facts_of_picture,
)


class DelayedReplicator(Env):
    """Hold down the share of radicals and its swing through an alarm that arrives late.

    ## Source
    The delayed replicator dx/dt = x(1 - x)[a - u C p(x(t - Delta))] of I. Itkin, "Delayed
    Repression and Emergent Instability" (arXiv 2605.30392), with its published parameters. The
    regulator's seat is ours: levers, judgement, disturbances. x is the share of radicals, p(s) =
    1 / (1 + e**(-k (s - x_c))) the chance of punishment under an alarm s. `theory.py` has the exact
    boundary: with force 1 and a delay above the critical one the share cycles for ever. Its logit
    is held to [-5, 5] (ours): without that PPO learned to wipe radicals out by one long blow after
    another, for a higher return than holding them.

    ## Observation
    A Dict, its space the same at every level. The share itself is not seen, nor are a, C, k, x_c
    and the delay.

    | key | shape | dtype | range | meaning |
    |---|---|---|---|---|
    | alarm | (1,) | float32 | 0 to 1 | the alarm as it arrives: the share, one delay ago |
    | published | (1,) | float32 | 0 to 1 | the same, smoothed: what is punished |
    | history | (16,) | float32 | 0 to 1 | the last alarms, a step apart, oldest first |
    | action | (3,) | float32 | -1 to 1 | the last one (zeros at first) |
    | bounds | (3,) | float32 | 0 to 2.5 | of mean share, amplitude, mean force (see Success) |
    | steps_left | (1,) | float32 | 0 to 1 | share of the episode |

    ## Action
    A float32 Box of 3 numbers in [-1, 1]; zeros are do-nothing. `levers="force"` leaves the first.

    | number | lever | at -1 | at 0 | at 1 |
    |---|---|---|---|---|
    | 0 | force u | 0 | 1 | 2.5 (linear on either side of 0) |
    | 1 | smoothing m of the published alarm | 0 | 0 | 0.95 |
    | 2 | shift of the threshold x_c | -0.3 | 0 | 0.3 |

    The smoothed alarm follows the delayed one with a time constant of m / (1 - m) steps. In words:
    `force 0.5, shift -0.3` (other levers stay), `hold`, `do nothing`. Words that mean nothing leave
    the levers as they are, and time passes.

    ## Reward
    | term | value |
    |---|---|
    | share | -x at the end of the step |
    | force | -0.1 u |
    | instability | -15 times what x changed by in the step |

    The weight of instability is such that swinging pays less than holding: force 2.5 above some
    alarm and none below returns less than the reference at every level and with either set of
    levers, which it does not at a weight of 5.

    ## Success
    Over the second half of the horizon (at the ends of steps) the mean share, its amplitude
    (max - min) / 2 and the mean force are at most their bounds. Bounds: of the share, its rest x*
    under force 1 and a margin (0.05 with `levers="force"`); of the amplitude, the level's, or half
    that of the cycle at the start if this is less; of the force, 1.5.

    ## Start
    Do-nothing has ruled for 102 to 153 steps from a share beside the rest: the cycle is in swing.
    A step is a fifth of the task's critical delay pi / (2b), in 10 sub-steps of fourth order.

    ## Ends
    Terminated at the horizon, 200 steps; truncated, without success, at a `step_limit` below it.

    ## Disturbances
    | kind | what happens |
    |---|---|
    | alarm_shock | 0.2 is added to the alarm, or taken from it, for 5 steps |
    | longer_delay | the delay grows by a quarter |
    | steeper_alarm | the slope k grows by a quarter |
    | higher_advantage | a grows by 15 % |

    ## Levels
    | level | parameters | delay / critical | share bound | amplitude bound |
    |---|---|---|---|---|
    | 1 | published | 1.1 to 1.3 | x* + 0.05 | 0.05 |
    | 2 | published | 1.3 to 2 | x* | 0.05 |
    | 3 | drawn | 1.3 to 2 | x* | 0.05 |
    | 4 | drawn | 2 to 3 | x* - 0.08 | 0.04 |
    | 5 | drawn | 2 to 4 | x* - 0.12 | 0.02 |

    ## Splits
    By the hash that keys each task: 50 validation, 100 test, and 2**31 train tasks.

    ## Parameters
    `state.ReplicatorParams`: `levers`, `parameters` ("fixed" or "random"), a, C, k and x_c where
    they are fixed, the range of the delay, the bounds, `horizon`, the weights of the reward, and
    `disturbances`, `disturb_at`, `step_limit`, `reward_terms`.

    ## Oracle and floors
    A reference: predictor feedback (`oracle.py`). What arrives during a step has already happened,
    so a regulator who knows the equation can compute the present share and choose the force that
    moves it to a target whatever the delay: the delay drops out of the loop. It shifts the
    threshold down as far as it goes, aims at the share that force 1 holds there (or 0.03 below the
    bound), and never smooths, for smoothing adds lag. It succeeds on every task, so its declared
    score is 1; with all four disturbances on 97 of 100 test tasks at each level, for what strikes
    just before the second half is still felt in it. It is no upper bound of the reward.

    `python benchmarks/floors.py midcourse/DelayedReplicator-v0 --knobs levers=all levers=force
    --repeats 10` gives, at every level and with either set of levers, a success on the test tasks
    of 0 for random (1,000 episodes), 0 for do-nothing and 1 for the reference (100 tasks). The best
    that stands still: force 0.4 and shift -0.3 succeed on all test tasks of levels 1 and 2, on half
    of level 3, on none of level 5 (tests/envs/delayed_repression/test_replicator.py).

    ## Versions
    v0: the first.

    ## Example
    >>> env = gymnasium.make("midcourse/DelayedReplicator-v0", level=2, disturbances=1)
    >>> observation, info = env.reset(seed=0)
    >>> observation, reward, terminated, truncated, info = env.step(env.unwrapped.oracle_action())
    """

    FAMILY = FAMILY


class DelayedReplicatorVector(Vector):
    """Many delayed replicators, stepped by one compiled loop."""

    ENV = DelayedReplicator
