"""GUI navigation, wired: the family's declaration and its environments."""

from gymnasium import spaces

from midcourse.core.env import Env
from midcourse.core.family import Family, View
from midcourse.core.vector import Vector
from midcourse.envs.gui_navigation import (
    facts,
    observe,
    oracle,
    questions,
    render,
    rules,
    state,
    tasks,
    text,
)

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
    floors={1: 0.25, 2: 0.12, 3: 0.08, 4: 0.05, 5: 0.04},
    refused_may_change=("message",),
    refusal=text.refusal,
    facts_of_arrays=facts.facts_of_arrays,
    facts_of_text=facts.facts_of_text,
    facts_of_picture=facts.facts_of_picture,
    click=render.click,
    questions=questions.questions,
)


class GuiNavigation(Env):
    """From the screen at hand, reach another screen of the app and declare `done`.

    ## Source
    The simulation engine of GUI Exploration Lab (arXiv 2512.02423, NeurIPS 2025): apps are trees
    of screens with icons of unfamiliar names, the task is "from page X to page Y". From there are
    the tree of level 5 (children per depth 5, 3, 2, 2, 1, 1, 0: 231 screens), `back` and `home`,
    the completion action and the sparse reward. Ours are cross links, distractors, scrolling,
    disturbances, the penalty for a wrong `done`, and the exact oracle.

    ## Observation
    A Dict, its space the same at every level. `observation="compact"` gives one MultiDiscrete of
    11 int16 instead: icons, goal, title, message.

    | key | shape | dtype | range | meaning |
    |---|---|---|---|---|
    | icons | (8,) | int16 | 0 to 318 | label in each slot; 0: none, 1: a popup's button |
    | boxes | (32,) | float32 | 0 to 1 | each slot's x, y, width, height in the picture; 0: none |
    | present | (8,) | float32 | 0 or 1 | which slots hold an icon |
    | steps_left | (1,) | float32 | 0 to 1 | share of the step limit |
    | goal | () | int64 | 0 to 318 | label of the goal, as it is called now |
    | title | () | int64 | 0 to 318 | label of the screen at hand; 0 with `titles=False` |
    | message | () | int64 | 0 to 11 | what the last action met with (`state.MESSAGES`) |

    ## Action
    | action | meaning |
    |---|---|
    | 0 to 7 | click the icon in this slot |
    | 8 | back, to the screen above (not to the last one seen) |
    | 9 | home |
    | 10 | scroll to the next page of the screen; after the last comes the first |
    | 11 | done |

    A masked action costs its step, changes nothing else, and `message` says why. In words:
    `click 3`, `click "Label"`, `back`, `home`, `scroll`, `done`. In pixels: a click on the picture.

    ## Reward
    | term | value | when |
    |---|---|---|
    | goal | 1 | `done` at the goal |
    | wrong_done | -0.3 | `done` elsewhere |
    | step | -0.01 | every step |

    ## Success
    `done` at the goal's screen, whatever it is called by then.

    ## Start
    Tasks are pairs of different screens; the app is at the first. Nothing is scrolled or disturbed.

    ## Ends
    Terminated by `done`, right or wrong; truncated at the step limit.

    ## Disturbances
    | kind | what happens |
    |---|---|
    | popup | hides the page until its button is clicked |
    | move_icons | every screen's icons change places, also between pages (a way may grow shorter) |
    | relabel | every name, the goal's included, changes for another |
    | dead_link | an icon on the cheapest way leads nowhere from now on; another way exists |
    | redirect | a screen ahead leads elsewhere from now on; a costlier way exists |

    The last two need cross links (levels 3 to 5).

    ## Levels
    | level | screens | children per depth | distractors | cross links | icons a page | steps |
    |---|---|---|---|---|---|---|
    | 1 | 8 | 3, 2 | 0 | 0 | 8 | 20 |
    | 2 | 21 | 4, 2, 1 | 1 | 0 | 8 | 40 |
    | 3 | 41 | 4, 3, 2 | 2 | 12 | 8 | 60 |
    | 4 | 111 | 5, 3, 2, 2 | 3 | 30 | 4 | 100 |
    | 5 | 231 | 5, 3, 2, 2, 1, 1, 0 | 4 | 60 | 4 | 150 |

    ## Splits
    All pairs of screens in a fixed shuffled order: 70 % train, 10 % validation, 20 % test (of which
    at most 50 and 100 are used). With `app="per_split"` each split also has an app of its own, with
    `"fresh"` each task (and training has 2**31 of them).

    ## Parameters
    `state.GuiParams`: the knobs above, and `titles`, `app_seed` (another app of the same shape),
    the three rewards, `disturbances`, `disturb_at`, `step_limit`, `masks`, `reward_terms`.

    ## Oracle and floors
    The oracle is exact over all 12 actions: a shortest path with every disturbance that has
    struck. `python benchmarks/floors.py midcourse/GuiNavigation-v0 --knobs app=fixed app=fresh`
    gives the success on the test tasks, random (legal actions, 100 episodes a task) fixed / fresh:

    | level | random | do-nothing (`done` at once) | oracle |
    |---|---|---|---|
    | 1 | 0.106 / 0.089 | 0 | 1 |
    | 2 | 0.036 / 0.037 | 0 | 1 |
    | 3 | 0.020 / 0.013 | 0 | 1 |
    | 4 | 0.007 / 0.003 | 0 | 1 |
    | 5 | 0.003 / 0.002 | 0 | 1 |

    ## Versions
    v0: the first.

    ## Example
    >>> env = gymnasium.make("midcourse/GuiNavigation-v0", level=2, disturbances=("popup",))
    >>> observation, info = env.reset(seed=0)
    >>> observation, reward, terminated, truncated, info = env.step(env.unwrapped.parse("click 1"))
    """

    FAMILY = FAMILY


class GuiNavigationVector(Vector):
    """Many worlds of GUI navigation, stepped by one compiled loop."""

    ENV = GuiNavigation
