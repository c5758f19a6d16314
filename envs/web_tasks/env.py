"""Web tasks, wired: the family's declaration and its environments."""

from midcourse.core.env import Env
from midcourse.core.family import Family, View
from midcourse.core.vector import Vector
from midcourse.envs.web_tasks import (
    facts,
    observe,
    oracle,
    page,
    render,
    rules,
    state,
    tasks,
    text,
)
from midcourse.envs.web_tasks.goal import done
from midcourse.envs.web_tasks.integrity import record
from midcourse.envs.web_tasks.speech import commands

FAMILY = Family(
    id="midcourse/WebTasks-v0",
    params=state.WebParams,
    terms=state.TERMS,
    action_space=observe.ACTION_SPACE,
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
        "validate": record.validate,
    },
    build=tasks.build,
    count=tasks.count,
    text=text.text,
    legal_actions=commands.legal_actions,
    parse=commands.parse,
    render=render.render,
    idle=commands.idle,
    floors=dict.fromkeys(state.WebParams.LEVELS, 0.01),
    say=commands.say,
    refused_may_change=("reply",),
    refusal=text.refusal,
    damage=done.damage,
    group=page.group,
    facts_of_arrays=facts.facts_of_arrays,
    facts_of_text=facts.facts_of_text,
    facts_of_picture=facts.facts_of_picture,
    picture=(render.HEIGHT, render.WIDTH),
    click=render.click,
    page=page.page,
)


class WebTasks(Env):
    """Do what a user wants on a small web, while the user adds, revises and takes back.

    ## Source
    The task mix and action form of WebArena (arXiv 2307.13854), the shop of WebShop (arXiv
    2207.01206), and the interruptions of InterruptBench (arXiv 2604.00892): addition, revision,
    retraction. Ours are the web itself, the typed goals, the oracle, and the check of the final
    state in place of string matching.

    ## Web
    Five sites over one account.

    | site | what is there | what can be done |
    |---|---|---|
    | shop | products, options, reviews, orders | search, filter, buy, cancel, return, review |
    | forum | boards, posts, comments, messages | post, edit, comment, vote, subscribe, write |
    | office | the shop's products and reviews, sales, supplies, reports | change, order supplies |
    | tracker | projects: issues, merge requests, members | change, open, add, merge |
    | map | places, opening hours, ways between them | keep on a list, ask for directions |

    What the office changes, the shop shows; lists are sorted and filtered by the prices of the
    start. An order can only be cancelled before it ships or returned after; a merge stays; a post
    of one's own can have its text changed, and be deleted if it was written in this episode. Lists
    of the office, the tracker and the map show eight rows, and eight more with each scroll; whoever
    leaves one and comes back begins at its top.

    ## Observation
    A Dict, its space the same at every level. Words are numbers, see `words.WORDS`; from 8192 on a
    token is a whole number.

    | key | shape | dtype | range | meaning |
    |---|---|---|---|---|
    | role | (64,) | int8 | 0 to 6 | of each element of the page (`state.ROLES`); 0: none |
    | caption | (64,) | int16 | 0 to 32767 | word that names it |
    | words | (512,) | int16 | 0 to 32767 | its text, 8 tokens each |
    | unit | (64,) | int8 | 0 to 13 | of its value (`state.UNITS`); 0: it has none |
    | value | (64,) | int32 | -2**20 to 2**20 | price in cents, points, ... |
    | options | (64,) | int16 | 0 to 32767 | of a combobox: word of its first option |
    | offered | (64,) | int16 | 0 to 32767 | of a combobox: bit i, option i is offered |
    | goal | (10,) | int8 | 0 to 33 | 1 + attribute of each requirement in force |
    | goal_words | (80,) | int16 | 0 to 32767 | their values, 8 tokens each |
    | act | () | int64 | 0 to 23 | what is wanted first (`wishes.ACTS`) |
    | template | () | int64 | 0 to 75 | which kind of task (`wishes.TEMPLATES`) |
    | tab | () | int64 | 0 to 2 | the tab at hand |
    | tabs | (3,) | int8 | 0 or 1 | which are open |
    | steps_left | (1,) | float32 | 0 to 1 | share of the step limit |
    | reply | () | int64 | 0 to 30 | what the last action met with (`state.REPLIES`) |

    ## Action
    Two numbers: what is used, and with what.

    | first | meaning | second |
    |---|---|---|
    | 0 to 63 | use this element: click a link or button, ... | any that is allowed |
    | | ... type into a textbox (search, price and directions begin at once), ... | whose text |
    | | ... select in a combobox | number of the option |
    | 64, 65 | back, forward | any that is allowed |
    | 66 | go to a site's first page | number of the site |
    | 67, 69 | open a tab, close the one at hand | any that is allowed |
    | 68 | switch to a tab | number of the tab |
    | 70 | scroll down a list that goes on | any that is allowed |
    | 71 | stop | the element that is the answer, 74 + a reason, 77 for the list at hand |

    Texts are chosen: 0 to 63 is that of an element, 64 to 73 that of a requirement, 74 to 89 a
    number from 0 to 15. An answer is pointed at where it stands. 75 and 76 after `stop` say that
    nothing can be done (`wishes.REASONS`). 77 answers with all products that the page lists, a set
    or a sequence, as the goal wants it. The mask says which first and which second numbers can mean
    anything; a pair that does not fit costs its step, changes nothing else, and `reply` says why.
    In words: `click [3]`, `type [0] [lamp]`, `select [12] [red]`, `back`, `scroll [down]`,
    `goto [shop]`, `stop [$12.95]`, `answer [7]`, `stop [the list]` (or its entries, with semicolons
    between them), `stop [there is no such thing]`.

    ## Reward
    | term | value | when |
    |---|---|---|
    | goal | 1 | `stop` with everything as it is wanted |
    | wrong_stop | -0.3 | any other `stop` |
    | step | -0.01 | every step |

    ## Success
    `stop` when the web is as the goal wants after all messages, the answer right if one was asked
    for, and nothing done beyond it: an order too many is a failure until it is cancelled. What was
    cancelled, sent back or merged because the goal wanted so before a message is forgiven.

    Some goals cannot be fulfilled: nothing is as they say, or its state does not allow it. Then
    success is to leave everything as it was and to say so with the right reason. A message may make
    such a goal possible.

    ## Start
    The shop's first page in one tab, eight orders of the past, an empty cart; in the forum twenty
    posts, two of them one's own, and four messages from others; five issues, three merge requests
    and three members in each of four projects; 24 places.

    ## Ends
    Terminated by `stop`, right or wrong; truncated at the step limit.

    ## Disturbances
    | kind | what the user says |
    |---|---|
    | addition | one more requirement |
    | revision | a value was wrong, here is another |
    | retraction | a requirement falls away |

    Nobody repeats a message. The text keeps the task as it was given, with the messages below; the
    arrays show the requirements in force.

    ## Levels
    | level | products | templates | steps |
    |---|---|---|---|
    | 1 | 16 | 12: buy, cancel, vote, change a row, merge, ask for a price or a value | 20 |
    | 2 | 32 | 24: and comments, new issues, counts, distances, what does not exist | 30 |
    | 3 | 48 | 45: and reviews, posts, messages, returns, lists, who has most, being too late | 40 |
    | 4 | 48 | 62: and coupons, sizes, as many as another site counts, two tasks on two sites | 50 |
    | 5 | 48 | 76: and tasks with more to them, on two sites, or impossible | 60 |

    ## Splits
    Each split has four webs of its own. 50 validation tasks, 165 test tasks, training without end.

    ## Parameters
    `state.WebParams`: the knobs above, the three rewards, `disturbances`, `disturb_at`,
    `step_limit`, `masks`, `reward_terms`.

    ## Oracle and floors
    The oracle is exact over clicks, texts, options, back, forward, going to a site, switching tabs,
    scrolling and stop, on the goal as it stands; a new tab only where it keeps an answer at hand.
    It knows what it has not looked at: how many another site counts, which product is cheapest.
    Where several things done in vain contend for one scrolled list, or one's own right post bears
    more comments and votes than it takes to write it anew, that it is exact is not shown.
    `python benchmarks/floors.py midcourse/WebTasks-v0 --repeats 30`
    gives the success on the test tasks (random: legal numbers):

    | level | random | do-nothing (`stop` at once) | cannot-be-done | oracle |
    |---|---|---|---|---|
    | 1 | 0.0004 | 0 | 0 | 1 |
    | 2 | 0.0014 | 0 | 0.0303 | 1 |
    | 3 | 0.0032 | 0 | 0.0242 | 1 |
    | 4 | 0.0020 | 0 | 0.0242 | 1 |
    | 5 | 0.0069 | 0 | 0.0788 | 1 |

    cannot-be-done says at once that there is no such thing, as is right of a few tasks.

    ## Versions
    v0: the first.

    ## Example
    >>> env = gymnasium.make("midcourse/WebTasks-v0", level=5, disturbances=("revision",))
    >>> observation, info = env.reset(seed=0)
    >>> print(env.unwrapped.text())
    >>> observation, reward, terminated, truncated, info = env.step(env.unwrapped.parse("click 1"))
    """

    FAMILY = FAMILY


class WebTasksVector(Vector):
    """Many webs, stepped by one compiled loop."""

    ENV = WebTasks
