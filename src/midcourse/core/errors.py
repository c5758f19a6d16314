"""What a user is told: one clear sentence."""

import difflib
from collections.abc import Iterable


class UserError(ValueError):
    """A mistake that a user can make: a name, a knob, a file, a shape, an action."""


def nearest(name: object, known: Iterable[str]) -> str:
    """The sentence part that leads from a wrong name to the right ones."""
    names = sorted(known)
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.4)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known are {', '.join(names)}" if names else "none are known"


def unknown(what: str, name: object, known: Iterable[str]) -> UserError:
    """The error for a name that is not among the known ones."""
    return UserError(f"unknown {what} {name!r}: {nearest(name, known)}")
