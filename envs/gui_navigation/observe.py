"""What is seen of GUI navigation: the arrays, and which actions are legal."""

import numpy as np
from gymnasium import spaces

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.copying import copy
from midcourse.envs.gui_navigation.oracle import find_app, find_page
from midcourse.envs.gui_navigation.state import (
    ACTIONS,
    CLOSE,
    FIRST_NAME,
    LABELS,
    LAYOUTS,
    MESSAGES,
    NAMES,
    NO_LABEL,
    POPUP_SHAPES,
    SLOTS,
)

ICON_SPACE = spaces.MultiDiscrete([LABELS] * SLOTS, dtype=np.int16)

SPACE = spaces.Dict(
    {
        "icons": ICON_SPACE,
        "boxes": spaces.Box(0.0, 1.0, (SLOTS * 4,), np.float32),
        "present": spaces.Box(0.0, 1.0, (SLOTS,), np.float32),
        "steps_left": spaces.Box(0.0, 1.0, (1,), np.float32),
        "goal": spaces.Discrete(LABELS),
        "title": spaces.Discrete(LABELS),
        "message": spaces.Discrete(len(MESSAGES)),
    }
)

FRAME = np.dtype(
    [
        ("icons", np.int16, (SLOTS,)),  # label of the icon in each slot, 0: none
        (
            "boxes",
            np.float32,
            (SLOTS * 4,),
        ),  # of each slot x, y, width, height as shares of the picture
        ("present", np.float32, (SLOTS,)),  # 1 where a slot holds an icon
        ("steps_left", np.float32, (1,)),  # share of the step limit
        ("goal", np.int64),  # label of the goal, as it is called now
        ("title", np.int64),  # label of this screen, 0 where titles are hidden
        ("message", np.int64),  # what the last action met with, index into MESSAGES
    ],
    align=True,
)

COMPACT_SPACE = spaces.MultiDiscrete(
    [LABELS] * SLOTS + [LABELS, LABELS, len(MESSAGES)], dtype=np.int16
)

# The fields lie over one another, so that the labels can be copied in one piece.
COMPACT_FRAME = np.dtype(
    {
        "names": ["icons", "goal", "title", "message", "observation"],
        "formats": [(np.int16, (SLOTS,)), np.int16, np.int16, np.int16, (np.int16, (SLOTS + 3,))],
        "offsets": [0, 2 * SLOTS, 2 * SLOTS + 2, 2 * SLOTS + 4, 0],
        "itemsize": 2 * SLOTS + 6,
    },
    align=True,
)


def shown(label, rename):
    """What a label reads now: names rotate among themselves when they were changed."""
    if label < FIRST_NAME or rename == 0:
        return label
    return FIRST_NAME + (label - FIRST_NAME + rename) % NAMES


def write_icons(world, shared, app, frame):
    """Write the labels of the page at hand, which is not as it was built."""
    for slot in range(SLOTS):
        frame.icons[slot] = NO_LABEL
    if world.popup != 0:
        frame.icons[world.popup - 1] = CLOSE
        return
    first = world.page * shared.per_page
    for slot in range(app.page[world.screen, world.page].count):
        icon = (first + slot + world.move) % app.icons[world.screen]
        frame.icons[slot] = shown(built_label(app, shared, world.screen, icon), world.rename)


def built_label(app, shared, screen, icon):
    """The label of an icon of a screen, as built."""
    return app.page[screen, icon // shared.per_page].label[icon % shared.per_page]


@rare
def write_changed_names(world, shared, app, frame):
    """Write the labels of a screen that is not as it was built."""
    write_icons(world, shared, app, frame)
    frame.goal = shown(app.name[world.goal], world.rename)
    frame.title = shown(app.name[world.screen], world.rename) * shared.titles


def write_names(world, shared, app, page, frame):
    """Write everything that is an id."""
    if world.popup + world.move + world.rename == 0:
        copy(frame.icons, page.label)
        frame.goal = app.name[world.goal]
        frame.title = app.name[world.screen] * shared.titles
    else:
        write_changed_names(world, shared, app, frame)
    frame.message = world.message


def observe(world, shared, frame):
    """Write the Dict observation."""
    app = find_app(world, shared)
    page = find_page(world, app)
    write_names(world, shared, app, page, frame)
    layout = (app.layout[world.screen] + world.move) & (LAYOUTS - 1)
    if world.popup == 0:
        copy(frame.present, shared.shapes[page.shape].present)
        copy(frame.boxes, shared.layouts[layout, page.count].boxes)
    else:
        copy(frame.present, shared.shapes[POPUP_SHAPES + world.popup - 1].present)
        copy(frame.boxes, shared.layouts[layout, SLOTS + world.popup].boxes)
    frame.steps_left[0] = (world.limit - world.clock) / world.limit


def observe_compact(world, shared, frame):
    """Write the observation of ids alone: icons, goal, title, message."""
    app = find_app(world, shared)
    write_names(world, shared, app, find_page(world, app), frame)


def mask(world, shared, frame):
    """Write which actions are legal: what can be clicked, and where one can go."""
    if world.popup == 0:
        page = find_page(world, find_app(world, shared))
        copy(frame.action_mask, shared.shapes[page.shape].action_mask)
    else:
        copy(frame.action_mask, shared.shapes[POPUP_SHAPES + world.popup - 1].action_mask)


def legal_index(action, shared):
    """Whether an action lies in the action space."""
    return action >= 0 and action < ACTIONS
