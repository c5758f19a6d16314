"""A real browser and a simulated twin take the same actions, and their worlds stay equal."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.core.family import Refusal
from midcourse.core.trace import record_hash

ID = "midcourse/WebTasks-v0"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
EPISODES = 10  # of each kind on each level
LEVELS = (1, 2, 3)
LONGEST = 8  # actions of a random episode
NONSENSE = "<b>no such thing</b> [7]"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
]


@contextmanager
def served(**knobs: Any) -> Iterator[str]:
    """The address of a server in a thread."""
    server = pytest.importorskip("midcourse.serve.server", reason="the extra `web` is missing")
    bound = server.listen("127.0.0.1", 0)
    running = server.make_server(server.make_sessions(ID, 100, knobs), server.LOCAL_NAMES)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        yield server.url_of(bound)
    finally:
        running.should_exit = True
        thread.join()
        bound.close()


@pytest.fixture(scope="module")
def tab() -> Iterator[Any]:
    """A tab of a browser that executes no scripts."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, headless=True, timeout=60_000
        )
        yield browser.new_context(java_script_enabled=False).new_page()
        browser.close()


def begin(tab: Any, url: str, seed: int) -> None:
    tab.goto(f"{url}?seed={seed}")
    press(tab, "text=Begin")


def press(tab: Any, what: str) -> None:
    """Click, and wait for the page that comes."""
    with tab.expect_navigation(wait_until="domcontentloaded"):
        tab.click(what)


def do(tab: Any, twin: Any, words: str) -> None:
    """Do in the browser, and in the twin, what some words say."""
    name, *parts = [part.strip(" ]") for part in words.split("[", 2)]
    name = name.strip()
    meant = twin.parse(words)
    if name == "stop" and parts and parts[0] in twin.page().reasons:
        tab.select_option("#why", parts[0])
        press(tab, "#reason")
    elif name == "stop" and parts and parts[0] == twin.page().answer_list:
        press(tab, "#list")
    elif name in ("stop", "answer") and parts:
        press(tab, f"#a{int(meant[1])}")
    elif name == "click":
        press(tab, f"#e{parts[0]}")
    elif name == "type":
        tab.fill(f"#e{parts[0]}", parts[1])
        press(tab, f"#b{parts[0]}")
    elif name == "select":
        tab.select_option(f"#e{parts[0]}", label=parts[1])
        press(tab, f"#b{parts[0]}")
    elif name == "goto":
        tab.select_option("#site", label=parts[0])
        press(tab, "#goto")
    else:
        press(tab, f"#tab{parts[0]}" if name == "switch_tab" else f"#{name}")
    if isinstance(meant, Refusal):
        twin.refuse(meant.reason)
    else:
        twin.step(meant)


def check_equal(tab: Any, twin: Any, words: str) -> None:
    """The browser's world is the twin's, and so is what it shows."""
    with urlopen(f"{tab.url}/state") as answer:
        state = json.load(answer)
    running = bool(twin.world["running"])
    assert state == {
        "hash": record_hash(twin),
        "clock": int(twin.world["clock"]),
        "running": running,
    }, words
    page = twin.page()
    if running:
        assert tab.locator("[id^=e]").count() == len(page.elements), words
        assert tab.locator("h1").inner_text() in (page.tab.title, *(e.name for e in page.elements))
        assert tab.locator(".chat li").count() == 1 + len(page.messages)
    else:
        success = "yes" if twin.world["success"] else "no"
        assert tab.locator("dd").all_inner_texts()[:2] == [success, str(page.clock)]


def oracle_words(twin: Any) -> str:
    """What the oracle does, in words."""
    action = twin.oracle_action()
    return twin.FAMILY.say(twin.world, twin.program.shared[0], action)


def random_words(twin: Any, rng: np.random.Generator) -> str:
    """Any action that the page offers: first its kind is drawn, then which of them."""
    offered = [w for w in twin.legal_actions() if twin.page().wants_answer or "stop [" not in w]
    boxes = [e.number for e in twin.page().elements if e.role == "textbox"]
    if boxes and rng.random() < 0.1:
        return f"type [{boxes[0]}] [{NONSENSE}]"
    kinds = sorted({w.split(" ")[0] for w in offered})
    weights = np.array([{"click": 5.0, "stop": 0.2}.get(kind, 1.0) for kind in kinds])
    kind = rng.choice(kinds, p=weights / weights.sum())
    return str(rng.choice([w for w in offered if w.split(" ")[0] == kind]))


@pytest.mark.parametrize("level", LEVELS)
def test_a_browser_and_a_simulation_agree_after_every_action(tab, level):
    knobs = {"level": level, "disturbances": 1}
    twin: Any = gymnasium.make(ID, **knobs).unwrapped
    rng = np.random.default_rng(level)
    with served(**knobs) as url:
        for seed in range(2 * EPISODES):
            twin.reset(seed=seed)
            begin(tab, url, seed)
            check_equal(tab, twin, "begin")
            by_oracle = seed < EPISODES
            while twin.world["running"] and (by_oracle or twin.world["clock"] < LONGEST):
                words = oracle_words(twin) if by_oracle else random_words(twin, rng)
                do(tab, twin, words)
                check_equal(tab, twin, words)
            assert twin.world["success"] or not by_oracle


def test_the_browsers_own_way_back_replays_nothing(tab):
    twin: Any = gymnasium.make(ID, level=1).unwrapped
    twin.reset(seed=0)
    with served(level=1) as url:
        begin(tab, url, 0)
        do(tab, twin, "click [2]")
        do(tab, twin, "new_tab")
        here = tab.url
        tab.go_back(wait_until="domcontentloaded")
        tab.goto(here)
        check_equal(tab, twin, "back")
        tab.reload(wait_until="domcontentloaded")
        check_equal(tab, twin, "reload")
