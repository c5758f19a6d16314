import json

import gymnasium
import numpy as np
import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from midcourse.core.errors import UserError
from midcourse.core.trace import Recorder, read_lines, replay


def write_trace(path, episodes=3):
    env = Recorder(gymnasium.make(tiny.ID, disturbances=2), path)
    generator = np.random.default_rng(0)
    for episode in range(episodes):
        env.reset(seed=7 if episode == 0 else None, options={"task": 3} if episode == 1 else None)
        over = False
        while not over:
            _, _, terminated, truncated, _ = env.step(generator.choice([0, 1, 3]))
            over = terminated or truncated
    return env


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("trace") / "whole.jsonl"
    write_trace(path).close()
    return path.read_bytes()


def test_a_replay_finds_no_difference(tmp_path, whole):
    path = tmp_path / "trace.jsonl"
    path.write_bytes(whole)
    seen = []
    result = replay(path, lambda done, total: seen.append((done, total)))
    assert result.difference is None
    assert not result.cut
    assert (result.episodes, result.steps) == (3, whole.count(b'"do": "step"'))
    assert "no difference" in result.sentence
    assert seen[-1][0] == seen[-1][1] == whole.count(b"\n")
    assert b'"events"' in whole


def test_what_was_written_is_on_disk_before_the_file_is_closed(tmp_path):
    env = write_trace(tmp_path / "open.jsonl", episodes=1)
    lines = read_lines(tmp_path / "open.jsonl")[0]
    assert len(lines) == 2 + env.world.world["clock"]
    env.close()


def test_an_unseeded_first_reset_is_reproduced(tmp_path):
    env = Recorder(gymnasium.make(tiny.ID, level=2), tmp_path / "t")
    env.reset()
    env.step(np.int64(3))
    env.reset()
    env.close()
    assert replay(tmp_path / "t").difference is None


def test_a_world_that_has_begun_and_a_restore_are_reproduced(tmp_path):
    world = tiny.single()
    world.reset(seed=1)
    world.step(3)
    env = Recorder(world, tmp_path / "t")
    snapshot = world.snapshot()
    env.step(2)
    env.reset()
    env.restore(snapshot)
    env.step(3)
    env.close()
    result = replay(tmp_path / "t")
    assert result.difference is None
    assert result.steps == 2


def test_words_without_meaning_are_reproduced(tmp_path):
    env = Recorder(gymnasium.make(tiny.ID), tmp_path / "t")
    env.reset(seed=1)
    assert env.refuse("no such thing")[4]["refused"] == "no such thing"
    env.close()
    result = replay(tmp_path / "t")
    assert (result.difference, result.steps) == (None, 1)


def test_any_cut_is_told_or_replayed(tmp_path_factory, whole):
    path = tmp_path_factory.mktemp("cut") / "cut.jsonl"
    header = whole.index(b"\n") + 1

    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, len(whole)))
    def check(end):
        path.write_bytes(whole[:end])
        if end < header:
            with pytest.raises(UserError):
                replay(path)
            return
        result = replay(path)
        assert result.difference is None
        assert result.cut == (whole[end - 1 : end] != b"\n")
        assert result.steps == whole[:end].rpartition(b"\n")[0].count(b'"do": "step"')

    check()


@pytest.mark.parametrize(
    ("what", "value"),
    [("reward", 0.5), ("hash", "00"), ("terminated", True), ("action", 0), ("events", [])],
)
def test_the_first_difference_is_named(tmp_path, whole, what, value):
    lines = [json.loads(line) for line in whole.splitlines()]
    number = next(
        i for i, line in enumerate(lines) if line.get("do") == "step" and line.get(what) != value
    )
    lines[number][what] = value
    path = tmp_path / "changed.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = replay(path)
    assert result.difference is not None
    assert result.difference.line == number + 1
    if what != "action":
        assert what in result.difference.what
    assert f"line {number + 1}" in result.sentence


def test_an_action_outside_the_space_is_a_difference(tmp_path, whole):
    lines = whole.splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"action": ', b'"action": 9')
    (tmp_path / "t").write_bytes(b"".join(lines))
    assert "outside" in replay(tmp_path / "t").sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"", "is empty"),
        (b"no trace", "cut within its first line"),
        (b"no trace\n", "line 1"),
        (b"\xff\xfe\n", "line 1"),
        (b"[]\n", "line 1"),
        (b'{"a": 1}\n', "line 1"),
        (b'{"format": "other"}\n', "this release reads"),
        (b'{"format": "midcourse trace 1"}\n', "of which world"),
        (b'{"format": "midcourse trace 1", "env": "No-v0", "params": {}}\n', "cannot be made"),
        (b'{"format": "midcourse trace 1", "env": "CartPole-v1", "params": {}}\n', "no world"),
        (
            b'{"format": "midcourse trace 1", "env": "test/Tiny-v0", "params": {"cels": 4}}\n',
            "did you mean 'cells'",
        ),
    ],
)
def test_what_is_no_trace_is_refused_in_one_sentence(tmp_path, content, words):
    path = tmp_path / "trace.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=words) as caught:
        replay(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [b"@@@\n", b'{"do": "fly"}\n', b'{"do": "step"}\n', b"7\n"])
def test_a_damaged_line_is_refused_with_its_number(tmp_path, whole, damage):
    lines = whole.splitlines(keepends=True)
    lines[5] = damage
    (tmp_path / "t").write_bytes(b"".join(lines))
    with pytest.raises(UserError, match="line 6"):
        replay(tmp_path / "t")


def test_only_our_worlds_can_be_recorded(tmp_path):
    with pytest.raises(UserError, match="no world of midcourse"):
        Recorder(gymnasium.make("CartPole-v1"), tmp_path / "t")
    with pytest.raises(UserError, match="cannot be written"):
        Recorder(gymnasium.make(tiny.ID), tmp_path / "none" / "t")
    scaled = gymnasium.wrappers.TransformAction(
        gymnasium.make(tiny.ID), lambda a: a, gymnasium.spaces.Discrete(2)
    )
    with pytest.raises(UserError, match="changes actions"):
        Recorder(scaled, tmp_path / "t")
