"""Apps and tasks of GUI navigation: how they are drawn, and what divides the splits.

The start and goal pairs of an app are shuffled into one list by a fixed stride; the first 70 % are
for training, the next 10 % for validation, the rest for testing. So the splits share no pair of
screen numbers, whatever the app; in modes `per_split` and `fresh` the apps differ as well.
"""

import itertools
import math
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from midcourse.core import tasks
from midcourse.core.engine.record import Record
from midcourse.core.engine.rng import LAYOUT, STREAMS, below
from midcourse.core.family import Program
from midcourse.envs.gui_navigation import state
from midcourse.envs.gui_navigation.oracle import find_app, own_app
from midcourse.envs.gui_navigation.state import (
    BACK,
    DONE,
    ENDS,
    FIRST_NAME,
    HERE,
    HOME,
    ICONS,
    LAYOUTS,
    MISSING,
    NAMES,
    NOWHERE,
    PAGES,
    SCROLL,
    SCROLLS,
    SLOTS,
    TOP,
    WHOLE,
    GuiParams,
)

SHARES = {"train": (0.0, 0.7), "validation": (0.7, 0.8), "test": (0.8, 1.0)}
COUNTS = {"train": 0, "validation": 50, "test": 100}


def count(params: GuiParams) -> dict[str, int]:
    """Tasks in each split. One app has no more tasks than pairs; fresh training has no end."""
    if params.app == "fresh":
        return COUNTS
    pairs = {split: _pairs(params, split)[1] for split in COUNTS}
    return {split: min(pairs[split], COUNTS[split] or pairs[split]) for split in COUNTS}


def _pairs(params: GuiParams, split: str) -> tuple[int, int]:
    """Where a split's pairs begin in the shuffled list, and how many they are."""
    total = params.count() * (params.count() - 1)
    first, last = (math.ceil(share * total) for share in SHARES[split])
    return first, last - first


def _stride(total: int) -> int:
    """A number without a common factor with `total`, near its golden section."""
    stride = round(total * 0.6180339887)
    while math.gcd(stride, total) != 1:
        stride += 1
    return stride


def build(program: Program) -> None:
    """Fill the shared record: the knobs that rules read, the layouts, and a common app."""
    params, shared = program.params, program.shared[0]
    assert isinstance(params, GuiParams)
    total = params.count() * (params.count() - 1)
    shared["screens"] = params.count()
    shared["children"][: len(params.children)] = params.children
    shared["pairs_from"], shared["pairs"] = _pairs(params, params.split)
    shared["stride"] = _stride(total)
    shared["per_page"] = params.icons_per_page
    for name in ("cross_links", "distractors", "titles"):
        shared[name] = getattr(params, name)
    for name in ("goal_reward", "wrong_done_reward", "step_reward"):
        shared[name] = getattr(params, name)
    shared["shapes"] = shapes()
    shared["layouts"]["boxes"] = layouts(program.family.id)
    if not state.own(params):
        split = params.split if params.app == "per_split" else "all"
        draws = _draws("app", program.family.id, split, params.level, params.app_seed)
        build_app(draws, Record(shared), Record(shared["app"]))


def _draws(*address: Any) -> SimpleNamespace:
    """What `draw` needs of a world, for drawing outside of one."""
    return SimpleNamespace(task_key=tasks.hash_words(*address), counters=[0] * STREAMS)


@cache
def shapes() -> np.ndarray:
    """What each shape of a page shows and allows, see `state.SHAPE`."""
    table = np.zeros(state.SHAPES, state.SHAPE)
    for count, away, more in itertools.product(range(SLOTS + 1), (0, 1), (0, 1)):
        row = table[count * 4 + away * 2 + more]
        row["present"][:count] = 1.0
        row["action_mask"][:count] = 1
        row["action_mask"][SLOTS:] = (away, away, more, 1)
    for slot in range(SLOTS):
        row = table[state.POPUP_SHAPES + slot]
        row["present"][slot] = 1.0
        row["action_mask"][slot] = 1
    return table


@cache
def layouts(env: str) -> np.ndarray:
    """Boxes (x, y, width, height) of the slots in every layout, float32 in [0, 1].

    The slots stand in a grid of two columns and four rows below the title, each box at a place
    of its own within its cell, on a grid of 1/256 (whole pixels), so that no two ever overlap.
    The second index is the row of boxes that a page shows, see `state.BOXES`.
    """
    draws = _draws("layouts", env)
    boxes = np.zeros((LAYOUTS, state.BOX_ROWS, SLOTS, 4), np.float32)
    for layout, slot in itertools.product(range(LAYOUTS), range(SLOTS)):
        width, height = 84 + below(draws, LAYOUT, 29), 26 + below(draws, LAYOUT, 11)
        x = (slot % 2) * 128 + 4 + below(draws, LAYOUT, 121 - width)
        y = 56 + (slot // 2) * 42 + 2 + below(draws, LAYOUT, 39 - height)
        box = (x / 256, y / 256, width / 256, height / 256)
        boxes[layout, slot + 1 : SLOTS + 1, slot] = box
        boxes[layout, SLOTS + slot + 1, slot] = box
    return boxes.reshape(LAYOUTS, state.BOX_ROWS, SLOTS * 4)


def build_app(world, shared, app):
    """Draw an app from the layout stream: its names, links, distractors and layouts."""
    screens = shared.screens
    names = np.empty(NAMES, np.int64)
    for i in range(NAMES):
        names[i] = FIRST_NAME + i
    for i in range(NAMES - 1):
        j = i + below(world, LAYOUT, NAMES - i)
        kept = names[i]
        names[i] = names[j]
        names[j] = kept
    labels = np.empty((screens, ICONS), np.int64)
    targets = np.empty((screens, ICONS), np.int64)
    for screen in range(screens):
        app.name[screen] = names[screen]
        app.layout[screen] = below(world, LAYOUT, LAYOUTS)
        app.icons[screen] = 0
    grow_tree(shared, app, labels, targets)
    for _ in range(shared.cross_links):
        add_cross_link(world, shared, app, labels, targets)
    for screen in range(screens):
        spare = below(world, LAYOUT, NAMES - screens)
        for _ in range(shared.distractors):
            if app.icons[screen] < ICONS:
                name = names[screens + spare]
                spare = spare + 1 if screens + spare + 1 < NAMES else 0
                add_icon(app, labels, targets, screen, NOWHERE, name)
        shuffle_icons(world, app, labels, targets, screen)
        write_pages(shared, app, labels, targets, screen)


def grow_tree(shared, app, labels, targets):
    """Link every screen but home from its parent, breadth first, as many as the app has."""
    app.parent[0] = 0
    grown = 1
    first = 0  # of the depth at hand
    for depth in range(len(shared.children)):
        end = grown
        for parent in range(first, end):
            for _ in range(shared.children[depth]):
                if grown < shared.screens:
                    app.parent[grown] = parent
                    add_icon(app, labels, targets, parent, grown, app.name[grown])
                    grown += 1
        first = end


def add_icon(app, labels, targets, screen, target, label):
    """Put one more icon on a screen."""
    icon = app.icons[screen]
    targets[screen, icon] = target
    labels[screen, icon] = label
    app.icons[screen] = icon + 1


def add_cross_link(world, shared, app, labels, targets):
    """Link a screen from outside its own subtree, so that there are two ways to it."""
    for _ in range(20):
        source = below(world, LAYOUT, shared.screens)
        target = 1 + below(world, LAYOUT, shared.screens - 1)
        fits = app.icons[source] < ICONS - shared.distractors
        above = source  # the target must not lie on the way from the source up to home
        while above != 0 and above != target:
            above = int(app.parent[above])
        fits = fits and above == 0
        for icon in range(app.icons[source]):
            fits = fits and targets[source, icon] != target
        if fits:
            add_icon(app, labels, targets, source, target, app.name[target])
            return


def shuffle_icons(world, app, labels, targets, screen):
    """Put a screen's icons in a random order (Fisher and Yates)."""
    count = int(app.icons[screen])
    for i in range(count - 1):
        j = i + below(world, LAYOUT, count - i)
        target = targets[screen, i]
        label = labels[screen, i]
        targets[screen, i] = targets[screen, j]
        labels[screen, i] = labels[screen, j]
        targets[screen, j] = target
        labels[screen, j] = label


def write_pages(shared, app, labels, targets, screen):
    """Divide a screen's icons into pages, full ones first."""
    icons = int(app.icons[screen])
    pages = max(1, (icons + shared.per_page - 1) // shared.per_page)
    app.pages[screen] = pages
    for number in range(PAGES):
        first = number * shared.per_page
        count = max(0, min(shared.per_page, icons - first))
        page = app.page[screen, number]
        page.count = count
        page.shape = count * 4 + (2 if screen != 0 else 0) + (1 if pages > 1 else 0)
        for slot in range(SLOTS):
            page.label[slot] = labels[screen, first + slot] if slot < count else 0
            page.lead[slot] = targets[screen, first + slot] if slot < count else MISSING
        page.lead[BACK] = app.parent[screen] if screen != 0 else TOP
        page.lead[HOME] = 0 if screen != 0 else HERE
        page.lead[SCROLL] = SCROLLS if pages > 1 else WHOLE
        page.lead[DONE] = ENDS


def pick_pair(world, shared):
    """The place of the task's pair in the split's list: task i takes pair i of a common app."""
    index = world.task
    return index if index < shared.pairs else index % shared.pairs


def pick_pair_of_fresh_app(world, shared):
    """The same in fresh mode: draw the app, then a pair."""
    build_app(world, shared, find_app(world, shared))
    return below(world, LAYOUT, shared.pairs)


def lay_out(world, shared):
    """Write the task into the record: every field of the family's own."""
    others = shared.screens - 1
    place = shared.pairs_from + pick_pair(world, shared)
    # Quotients by way of floats: exact below 2**53, and a third of an integer division's time.
    spread = place * shared.stride
    total = shared.screens * others
    pair = spread - int(spread / total) * total
    start = int(pair / others)
    goal = pair - start * others
    if goal >= start:
        goal += 1
    world.screen = start
    world.start = start
    world.goal = goal
    world.page = 0
    world.message = 0
    world.popup = 0
    world.move = 0
    world.rename = 0
    if world.dead + world.redirects != 0:
        for i in range(len(world.dead_screen)):
            world.dead_screen[i] = 0
            world.dead_icon[i] = 0
            world.redirect_from[i] = 0
            world.redirect_to[i] = 0
    world.dead = 0
    world.redirects = 0


def variants(params: GuiParams) -> dict:
    """The rules that stand in for others: a fresh app lies in the record."""
    if not state.own(params):
        return {}
    return {find_app: own_app, pick_pair: pick_pair_of_fresh_app}
