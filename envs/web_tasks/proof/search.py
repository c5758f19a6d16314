"""Every way of at most so many actions to success, by depth-first search over all actions.

All actions are taken that are not refused: every link, button and option, every text in every
textbox, back, forward, every site, a new tab, every tab, closing one, scrolling, and the stop with
every element and every reason. Of texts equal in all tokens one is typed, of elements equal in all
that an answer is made of one is pointed at. A state is left where even the bound (`bound.py`) is
more than the actions that remain, and where its view (`view.py`) was entered before.

Where the bound leaves no move, only buttons, options and texts of requirements are tried: nothing
else lowers the bound. Wherever it leaves moves, everything is tried.

What this rests on is looked at with every action: the bound falls by one at most, and by a move not
at all; what is refused changes nothing but the reply; only buttons change the content of a site.
The search counts the actions that do otherwise, and is a proof if there are none.
"""

import numpy as np

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import FILL
from midcourse.envs.web_tasks.goal.targets import reason
from midcourse.envs.web_tasks.goal.wishes import NO_REASON
from midcourse.envs.web_tasks.proof.bound import left_of_fields, left_of_things
from midcourse.envs.web_tasks.proof.stops import stop_succeeds
from midcourse.envs.web_tasks.proof.view import digest_of_content, is_new, view
from midcourse.envs.web_tasks.rules import can_type, step, token_of
from midcourse.envs.web_tasks.speech.words import LONGEST
from midcourse.envs.web_tasks.state import (
    BACK,
    BUTTON,
    CHOICES,
    CLOSE_TAB,
    COMBOBOX,
    FORWARD,
    FROM_GOAL,
    FROM_NUMBERS,
    GOTO,
    HISTORY,
    LINK,
    NEW_TAB,
    OPTIONS,
    QUIET,
    SCROLL,
    SITES,
    SWITCH_TAB,
    TABS,
    TEXTBOX,
)
from midcourse.envs.web_tasks.ways.finding import FAR

FOUND, NONE_FOUND, TABLE_FULL, TOO_MANY, TOO_FAR = range(5)  # how a search ends
STATES, ACTIONS, BROKEN = 0, 1, 3  # what it counts; STOPS is 2
COUNTS = 4
# Of each depth: the action to be taken next, how many there are, what the bound says of things, the
# classes of parts that lack theirs, and the bound.
NEXT, LISTED, THINGS, LACKING, BOUND = range(5)
NUMBERS = 5


def search(stack, raw, shared, table, actions, numbers, span, budget, counts):
    """Look for a success in at most `budget` actions from the state `stack[0]`.

    Args:
        stack: records, one more than `budget` at least; the first is the start.
        raw: the same memory, as uint32 words.
        shared: array of the one shared record.
        table: uint64, (a power of 2, 2), zeros: the states that were entered.
        actions: int64, (len(stack), as many as one state has at most, 2).
        numbers: int64, (len(stack), NUMBERS).
        span: words of a record: the first of the browser's, the first of the sites' content, and
            the one after the last.
        budget: actions, the stop included.
        counts: int64, (COUNTS,): states entered, actions tried, stops tried, and actions that
            are not as they should be.

    Returns:
        (how it ended, the depth of the success); action `numbers[d, NEXT] - 1` led from depth d.
    """
    common = shared[0]
    feasible = reason(stack[0], common) == NO_REASON
    digests = np.zeros((len(stack), 2), np.uint64)
    weigh(stack[0], common, numbers, 0, True, feasible)
    if numbers[0, BOUND] > budget:
        return NONE_FOUND, 0
    if budget - numbers[0, BOUND] >= HISTORY:
        return TOO_FAR, 0  # a view does not say how soon a history forgets its first page
    d = 0
    fresh = True  # the state at depth d was not yet looked at
    pressed = True
    while d >= 0:
        left = budget - d
        if fresh:
            seen = (table, digests, numbers, span)
            if not first_seen(stack[d], raw[d], seen, d, left, pressed, counts):
                d -= 1
            elif counts[STATES] * 4 > len(table) * 3:
                return TABLE_FULL, 0
            elif enter(stack[d], common, actions[d], numbers[d], left, counts):
                return FOUND, d + 1
            elif numbers[d, LISTED] < 0:
                return TOO_MANY, 0
            fresh = False
        elif numbers[d, NEXT] == numbers[d, LISTED]:
            d -= 1
        else:
            changed, pressed = take_next(
                stack, raw, common, actions, numbers, span, d, feasible, counts
            )
            if changed and numbers[d + 1, BOUND] < left:
                d += 1
                fresh = True
    return NONE_FOUND, 0


@rare
def take_next(stack, raw, shared, actions, numbers, span, d, feasible, counts):
    """Take the next action of a depth: (whether it was not refused, whether it was a button)."""
    action = actions[d, numbers[d, NEXT]]
    numbers[d, NEXT] += 1
    moves, pressed = kind_of_action(stack[d], action)
    raw[d + 1, :] = raw[d, :]
    step(stack[d + 1], shared, action)
    counts[ACTIONS] += 1
    if as_it_was(stack[d + 1], raw, span, d, pressed, counts):
        return False, pressed
    weigh(stack[d + 1], shared, numbers, d + 1, pressed, feasible)
    least = numbers[d, BOUND] if moves else numbers[d, BOUND] - 1
    counts[BROKEN] += 1 if numbers[d + 1, BOUND] < least else 0
    return True, pressed


@rare
def weigh(world, shared, numbers, d, pressed, feasible):
    """Write the bound at a depth; what it says of things changes by buttons only."""
    if pressed:
        numbers[d, THINGS], numbers[d, LACKING] = left_of_things(world, shared, feasible)
    else:
        numbers[d, THINGS] = numbers[d - 1, THINGS]
        numbers[d, LACKING] = numbers[d - 1, LACKING]
    numbers[d, BOUND] = FAR
    if numbers[d, THINGS] < FAR:
        fields = left_of_fields(world, shared, numbers[d, LACKING])
        numbers[d, BOUND] = 1 + numbers[d, THINGS] + fields


@rare
def first_seen(world, raw, seen, d, left, pressed, counts):
    """Put a state down; False if it was entered before."""
    table, digests, numbers, span = seen
    if pressed:
        digests[d, 0], digests[d, 1] = digest_of_content(raw, span[1], span[2])
    else:
        digests[d, 0] = digests[d - 1, 0]
        digests[d, 1] = digests[d - 1, 1]
    moves = left - numbers[d, BOUND]
    one, other = view(world, digests[d, 0], digests[d, 1], left, moves)
    return is_new(one, other, table, counts)


@rare
def enter(world, shared, actions, numbers, left, counts):
    """Try every stop, and if none succeeds list the other actions."""
    bound = numbers[BOUND]
    numbers[NEXT] = 0
    numbers[LISTED] = 0
    if bound == 1 and stop_succeeds(world, shared, actions, counts):
        numbers[NEXT] = 1
        return True
    if left > 1:
        numbers[LISTED] = list_actions(world, actions, left - bound)
    return False


@rare
def as_it_was(world, raw, span, d, pressed, counts):
    """Whether an action was refused. Counts one that was and changed anything but the reply.

    And one that was no button, but changed the content of a site.
    """
    refused = world.reply != QUIET
    if refused or not pressed:
        different = np.uint32(0)
        for i in range(span[0] if refused else span[1], span[2]):
            different |= raw[d, i] ^ raw[d + 1, i]
        counts[BROKEN] += 0 if different == 0 else 1
    return refused


def kind_of_action(world, action):
    """Whether an action is a move, which fills in nothing and sends nothing; whether a button."""
    now = world.now[0]
    verb = action[0]
    if verb >= now.elements:
        return True, False
    element = now.element[verb]
    if element.role == BUTTON:
        return False, True
    return element.effect != FILL, False


# --- actions ----------------------------------------------------------------------------------


@rare
def list_actions(world, actions, moves):
    """Write all actions that can mean something, but for the stop; returns how many, or -1.

    Without moves, those that the bound could fall by.
    """
    now = world.now[0]
    n = 0
    texts = np.empty(CHOICES, np.int64)
    known = 0
    for e in range(now.elements):
        if now.element[e].role == TEXTBOX and known == 0:
            known = different_texts(world, texts, FROM_GOAL if moves == 0 else 0)
    for e in range(now.elements):
        element = now.element[e]
        fills = element.effect == FILL
        if n + CHOICES > len(actions):
            return -1
        if element.role == BUTTON or (element.role == LINK and moves > 0):
            n = put_action(actions, n, e, 0)
        elif element.role == COMBOBOX and (fills or moves > 0):
            for option in range(OPTIONS):
                if (element.argument >> option) & 1 != 0:
                    n = put_action(actions, n, e, option)
        elif element.role == TEXTBOX and (fills or moves > 0):
            for i in range(known):
                n = put_action(actions, n, e, texts[i])
    if moves == 0:
        return n
    if n + CHOICES > len(actions):
        return -1
    for verb in (BACK, FORWARD, NEW_TAB, CLOSE_TAB, SCROLL):
        n = put_action(actions, n, verb, 0)
    for site in range(len(SITES)):
        n = put_action(actions, n, GOTO, site)
    for t in range(TABS):
        n = put_action(actions, n, SWITCH_TAB, t)
    return n


def put_action(actions, n, verb, choice):
    """Write an action; returns the place of the next."""
    actions[n, 0] = verb
    actions[n, 1] = choice
    return n + 1


@rare
def different_texts(world, texts, first):
    """Write the texts from `first` on that can be typed, of equal ones one; returns how many.

    From the requirements' on, up to the numbers, which none of them is made of then.
    """
    known = 0
    for choice in range(first, FROM_NUMBERS if first > 0 else CHOICES):
        if can_type(world, choice):
            new = True
            for i in range(known):
                new = new and not equal_texts(world, choice, texts[i])
            if new:
                texts[known] = choice
                known += 1
    return known


def equal_texts(world, choice, other):
    """Whether two texts are equal in all tokens."""
    same = True
    for k in range(LONGEST):
        same = same and token_of(world, choice, k) == token_of(world, other, k)
    return same
