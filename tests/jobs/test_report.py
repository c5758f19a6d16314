"""The report: self-contained, and whatever it is told stays text."""

import base64
import io
import re
from html.parser import HTMLParser
from math import nan
from typing import Any
from xml.etree import ElementTree

import gymnasium
import matplotlib.image
import numpy as np
import pytest
import sizes

from midcourse.core.errors import UserError
from midcourse.evaluation.plan import make_plan
from midcourse.evaluation.summary import COLUMNS, Estimate, Row
from midcourse.report import Report, Section, render, write_report
from midcourse.reporting import png
from midcourse.reporting.recording import Frame, Recording, record
from midcourse.reporting.svg import Bar, Curve, plot_bars, plot_curves

ID = "midcourse/GuiNavigation-v0"
HOSTILE = "</script><script>alert(1)</script><img src=http://x.invalid onerror='a'>\"&{{ 7*7 }}"


def row(agent, mean=0.5):
    estimates = {column: Estimate(mean, mean - 0.1, mean + 0.1) for column in COLUMNS}
    return Row(agent, 10, 5, {**estimates, "regret": Estimate(nan, nan, nan)}, {1: mean}, {1: mean})


def page(words="plain", picture=None):
    frames = [Frame(picture, words, words, -0.01, -0.01, (words,))] * 3
    return render(
        Report(
            title=words,
            summary=words,
            sections=[Section(words, [row(words), row("oracle", 1.0)], words, words)],
            curves={words: [Curve(words, [(0, 0.0), (10, 0.5)])]},
            curve_axis=words,
            curve_note=words,
            recordings=[Recording(words, words, frames)] * 5,
            facts={words: words},
            labels={"oracle": words},
        )
    )


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(text):
    parser = Tags()
    parser.feed(text)
    return parser.found


def test_it_asks_nothing_of_a_network():
    picture = png.data_uri(np.zeros((4, 4, 3), np.uint8))
    text = page(picture=picture)
    for _, attributes in tags(text):
        for name in ("src", "href", "action", "data", "srcset", "poster"):
            assert attributes.get(name, "data:").startswith(("data:", "#"))
    assert not re.search(r"https?://|url\(|@import|fetch\(|XMLHttp|WebSocket", text)
    assert "<link" not in text


def test_hostile_text_stays_text():
    plain, hostile = tags(page()), tags(page(HOSTILE))
    assert [tag for tag, _ in plain] == [tag for tag, _ in hostile]
    assert sum(tag == "script" for tag, _ in hostile) == 1
    assert not any(name.startswith("on") for _, attributes in hostile for name in attributes)
    assert "49" not in re.sub(r"[\d.]{3,}", "", page(HOSTILE)), "a template ran inside a template"


def test_further_worlds_stand_on_the_same_page():
    other = Report("other <world>", [Section("s", [row("b")])], without=("success_disturbed",))
    text = render(Report("one", [Section("s", [row("a")])], further=[other]))
    assert text.count("<h2>All numbers</h2>") == 2
    assert '<a href="#part-2">other &lt;world&gt;</a>' in text
    assert text.count("success when disturbed") == 1


def test_undefined_measures_are_dashes():
    assert "nan" not in page()
    assert "&ndash;" not in page()  # a measure that nobody has gets no column
    both = Section("s", [row("a"), Row("b", 1, 1, {c: Estimate(1, 1, 1) for c in COLUMNS}, {}, {})])
    assert "&ndash;" in render(Report("t", [both]))


def test_plots_are_well_formed():
    colours = {"<a>": "#000000"}
    bars = plot_bars([("one\ntwo", [Bar("<a>", 0.5, 0.4, 1.0), Bar("b", nan, nan, nan)])], colours)
    curve = plot_curves([Curve("<a>", [(0, 0), (100, 1)])], "<x>", colours)
    for text in (bars, curve, plot_curves([], "x", {})):
        ElementTree.fromstring(text)
    assert bars.count("<rect") == 1


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 5, 3), (256, 256, 3)])
def test_png_is_read_back_by_another_library(shape):
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    header, _, data = png.data_uri(picture).partition(",")
    assert header == "data:image/png;base64"
    read = matplotlib.image.imread(io.BytesIO(base64.b64decode(data)), format="png")
    assert np.array_equal(np.rint(read * 255).astype(np.uint8), picture)


def test_only_the_tallest_blank_is_left_out():
    rows = [1, 1, 1, *[2] * 9, 3, 3]  # the colour of each row
    picture = np.array(rows, np.uint8)[:, None, None].repeat(4, 1).repeat(3, 2)
    picture[-2, 1] = 0  # a row that is not of one colour
    cut = png.without_blank_rows(picture, margin=2)
    assert cut[:, 0, 0].tolist() == [1, 1, 1, 2, 2, 3, 3]
    assert np.array_equal(cut[-2:], picture[-2:])
    busy = np.random.default_rng(0).integers(0, 256, (20, 5, 3), dtype=np.uint8)
    assert np.array_equal(png.without_blank_rows(busy), busy)


def test_a_recorded_picture_may_be_of_any_size():
    knobs = {"level": 1, "disturbances": "revision", "disturb_at": ("step", 1)}
    plan = make_plan("midcourse/WebTasks-v0", ("oracle",), knobs, 1, 1, 0, floors=False)
    whole = record(next(plan.jobs()), "title")
    cut = record(next(plan.jobs()), "title", look=png.without_blank_rows)
    assert {frame.size for frame in whole.frames} == {(480, 1000)}
    for frame in cut.frames:
        data = base64.b64decode(str(frame.picture).partition(",")[2])
        height, width, _ = matplotlib.image.imread(io.BytesIO(data), format="png").shape
        assert frame.size == (width, height)
        assert width == 480
        assert 100 < height < 1000
    assert "Message after step 1" in cut.frames[1].text
    text = render(Report("t", [], recordings=[cut]))
    assert 'style="--width: 480px"' in text


def test_what_a_recording_says_was_done_does_it_again():
    knobs = {"level": 5, "split": "test", "disturbances": "addition"}
    plan = make_plan("midcourse/WebTasks-v0", ("oracle",), knobs, 30, 1, 0, floors=False)
    env: Any = gymnasium.make("midcourse/WebTasks-v0", **knobs).unwrapped
    for job in plan.jobs():
        frames = record(job, "title", look=lambda picture: picture[:1, :1]).frames
        env.reset(seed=job.seed, options={"task": job.task})
        for frame in frames[1:]:
            env.step(env.parse(frame.action))
            assert env.text() == frame.text, frame.action


def test_a_recording_tells_what_happened():
    knobs = {"level": 2, "disturbances": "popup", "disturb_at": ("step", 1)}
    job = next(make_plan(ID, ("oracle",), knobs, 1, 1, 0, floors=False).jobs())
    recording = record(job, "title")
    first, second, *_, last = recording.frames
    assert (first.action, first.reward, first.events) == ("", 0.0, ())
    assert second.events == ("popup",)
    assert second.action in ("back", "home") or second.action.startswith("click ")
    assert last.action == "done"
    assert last.total == pytest.approx(1.0 - 0.01 * (len(recording.frames) - 1))
    assert recording.outcome.startswith(f"success in {len(recording.frames) - 1} steps")
    assert recording.outcome.endswith("; popup at step 1")
    assert all(frame.text for frame in recording.frames)


def test_a_long_recording_keeps_some_frames_and_every_event():
    knobs = {"step_limit": 50, "disturbances": "rewire", "disturb_at": ("step", 7)}
    knobs |= sizes.REGULATED
    plan = make_plan("midcourse/DelayedRepression-v0", ("oracle",), knobs, 1, 1, 0, floors=False)
    recording = record(next(plan.jobs()), "title", every=20)
    assert [frame.step for frame in recording.frames] == [0, 7, 20, 40, 50]
    assert recording.frames[1].events == ("rewire",)
    assert recording.frames[1].action.startswith("force=")
    assert recording.outcome.partition(" in ")[0] in ("success", "failure")


def test_a_report_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        write_report(Report("t", []), tmp_path / "file" / "report.html")
