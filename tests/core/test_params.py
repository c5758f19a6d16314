import dataclasses
import math

import gymnasium
import numpy as np
import pytest
import tiny

from midcourse.core.errors import UserError

ODD = {
    "level": [0, 9, "1", None, True, 1.0, [1]],
    "split": ["trian", 3, None],
    "observation": ["pixels", None],
    "masks": [2, "yes", None],
    "reward_terms": [-1],
    "step_limit": [0, -1, 10**7, 1.5, "9", True, None],
    "disturbances": [-1, 3, "gsut", ("gust",) * 7, 1.5, None, True, ("gust", 4), {}],
    "disturb_at": [
        "step", ("step",), ("step", -1), ("step", 1.5), ("step", math.inf), ("step", math.nan),
        ("progress", 0), ("progress", 1.1), ("progress", math.nan), ("sep", 1), ("step", True),
        ("step", "1"), 5, [None, None], ("step", 10**9),
    ],
    "cells": [2, 17, 5.0, "5", 10**400],
    "share": [-0.1, 10.1, math.nan, math.inf, "1", True, 10**400, None],
    "path": [(10,), (1.5,), "12", 3, (-1,)],
    "echo": [3, "on"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in ODD.items() for value in values]
)
def test_a_knob_out_of_range_is_one_sentence(name, value):
    given = {name: value}
    if name == "disturb_at":
        given["disturbances"] = 1
    with pytest.raises(UserError) as caught:
        tiny.TinyParams.make(**given)
    words = str(caught.value)
    assert "\n" not in words
    assert len(words) < 800
    parts = value if isinstance(value, tuple) else (value,)
    assert any(str(part) in words for part in (name, *parts)), words


def test_every_knob_is_tried_above():
    assert set(ODD) == {field.name for field in dataclasses.fields(tiny.TinyParams)}


def test_a_misspelt_knob_names_the_nearest():
    with pytest.raises(UserError, match="unknown knob 'step_limt': did you mean 'step_limit'"):
        gymnasium.make(tiny.ID, step_limt=3)


def test_a_misspelt_choice_names_the_nearest():
    with pytest.raises(UserError, match="did you mean 'train'"):
        tiny.TinyParams.make(split="trian")
    with pytest.raises(UserError, match="did you mean 'gust'"):
        tiny.TinyParams.make(disturbances="gsut")


def test_what_is_given_wins_over_the_level():
    assert tiny.TinyParams.make(level=2).cells == tiny.CELLS
    assert tiny.TinyParams.make(level=2, cells=7).cells == 7


def test_params_go_through_json_and_back():
    import json

    made = tiny.TinyParams.make(
        level=2, disturbances=("gust", None), disturb_at=[("step", 3), ("progress", 0.5)], path=[1]
    )
    again = tiny.TinyParams.make(**json.loads(json.dumps(made.as_dict())))
    assert again == made
    assert set(made.changed()) == {"disturbances", "disturb_at", "path"}


def test_numpy_numbers_are_numbers():
    made = tiny.TinyParams.make(
        level=np.int64(2), cells=np.int8(6), share=np.float32(0.5), disturbances=np.int64(1)
    )
    assert (made.level, made.cells, made.share, made.disturbances) == (2, 6, 0.5, (None,))
    assert type(made.cells) is int
    assert type(made.level) is int


def test_a_time_for_all_and_a_time_for_each():
    one = tiny.TinyParams.make(disturbances=2, disturb_at=("step", 5))
    assert one.disturb_at == (("step", 5), ("step", 5))
    each = tiny.TinyParams.make(disturbances=2, disturb_at=[None, ("progress", 1)])
    assert each.disturb_at == (None, ("progress", 1.0))
