"""The knobs of an environment: validated once, frozen, and part of every snapshot.

A family's Params is a frozen dataclass that extends `Params` with `knob(...)` fields. Levels are
presets over it: a keyword given by the user wins over the level's value.
"""

import dataclasses
from collections.abc import Mapping
from reprlib import repr as short  # a value may be a number of a thousand digits
from typing import Any, ClassVar, Self

import numpy as np

from midcourse.core.engine.record import MAX_EVENTS
from midcourse.core.errors import UserError, unknown
from midcourse.core.tasks import is_whole

SPLITS = ("train", "validation", "test")


def knob(
    default: Any,
    note: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """A field of Params: its default, what it means, and what it may be (bounds inclusive)."""
    metadata = {"note": note, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Params:
    """Knobs that every family has."""

    KINDS: ClassVar[tuple[str, ...]] = ()  # of disturbance
    LEVELS: ClassVar[Mapping[int, Mapping[str, Any]]] = {1: {}}

    level: int = knob(1, "difficulty, a preset of the other knobs")
    split: str = knob("train", "where the tasks come from", choices=SPLITS)
    observation: str = knob("dict", "form of the observation", choices=("dict",))
    masks: bool = knob(True, "put `action_mask` into info")
    reward_terms: bool = knob(True, "put `reward_terms` into info")
    step_limit: int = knob(100, "steps until truncation", low=1, high=1_000_000)
    disturbances: Any = knob(0, "how many kinds to draw, or the names of those wanted")
    disturb_at: Any = knob(
        None, '("step", n), ("progress", x), a list with one for each disturbance, or drawn'
    )

    @classmethod
    def make(cls, **given: Any) -> Self:
        """Params from keywords: the level's presets, then what was given.

        Raises:
            UserError: an unknown knob, or a value that is out of range or of the wrong type.
        """
        fields = {field.name: field for field in dataclasses.fields(cls)}
        for name in given:
            if name not in fields:
                raise unknown("knob", name, fields)
        level = given.get("level", 1)
        if not is_whole(level) or int(level) not in cls.LEVELS:
            levels = sorted(cls.LEVELS)
            raise UserError(
                f"level {short(level)} does not exist: it is {levels[0]} to {levels[-1]}"
            )
        values = {**cls.LEVELS[int(level)], **given}
        for name, value in values.items():
            values[name] = _checked(fields[name], value)
        params = cls(**values)
        events = params.disturbances
        object.__setattr__(params, "disturbances", params._checked_kinds(events))
        object.__setattr__(params, "disturb_at", params._checked_times(params.disturb_at))
        params.check()
        return params

    def check(self) -> None:
        """Refuse combinations that no single field can tell; families extend this."""

    def kinds_possible(self) -> tuple[str, ...]:
        """The kinds of disturbance that can strike under these knobs; families narrow this."""
        return self.KINDS

    def _checked_kinds(self, asked: Any) -> tuple[str | None, ...]:
        """One entry for each disturbance: its name, or None for one that is drawn."""
        possible = self.kinds_possible()
        if is_whole(asked):
            asked = int(asked)
        elif not isinstance(asked, (str, tuple, list)):
            raise UserError(f"disturbances must be a number or names, not {asked!r}")
        if isinstance(asked, int):
            most = min(len(possible), MAX_EVENTS)
            if not 0 <= asked <= most:
                raise UserError(
                    f"disturbances={short(asked)} cannot be drawn: these knobs allow 0 to "
                    f"{most} kinds ({', '.join(possible)})"
                )
            return (None,) * asked
        names = (asked,) if isinstance(asked, str) else tuple(asked)
        if len(names) > MAX_EVENTS:
            raise UserError(f"{len(names)} disturbances are too many: at most {MAX_EVENTS}")
        for name in names:
            if name is not None and name not in self.KINDS:
                raise unknown("disturbance", name, self.KINDS)
            if name is not None and name not in possible:
                raise UserError(
                    f"the disturbance {name!r} cannot strike under these knobs; "
                    f"possible are {', '.join(possible) or 'none'}"
                )
        if names.count(None) > len(possible):
            raise UserError(f"{names.count(None)} kinds cannot be drawn from {len(possible)}")
        return names

    def _checked_times(self, asked: Any) -> tuple[tuple[str, float] | None, ...]:
        """One entry for each disturbance: when it strikes, or None where that is drawn."""
        count = len(self.disturbances)
        single = asked is None or (
            isinstance(asked, (tuple, list)) and len(asked) == 2 and isinstance(asked[0], str)
        )
        times = (asked,) * count if single else asked
        if not isinstance(times, (tuple, list)) or len(times) != count:
            raise UserError(
                f"disturb_at must be one time or a list of {count}, one for each disturbance, "
                f"not {asked!r}"
            )
        if single and asked is not None:
            _checked_time(asked)
        return tuple(None if time is None else _checked_time(time) for time in times)

    def as_dict(self) -> dict[str, Any]:
        """The knobs as plain values, as `make` takes them."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def changed(self) -> dict[str, Any]:
        """The knobs that differ from their level's presets, for a short description."""
        plain = type(self).make(level=self.level)
        return {k: v for k, v in self.as_dict().items() if v != getattr(plain, k)}


def _checked_time(time: Any) -> tuple[str, float]:
    if not isinstance(time, (tuple, list)) or len(time) != 2 or not _number(time[1]):
        raise UserError(f'disturb_at takes ("step", 5) or ("progress", 0.5), not {time!r}')
    unit, at = time
    if unit not in ("step", "progress"):
        raise unknown("unit in disturb_at", unit, ("step", "progress"))
    if unit == "step" and not (0 <= at <= 1_000_000 and at == int(at)):
        raise UserError(f"disturb_at=('step', n) wants a whole n from 0 on, not {at!r}")
    if unit == "progress" and not 0 < at <= 1:
        raise UserError(f"disturb_at=('progress', x) wants x in (0, 1], not {at!r}")
    return (unit, int(at) if unit == "step" else float(at))


def _checked(field: dataclasses.Field, value: Any) -> Any:
    """A knob's value, converted to its type, or the sentence that says what is wrong with it."""
    if not field.metadata or field.type is Any:
        return value
    name, low, high = field.name, field.metadata["low"], field.metadata["high"]
    choices = field.metadata["choices"]
    if choices is not None:
        if value not in choices:
            raise unknown(f"value for {name}", value, choices)
        return value
    wanted = type(field.default)
    if isinstance(field.default, tuple):
        if not isinstance(value, (tuple, list)) or not all(is_whole(v) for v in value):
            raise UserError(f"{name} must be a sequence of whole numbers, not {value!r}")
        value = tuple(int(v) for v in value)
        for entry in value:
            _check_bounds(name, entry, low, high)
        return value
    if wanted is bool:
        if not isinstance(value, bool) and value not in (0, 1):
            raise UserError(f"{name} must be True or False, not {value!r}")
        return bool(value)
    if wanted is int:
        if not is_whole(value):
            raise UserError(f"{name} must be a whole number, not {value!r}")
        value = int(value)
    elif wanted is float:
        if not _number(value) or value != value:
            raise UserError(f"{name} must be a number, not {value!r}")
        _check_bounds(name, value, low, high)
        value = float(value)
    _check_bounds(name, value, low, high)
    return value


def _number(value: Any) -> bool:
    return is_whole(value) or isinstance(value, (float, np.floating))


def _check_bounds(name: str, value: float, low: float | None, high: float | None) -> None:
    if (low is not None and value < low) or (high is not None and value > high):
        raise UserError(f"{name}={short(value)} is out of range: it lies in [{low}, {high}]")
