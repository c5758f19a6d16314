"""The page as plain values tells what the text view tells."""

from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401
from midcourse.core.page import ROLES, Element
from midcourse.envs.web_tasks import state

ID = "midcourse/WebTasks-v0"


def line_of(e: Element) -> str:
    """The element's line in the text view."""
    parts = [f"[{e.number}] {e.role}", f"'{e.caption}'" if e.caption else ""]
    if e.role in ("textbox", "combobox"):
        parts.append(f"holds '{e.text}'" if e.text else "is empty")
    elif e.text:
        parts.append(f"'{e.text}'")
    parts += [e.value, f"of {', '.join(e.options)}" if e.options else ""]
    return " ".join(part for part in parts if part)


def test_the_page_and_the_text_tell_the_same():
    env: Any = gymnasium.make(ID, level=5, disturbances=2, step_limit=300).unwrapped
    rng, titles = np.random.default_rng(0), set()
    for seed in range(6):
        env.reset(seed=seed)
        for _ in range(60):
            page, text = env.page(), env.text().splitlines()
            assert {e.role for e in page.elements} <= set(ROLES)
            assert [row for row in text if row.startswith("[")] == list(map(line_of, page.elements))
            said = [row for row in text if row.startswith("Message after")]
            assert (text[0], said) == (f"Task: {page.task}", list(page.messages))
            numbers = ", ".join(str(tab.number) for tab in page.tabs)
            assert f"Tab {page.tab.number} (open: {numbers})" in text
            assert (f"Last action: {page.reply}." in text) == bool(page.reply)
            assert text[-1] == f"Steps left: {page.limit - page.clock} of {page.limit}"
            titles.add(page.tab.url.split("/")[3])
            words = [w for w in env.legal_actions() if not w.startswith("stop")]
            assert page.can_go_back == ("back" in words)
            assert page.can_go_forward == ("forward" in words)
            assert page.can_open_tab == ("new_tab" in words)
            assert page.can_scroll == ("scroll [down]" in words)
            plain = [w for w in words if not w.startswith(("type", "new_tab"))] * 3
            words = [*words[:9], *plain]
            env.step(env.parse(words[rng.integers(len(words))]))
    assert {"", "category", "product", "cart", "orders", "order"} <= titles


def test_navigation_is_what_stands_on_every_page_and_answers_point_at_values():
    env: Any = gymnasium.make(ID, level=2).unwrapped
    env.reset(seed=1)
    for words in ("click [9]", "click [8]", "click [2]", "click [11]"):
        page = env.page()
        names = [e.name for e in page.elements if e.in_navigation]
        assert names[:2] == ["Search", "Home"]
        assert names[-2:] == ["Cart", "Orders"]
        for number, action in page.answers.items():
            assert page.elements[number].value
            assert action.tolist() == [state.STOP, number]
        env.step(env.parse(words))
