"""Knobs and records of GUI navigation."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from midcourse.core.engine.record import MAX_EVENTS, shared_dtype, world_dtype
from midcourse.core.errors import UserError
from midcourse.core.params import Params, knob

SLOTS = 8  # icons that one page can show
ICONS = 12  # icons of one screen, over all its pages
PAGES = 3  # of a screen, at the fewest icons a page
SCREENS = 231  # of the largest app, the published one
SMALL = 48  # screens of the smaller record for fresh apps
DEPTHS = 8  # of a tree, below home
LAYOUTS = 32  # arrangements of the slots on a page

NO_LABEL, CLOSE = 0, 1  # labels: no icon; the button that closes a popup
NAMES = 317  # labels that name screens and distractors, from FIRST_NAME on
FIRST_NAME = 2
LABELS = FIRST_NAME + NAMES

BACK, HOME, SCROLL, DONE = SLOTS, SLOTS + 1, SLOTS + 2, SLOTS + 3
ACTIONS = SLOTS + 4

MESSAGES = (
    "",
    "you are there",
    "this is not where you should be",
    "nothing happened",
    "there is no icon there",
    "there is nothing to go back to",
    "you are already home",
    "there is nothing more to scroll to",
    "the link is dead",
    "a popup is in the way",
    "the popup is closed",
    "you were redirected",
)
(
    QUIET,
    ARRIVED,
    WRONG_SCREEN,
    NOTHING,
    NO_ICON,
    NO_PARENT,
    AT_HOME,
    NO_PAGES,
    DEAD_LINK,
    POPUP_OPEN,
    POPUP_CLOSED,
    REDIRECTED,
) = range(len(MESSAGES))

TERMS = ("goal", "wrong_done", "step")
KINDS = ("popup", "move_icons", "relabel", "dead_link", "redirect")
POPUP, MOVE_ICONS, RELABEL, KILL_LINK, REDIRECT = range(len(KINDS))

PUBLISHED_TREE = (5, 3, 2, 2, 1, 1, 0)  # children of a screen at each depth, 231 screens


@dataclass(frozen=True, kw_only=True)
class GuiParams(Params):
    """Knobs of GUI navigation."""

    KINDS: ClassVar = KINDS
    LEVELS: ClassVar = {
        1: {"children": (3, 2), "screens": 8, "step_limit": 20},
        2: {"children": (4, 2, 1), "distractors": 1, "step_limit": 40},
        3: {"children": (4, 3, 2), "distractors": 2, "cross_links": 12, "step_limit": 60},
        4: {
            "children": (5, 3, 2, 2),
            "distractors": 3,
            "cross_links": 30,
            "icons_per_page": 4,
            "step_limit": 100,
        },
        5: {
            "children": PUBLISHED_TREE,
            "distractors": 4,
            "cross_links": 60,
            "icons_per_page": 4,
            "step_limit": 150,
        },
    }

    observation: str = knob(
        "dict", "dict: labels, boxes and more; compact: ids only", choices=("dict", "compact")
    )
    app: str = knob(
        "fixed", "one app, one for each split, or a new one each episode",
        choices=("fixed", "per_split", "fresh"),
    )  # fmt: skip
    children: tuple = knob((3, 2), "children of a screen at each depth", low=0, high=SLOTS)
    screens: int = knob(0, "screens kept, breadth first; 0 keeps all", low=0, high=SCREENS)
    cross_links: int = knob(0, "links beside the tree's", low=0, high=240)
    distractors: int = knob(0, "icons on each screen that lead nowhere", low=0, high=8)
    icons_per_page: int = knob(SLOTS, "a screen with more icons scrolls", low=4, high=SLOTS)
    titles: bool = knob(True, "show the name of the screen at hand")
    app_seed: int = knob(0, "another app of the same shape", low=0, high=2**31 - 1)
    goal_reward: float = knob(1.0, "for `done` at the goal", low=0.0, high=1000.0)
    wrong_done_reward: float = knob(-0.3, "for `done` elsewhere", low=-1000.0, high=0.0)
    step_reward: float = knob(-0.01, "for each step", low=-1000.0, high=0.0)

    @classmethod
    def make(cls, **given: Any) -> Self:
        """As `Params.make`; a tree that was given is kept whole, whatever the level cuts."""
        if "children" in given:
            given = {"screens": 0, **given}
        return super().make(**given)

    def check(self) -> None:
        """Refuse trees that do not fit.

        Raises:
            UserError: too few or too many screens, or too many icons on one screen.
        """
        if not 1 <= len(self.children) <= DEPTHS:
            raise UserError(f"children={self.children} has {len(self.children)} depths, not 1 to 8")
        count = self.count()
        if not 4 <= count <= SCREENS:
            raise UserError(
                f"children={self.children}, screens={self.screens} make {count} screens; "
                f"an app has 4 to {SCREENS}"
            )
        icons = max(self.children) + self.distractors
        if icons > ICONS:
            raise UserError(
                f"{max(self.children)} children and {self.distractors} distractors are "
                f"{icons} icons; a screen holds {ICONS}"
            )

    def count(self) -> int:
        """Screens in the app."""
        total, width = 1, 1
        for children in self.children:
            width *= children
            total += width
        return min(total, self.screens) if self.screens else total

    def kinds_possible(self) -> tuple[str, ...]:
        """A link can only die, and a screen only redirect, where cross links leave a way."""
        needs_links = ("dead_link", "redirect")
        return tuple(k for k in KINDS if self.cross_links or k not in needs_links)


# Where an action leads if not to a screen. Those above SCROLLS leave everything as it is; the
# message that says so is NOTHING - 1 - lead.
NOWHERE, MISSING, TOP, HERE, WHOLE, SCROLLS, ENDS = -1, -2, -3, -4, -5, -6, -7

# A page as built: what a step reads in one piece.
PAGE = np.dtype(
    [
        ("label", np.int16, (SLOTS,)),  # what stands on each icon, 0: none
        ("lead", np.int16, (ACTIONS,)),  # screen that each action leads to, or one of the below
        ("shape", np.int8),  # row of `shapes`
        ("count", np.int8),  # icons on this page
    ],
    align=True,
)

# What a page's number of icons and ways out mean for the observation and the mask. A page of
# `count` icons, with a way back or not, with more to scroll to or not, is row
# count * 4 + away * 2 + more; a popup with its button in slot s is row POPUP_SHAPES + s.
SHAPE = np.dtype(
    [("present", np.float32, (SLOTS,)), ("action_mask", np.int8, (ACTIONS,))], align=True
)
POPUP_SHAPES = (SLOTS + 1) * 4
SHAPES = POPUP_SHAPES + SLOTS

# Boxes of a page: x, y, width, height as shares of the picture, 0 where no icon is. Row c holds
# the first c slots, row SLOTS + s the one slot s - 1 of a popup's button.
BOXES = np.dtype([("boxes", np.float32, (SLOTS, 4))])
BOX_ROWS = 2 * SLOTS + 1


def app_fields(capacity: int) -> np.dtype:
    """The dtype of an app of at most `capacity` screens. Screen 0 is home, parents come first."""
    return np.dtype(
        [
            ("parent", np.int16, (capacity,)),
            ("name", np.int16, (capacity,)),  # label of the screen
            ("layout", np.int8, (capacity,)),  # row of `layouts`
            ("icons", np.int8, (capacity,)),  # how many icons the screen has
            ("pages", np.int8, (capacity,)),  # how many pages they fill, at least 1
            ("page", PAGE, (capacity, PAGES)),
        ],
        align=True,
    )


def world(params: GuiParams) -> np.dtype:
    """The dtype of a world; a fresh app lies in the record itself."""
    hot: list[Any] = [
        ("screen", np.int16),  # where we are
        ("page", np.int16),  # how far it is scrolled
        ("goal", np.int16),  # screen to be reached
        ("start", np.int16),
        ("message", np.int16),  # index into MESSAGES
        ("popup", np.int16),  # 1 + slot of its button; 0: none
        ("move", np.int16),  # icons are rotated by so many places; 0: as built
        ("dead", np.int16),  # links that died
        ("redirects", np.int16),  # screens that redirect
        ("rename", np.int16),  # names are rotated by so many; 0: as built
    ]
    cold: list[Any] = [
        ("dead_screen", np.int16, (MAX_EVENTS,)),  # on this screen ...
        ("dead_icon", np.int8, (MAX_EVENTS,)),  # ... this icon
        ("redirect_from", np.int16, (MAX_EVENTS,)),
        ("redirect_to", np.int16, (MAX_EVENTS,)),
    ]
    if own(params):
        cold.append(("app", app_fields(capacity(params))))
    return world_dtype(TERMS, hot, cold)


def own(params: GuiParams) -> bool:
    """Whether each world has an app of its own."""
    return params.app == "fresh"


def capacity(params: GuiParams) -> int:
    """Screens that the app's arrays hold: as few sizes as memory allows, each is compiled."""
    return SMALL if own(params) and params.count() <= SMALL else SCREENS


def shared(params: GuiParams) -> np.dtype:
    """The dtype of what worlds share: the knobs that rules read, the layouts, a common app."""
    fields: list[Any] = [
        ("screens", np.int32),
        ("children", np.int32, (DEPTHS,)),
        ("cross_links", np.int32),
        ("distractors", np.int32),
        ("per_page", np.int32),
        ("titles", np.int32),
        ("pairs_from", np.int32),  # this split's start and goal pairs: from here ...
        ("pairs", np.int32),  # ... so many, of the shuffled list of all
        ("stride", np.int32),  # which is pair i -> i * stride mod all
        ("goal_reward", np.float64),
        ("wrong_done_reward", np.float64),
        ("step_reward", np.float64),
        ("shapes", SHAPE, (SHAPES,)),
        ("layouts", BOXES, (LAYOUTS, BOX_ROWS)),
    ]
    if not own(params):
        fields.append(("app", app_fields(capacity(params))))
    return shared_dtype(fields)
