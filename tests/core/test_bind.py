import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tiny

import midcourse
from midcourse.core.engine import bind, record, rng

PLAY = """
import json, sys
sys.path[:0] = sys.argv[1:]
import gymnasium, numba, numpy, tiny, midcourse
single = tiny.single(disturbances=2)
single.reset(seed=1)
single.step(3)
batch = tiny.batch(4, disturbances=2)
batch.reset(seed=1)
batch.step(numpy.full(4, 3))
entries = {name: entry for name, entry in single.program.entries.items() if entry.signatures}
print(json.dumps({
    "hits": sum(sum(e.stats.cache_hits.values()) for e in entries.values()),
    "misses": sum(sum(e.stats.cache_misses.values()) for e in entries.values()),
    "state": batch.worlds.tobytes().hex(),
    "from": midcourse.__file__,
    "scipy": "scipy.linalg" in sys.modules,
}))
"""
SOURCE = Path(str(midcourse.__file__)).parent


def play(cache, *first):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", PLAY, *map(str, first)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {**json.loads(done.stdout), "told": done.stderr.splitlines()}


@pytest.mark.slow
def test_a_second_process_hits_the_cache_and_an_edit_of_a_draw_changes_the_result(tmp_path):
    copy = tmp_path / "midcourse"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "envs").mkdir()
    (copy / "envs/__init__.py").write_text("def register_all():\n    pass\n")
    worlds = Path(str(tiny.__file__)).parent
    cold = play(tmp_path / "cache", tmp_path, worlds)
    warm = play(tmp_path / "cache", tmp_path, worlds)
    assert cold["from"] == str(copy / "__init__.py")
    assert cold["misses"] > 0
    assert (warm["hits"], warm["misses"]) == (cold["misses"], 0)
    assert warm["state"] == cold["state"]
    assert not warm["scipy"]
    assert [line.partition(",")[0] for line in cold["told"]] == ["Tiny-v0: compiling its rules"]
    assert not warm["told"]
    draws = copy / "core/engine/rng.py"
    text = draws.read_text()
    draws.write_text(text.replace("0x21F0AAAD", "0x21F0AAAF"))
    assert draws.read_text() != text
    edited = play(tmp_path / "cache", tmp_path, worlds)
    assert edited["misses"] > 0
    assert edited["state"] != cold["state"]


@pytest.mark.parametrize(
    ("threads", "name", "parallel"), [(2, "step_parallel", True), (1, "step_batch", False)]
)
def test_the_parallel_loop_is_parallel_and_the_serial_one_is_not(threads, name, parallel):
    env = tiny.batch(8, threads=threads)
    env.reset(seed=1)
    env.step(np.full(8, tiny.WAIT))
    entry = env.program.entries[name]
    assert env._step is entry
    digest = entry.py_func.__qualname__.rpartition(".")[2]
    kept = list(Path(entry.stats.cache_path).glob(f"*{name}*{digest}*.nbc"))
    assert kept
    # What the next process will load calls numba's threads, or does not.
    assert all((b"numba_parallel_for" in path.read_bytes()) == parallel for path in kept)


def rules(**changed):
    return {**tiny.FAMILY.rules, "observe": tiny.observe, **changed}


def by_module(world, shared, action):
    rng.draw(world, 0)


def by_itself(world, shared, action):
    if action > 0:
        by_itself(world, shared, action - 1)


def one_of_two(world, shared, action):
    two_of_two(world, shared, action)


def two_of_two(world, shared, action):
    one_of_two(world, shared, action)


def test_a_rule_reaching_through_a_module_is_an_error():
    with pytest.raises(TypeError, match="by_module reaches into the module 'rng'"):
        bind.bind("broken", rules(step=by_module))


@pytest.mark.parametrize("rule", [by_itself, one_of_two])
def test_recursion_is_an_error(rule):
    with pytest.raises(TypeError, match="calls itself; use a loop"):
        bind.bind("broken", rules(step=rule))


def test_an_unknown_rule_is_an_error():
    with pytest.raises(TypeError, match="knows no rule named 'stepp'"):
        bind.bind("broken", rules(stepp=tiny.step))


@pytest.mark.parametrize("order", ["plain other", "other plain"])
def test_variants_that_come_from_the_cache_keep_their_own_rules(tmp_path, order):
    def answers(*names):
        command = [sys.executable, str(Path(str(tiny.__file__)).parent / "twins.py"), *names]
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
        return subprocess.check_output(command, env=environment, text=True).split()

    alone = [answers(name)[0] for name in order.split()]
    assert sorted(alone) == ["101", "202"]
    assert answers(*order.split()) == alone


LIMIT = 3


def limited(world, shared, action):
    world.message = 1 if action > LIMIT else 0


def digest(changed, replace=None, layout=()):
    entries = bind.bind("digest", rules(**changed), replace, layout)
    return entries["step_one"].py_func.__qualname__


def test_the_digest_follows_constants_and_replacements(monkeypatch):
    first = digest({"step": limited})
    assert digest({"step": limited}) == first
    monkeypatch.setattr(sys.modules[__name__], "LIMIT", 4)
    assert digest({"step": limited}) != first
    assert digest({}) != digest({}, {tiny.act: tiny.cost_to_go})
    assert digest({}, layout=(np.dtype("i4"),)) != digest({}, layout=(np.dtype("i8"),))


def never(action, shared):
    return action < 0


def test_a_rule_that_the_family_declares_can_be_replaced():
    env = tiny.single()
    env.reset(seed=0)
    given = (env._worlds, env.program.shared, 1, env._filled_frame())
    replaced = bind.bind("replaced", rules(), {tiny.FAMILY.rules["legal"]: never})
    assert replaced["step_one"](*given)[-1] == record.BAD_ACTION
    assert bind.bind("plain", rules())["step_one"](*given)[-1] == 0


ALGEBRA = """
import sys
import numpy
from midcourse.core.engine import compiler
numba = compiler.load()
assert "scipy.linalg" not in sys.modules

@numba.njit
def algebra(a, b):
    return numpy.dot(a, b), numpy.linalg.solve(a, b), numpy.convolve(a[0], b)

a, b = numpy.array([[2.0, 1.0], [0.5, 3.0]]), numpy.array([4.0, -1.0])
for ours, theirs in zip(algebra(a, b), algebra.py_func(a, b), strict=True):
    numpy.testing.assert_allclose(ours, theirs)
assert "scipy.linalg.cython_blas" in sys.modules
"""


def test_scipy_is_imported_only_when_linear_algebra_is_compiled():
    pytest.importorskip("scipy")
    subprocess.run([sys.executable, "-c", ALGEBRA], check=True)


def test_rules_remain_plain_functions():
    env = tiny.single()
    env.reset(seed=1)
    from midcourse.core.engine.record import Record

    cost = tiny.cost_to_go(Record(env.world), Record(env.program.shared[0]))
    assert cost == env.cost_to_go()


def test_with_the_compiler_off_the_entries_are_plain_python_and_equal(monkeypatch):
    from numba.core import config

    compiled = tiny.batch(5, disturbances=2)
    monkeypatch.setattr(config, "DISABLE_JIT", True)
    entries = bind.bind("plain", rules())
    assert not hasattr(entries["step_batch"], "py_func")
    compiled.reset(seed=3)
    worlds = np.zeros(5, compiled.program.world_dtype)
    low, high = np.arange(5) + 3, np.zeros(5, np.int64)
    task = np.full(5, -1)
    entries["reset_batch"](worlds, compiled.program.shared, np.ones(5, bool), low, high, task)
    assert worlds.tobytes() == compiled.worlds.tobytes()
