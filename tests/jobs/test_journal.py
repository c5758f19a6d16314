"""The folder of a run: what a kill, a second run, other settings and a full disk do to it."""

import json

import pytest

from midcourse.core.errors import UserError
from midcourse.evaluation.journal import RESULTS, SETTINGS, TIMING, Journal, read_results

GOOD = {"agents": ["random"], "seed": 0}


def fill(folder, first=0, last=4):
    with Journal(folder, GOOD) as journal:
        for episode in range(first, last):
            journal.append({"episode": episode, "steps": episode * 3}, 0.1)
    return (folder / RESULTS).read_bytes()


def test_every_cut_resumes_to_the_same_bytes(tmp_path):
    whole = fill(tmp_path)
    for cut in range(len(whole) + 1):
        (tmp_path / RESULTS).write_bytes(whole[:cut])
        with Journal(tmp_path, GOOD) as journal:
            done = len(journal.done)
            assert done == whole[:cut].count(b"\n")
        assert fill(tmp_path, done) == whole


def test_a_cut_timing_line_is_dropped(tmp_path):
    fill(tmp_path)
    path = tmp_path / TIMING
    path.write_bytes(path.read_bytes()[:-5])
    fill(tmp_path, 4, 5)
    episodes = [json.loads(line)["episode"] for line in path.read_text().splitlines()]
    assert episodes == [0, 1, 2, 4]


@pytest.mark.parametrize("garbage", [b"\0\0\0", b"{]\n", b"[1]\n", b'{"episode": 9}\n', b"\xff\n"])
def test_a_damaged_last_line_is_dropped(tmp_path, garbage):
    whole = fill(tmp_path)
    (tmp_path / RESULTS).write_bytes(whole + garbage)
    assert len(read_results(tmp_path)) == 4
    with Journal(tmp_path, GOOD) as journal:
        assert len(journal.done) == 4
    assert (tmp_path / RESULTS).read_bytes() == whole


def test_damage_in_the_middle_is_refused_and_left_alone(tmp_path):
    whole = fill(tmp_path)
    damaged = whole.replace(b'"episode": 1', b'"episode": !', 1)
    (tmp_path / RESULTS).write_bytes(damaged)
    with pytest.raises(UserError, match=r"line 2 of .* is damaged"):
        fill(tmp_path)
    assert (tmp_path / RESULTS).read_bytes() == damaged


def test_other_settings_are_refused(tmp_path):
    fill(tmp_path)
    with (
        pytest.raises(UserError, match=r"seed=0, this one has 1: choose another"),
        Journal(tmp_path, {**GOOD, "seed": 1}),
    ):
        pass


def test_damaged_or_missing_settings_are_refused(tmp_path):
    fill(tmp_path)
    (tmp_path / SETTINGS).write_text("{")
    with pytest.raises(UserError, match="is damaged"), Journal(tmp_path, GOOD):
        pass
    (tmp_path / SETTINGS).unlink()
    with pytest.raises(UserError, match=r"no settings\.json"), Journal(tmp_path, GOOD):
        pass


def test_two_at_once_are_refused(tmp_path):
    with (
        Journal(tmp_path, GOOD),
        pytest.raises(UserError, match="another run is writing"),
        Journal(tmp_path, GOOD),
    ):
        pass
    fill(tmp_path)


def test_a_full_disk_is_one_sentence(tmp_path):
    with Journal(tmp_path, GOOD) as journal, open("/dev/full", "ab", buffering=0) as full:
        journal.results.close()
        journal.results = full
        with pytest.raises(UserError, match="the disk is full: what was finished is kept"):
            journal.append({"episode": 0}, 0.1)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UserError, match="cannot be written"),
        Journal(tmp_path / "file" / "folder", GOOD),
    ):
        pass
