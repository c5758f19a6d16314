"""The server's pages: secrets, stale forms, bad requests, escaping; no request breaks a world."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import gymnasium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("starlette", reason="the extra `web` is not installed")
pytest.importorskip("uvicorn", reason="the extra `web` is not installed")
sys.path.insert(0, str(Path(__file__).parent))

from asgi import FORM, Visitor
from visitors import ID, SCRIPT, WORLD, check_plain, make_visitor, visitor_at_work

from midcourse.core.trace import record_hash
from midcourse.serve.app import make_app
from midcourse.serve.html import Html, tag
from midcourse.serve.sessions import Sessions


def twin() -> Any:
    env: Any = gymnasium.make(ID, level=2, split="test", step_limit=200).unwrapped
    env.reset(seed=5, options={"task": 3})
    return env


def test_an_episode_in_forms_is_the_episode_in_actions():
    visitor, env = visitor_at_work(), twin()
    while env.world["running"]:
        assert json.loads(visitor.state()) == {
            "hash": record_hash(env),
            "clock": int(env.world["clock"]),
            "running": True,
        }
        action = env.oracle_action()
        do, fields = form_of(env, action)
        check_plain(visitor.do(do, **fields), 303)
        env.step(action)
    assert json.loads(visitor.state())["hash"] == record_hash(env)
    end = visitor.get()
    check_plain(end, 200)
    assert "Done, and as the user wanted it." in end.text
    assert f"<dt>Steps</dt><dd>{env.optimal_steps()}</dd>" in end.text


def form_of(env: Any, action: Any) -> tuple[str, dict[str, Any]]:
    """The form that takes an action."""
    words = env.FAMILY.say(env.world, env.program.shared[0], action)
    name, *parts = [part.strip(" ]") for part in words.split("[")]
    name = name.strip()
    if name == "stop" and parts:
        return "answer", {"element": int(action[1])}
    if name == "scroll":
        return name, {}
    keys = {"type": ("element", "words"), "select": ("element", "option"), "goto": ("site",),
            "switch_tab": ("tab",)}.get(name, ("element",))  # fmt: skip
    return name, dict(zip(keys, parts, strict=False))


def test_reading_changes_nothing_and_the_headers_are_strict():
    visitor = visitor_at_work()
    before = visitor.state()
    for target in ("/", visitor.path, f"{visitor.path}/state"):
        check_plain(visitor.get(target), 200)
        assert visitor.ask("HEAD", target).status == 200
    assert visitor.state() == before


def test_the_page_is_semantic_and_has_a_label_for_every_field():
    page = visitor_at_work().get().text
    for piece in ("<h1", "<nav", "<main", "<form", "<label", "<input", "<button", 'role="link"'):
        assert piece in page
    fields = re.findall(r'<(?:input|select) [^>]*id="(\w+)"', page)
    labelled = re.findall(r'<label for="(\w+)"', page) + ["site", "why"]
    assert set(fields) <= set(labelled)
    assert page.count("<h1") == page.count("<main") == 1


def test_where_an_answer_is_wanted_every_number_can_be_pointed_at_and_else_none():
    for seed in range(12):
        visitor = visitor_at_work(seed=seed, task=seed)
        env: Any = twin()
        env.reset(seed=seed, options={"task": seed})
        for element in (8, 2, 9):  # the cart, a category, the orders or a product
            visitor.do("click", element=element)
            env.step(env.parse(f"click [{element}]"))
            page = env.page()
            found = {int(n) for n in re.findall(r'id="a(\d+)"', visitor.get().text)}
            assert found == (set(page.answers) if page.wants_answer else set())
        if not page.wants_answer:
            check_plain(visitor.do("answer", element=next(iter(page.answers))), 400)


def test_more_of_a_long_list_is_shown_by_a_button_below_it():
    visitor, env = visitor_at_work(), twin()
    assert 'id="scroll"' not in visitor.get().text
    visitor.do("goto", site="office")
    env.step(env.parse("goto [office]"))
    sales = next(e.number for e in env.page().elements if e.caption == "Sales")
    visitor.do("click", element=sales)
    page = visitor.get().text
    assert page.index("More below") < page.index('id="scroll"')
    check_plain(visitor.do("scroll"), 303)
    assert 'id="scroll"' not in visitor.get().text
    env.step(env.parse(f"click [{sales}]"))
    env.step(env.parse("scroll [down]"))
    assert json.loads(visitor.state())["hash"] == record_hash(env)


def test_a_stale_form_a_double_submit_and_the_way_back_change_nothing():
    visitor = visitor_at_work()
    form = visitor.form("click", element=2)
    assert visitor.post(visitor.path, form).status == 303
    before = visitor.state()
    for step in (form["step"], "7", "0"):
        answer = visitor.post(visitor.path, {**form, "step": step})
        check_plain(answer, 409)
        assert f'href="{visitor.path}"' in answer.text
    assert visitor.state() == before


def test_after_the_end_nothing_can_be_done():
    visitor = visitor_at_work()
    form = visitor.form("stop")
    assert visitor.post(visitor.path, form).status == 303
    before = visitor.state()
    assert not json.loads(before)["running"]
    for step in ("0", "1"):
        check_plain(visitor.post(visitor.path, {**form, "step": step}), 409)
    assert visitor.state() == before
    assert "That is not what the user wanted." in visitor.get().text


@pytest.mark.parametrize("csrf", [None, "", "x", "\u00fc\u4e2d", "a" * 5000])
def test_a_form_without_the_secret_is_refused(csrf):
    visitor = visitor_at_work()
    before, form = visitor.state(), visitor.form("back")
    del form["csrf"]
    form |= {} if csrf is None else {"csrf": csrf}
    check_plain(visitor.post(visitor.path, form), 403)
    check_plain(visitor.post("/start", form), 403)
    assert visitor.state() == before


def test_one_sessions_secret_opens_no_other():
    app = make_app(Sessions(WORLD, 10))
    one, other = Visitor(app), Visitor(app)
    one.begin()
    other.begin()
    before = other.state()
    check_plain(other.post(other.path, one.form("stop")), 403)
    assert other.state() == before


def test_what_is_not_there_is_named_so():
    visitor = visitor_at_work()
    before = visitor.state()
    for target in ("/x", "/s", "/s/", "/s/no", "/s/no/state", f"{visitor.path}/x", "/S/no",
                   f"{visitor.path}/", "/favicon.ico", "/../etc/passwd", "//", "/%00"):  # fmt: skip
        check_plain(visitor.get(target), 404)
    for method, target in (("GET", "/start"), ("POST", "/"), ("PUT", visitor.path),
                           ("DELETE", visitor.path), ("POST", f"{visitor.path}/state"),
                           ("OPTIONS", "/"), ("TRACE", "/start")):  # fmt: skip
        answer = visitor.ask(method, target)
        check_plain(answer, 405)
        assert answer.headers["allow"]
    assert visitor.state() == before


def test_a_huge_form_is_refused():
    visitor = visitor_at_work()
    before, form = visitor.state(), visitor.form("type", element=0, words="x" * 17_000)
    for headers in ({}, {"content_length": "9" * 30}, {"content_length": "17000"}):
        check_plain(visitor.post(visitor.path, form, **headers), 413)
        check_plain(visitor.post("/start", form, **headers), 413)
    assert visitor.state() == before


BAD_FIELDS = [
    {"do": "fly"},
    {"do": "click"},
    {"do": "click", "element": "64"},
    {"do": "click", "element": "-1"},
    {"do": "click", "element": "1e3"},
    {"do": "click", "element": "\u0663"},
    {"do": "click", "element": "9" * 5000},
    {"do": "click", "element": "0"},  # a textbox
    {"do": "click", "element": "1", "extra": "1"},
    {"do": "type", "element": "0"},
    {"do": "type", "element": "1", "words": "home"},  # a link
    {"do": "select", "element": "1", "option": "red"},
    {"do": "goto", "site": "casino"},
    {"do": "switch_tab", "tab": "3"},
    {"do": "switch_tab", "tab": "x"},
    {"do": "answer", "element": "1"},
    {"do": "stop", "step": "x"},
    {"do": "stop", "step": ""},
]


@pytest.mark.parametrize("fields", BAD_FIELDS)
def test_a_form_that_no_page_holds_is_refused(fields):
    visitor = visitor_at_work()
    before = visitor.state()
    check_plain(visitor.post(visitor.path, visitor.form(**{"do": "", **fields})), 400)
    assert visitor.state() == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"\xff\xfe", FORM),
        (b"a", FORM),
        (b"a=%ff", FORM),
        (b"&".join([b"a=1"] * 99), FORM),
        (b"csrf=1&csrf=1", FORM),
        (b"{}", "application/json"),
        (b"csrf=1", "text/plain"),
        (b"x=1", ""),
    ],
)
def test_what_is_no_form_is_refused(body, kind):
    visitor = visitor_at_work()
    before = visitor.state()
    for target in (visitor.path, "/start"):
        answer = visitor.ask("POST", target, body, content_type=kind)
        check_plain(answer, 403 if body == b"" else 400)
    assert visitor.state() == before


@pytest.mark.parametrize("choice", [{"task": 165}, {"task": "x"}, {"seed": -1}, {"seed": 2**63}])
def test_a_task_that_is_not_there_begins_nothing(choice):
    visitor = make_visitor()
    check_plain(visitor.begin(**choice), 400)
    assert visitor.path == ""


def test_a_text_that_stands_nowhere_costs_a_step_and_is_answered_with_the_reason():
    visitor, env = visitor_at_work(), twin()
    check_plain(visitor.do("type", element=0, words=SCRIPT), 303)
    reason = env.parse(f"type [0] [{SCRIPT}]").reason
    env.refuse(reason)
    assert json.loads(visitor.state())["hash"] == record_hash(env)
    page = visitor.get()
    check_plain(page, 200)
    assert 'role="alert"' in page.text
    assert "stands neither in the task nor on this page" in page.text
    check_plain(visitor.do("new_tab"), 303)
    assert 'role="alert"' not in visitor.get().text


def test_brackets_in_a_text_end_no_action():
    visitor, env = visitor_at_work(), twin()
    check_plain(visitor.do("type", element=0, words="home] [x"), 303)
    env.refuse("")
    assert json.loads(visitor.state())["hash"] == record_hash(env)


FUZZED = visitor_at_work()
KEYS = st.sampled_from(["do", "element", "words", "option", "site", "tab", "seed", "x", SCRIPT])
VALUES = st.one_of(
    st.text(max_size=30),
    st.just(SCRIPT),
    st.sampled_from(["click", "type", "select", "goto", "switch_tab", "answer", "back"]),
    st.integers(-2, 70).map(str),
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=5), VALUES)
def test_scripts_in_every_field_come_back_escaped_and_nothing_breaks(fields, choice):
    fields.setdefault("do", "type")
    if '"running":false' in FUZZED.state():
        FUZZED.begin()
    clock = json.loads(FUZZED.state())["clock"]
    encodable = {k: v.encode("utf-8", "replace").decode() for k, v in fields.items()}
    answer = FUZZED.post(FUZZED.path, FUZZED.form(**encodable))
    check_plain(answer, 303 if answer.status == 303 else 400)
    assert json.loads(FUZZED.state())["clock"] == clock + (answer.status == 303)
    check_plain(FUZZED.get(), 200)
    start = FUZZED.get(
        "/?" + "task=" + "".join(f"%{b:02x}" for b in choice.encode("utf-8", "replace"))
    )
    check_plain(start, 200)
    if choice == SCRIPT:
        assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;&#x27;&quot;&amp;"' in start.text


@given(st.text(), st.text())
def test_text_becomes_html_only_escaped(words, value):
    made = tag("p", words, title=value)
    assert isinstance(made, Html)
    assert made.count("<") == made.count(">") == 2
    assert made.count('"') == 2
