"""What a step costs: our web alone, in words, in a batch and served, beside MiniWoB++.

The peer is one of MiniWoB++'s small pages, `click-checkboxes`, in headless Chromium with random
clicks on its elements, most of which do not end the episode. It gives back the elements of the page
alone, as ours do, or a screenshot with them, which is its default. This measures cost, not
fidelity: a real browser lays out, paints and runs scripts, and our web does nothing of it. Each
side is one process that steps by itself; only steps are timed, with the page that each gives back.

It needs `pip install -r benchmarks/requirements.txt` and Debian's chromium and chromium-driver.
"""

import importlib.util
import os
import shutil
import statistics
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401  registers the ids
from midcourse.bench import Row, rate
from midcourse.core.errors import UserError

ID = "midcourse/WebTasks-v0"
LEVEL = 3
PEER = "miniwob/click-checkboxes-v1"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
GOAL = 3000.0  # times
ROUNDS = 15  # in each of which every side is measured once
CLICKS = 10  # of one round in a browser
EPISODES = 200  # of the oracle in one round, each on a task of its own
WEBS, CALLS = 1024, 16
STEPS = 40  # of an episode on our level
BUTTONS = "main button[id^=e], nav.site button[id^=e]"  # what a click does something on: no answers
READ = "return [document.readyState === 'complete', document.body?.innerText ?? '']"
TRIES = 1000  # of reading the page that comes after a click


def require():
    """Raises UserError if MiniWoB++, the browser or its driver is not installed."""
    if importlib.util.find_spec("miniwob") is None:
        raise UserError(
            "the benchmark `web_browser` measures against MiniWoB++ 1.1.0, which is not installed: "
            "pip install -r benchmarks/requirements.txt"
        )
    if None in chromium():
        raise UserError(
            "the benchmark `web_browser` drives Chromium, which is not installed: "
            "apt-get install chromium chromium-driver"
        )


def chromium():
    """Paths of the browser and its driver, None for one that is not installed."""
    return shutil.which("chromium"), shutil.which("chromedriver")


# --- the peer ---------------------------------------------------------------------------------


@contextmanager
def miniwob_steps(browser, driver):
    """The function that gives the seconds of a step of MiniWoB++, the median of some.

    Its argument says whether it takes screenshots.
    """
    import miniwob  # pyright: ignore[reportMissingImports]

    gymnasium.register_envs(miniwob)
    os.environ.update(MINIWOB_CHROME_BINARY=browser, MINIWOB_CHROMEDRIVER=driver)
    os.environ["CHROMIUM_FLAGS"] = " ".join(FLAGS)  # Debian's launcher reads them
    env: Any = gymnasium.make(PEER).unwrapped
    rng = np.random.default_rng(0)

    def reset(pictures):
        options = {"record_screenshots": pictures}
        return env.reset(seed=int(rng.integers(1 << 30)), options=options)[0]

    def leaf(elements):
        """The number of a random element that holds no other; a text's number is negative."""
        real = [e for e in elements if e["ref"] > 0]
        parents = {e["parent"] for e in real}
        return int(rng.choice([e["ref"] for e in real if e["ref"] not in parents]))

    def run(pictures):
        times, page = [], reset(pictures)
        for _ in range(CLICKS):
            action = env.create_action("CLICK_ELEMENT", ref=leaf(page["dom_elements"]))
            begin = time.perf_counter()
            page, _, terminated, truncated, _ = env.step(action)
            times.append(time.perf_counter() - begin)
            if terminated or truncated:
                page = reset(pictures)
        return statistics.median(times)

    try:
        yield run
    finally:
        env.close()


# --- ours -------------------------------------------------------------------------------------


@contextmanager
def served():
    """The address of our web, served by a thread."""
    from midcourse.serve import server

    bound = server.listen("127.0.0.1", 0)
    sessions = server.make_sessions(ID, ROUNDS + 1, {"level": LEVEL})  # and a warm-up
    running = server.make_server(sessions, server.LOCAL_NAMES)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        yield server.url_of(bound)
    finally:
        running.should_exit = True
        thread.join()
        bound.close()


@contextmanager
def served_steps(browser, driver):
    """The function that gives the seconds of a step of our web in a browser, the median of some."""
    from selenium import webdriver  # pyright: ignore[reportMissingImports]

    options, rng = webdriver.ChromeOptions(), np.random.default_rng(0)
    options.binary_location = browser
    for flag in FLAGS:
        options.add_argument(flag)
    tab = webdriver.Chrome(options, webdriver.ChromeService(executable_path=driver))

    def buttons(clicks):
        """What can be clicked on the page that comes after so many clicks."""
        for _ in range(TRIES):
            loaded, said = tab.execute_script(READ)
            if loaded and f"Steps left: {STEPS - clicks} of {STEPS}" in said:
                return tab.find_elements("css selector", BUTTONS)
        raise RuntimeError(f"after {clicks} clicks another page was expected: {said[:200]}")

    def run(address):
        tab.get(address)
        tab.find_element("css selector", "button").click()
        times, page = [], buttons(0)
        for k in range(CLICKS):
            button = page[rng.integers(len(page))]
            begin = time.perf_counter()
            button.click()
            page = buttons(k + 1)
            times.append(time.perf_counter() - begin)
        return statistics.median(times)

    try:
        with served() as address:
            yield lambda: run(address)
    finally:
        tab.quit()


def alone(in_words):
    """The function that gives the seconds of a step of one web, the median of many.

    The oracle plays, and the page comes back as arrays, or it is spoken to and comes in words.
    """
    env: Any = gymnasium.make(ID, level=LEVEL).unwrapped
    env.reset(seed=0)

    def run():
        times = []
        for _ in range(EPISODES):
            env.reset()
            over = False
            while not over:
                action = env.oracle_action()
                said = env.FAMILY.say(env.world, env.program.shared[0], action)
                begin = time.perf_counter()
                over = env.step(env.parse(said) if in_words else action)[2]
                if in_words:
                    env.text()
                times.append(time.perf_counter() - begin)
        return statistics.median(times)

    return run


def batch():
    """The function that gives the seconds of a step of one world in a batch, the median of some.

    Actions are random ones of the numbers that the masks allow, and worlds that end begin anew.
    """
    env: Any = gymnasium.make_vec(ID, WEBS, level=LEVEL)
    rng = np.random.default_rng(0)
    verbs = int(env.single_action_space.nvec[0])
    mask = env.reset(seed=0)[1]["action_mask"]

    def run():
        nonlocal mask
        times = []
        for _ in range(CALLS):
            scores = rng.random(mask.shape) * mask
            action = np.stack([scores[:, :verbs].argmax(1), scores[:, verbs:].argmax(1)], 1)
            begin = time.perf_counter()
            info = env.step(action)[4]
            times.append(time.perf_counter() - begin)
            mask = info["action_mask"]
        return statistics.median(times) / WEBS

    return run


def rows(report):
    paths = chromium()
    with ExitStack() as stack:
        report("MiniWoB++ and our web in two browsers")
        peer = stack.enter_context(miniwob_steps(*paths))
        browser = stack.enter_context(served_steps(*paths))
        sides = [lambda: peer(False), lambda: peer(True), browser]
        sides += [alone(in_words=False), alone(in_words=True), batch()]
        for run in sides:
            run()
        measured = zip(*([run() for run in sides] for _ in range(ROUNDS)), strict=True)
    plain, pictured, *ours = measured
    what = "a step {}, against MiniWoB++ in Chromium{} (cost, not fidelity)"
    names = ("served to the same browser", "of one web", "in words", "in a batch of 1,024 webs")
    for name, times in zip(names, ours, strict=True):
        yield against(what.format(name, ""), times, plain, None)
    goals = (GOAL, None, None)  # both as `gymnasium.make` makes them
    for name, times, goal in zip(names[1:], ours[1:], goals, strict=True):
        yield against(what.format(name, " with screenshots"), times, pictured, goal)


def against(what, ours, theirs, goal):
    """A row of how many times as long a step of theirs takes, round by round."""
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    fast, slow = (rate(1 / statistics.median(times)) for times in (ours, theirs))
    middle = statistics.median(ratios)
    return Row(what, fast, f"MiniWoB++: {slow}", middle, min(ratios), max(ratios), goal)
