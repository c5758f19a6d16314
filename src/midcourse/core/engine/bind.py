"""Compile a family's rules together with the engine's loops, so that numba's cache works.

Rules are plain Python functions that name one another. `bind` starts from the loops, follows those
names, and copies each function that it meets, with compiled copies as its globals. Three things
follow. A rule can be called as it stands, uncompiled, in a test. A variant of a rule (an app that
lies in the record instead of beside it) is a replacement of one function by another. And the
compiled loops carry a digest of everything that they were made of in their names: an edit of any
source file on the way makes a new cache entry instead of serving the old one. So does every copy
inside them: machine code is loaded by the names of its functions, and of two that are called alike
a process keeps the first, though the second came with another variant. And so do the dtypes of the
records: numba numbers the signatures of one name, and two processes that add to them at once may
both write number 1, which a third then calls with the other's records.
"""

import dis
import hashlib
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from midcourse.core.engine import compiler, copying, notice, record

# Instructions of Python: shorter rules are inlined unless they are rare, which took a step of a
# batch from 28.3 to 24.8 ns, and from 16.5 to 14.6 ns where a rule had just outgrown the bound.
SMALL = 150
ENTRIES = (
    "reset_one",
    "step_one",
    "refuse_one",
    "observe_one",
    "cost_one",
    "act_one",
    "validate_one",
    "reset_batch",
    "observe_batch",
    "step_batch",
    "step_same",
    "step_parallel",
)


def bind(
    name: str,
    rules: Mapping[str, Callable[..., Any]],
    replace: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
    layout: tuple[np.dtype, ...] = (),
) -> dict[str, Callable[..., Any]]:
    """The engine's entry points over a family's rules, compiled at their first call.

    Args:
        name: of the family, for the cache's file names.
        rules: by the names declared in `rules.py`; those left out keep its defaults.
        replace: rules to be taken instead of others, wherever they are named.
        layout: dtypes of the records that the entry points will be called with.

    Returns:
        The functions named in ENTRIES. With numba's compiler switched off they are plain Python.

    Raises:
        TypeError: a rule reaches another through a module, where it could not be followed.
    """
    numba = compiler.load()
    from numba.core import config

    from midcourse.core.engine import loops
    from midcourse.core.engine import rules as declared

    for rule in rules:
        if not hasattr(declared, rule):
            raise TypeError(f"{name}: the engine knows no rule named {rule!r}")
    variants = dict(replace or {})
    replacement = {getattr(declared, rule): variants.get(f, f) for rule, f in rules.items()}
    replacement.update(variants)
    linker = _Linker(replacement, compiler.inner_options(), repr(layout))
    for entry in ENTRIES:
        linker.link(getattr(loops, entry))
    digest = linker.finish()
    entries: dict[str, Callable[..., Any]] = {}
    for entry in ENTRIES:
        function = linker.linked[getattr(loops, entry)]
        if config.DISABLE_JIT:  # pyright: ignore[reportAttributeAccessIssue]
            entries[entry] = _interpreted(function)
        else:
            function.__qualname__ = f"{name}.{entry}.{digest}"  # names its file in the cache
            parallel = entry == "step_parallel"
            options = {"cache": True, "parallel": parallel, "error_model": "numpy"}
            notice.announce(function, name.partition(".")[0])
            entries[entry] = numba.njit(**options)(function)
    return entries


def compiled(
    function: Callable[..., Any],
    separate: bool = False,
    layout: tuple[np.dtype, ...] = (),
    whole: bool = False,
) -> Callable[..., Any]:
    """A function of plain scalar Python over numbers and arrays, compiled with all that it names.

    For jobs beside the worlds, an integrator say. numba's cache serves it to the next process until
    a source file on the way is edited. With the compiler switched off it is the function itself.
    Each function on the way is optimised by itself first, which takes longer than in `bind` and
    can be worth it: loops over lanes take wide registers only so (2.2 against 5.8 ns).

    Args:
        function: to be compiled.
        separate: a promise that no two arguments of any function on the way overlap in memory.
        layout: dtypes of the records that it will be called with.
        whole: optimise all of it at once only, as `bind` does; not together with `separate`.

    Raises:
        TypeError: it reaches another function through a module, or itself.
    """
    import numba
    from numba.core import config

    options = compiler.separate_options() if separate else {"error_model": "numpy"}
    if whole:
        options = compiler.inner_options()
    linker = _Linker({}, options, f"{separate=} {whole=} {layout!r}")
    copy = linker.link(function)
    if config.DISABLE_JIT:  # pyright: ignore[reportAttributeAccessIssue]
        return function
    linker.finish()
    return numba.njit(cache=True, error_model="numpy")(copy)


class _Linker:
    """Copies of functions whose global names lead to compiled copies of what they name."""

    def __init__(
        self,
        replacement: Mapping[Callable[..., Any], Callable[..., Any]],
        options: dict[str, Any],
        purpose: str,
    ):
        self.replacement = replacement
        self.options = options  # of numba, for all but the outermost
        self.linked: dict[Any, Any] = {}  # original -> copy, not yet compiled
        self.compiled: dict[Any, Any] = {}
        own = (Path(__file__), Path(copying.__file__), Path(compiler.__file__))
        self.sources = {str(path): path.read_bytes() for path in own}
        self.constants = {purpose}

    def link(self, function: Any) -> Any:
        """A copy of a function with its rules compiled; made once."""
        if function in self.linked:
            return self.linked[function]
        code = function.__code__
        namespace = {"__builtins__": __builtins__, "__name__": function.__module__}
        copy = types.FunctionType(code, namespace, function.__name__, function.__defaults__)
        copy.__module__ = function.__module__
        self.linked[function] = copy
        self._read_source(function)
        for name in _names(code):
            if name in function.__globals__:
                namespace[name] = self._resolve(function, name, function.__globals__[name])
        return copy

    def _resolve(self, function: Any, name: str, value: Any) -> Any:
        if isinstance(value, types.ModuleType) and value.__name__.startswith("midcourse"):
            raise TypeError(
                f"{function.__module__}.{function.__name__} reaches into the module {name!r}; "
                f"a rule must import the other rules by name"
            )
        if value is copying.copy:
            return copying.compiled_copy()
        if isinstance(value, types.FunctionType) and _package(value) not in ("numba", "numpy"):
            return self._compile(self.replacement.get(value, value))
        if isinstance(value, (bool, int, float, str, tuple)):
            self.constants.add(f"{name}={value!r}")
        return value

    def _compile(self, function: Any) -> Any:
        import numba

        if function not in self.compiled:
            self.compiled[function] = None  # being followed
            small = _length(function.__code__) < SMALL and not compiler.is_rare(function)
            make = numba.njit(**self.options, forceinline=small)
            self.compiled[function] = make(self.link(function))
        if self.compiled[function] is None:
            raise TypeError(f"the rule {function.__name__!r} calls itself; use a loop")
        return self.compiled[function]

    def _read_source(self, function: Any) -> None:
        path = function.__code__.co_filename
        if path not in self.sources:
            self.sources[path] = Path(path).read_bytes()

    def finish(self) -> str:
        """Name every copy by what all of them were made of; returns that digest."""
        digest = self._digest()
        for copy in self.linked.values():
            copy.__qualname__ = f"{copy.__name__}.{digest}"
        return digest

    def _digest(self) -> str:
        """Hash of every source file and constant that the functions were made of."""
        state = hashlib.sha256()
        for path in sorted(self.sources):
            state.update(Path(path).name.encode() + b"\0" + self.sources[path] + b"\0")
        state.update("\0".join(sorted(self.constants)).encode())
        names = sorted(
            f"{old.__name__}={new.__module__}.{new.__name__}"
            for old, new in self.replacement.items()
        )
        state.update("\0".join(names).encode())
        return state.hexdigest()[:16]


def _package(function: types.FunctionType) -> str:
    return function.__module__.partition(".")[0]


def _length(code: types.CodeType) -> int:
    """Instructions of a function; its bytes hold caches, whose sizes differ between Pythons."""
    return sum(1 for _ in dis.get_instructions(code))


def _names(code: types.CodeType) -> set[str]:
    """The global names that a function loads; its attributes' names are not among them."""
    found = {i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= _names(constant)
    return found


def _interpreted(function: Callable[..., Any]) -> Callable[..., Any]:
    """An entry point that hands its arrays to plain Python through the record proxies."""

    def wrap(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(wrap(v) for v in value)
        return record.Values(value) if hasattr(value, "dtype") and value.shape else _bare(value)

    def entry(*arguments: Any) -> Any:
        return function(*(wrap(a) for a in arguments))

    return entry


def _bare(value: Any) -> Any:
    """A record array of no dimension keeps its brackets; anything else becomes a Python number."""
    if hasattr(value, "dtype"):
        return record.Values(value) if value.dtype.names else value.item()
    return value


if sys.byteorder != "little":
    raise ImportError("midcourse keeps records as bytes and needs a little-endian machine")
