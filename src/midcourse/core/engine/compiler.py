"""numba, loaded without what no rule needs: its loading is most of a process's first step."""

from collections.abc import Callable
from functools import cache
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


def rare(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a rule that few steps come to.

    It is compiled as a call, however short it is: inlined, it would take the registers from the
    rules around it.
    """
    vars(rule)["rare"] = True
    return rule


def is_rare(rule: Callable[..., Any]) -> bool:
    """Whether a rule was marked."""
    return "rare" in vars(rule)


@cache
def inner_options() -> dict[str, Any]:
    """Options of `njit` for functions that only compiled functions call.

    numba makes machine code of every function on the way, though only the outermost is ever
    called by Python, and is optimised as a whole anyhow. Leaving that out halves the wait for a
    world's first step.
    """
    from numba.core.codegen import JITCodeLibrary
    from numba.core.compiler import Compiler

    class Codegen:
        """numba's, but for the environment of a function that is loaded; none of these is."""

        def __init__(self, real: Any):
            self.real = real

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def set_env(self, env_name: str, env: Any) -> None:
            """Nothing: as where the outermost function comes out of the cache."""

    class Library(JITCodeLibrary):
        """Holds a function for linking into its callers, without machine code of its own."""

        @property
        def codegen(self) -> Any:
            """The code generator of this library."""
            return Codegen(self._codegen)

        def _optimize_final_module(self) -> None:
            pass

        def _finalize_final_module(self) -> None:
            self._finalize_dynamic_globals()
            self._verify_declare_only_symbols()
            self._finalized = True

        def get_pointer_to_function(self, name: str) -> int:
            """There is none: 0."""
            self._ensure_finalized()
            return 0

    class Pipeline(Compiler):
        """numba's own, with such a library."""

        def __init__(self, typingctx: Any, targetctx: Any, library: Any, *rest: Any):
            if library is None:
                library = Library(targetctx.codegen(), "midcourse_rule")
                library.enable_object_caching()
            super().__init__(typingctx, targetctx, library, *rest)

    return {
        "error_model": "numpy",
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "pipeline_class": Pipeline,
    }


@cache
def separate_options() -> dict[str, Any]:
    """Options of `njit` for functions no two of whose arguments overlap in memory.

    Without that promise a loop over lanes begins with dozens of comparisons of addresses.
    """
    from numba.core.compiler import Compiler

    class Pipeline(Compiler):
        """numba's own, with the promise."""

        def __init__(
            self, typingctx: Any, targetctx: Any, library: Any, args: Any, result: Any, flags: Any,
            *rest: Any,
        ):  # fmt: skip
            flags = flags.copy()
            flags.noalias = True
            super().__init__(typingctx, targetctx, library, args, result, flags, *rest)

    return {"error_model": "numpy", "pipeline_class": Pipeline}
