"""The command line of a baseline or a page that is run as a module."""

import sys
from collections.abc import Callable
from typing import Any

from midcourse.baselines.arguments import with_whole_id
from midcourse.core.errors import UserError

WRONG_USE = 2  # exit code


def run_command(args: type[Any], work: Callable[[Any], Any], description: str | None) -> Any:
    """Work with the arguments of the command line; a user's mistake ends it with one sentence.

    Args:
        args: a dataclass, as tyro reads it.
        work: what is done with one of it.
        description: of the help text.
    """
    import tyro

    spec = sys.modules["__main__"].__spec__
    prog = f"python -m {spec.name.removesuffix('.__main__')}" if spec else None
    given = tyro.cli(args, prog=prog, description=description)
    try:
        return work(with_whole_id(given))
    except UserError as error:
        print(f"midcourse: {error}", file=sys.stderr)
        raise SystemExit(WRONG_USE) from None
