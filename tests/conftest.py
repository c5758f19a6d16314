"""What all tests share: the small worlds beside them can be imported, here and in subprocesses."""

import os
import sys
from pathlib import Path

WORLDS = str(Path(__file__).parent / "worlds")
sys.path.insert(0, WORLDS)
os.environ["PYTHONPATH"] = os.pathsep.join([WORLDS, os.environ.get("PYTHONPATH", "")]).rstrip(":")


def pytest_collection_modifyitems(items):
    """The slow ones first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
