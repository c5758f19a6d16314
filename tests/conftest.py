"""What all tests share: the small worlds beside them can be imported, here and in subprocesses."""

import os
import sys
from pathlib import Path

WORLDS = str(Path(__file__).parent / "worlds")
sys.path.insert(0, WORLDS)
os.environ["PYTHONPATH"] = os.pathsep.join([WORLDS, os.environ.get("PYTHONPATH", "")]).rstrip(":")
