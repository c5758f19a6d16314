import zlib

import numpy as np
import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from midcourse.core import snapshot as packing
from midcourse.core.errors import UserError


def begun(seed=3, **knobs):
    env = tiny.single(**knobs)
    env.reset(seed=seed)
    env.step(3)
    return env


def test_restoring_returns_what_was_seen_there():
    env = begun()
    snapshot = env.snapshot()
    seen = env.step(1)[0]
    env.reset(seed=9)
    observation, info = env.restore(snapshot)
    assert info["success"] is False
    assert observation["place"] != seen["place"] or env.world["message"] == 1
    assert env.snapshot() == snapshot
    assert env.step(1)[0] == seen


def test_a_new_environment_needs_no_reset_before_it_restores():
    snapshot = begun().snapshot()
    env = tiny.single()
    env.restore(snapshot)
    assert env.snapshot() == snapshot


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"level": 2}, "made with level=2, this environment has 1"),
        ({"split": "test"}, "made with split='test'"),
        ({"step_limit": 13}, "made with step_limit=13"),
        ({"disturbances": 1}, "made with disturbances="),
    ],
)
def test_a_foreign_snapshot_names_the_difference(knobs, words):
    env = begun()
    before = env.snapshot()
    with pytest.raises(UserError, match=words):
        env.restore(begun(**knobs).snapshot())
    assert env.snapshot() == before


def test_a_snapshot_of_another_family_names_it():
    other = tiny.single(tiny.variant("OtherTiny"))
    other.reset(seed=1)
    with pytest.raises(UserError, match="is of test/OtherTiny-v0, this environment is test/Tiny"):
        begun().restore(other.snapshot())


@pytest.mark.parametrize("wrong", [None, 3, "text", [1, 2]])
def test_what_is_no_bytes_is_refused(wrong):
    with pytest.raises(UserError, match="a snapshot is bytes, not"):
        begun().restore(wrong)


def test_any_altered_byte_and_any_cut_is_refused():
    env = begun()
    good = env.snapshot()

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, len(good) - 1), st.integers(1, 255))
    def check(place, change):
        for wrong in (
            good[:place],
            good[:place] + bytes([good[place] ^ change]) + good[place + 1 :],
        ):
            with pytest.raises(UserError):
                env.restore(wrong)
        assert env.snapshot() == good

    check()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("clock", -1),
        ("clock", 13),
        ("limit", 99),
        ("running", 0),
        ("terminated", -2),
        ("success", 2),
        ("pending", 1),
        ("scheduled", 1),
        ("news", 1),
        ("optimal", 0),
        ("task", 2**31),
        ("terms", np.nan),
        ("place", 5),
        ("goal", -1),
    ],
)
def test_a_value_out_of_range_is_refused_although_the_checksum_is_right(field, value):
    env = begun()
    world = np.array([env.world])
    world[field] = value
    with pytest.raises(UserError, match="out of range"):
        env.restore(packing.pack(packing.header(env.program), world))


@pytest.mark.parametrize(
    ("field", "value"), [("kind", 2), ("kind", -1), ("when", 2), ("fired", -1), ("fired", 9)]
)
def test_a_schedule_out_of_range_is_refused(field, value):
    env = begun(disturbances=2)
    world = np.array([env.world])
    world["schedule"][0, 0][field] = value
    with pytest.raises(UserError, match="out of range"):
        env.restore(packing.pack(packing.header(env.program), world))


def test_a_description_that_cannot_be_read_is_refused():
    data = packing.MAGIC + (3).to_bytes(4, "little") + b"abc" + bytes(100)
    data += zlib.crc32(data).to_bytes(4, "little")
    with pytest.raises(UserError, match="description cannot be read"):
        begun().restore(data)
