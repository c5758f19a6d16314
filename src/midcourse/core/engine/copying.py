"""Copying one array field of a record into another in one piece.

numba copies field by field and element by element, which made a 208-byte observation cost 24 ns;
as one `memcpy` of a size known to the compiler it takes wide registers.
"""

from functools import cache
from typing import Any

from midcourse.core.engine.record import Values


def copy(to: Any, source: Any) -> None:
    """Copy an array field into another of the same element type and size. A rule may call this."""
    target = to.array if isinstance(to, Values) else to
    target[...] = source.array if isinstance(source, Values) else source


@cache
def compiled_copy() -> Any:
    """What `bind` puts in the place of `copy`."""
    import numba
    from numba.core import cgutils, config, types
    from numba.extending import intrinsic

    if config.DISABLE_JIT:  # pyright: ignore[reportAttributeAccessIssue]
        return copy

    @intrinsic
    def move(typing_context, to, source):
        arrays = isinstance(to, types.NestedArray) and isinstance(source, types.NestedArray)
        if not arrays or to.dtype != source.dtype or to.nitems != source.nitems:
            raise numba.TypingError(f"copy takes two equal array fields, not {to} and {source}")
        size = to.dtype.bitwidth // 8

        def generate(context, builder, signature, arguments):
            pointers = [
                cgutils.create_struct_proxy(kind)(context, builder, value=value).data
                for kind, value in zip(signature.args, arguments, strict=True)
            ]
            count = context.get_constant(types.intp, to.nitems)
            cgutils.raw_memcpy(builder, pointers[0], pointers[1], count, size)
            return context.get_dummy_value()

        return types.void(to, source), generate

    return move
