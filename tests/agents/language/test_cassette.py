"""What a model said is on the cassette, once and whole, and is said again from there."""

import errno
import json

import pytest

from midcourse.agents.language.cassette import Cassette, append
from midcourse.agents.language.scripted import ScriptedModel
from midcourse.core.errors import UserError

TALK = [{"role": "user", "content": "Goal"}]


@pytest.fixture
def tape(tmp_path):
    return tmp_path / "tapes" / "tape.jsonl"


def test_what_was_recorded_is_replayed_without_the_model(tape):
    first = Cassette(ScriptedModel(["back", "home"], favours={"a": -1 / 3}), tape)
    replies = first.complete(TALK), first.complete(TALK, max_tokens=3)
    scores = first.score("Goal", ["a", "b"])
    silent = ScriptedModel()
    again = Cassette(silent, tape, only_replay=True)
    assert (again.complete(TALK), again.complete(TALK, max_tokens=3)) == replies
    assert again.score("Goal", ["a", "b"]) == scores
    assert again.usage == first.usage
    assert silent.asked == silent.scored == []


def test_a_request_is_recorded_once_and_seeds_count_where_something_is_drawn(tape):
    cassette = Cassette(model := ScriptedModel(["back"]), tape)
    for temperature, seed in ((0.0, 1), (0.0, 2), (0.5, 1), (0.5, 2), (0.5, 1)):
        cassette.complete(TALK, temperature=temperature, seed=seed)
    assert len(model.asked) == len(tape.read_text().splitlines()) == 3


def test_a_request_that_is_not_there_is_told_in_a_sentence(tape):
    Cassette(ScriptedModel(["back"]), tape).complete(TALK)
    with pytest.raises(UserError, match=r"scripted is not among the 1 on .*cassette="):
        Cassette(ScriptedModel(), tape, only_replay=True).complete(TALK, max_tokens=2)


def test_each_answer_is_on_disk_at_once_and_a_cut_line_is_dropped(tape):
    cassette = Cassette(ScriptedModel(["back", "home"]), tape)
    cassette.complete(TALK)
    whole = tape.read_bytes()
    cassette.complete(TALK, max_tokens=2)
    for cut in range(len(whole), len(tape.read_bytes())):
        tape.write_bytes((whole + whole)[:cut])
        assert len(Cassette(ScriptedModel(), tape, only_replay=True).known) == 1
    again = Cassette(ScriptedModel(["done"]), tape)
    assert again.complete(TALK, max_tokens=2).text == "done"
    assert [json.loads(x)["reply"]["text"] for x in tape.read_text().splitlines()] == [
        "back",
        "done",
    ]


def test_bad_files_are_told_in_a_sentence(tape):
    with pytest.raises(UserError, match="cannot be used: No such file"):
        Cassette(ScriptedModel(), tape, only_replay=True)
    tape.parent.mkdir()
    tape.write_text('{"request": 1}\n')
    with pytest.raises(UserError, match=r"line 1 of the cassette .* is damaged"):
        Cassette(ScriptedModel(), tape)
    with pytest.raises(UserError, match="cannot be used"):
        Cassette(ScriptedModel(), tape.parent)


def test_models_that_answer_otherwise_share_no_answers(tape):
    one, other = ScriptedModel(favours={"a": -1.0}), ScriptedModel(favours={"a": -2.0})
    other.identity = "another adapter"
    for model in (one, other, one, other):
        assert Cassette(model, tape).score("Goal", ["a"]).log_probs == (model.favours["a"],)
    assert len(tape.read_text().splitlines()) == 2


def test_a_line_that_a_full_disk_cut_is_taken_back(tape, monkeypatch):
    cassette = Cassette(ScriptedModel(["back"]), tape)
    cassette.complete(TALK)
    whole = tape.read_bytes()
    taken = []

    class Full:
        """A file that takes ten bytes and then no more."""

        def __init__(self, file):
            self.file = file

        def __getattr__(self, name):
            return getattr(self.file, name)

        def write(self, line):
            if taken:
                raise OSError(errno.ENOSPC, "No space left on device")
            taken.append(self.file.write(line[:10]))
            return taken[0]

    with tape.open("a+b", buffering=0) as file, pytest.raises(OSError, match="No space"):
        append(Full(file), whole)
    assert taken == [10]
    assert tape.read_bytes() == whole


def test_what_another_processs_kill_cut_short_is_not_written_behind(tape):
    cassette = Cassette(ScriptedModel(["back"]), tape)
    cassette.complete(TALK)
    with tape.open("ab") as file:
        file.write(b'{"request": {"mod')
    cassette.complete(TALK, max_tokens=2)
    assert len(Cassette(ScriptedModel(), tape, only_replay=True).known) == 2


def test_a_reply_that_lacks_something_is_damaged(tape):
    Cassette(ScriptedModel(["back"]), tape).complete(TALK)
    entry = json.loads(tape.read_text())
    for name in entry["reply"]:
        reply = {key: value for key, value in entry["reply"].items() if key != name}
        tape.write_text(json.dumps({**entry, "reply": reply}) + "\n")
        with pytest.raises(UserError, match=r"line 1 of the cassette .* is damaged"):
            Cassette(ScriptedModel(), tape, only_replay=True)
