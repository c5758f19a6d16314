"""What is seen of the web: the arrays, and which actions are legal."""

import numpy as np
from gymnasium import spaces

from midcourse.envs.web_tasks.browser import goes_on, tab_of
from midcourse.envs.web_tasks.goal.wishes import ACTS, ATTRIBUTES, TEMPLATES
from midcourse.envs.web_tasks.rules import offered
from midcourse.envs.web_tasks.speech.words import LONGEST
from midcourse.envs.web_tasks.state import (
    BACK,
    BUTTON,
    CHOICES,
    CLOSE_TAB,
    COMBOBOX,
    CONSTRAINTS,
    ELEMENTS,
    FORWARD,
    FROM_GOAL,
    GOTO,
    GREATEST,
    LINK,
    NEW_TAB,
    OPTIONS,
    REPLIES,
    ROLES,
    SCROLL,
    STOP,
    SWITCH_TAB,
    TABS,
    TEXTBOX,
    UNITS,
    VERBS,
)

ACTION_SPACE = spaces.MultiDiscrete([VERBS, CHOICES])
TOKENS = (1 << 15) - 1

SPACE = spaces.Dict(
    {
        "role": spaces.MultiDiscrete([len(ROLES)] * ELEMENTS, dtype=np.int8),
        "caption": spaces.Box(0, TOKENS, (ELEMENTS,), np.int16),
        "words": spaces.Box(0, TOKENS, (ELEMENTS * LONGEST,), np.int16),
        "unit": spaces.MultiDiscrete([len(UNITS)] * ELEMENTS, dtype=np.int8),
        "value": spaces.Box(-GREATEST, GREATEST, (ELEMENTS,), np.int32),
        "options": spaces.Box(0, TOKENS, (ELEMENTS,), np.int16),
        "offered": spaces.Box(0, TOKENS, (ELEMENTS,), np.int16),
        "goal": spaces.MultiDiscrete([len(ATTRIBUTES) + 1] * CONSTRAINTS, dtype=np.int8),
        "goal_words": spaces.Box(0, TOKENS, (CONSTRAINTS * LONGEST,), np.int16),
        "act": spaces.Discrete(len(ACTS)),
        "template": spaces.Discrete(len(TEMPLATES)),
        "tab": spaces.Discrete(TABS),
        "tabs": spaces.MultiBinary(TABS),
        "steps_left": spaces.Box(0.0, 1.0, (1,), np.float32),
        "reply": spaces.Discrete(len(REPLIES)),
    }
)

FRAME = np.dtype(
    [
        ("role", np.int8, (ELEMENTS,)),  # index into ROLES; 0: there is no such element
        ("caption", np.int16, (ELEMENTS,)),  # word
        ("words", np.int16, (ELEMENTS * LONGEST,)),  # text of each element, token by token
        ("unit", np.int8, (ELEMENTS,)),  # of the value, index into UNITS
        ("value", np.int32, (ELEMENTS,)),
        ("options", np.int16, (ELEMENTS,)),  # of a combobox: word of its first option ...
        ("offered", np.int16, (ELEMENTS,)),  # ... and as bits, which it offers
        ("goal", np.int8, (CONSTRAINTS,)),  # 1 + attribute of each requirement; 0: none, struck out
        ("goal_words", np.int16, (CONSTRAINTS * LONGEST,)),
        ("act", np.int64),  # what is wanted, index into ACTS
        ("template", np.int64),  # which kind of task, index into TEMPLATES
        ("tab", np.int64),  # the tab at hand
        ("tabs", np.int8, (TABS,)),  # 1: open
        ("steps_left", np.float32, (1,)),  # share of the step limit
        ("reply", np.int64),  # what the last action met with, index into REPLIES
    ],
    align=True,
)


def observe(world, shared, frame):
    """Write the Dict observation."""
    now = world.now[0]
    goal = world.goal
    clear(frame.role)
    clear(frame.caption)
    clear(frame.unit)
    clear(frame.value)
    clear(frame.options)
    clear(frame.offered)
    clear(frame.words)
    for e in range(now.elements):
        element = now.element[e]
        frame.role[e] = element.role
        frame.caption[e] = element.caption
        frame.unit[e] = element.unit
        frame.value[e] = element.value
        is_choice = element.role == COMBOBOX
        frame.options[e] = element.options if is_choice else 0
        frame.offered[e] = element.argument if is_choice else 0
        for k in range(LONGEST):
            frame.words[e * LONGEST + k] = element.words[k]
    for c in range(CONSTRAINTS):
        constraint = goal.constraint[c]
        alive = constraint.live != 0
        frame.goal[c] = constraint.what + 1 if alive else 0
        for k in range(LONGEST):
            frame.goal_words[c * LONGEST + k] = constraint.words[k] if alive else 0
    frame.act = goal.act[0]
    frame.template = goal.template
    frame.tab = now.tab_at
    for t in range(TABS):
        frame.tabs[t] = now.tab[t].open
    frame.steps_left[0] = (world.limit - world.clock) / world.limit
    frame.reply = world.reply


def clear(array):
    """Fill an array with zeros, for which the compiler takes wide stores."""
    for k in range(len(array)):
        array[k] = 0


def mask(world, shared, frame):
    """Write which first and which second numbers can be legal.

    Which of the second go with a first is for the world to say: a mask has no place for pairs.
    """
    now = world.now[0]
    tab = tab_of(world)
    allowed = frame.action_mask
    clear(allowed)
    for e in range(now.elements):
        allowed[e] = 1 if active(now.element[e].role) else 0
    allowed[BACK] = 1 if tab.at > 0 else 0
    allowed[FORWARD] = 1 if tab.at < tab.last else 0
    opened = 0
    for t in range(TABS):
        opened += now.tab[t].open
    allowed[GOTO] = 1
    allowed[NEW_TAB] = 1 if opened < TABS else 0
    allowed[SWITCH_TAB] = 1 if opened > 1 else 0
    allowed[CLOSE_TAB] = 1 if opened > 1 else 0
    allowed[SCROLL] = 1 if goes_on(now) else 0
    allowed[STOP] = 1
    for choice in range(max(now.elements, OPTIONS)):
        allowed[VERBS + choice] = 1 if offered(world, choice) else 0
    for choice in range(FROM_GOAL, CHOICES):
        allowed[VERBS + choice] = 1 if offered(world, choice) else 0


def active(role):
    """Whether an element can be used."""
    return role in (LINK, BUTTON, TEXTBOX, COMBOBOX)


def legal(action, shared):
    """Whether an action lies in the action space."""
    verb = int(action[0])
    choice = int(action[1])
    return verb >= 0 and verb < VERBS and choice >= 0 and choice < CHOICES
