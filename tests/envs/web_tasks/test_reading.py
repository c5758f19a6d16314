"""What is read from a record's bytes is what numpy reads."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401
from midcourse.envs.web_tasks.reading import WORLD, element_of, read_elements, reader, rows_of

ID = "midcourse/WebTasks-v0"


def test_fields_are_read_as_numpy_reads_them():
    env: Any = gymnasium.make(ID, level=5).unwrapped
    read = reader(WORLD, ("limit",), ("goal",), ("now", "elements"), ("now", "tab", 1, "at"))
    for seed in range(20):
        env.reset(seed=seed)
        for words in ("new_tab", "click [7]", "back"):
            env.step(env.parse(words))
            now = env.world["now"][0]
            count = int(now["elements"])
            goal = env.world["goal"].tobytes()
            assert read(env.world) == (env.world["limit"], goal, count, now["tab"][1]["at"])
            rows = rows_of(read_elements(env.world, count))
            assert rows == tuple(element.tobytes() for element in now["element"][:count])
            for row, element in zip(rows, now["element"], strict=False):
                said = element_of(row)
                assert said.pop("words") == element["words"].tolist()
                assert said == {name: element[name] for name in said}


def test_a_field_that_struct_measures_differently_is_refused():
    with pytest.raises(TypeError, match="differently"):
        reader(np.dtype([("long", np.int64)]), ("long",))
