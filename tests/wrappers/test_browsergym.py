"""What agents of BrowserGym see and say: the same world; what means nothing costs a step."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import midcourse  # noqa: F401
from midcourse.core.errors import UserError
from midcourse.core.trace import record_hash
from midcourse.wrappers import BrowserGymView
from midcourse.wrappers.browsergym import stands_in

ID = "midcourse/WebTasks-v0"
KEYS = {
    "axtree_txt", "goal", "goal_object", "last_action", "last_action_error", "url",
    "open_pages_urls", "active_page_index", "elapsed_time", "chat_messages",
}  # fmt: skip


def make(**knobs) -> Any:
    return BrowserGymView(gymnasium.make(ID, **knobs))


def call_of(env: Any, action: Any) -> str:
    """The call that takes an action of the oracle."""
    world = env.unwrapped
    words = world.FAMILY.say(world.world, world.program.shared[0], action)
    name, *parts = [part.strip(" ]") for part in words.split("[")]
    names = {"type": "fill", "select": "select_option", "stop": "send_msg_to_user",
             "back": "go_back", "forward": "go_forward", "switch_tab": "tab_focus"}  # fmt: skip
    name = names.get(name.strip(), name.strip())
    if name == "tab_focus":
        numbers = [tab.number for tab in world.page().tabs]
        return f"tab_focus({numbers.index(int(parts[0]))})"
    if name == "scroll":
        return "scroll(0, 200)"
    if name == "answer":
        pointed = world.page().elements[int(parts[0])]
        return f"send_msg_to_user({pointed.value or pointed.text!r})"
    if name == "send_msg_to_user":
        return f"send_msg_to_user({parts[0] if parts else 'done'!r})"
    return f"{name}({', '.join(map(repr, parts))})"


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_oracle_in_calls_is_the_oracle_in_actions(level):
    env, plain = make(level=level, disturbances=1), gymnasium.make(ID, level=level, disturbances=1)
    twin: Any = plain.unwrapped
    for seed in range(15):
        observation, _ = env.reset(seed=seed)
        twin.reset(seed=seed)
        ended = False
        while not ended:
            assert set(observation) == KEYS
            assert env.observation_space.contains(observation)
            action = twin.oracle_action()
            call = call_of(env, action)
            observation, reward, terminated, truncated, info = env.step(call)
            theirs = twin.step(action)
            assert record_hash(env.unwrapped) == record_hash(twin), call
            assert (reward, terminated, truncated) == theirs[1:4]
            assert observation["last_action"] == call
            assert observation["last_action_error"] == ""
            ended = terminated or truncated
        assert info["success"]


def test_an_observation_tells_what_the_page_tells():
    env = make(level=3, disturbances=("addition",), disturb_at=("step", 2))
    observation: dict[str, Any] = {"chat_messages": []}
    seed = 0
    while len(observation["chat_messages"]) < 2:  # some tasks leave nothing open
        seed += 1
        env.reset(seed=seed)
        env.step("new_tab()")
        observation, *_ = env.step("click('2')")
    assert observation["axtree_txt"].splitlines()[:3] == [
        "RootWebArea 'Kitchen', focused",
        "\t[0] textbox 'Search'",
        "\t[1] link 'Home'",
    ]
    assert "\t\toption 'relevance', selected=True" in observation["axtree_txt"]
    assert "StaticText 'Price $" in observation["axtree_txt"]
    assert observation["goal"] == observation["goal_object"][0]["text"]
    assert observation["url"] == "http://shop/category/kitchen"
    assert observation["open_pages_urls"] == ("http://shop/", "http://shop/category/kitchen")
    assert observation["active_page_index"].tolist() == [1]
    assert observation["elapsed_time"].tolist() == [2.0]
    chat = observation["chat_messages"]
    assert [m["role"] for m in chat] == ["user", "user"]
    assert [float(m["timestamp"]) for m in chat] == [0.0, 2.0]
    assert chat[1]["message"].startswith("One more thing: ")
    observation, *_ = env.step("tab_focus(0)")
    assert observation["active_page_index"].tolist() == [0]
    observation, *_ = env.step("tab_close()")
    assert len(observation["open_pages_urls"]) == 1
    for url in ("shop", "http://shop/", "https://shop"):
        assert env.step(f"goto({url!r})")[0]["last_action_error"] == ""


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("", "one call"),
        ("click", "one call"),
        ("click('1'); click('2')", "one call"),
        ("click('1')\nclick('2')", "one call"),
        ("click(bid)", "one call"),
        ("click(*['1'])", "one call"),
        ("click(**{'bid': '1'})", "one call"),
        ("os.system('true')", "one call"),
        ("__import__('os')", "there is no action '__import__'"),
        ("clik('1')", "did you mean 'click'?"),
        ("click()", "the action is click(bid, button, modifiers)"),
        ("click('1', bid='2')", "the action is click"),
        ("click('64')", "there is no element"),
        ("click('-1')", "there is no element"),
        ("click('0')", "[0] is a textbox, not a link or a button"),
        ("click('1', button='right')", "left button"),
        ("fill('1', 'home')", "[1] is a link, not a textbox"),
        ("fill('0', 'no such thing')", "stands neither in the task nor on this page"),
        ("fill('0', 'home] [x')", "stands neither"),
        ("select_option('0', 'red')", "[0] is a textbox, not a combobox"),
        ("goto('http://shop/cart')", "there is no site 'shop/cart'"),
        ("tab_focus(1)", "tabs are 0 to 0"),
        ("tab_focus('0')", "tabs are 0 to 0"),
        ("tab_focus(0)", "there is no such tab"),
        ("go_back()", "there is no page to go to"),
        ("scroll(0, 200)", "there is nothing further down"),
        ("scroll(0, -200)", "what is above is shown already"),
        ("scroll(0, '200')", "only down can be scrolled"),
        ("scroll()", "the action is scroll(delta_x, delta_y)"),
        ("(" * 500, "one call"),
        ("click('\\d')", "there is no element"),
        ("click('\0')", "one call"),
        ("click(" + "9" * 1900 + ")", "there is no element"),
        ("x" * 3000, "one call"),
        (None, "one call"),
    ],
)
def test_what_means_nothing_costs_a_step_and_says_why(call, reason):
    env = make(level=1)
    env.reset(seed=0)
    before = env.unwrapped.world["now"].tobytes()
    observation, reward, *_ = env.step(call)
    assert reason in observation["last_action_error"]
    assert env.observation_space.contains(observation)
    assert reward == -0.01
    assert env.unwrapped.world["now"].tobytes() == before
    assert env.unwrapped.world["clock"] == 1


def test_doing_nothing_is_no_error():
    env = make(level=1)
    env.reset(seed=0)
    for call in ("noop()", "noop(500)", "noop(wait_ms=1)"):
        observation, reward, *_ = env.step(call)
        assert observation["last_action_error"] == ""
        assert reward == -0.01
    assert env.unwrapped.world["clock"] == 3


FUZZED = make(level=2)
LITERAL = st.one_of(
    st.text(max_size=8), st.integers(), st.floats(), st.none(), st.binary(max_size=4)
)
CALL = st.builds(
    lambda name, arguments: f"{name}({', '.join(map(repr, arguments))})",
    st.sampled_from(
        ["click", "fill", "select_option", "goto", "tab_focus", "scroll", "send_msg_to_user"]
    ),
    st.lists(LITERAL | st.integers(0, 30).map(str) | st.lists(LITERAL, max_size=2), max_size=3),
)


@settings(max_examples=300, deadline=None)
@given(CALL | st.text(max_size=60))
def test_no_call_raises(call):
    FUZZED.reset(seed=0)
    observation, *_ = FUZZED.step(call)
    assert FUZZED.observation_space.contains(observation)


def test_an_answer_may_stand_in_a_sentence():
    env = make(level=2)
    for seed in range(60):
        env.reset(seed=seed)
        while env.unwrapped.page().wants_answer:
            action = env.unwrapped.oracle_action()
            call = call_of(env, action)
            if call.startswith("send_msg"):
                value = env.unwrapped.page().elements[int(action[1])].value
                call = f"send_msg_to_user('It costs {value}.')"
                assert env.step(call)[4]["success"]
                return
            env.step(call)
    pytest.fail("no task wants an answer")


def test_a_number_stands_in_a_text_only_by_itself():
    assert stands_in("$12.95", "it is $12.95.")
    assert not stands_in("$12.9", "it is $12.95")
    assert not stands_in("5", "it is $12.95")
    assert not stands_in("12.95", "it is $12.95")
    assert stands_in("4", "there are 4")


def test_snapshots_hold_the_last_action():
    env = make(level=2)
    env.reset(seed=3)
    first, *_ = env.step("clik('1')")
    snapshot = env.snapshot()
    second, *_ = env.step("click('2')")
    again, _ = env.restore(snapshot)
    assert str(again) == str(first)
    assert str(env.step("click('2')")[0]) == str(second)
    assert np.array_equal(second["elapsed_time"], [2.0])


def test_a_world_without_pages_is_refused():
    with pytest.raises(UserError, match="has no pages"):
        BrowserGymView(gymnasium.make("midcourse/GuiNavigation-v0"))
