"""The search's own check: all actions one after another, in plain Python, nothing left out."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.goal.wishes import REASONS


def every_action(world: Any) -> Iterator[tuple[int, int]]:
    """All actions that are not refused, those that differ in nothing but a spare number once."""
    now = world["now"][0]
    elements = now["element"][: int(now["elements"])]
    for e, element in enumerate(elements):
        if element["role"] in (state.LINK, state.BUTTON):
            yield e, 0
        elif element["role"] == state.COMBOBOX:
            yield from ((e, i) for i in range(state.OPTIONS) if int(element["argument"]) >> i & 1)
        elif element["role"] == state.TEXTBOX:
            yield from ((e, choice) for choice in range(state.CHOICES))
    plain = (state.BACK, state.FORWARD, state.NEW_TAB, state.CLOSE_TAB, state.SCROLL)
    yield from ((verb, 0) for verb in plain)
    yield from ((state.GOTO, site) for site in range(len(state.SITES)))
    yield from ((state.SWITCH_TAB, t) for t in range(state.TABS))
    yield from ((state.STOP, e) for e in range(len(elements)))
    yield from ((state.STOP, state.FROM_NUMBERS + why) for why in range(len(REASONS)))


def succeeds(env: Any, budget: int) -> bool:
    """Whether any way of at most `budget` actions from an environment's state succeeds."""
    snapshot = env.snapshot()
    found = False
    for action in every_action(env.world):
        if not found and (action[0] == state.STOP or budget > 1):
            found = env.step(np.array(action))[4]["success"]
            goes_on = budget > 1 and env.world["running"]
            found = found or bool(goes_on and succeeds(env, budget - 1))
            env.restore(snapshot)
    return found
