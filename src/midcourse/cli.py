"""The `midcourse` command."""

import dataclasses
import importlib
import os
import sys
from collections.abc import Sequence

from midcourse.commands import COMMANDS
from midcourse.core.errors import UserError, unknown

WRONG_USE = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
HELP = ("-h", "--help", "help")
VERSION = ("-V", "--version")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0, 1 (a check failed) or 2 (wrong use)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in HELP:
        print(overview())
        return 0 if words else WRONG_USE
    if words[0] in VERSION:
        from midcourse.core.version import package_version

        print(f"midcourse {package_version()}")
        return 0
    try:
        return run(words[0], words[1:])
    except UserError as error:
        complain(str(error))
        return WRONG_USE
    except KeyboardInterrupt:
        complain("stopped")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def run(name: str, words: Sequence[str]) -> int:
    """Run one command on the words after its name.

    Raises:
        UserError: an unknown command, or whatever the command finds wrong.
    """
    if name not in COMMANDS:
        raise unknown("command", name, COMMANDS)
    import tyro

    module = importlib.import_module(f"midcourse.commands.{name}")
    if hasattr(module, "main"):  # it reads its words itself
        return module.main(words)
    check_options(module.Args, words)
    args = tyro.cli(
        module.Args,
        prog=f"midcourse {name}",
        description=module.__doc__,
        args=list(words),
    )
    return module.run(args)


def check_options(args: type, words: Sequence[str]) -> None:
    """Refuse an option that a command does not have.

    Raises:
        UserError: naming the nearest option that it has.
    """
    known = {"--help"}
    for field in dataclasses.fields(args):
        option = field.name.replace("_", "-")
        if "Positional" not in str(field.type):
            known.add(f"--{option}")
        if isinstance(field.default, bool):
            known.add(f"--no-{option}")
    for word in words:
        option = word.partition("=")[0].replace("_", "-")
        if option.startswith("--") and option not in known:
            raise unknown("option", option, known)


def overview() -> str:
    """The help of `midcourse` itself."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{what}" for name, what in COMMANDS.items()]
    return "\n".join(
        [
            "usage: midcourse COMMAND [OPTIONS]",
            "",
            "Environments in which the plan has to change midway.",
            "",
            *lines,
            "",
            "midcourse COMMAND --help tells more, with an example.",
        ]
    )


def complain(sentence: str) -> None:
    """Say what is wrong, in one red line on stderr."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True).print(Text(f"midcourse: {sentence}", style="red"), soft_wrap=True)
