"""numba, loaded without what no rule needs: its loading is most of a process's first step."""

from importlib.util import find_spec
from typing import Any


def load() -> Any:
    """Import numba, and what it would otherwise import at the first call of a compiled function.

    Only `scipy.linalg` is put off: a third of the time, and numba imports it merely to learn
    whether it is there. Whoever compiles linear algebra has it imported then, and can use it.
    """
    import numba
    from numba.core import config
    from numba.core.registry import cpu_target
    from numba.np import linalg

    if not config.DISABLE_JIT:  # pyright: ignore[reportAttributeAccessIssue]
        ensure_blas = linalg.ensure_blas
        linalg.ensure_blas = _find_blas
        try:
            context: Any = cpu_target.target_context
            context.refresh()
        finally:
            linalg.ensure_blas = ensure_blas
    return numba


def _find_blas() -> None:
    """As numba's `ensure_blas`, but without the import."""
    if find_spec("scipy") is None:
        raise ImportError("scipy is not installed")
