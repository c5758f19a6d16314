import numpy as np
import pytest

from midcourse.core.engine.record import (
    LINE,
    Record,
    Values,
    aligned_zeros,
    describe,
    plain,
    world_dtype,
)

INNER = np.dtype([("kind", np.int8), ("at", np.int32, (2,))], align=True)
DTYPE = np.dtype(
    [("small", np.int8), ("big", np.uint32), ("real", np.float32), ("row", np.int16, (3, 2)),
     ("inner", INNER, (2,))],
    align=True,
)  # fmt: skip


@pytest.fixture
def record():
    array = np.zeros(1, DTYPE)
    return array, Record(array[0])


def test_fields_are_read_as_python_numbers(record):
    array, proxy = record
    array["big"] = 2**32 - 1
    assert type(proxy.big) is int
    assert proxy.big + 1 == 2**32
    assert type(proxy.real) is float
    assert type(proxy.row[1][0]) is int
    assert type(proxy.row[1, 0]) is int


def test_writes_reach_the_array(record):
    array, proxy = record
    proxy.small = -5
    proxy.row[2, 1] = 7
    proxy.inner[1].at[0] = 9
    proxy.inner[0].kind += 3
    assert array["small"][0] == -5
    assert array["row"][0, 2, 1] == 7
    assert array["inner"][0]["at"][1, 0] == 9
    assert array["inner"][0]["kind"][0] == 3


def test_what_does_not_fit_is_no_silent_wrap(record):
    with pytest.raises(OverflowError):
        record[1].small = 200


def test_unknown_fields_are_errors(record):
    with pytest.raises(AttributeError, match="no field 'smal'"):
        _ = record[1].smal
    with pytest.raises(AttributeError, match="no field 'smal'"):
        record[1].smal = 1


def test_arrays_and_slices(record):
    array, proxy = record
    assert len(proxy.row) == 3
    assert proxy.row.shape == (3, 2)
    assert isinstance(proxy.row[0:2], Values)
    proxy.row[0:2] = 4
    assert array["row"][0].tolist() == [[4, 4], [4, 4], [0, 0]]
    proxy.row = proxy.row
    assert plain(np.int8(3)) == 3


def test_describe_names_every_leaf():
    leaves = describe(DTYPE)
    assert list(leaves) == ["small", "big", "real", "row", "inner.kind", "inner.at"]
    assert leaves["inner.at"] == (np.dtype(np.int32), (2, 2))


@pytest.mark.parametrize("extra", range(0, 130, 13))
def test_a_world_fills_an_odd_number_of_cache_lines(extra):
    dtype = world_dtype(("a",), [("x", np.int8, (extra,))])
    assert dtype.itemsize % LINE == 0
    assert dtype.itemsize // LINE % 2 == 1
    worlds = aligned_zeros(3, dtype)
    assert worlds.ctypes.data % LINE == 0
    assert not worlds.view(np.uint8).any()
