"""The public battery: the ten laws that every world keeps, tried one by one."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from midcourse.core.check import batch, determinism, oracle, snapshots, steps, views
from midcourse.core.check.report import Outcome, Report
from midcourse.core.check.setting import DoesNotApplyError, LawError, Setting
from midcourse.core.errors import UserError, unknown

LAWS: dict[int, tuple[str, Callable[[Setting], None]]] = {
    1: ("same seed and actions, equal bytes", determinism.equal_bytes),
    2: ("one world equals a batch", batch.scalar_equals_batch),
    3: ("snapshots restore, and wrong ones are refused", snapshots.snapshots),
    4: ("refused actions change nothing", steps.refused_actions),
    5: ("observations and rewards are sound", views.sound),
    6: ("the oracle does what it promises", oracle.oracle),
    7: ("floors hold", oracle.floors),
    8: ("episodes end by task or limit", steps.endings),
    9: ("nothing outside is touched", determinism.isolation),
    10: ("the views agree", views.agree),
}
SIZES = ("quick", "full")


def check_env(
    id: str,  # noqa: A002
    *,
    size: str = "quick",
    levels: Iterable[int] | None = None,
    laws: Iterable[int] | None = None,
    show: bool = True,
    progress: Callable[[int, str], None] | None = None,
    **knobs: Any,
) -> Report:
    """Try the laws on an environment, and print what was found.

    Args:
        id: of an environment built on this engine, as `gymnasium.make` takes it.
        size: "quick" (one or two minutes) or "full" (every task that law 6 speaks of).
        levels: those to be tried; None: all.
        laws: numbers of those to be tried; None: all ten.
        show: print the report.
        progress: called as progress(number, name) before each law.
        knobs: passed on whenever the environment is made.

    Raises:
        UserError: an unknown id, size, level, law or knob.
    """
    if size not in SIZES:
        raise unknown("size", size, SIZES)
    for knob in ("level", "split", "disturbances", "disturb_at"):
        if knob in knobs:
            raise UserError(f"the battery sets {knob!r} itself; levels are chosen by levels=(1, 2)")
    numbers = tuple(LAWS if laws is None else laws)
    for number in numbers:
        if number not in LAWS:
            raise UserError(f"law {number!r} does not exist: they are 1 to {len(LAWS)}")
    setting = Setting(id, levels, size == "full", knobs)
    outcomes = []
    for number in numbers:
        if progress is not None:
            progress(number, LAWS[number][0])
        outcomes.append(_try(number, setting))
    report = Report(id, tuple(outcomes))
    if show:
        report.print()
    return report


def _try(number: int, setting: Setting) -> Outcome:
    name, law = LAWS[number]
    setting.counts.clear()
    seen = recipe = ""
    passed: bool | None = False
    begun = time.perf_counter()
    try:
        law(setting)
        passed = True
    except DoesNotApplyError as reason:
        passed, seen = None, str(reason)
    except LawError as broken:
        seen, recipe = str(broken), broken.recipe
    # Whatever a world raises where it must not is what this law has found.
    except Exception as error:
        seen = f"{type(error).__name__} was raised: {error}"
        recipe = _where(error)
    seconds = time.perf_counter() - begun
    return Outcome(number, name, passed, dict(setting.counts), seconds, seen, recipe)


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return " < ".join(reversed(places[-4:]))
