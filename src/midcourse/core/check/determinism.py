"""Laws 1 and 9: equal bytes everywhere, and nothing touched outside."""

import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from midcourse.core.check.fuzz import look, play
from midcourse.core.check.hashes import HEAVY, trace_hashes
from midcourse.core.check.setting import LawError, Setting

Plan = dict[str, Any]  # arguments of `trace_hashes`

SEED = 2_000_003
FEW, SHORT = 3, 10  # worlds and steps where numba's compiler is off
CHECKED = 16  # worlds where bounds are checked
TIMEOUT = 900  # seconds for a process, most of it compilation


def equal_bytes(setting: Setting) -> None:
    """Law 1: in one process, for several batch sizes and threads, and in other processes."""
    plans = [
        {"level": level, "steps": setting.size(30, 200), "seed": SEED + level, **kinds}
        for level, kinds in setting.settings()
    ]
    # The checked code is compiled meanwhile: that takes longest.
    with ThreadPoolExecutor(1) as pool:
        checked = pool.submit(with_bounds_checks, setting, plans)
        in_this_process(setting, plans)
        after_play(setting)
        in_another_process(setting, plans, "runs in another process", {}, {"n": 64})
        few = {"n": FEW, "steps": SHORT, **setting.family.small}
        variables = {"NUMBA_DISABLE_JIT": "1"}
        in_another_process(setting, plans, "runs without compiler", variables, few)
        found = checked.result()
    _compare_all(setting, plans, "runs with bounds checks", found["hashes"], {"n": CHECKED})
    for refused, accepted, complaint in found["fuzzed"]:
        setting.tried("altered snapshots", refused + accepted)
        if complaint:
            raise LawError(f"with bounds checks, {complaint}")


def in_this_process(setting: Setting, plans: list[Plan]) -> None:
    """The same plans again, in other batches, and on two threads."""
    for plan in plans:
        first = trace_hashes(setting, n=64, **plan)
        for what, changed in (
            ("repetitions", {"n": 64}),
            ("batches of 1", {"n": 1}),
            ("batches of 7", {"n": 7}),
            ("batches on 2 threads", {"n": 64, "threads": 2}),
        ):
            _compare(setting, what, plan, first, trace_hashes(setting, **plan, **changed))


def in_another_process(
    setting: Setting, plans: list[Plan], what: str, variables: dict[str, str], changed: Plan
) -> None:
    """The same plans under other environment variables."""
    runs = [{**plan, **changed} for plan in plans]
    _compare_all(setting, plans, what, ask(setting, {"runs": runs}, variables)["hashes"], changed)


def with_bounds_checks(setting: Setting, plans: list[Plan]) -> dict[str, Any]:
    """The answer of a process whose compiled code checks its indices."""
    runs = [{**plan, "n": CHECKED} for plan in plans]
    variables = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(bounds_cache())}
    request = {"runs": runs, "fuzz": setting.size(150, 2000), "levels": setting.levels}
    return ask(setting, request, variables)


def _compare_all(
    setting: Setting, plans: list[Plan], what: str, found: list[list[str]], changed: Plan
) -> None:
    for plan, hashes in zip(plans, found, strict=True):
        ours = trace_hashes(setting, **{**plan, **changed})
        _compare(setting, what, {**plan, **changed}, ours, hashes)


def _compare(setting: Setting, what: str, plan: Plan, ours: list[str], theirs: list[str]) -> None:
    setting.tried(what)
    for i, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if one != other:
            raise LawError(
                f"level {plan['level']}, {what}: world {i} has the trace {other} instead of {one}",
                f"midcourse.core.check.hashes.trace_hashes with {plan}",
            )


def after_play(setting: Setting) -> None:
    """What a reset leaves does not depend on what was played before."""
    generator = np.random.default_rng(SEED)
    for level, kinds in setting.settings():
        fresh, used = setting.make(level, **kinds), setting.make(level, **kinds)
        for trial in range(setting.size(10, 100)):
            used.reset(seed=SEED + trial)
            play(used, generator, 1000)
            for seed, options in ((trial, None), (None, None), (trial, {"task": 0})):
                for env in (fresh, used):
                    env.reset(seed=seed, options=options)
                if fresh.world.tobytes() != used.world.tobytes():
                    fields = [
                        name
                        for name in fresh.world.dtype.names or ()
                        if fresh.world[name].tobytes() != used.world[name].tobytes()
                    ]
                    raise LawError(
                        f"level {level}: after an episode, reset(seed={seed}, options={options}) "
                        f"leaves {', '.join(fields)} as they are not in a new environment",
                        setting.recipe(level, SEED + trial, **kinds),
                    )
                play(used, generator, trial)
                setting.tried("resets after play")


def bounds_cache() -> Path:
    """The cache folder of code compiled with bounds checks, beside numba's own."""
    from numba.core import config
    from numba.misc.appdirs import user_cache_dir

    own = config.CACHE_DIR  # pyright: ignore[reportAttributeAccessIssue]
    return Path(own or user_cache_dir("midcourse")) / "boundscheck"


def ask(
    setting: Setting, request: dict[str, Any], variables: dict[str, str], cwd: str | None = None
) -> dict[str, Any]:
    """The answer of `hashes.answer` in a new process.

    Raises:
        LawError: the process failed.
    """
    environment = {**os.environ, **variables}
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(path).absolute()) for path in sys.path)
    words = {"id": setting.id, "knobs": setting.knobs, **request}
    done = subprocess.run(
        [sys.executable, "-m", "midcourse.core.check.hashes"],
        input=json.dumps(words), capture_output=True, text=True, env=environment, cwd=cwd,
        timeout=TIMEOUT, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise LawError(f"a process with {variables} failed: {last[0]}")
    return json.loads(done.stdout.splitlines()[-1])


def isolation(setting: Setting) -> None:
    """Law 9: no global random state, no file outside, no heavy import."""
    states = random_states()
    generator = np.random.default_rng(SEED)
    for level, kinds in setting.settings():
        env = setting.make(level, **kinds)
        env.reset(seed=SEED)
        look(env)
        play(env, generator, 20)
        trace_hashes(setting, level, 4, 5, SEED, **kinds)
        for name, state in random_states().items():
            setting.tried("random states compared")
            if name in states and state != states[name]:
                raise LawError(f"level {level}: playing changed the random state of {name}")
    with tempfile.TemporaryDirectory() as folder:
        in_empty_folders(setting, Path(folder))


def random_states() -> dict[str, Any]:
    """The global random states that somebody may rely on."""
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002
    states: dict[str, Any] = {
        "random": random.getstate(),
        "numpy.random": (kind, np.asarray(keys).tobytes(), *rest),
    }
    torch = sys.modules.get("torch")
    if torch is not None:
        states["torch"] = torch.get_rng_state().numpy().tobytes()
    return states


def in_empty_folders(setting: Setting, folder: Path) -> None:
    """Play in a process whose home, working and temporary folders are empty, and look there."""
    places = {name: folder / name for name in ("home", "work", "temporary")}
    for place in places.values():
        place.mkdir()
    variables = {"HOME": str(places["home"]), "TMPDIR": str(places["temporary"])}
    variables |= {name: "" for name in os.environ if name.startswith("XDG_")}
    runs = [
        {"level": level, "n": 2, "steps": 5, "seed": SEED, **kinds}
        for level, kinds in setting.settings()
    ]
    found = ask(setting, {"runs": runs}, variables, cwd=variables["HOME"].replace("home", "work"))
    written = [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".nbi", ".nbc")
    ]
    setting.tried("folders searched", len(places))
    if written:
        raise LawError(f"playing wrote {', '.join(written[:5])}")
    setting.tried("heavy modules looked for", len(HEAVY))
    if found["modules"]:
        raise LawError(f"stepping imported {', '.join(found['modules'])}")
