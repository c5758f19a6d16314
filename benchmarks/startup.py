"""What it costs to begin: import, first batched step, memory."""

import os
import statistics
import subprocess
import sys

from midcourse.bench import Row

ID = "midcourse/GuiNavigation-v0"

IMPORT = (
    "import time, gymnasium; t = time.perf_counter(); import midcourse;"
    "print(time.perf_counter() - t)"
)
FIRST_STEP = f"""
import gymnasium, midcourse, numpy, time
t = time.perf_counter()
env = gymnasium.make_vec("{ID}", 1024, level=1)
env.reset(seed=0)
env.step(numpy.zeros(1024, int))
print(time.perf_counter() - t)
"""
MEMORY = f"""
import gymnasium, midcourse
env = gymnasium.make_vec("{ID}", 16384, level=3)
env.reset(seed=0)
actions = env.action_space.sample()
for _ in range(20):
    env.step(actions)
# Not getrusage: its maximum is that of the process that started this one, if that was larger.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) / 2**20)
"""


def printed(code, runs):
    """What fresh processes print, all but the first of which find Python's own cache filled."""
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    return [float(subprocess.check_output(command, env=environment)) for _ in range(runs)]


def figure(what, unit, values, goal):
    middle = statistics.median(values)
    ours = f"{middle:.3g} {unit}"
    return Row(what, ours, "", middle, min(values), max(values), goal, at_most=True)


def rows(report):
    report("import")
    printed(IMPORT, 1)
    milliseconds = [1000 * value for value in printed(IMPORT, 7)]
    yield figure("`import midcourse` over gymnasium's own", "ms", milliseconds, 150)
    report("first batched step")
    printed(FIRST_STEP, 1)  # fills the cache
    yield figure("first batched step with a warm cache", "s", printed(FIRST_STEP, 7), 0.5)
    report("memory")
    values = printed(MEMORY, 1)
    yield figure("memory of 16,384 level-3 worlds, whole process", "GiB", values, 1)
