"""What all tests share: small worlds that can be imported, also in subprocesses; who runs what.

`pytest -n 2` gives all tests of a group to one worker. Rules are compiled at the first call, the
web's in minutes, and two workers that came to them at once would both do it.
"""

import os
import sys
from pathlib import Path

import pytest

WORLDS = str(Path(__file__).parent / "worlds")
sys.path.insert(0, WORLDS)
os.environ["PYTHONPATH"] = os.pathsep.join([WORLDS, os.environ.get("PYTHONPATH", "")]).rstrip(":")

pytest_plugins = ["tiny_llama"]  # fixtures

# Of a test's id, the first that it holds; those without stay with their file. The longest group
# begins, and what plays several families, from numba's cache, ends.
GROUPS = {
    "elayed": "delayed repression",
    "WebTasks": "web",
    "web_tasks": "web",
    "test_interrupt": "web",
    "test_web_ppo": "web",
    "serve/": "web",
    "test_demo": "demo",
}
FIRST, LAST = ("delayed repression", "web"), ("demo",)


def group_of(nodeid: str) -> str:
    """The group of a test by its id."""
    return next((g for part, g in GROUPS.items() if part in nodeid), nodeid.partition("::")[0])


def order_of(item) -> tuple[int, bool]:
    """First the long groups, the slow tests of each before its others."""
    group = group_of(item.nodeid)
    place = FIRST.index(group) if group in FIRST else len(FIRST) + (group in LAST)
    return place, item.get_closest_marker("slow") is None


def pytest_collection_modifyitems(items):
    """Order the tests."""
    items.sort(key=order_of)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give all tests of a group to one worker, in the order of the groups."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        """By the groups of this file; xdist 3.8 does not see marks of groups under pytest 9.2."""

        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return ByGroup(config, log)
