"""Knobs and records of the web: what never changes of a site, what does, tabs, page, and goal."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from midcourse.core.engine.record import MAX_EVENTS, shared_dtype, world_dtype
from midcourse.core.params import Params, knob
from midcourse.envs.web_tasks.forum.records import FORUM_STATE
from midcourse.envs.web_tasks.goal.wishes import PARTS, REASONS, TEMPLATES, TEMPLATES_OF_LEVEL
from midcourse.envs.web_tasks.shop.records import CATALOGUE, PRODUCTS, SHOP_STATE
from midcourse.envs.web_tasks.speech.words import LONGEST
from midcourse.envs.web_tasks.tables.records import ROW, ROWS

WEBS = 4  # different webs in one split
SITES = ("shop", "forum", "office", "tracker", "map")
SHOP, FORUM, OFFICE, TRACKER, MAP = range(len(SITES))

# --- the browser ------------------------------------------------------------------------------

TABS = 3
HISTORY = 8  # pages that a tab remembers
FIELDS = 6  # of a form
ELEMENTS = 64  # of a page
GREATEST = 1 << 20  # value of an element

ADDRESS = np.dtype(
    [
        ("kind", np.int16),  # of page
        ("item", np.int16),  # which product, category, order
        ("sort", np.int16),
        ("least", np.int16),  # rating of what is listed, as an option; 0: any
        ("most", np.int16),  # that it may cost, cents; 0: anything
        ("words", np.int16, (LONGEST,)),  # that were searched for
    ],
    align=True,
)
TAB = np.dtype(
    [
        ("open", np.int16),
        ("at", np.int16),  # place of the page at hand in the history
        ("last", np.int16),  # place of the last page that `forward` can reach
        ("scrolled", np.int16),  # screens down the list; 0 but in the tab at hand
        ("page", ADDRESS, (HISTORY,)),
        ("field", np.int16, (FIELDS, LONGEST)),  # texts of the form at hand; options by 1 + number
    ],
    align=True,
)

ROLES = ("", "heading", "text", "link", "button", "textbox", "combobox")
NO_ROLE, HEADING, TEXT, LINK, BUTTON, TEXTBOX, COMBOBOX = range(len(ROLES))
UNITS = (
    "", "count", "sum of money", "price", "stars", "order number", "points", "hour", "minutes",
    "metres", "name", "entry", "reason", "list",
)  # fmt: skip
(
    NO_UNIT,
    COUNT,
    MONEY,
    PRICE_OF,
    STARS,
    ORDER_NUMBER,
    POINTS,
    HOUR,
    MINUTES,
    METRES,
    NAME,  # the value is a word
    ITEM,  # the value is a row of a table
    REASON,  # the value is a reason why nothing can be done
    LIST,  # the answer is the list of products on the page at hand, the value how many there are
) = range(len(UNITS))
ELEMENT = np.dtype(
    [
        ("role", np.int8),
        ("unit", np.int8),  # of the value
        ("field", np.int8),  # of the form, -1: none
        ("effect", np.int16),  # what a click or a text does
        ("argument", np.int16),  # of the effect; of a combobox: bit i, option i is offered
        ("caption", np.int16),  # a word
        ("options", np.int16),  # of a combobox: word of its first option
        ("value", np.int32),
        ("words", np.int16, (LONGEST,)),
    ],
    align=True,
)

# --- the goal ---------------------------------------------------------------------------------

CONSTRAINTS = 10
MESSAGES = MAX_EVENTS
CONSTRAINT = np.dtype(
    [
        ("what", np.int8),  # attribute
        ("live", np.int8),
        ("value", np.int32),
        ("words", np.int16, (LONGEST,)),  # what can be typed of it
    ],
    align=True,
)
GOAL = np.dtype(
    [
        ("template", np.int16),
        ("parts", np.int16),
        ("act", np.int16, (PARTS,)),
        ("target", np.int16, (PARTS,)),  # product, order, ...: what a part was made from
        ("table", np.int16),  # that the acts on rows are about ...
        ("field", np.int16),  # ... and which of its columns
        ("count", np.int16),  # constraints, the struck out ones too
        ("constraint", CONSTRAINT, (CONSTRAINTS,)),
    ],
    align=True,
)
MESSAGE = np.dtype(
    [
        ("kind", np.int8),
        ("place", np.int8),  # which requirement it is about
        ("step", np.int32),
        ("old", CONSTRAINT),  # blank for an addition
        ("new", CONSTRAINT),  # struck out for a retraction
    ],
    align=True,
)

# --- actions ----------------------------------------------------------------------------------

BACK, FORWARD, GOTO, NEW_TAB, SWITCH_TAB, CLOSE_TAB, SCROLL, STOP = range(ELEMENTS, ELEMENTS + 8)
VERBS = ELEMENTS + 8
# The second number: a text is that of an element or of a constraint, an option its own number.
OPTIONS = 8  # of a combobox at most; as many sites and tabs
FROM_GOAL = ELEMENTS
FROM_NUMBERS = FROM_GOAL + CONSTRAINTS
NUMBERS = 16
THE_LIST = FROM_NUMBERS + len(REASONS)  # after `stop`
CHOICES = FROM_NUMBERS + NUMBERS

REPLIES = (
    "",
    "done, and as it was wanted",
    "that is not what was wanted",
    "there is nothing with that number",
    "that cannot be clicked",
    "there is no such text",
    "there is no such option",
    "there is no page to go to",
    "there is no such tab",
    "no more tabs can be opened",
    "the cart is full",
    "the cart is empty",
    "no more orders are taken today",
    "no more reviews are taken today",
    "there are not that many in stock",
    "the quantity must be a number from 1 to 9",
    "there is no such coupon",
    "the review needs stars and words",
    "there is no such site",
    "the post needs a title",
    "the comment is empty",
    "the forum takes no more today",
    "that needs a name",
    "that must be a whole number above 0",
    "nothing more can be made today",
    "the message needs a first and a last name to go to",
    "the message is empty",
    "there is nothing further down",
    "the text is empty",
    "that cannot be an answer",
    "that means no action",
)
(
    QUIET,
    ACHIEVED,
    UNWANTED,
    NO_ELEMENT,
    NOT_ACTIVE,
    NO_TEXT,
    NO_OPTION,
    NO_PAGE,
    NO_TAB,
    TABS_FULL,
    CART_FULL,
    CART_EMPTY,
    ORDERS_FULL,
    REVIEWS_FULL,
    SOLD_OUT,
    BAD_QUANTITY,
    BAD_COUPON,
    BAD_REVIEW,
    NO_SITE,
    BAD_POST,
    BAD_COMMENT,
    FORUM_FULL,
    NO_ENTRY_NAME,
    BAD_NUMBER,
    ROWS_FULL,
    BAD_RECIPIENT,
    BAD_LETTER,
    NOTHING_BELOW,
    BAD_TEXT,
    NO_ANSWER,
    NO_ACTION,
) = range(len(REPLIES))

TERMS = ("goal", "wrong_stop", "step")
KINDS = ("addition", "revision", "retraction")
ADDITION, REVISION, RETRACTION = range(len(KINDS))


@dataclass(frozen=True, kw_only=True)
class WebParams(Params):
    """Knobs of the web."""

    KINDS: ClassVar = KINDS
    LEVELS: ClassVar = {
        1: {"products": 16, "templates": TEMPLATES_OF_LEVEL[0], "step_limit": 20},
        2: {"products": 32, "templates": TEMPLATES_OF_LEVEL[1], "step_limit": 30},
        3: {"products": 48, "templates": TEMPLATES_OF_LEVEL[2], "step_limit": 40},
        4: {"products": 48, "templates": TEMPLATES_OF_LEVEL[3], "step_limit": 50},
        5: {"products": 48, "templates": TEMPLATES_OF_LEVEL[4], "step_limit": 60},
    }

    templates: int = knob(3, "kinds of task, from the easiest on", low=1, high=len(TEMPLATES))
    products: int = knob(16, "products in the shop", low=3, high=PRODUCTS)
    goal_reward: float = knob(1.0, "for a stop with the goal achieved", low=0.0, high=1000.0)
    wrong_stop_reward: float = knob(-0.3, "for any other stop", low=-1000.0, high=0.0)
    step_reward: float = knob(-0.01, "for each step", low=-1000.0, high=0.0)


# What an episode changes, laid out so that a reset is one copy of what a web begins with.
NOW = np.dtype(
    [
        ("tab_at", np.int16),  # the tab at hand
        ("elements", np.int16),  # of the page at hand
        ("tab", TAB, (TABS,)),
        ("element", ELEMENT, (ELEMENTS,)),
        ("shop", SHOP_STATE, (1,)),
        ("forum", FORUM_STATE, (1,)),
        ("rows", np.int16),  # of all tables
        ("row", ROW, (ROWS,)),
    ],
    align=True,
)

WEB = np.dtype(
    [("shop", CATALOGUE, (1,)), ("start", NOW, (1,))],
    align=True,
)  # a web: what never changes, and how an episode begins


def world(params: WebParams) -> np.dtype:
    """The dtype of a world."""
    hot: list[Any] = [
        ("web", np.int16),  # which of the split's
        ("reply", np.int16),  # index into REPLIES
        ("said", np.int16),  # messages so far
        ("answer_unit", np.int16),  # of the value that was answered ...
        ("answer_caption", np.int16),  # ... and what it was called
        ("answer", np.int32),
        ("goal", GOAL),
        ("now", NOW, (1,)),
        ("message", MESSAGE, (MESSAGES,)),
    ]
    return world_dtype(TERMS, hot)


def shared(params: WebParams) -> np.dtype:
    """The dtype of what worlds share: the webs of the split, and the knobs that rules read."""
    return shared_dtype(
        [
            ("products", np.int32),
            ("templates", np.int32),  # that a task may be drawn from
            ("goal_reward", np.float64),
            ("wrong_stop_reward", np.float64),
            ("step_reward", np.float64),
            ("blank", TAB, (1,)),  # a form in which nothing is filled in
            ("web", WEB, (WEBS,)),
        ]
    )
