"""A person plays: injected events and lines."""

import pytest
import sizes

from midcourse.play import FRAME, STRIP, Session, play, scale_for

pygame = pytest.importorskip("pygame")
ID = "midcourse/GuiNavigation-v0"
REGULATOR, CITIZENS = "midcourse/DelayedRepression-v0", "midcourse/DelayedRepressionCitizens-v0"


@pytest.fixture
def _no_display(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [(1920, 1080)])
    yield
    pygame.display.quit()


def key(name):
    return pygame.event.Event(pygame.KEYDOWN, key=pygame.key.key_code(name))


def click(x, y):
    return pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(x, y), button=1)


def solution(seed=0, **knobs):
    """The oracle's actions from the first episode of a seed."""
    session = Session(ID, seed, None, knobs)
    actions = []
    while not session.is_over:
        actions.append(session.env.oracle_action())
        session.act(actions[-1])
    return actions


def pressed(actions):
    names = {8: "b", 9: "h", 10: "s", 11: "d"}
    return [names.get(action, str(action + 1)) for action in actions]


@pytest.mark.usefixtures("_no_display")
def test_keys_solve_a_task_and_begin_another():
    frames = [[key(name)] for name in pressed(solution())] + [[key("r")], [key("escape")]]
    summary = play(ID, seed=0, frames=frames)
    assert (summary.episodes, summary.solved) == (1, 1)


@pytest.mark.usefixtures("_no_display")
def test_mouse_clicks_buttons_and_nothing():
    done = (3 * (4 + 63 * 3 + 20), 3 * 240)
    summary = play(ID, seed=0, frames=[[click(*done), click(*done)], [click(384, 6)]])
    assert (summary.episodes, summary.solved, summary.steps) == (1, 0, 1)


@pytest.mark.usefixtures("_no_display")
def test_on_a_small_screen_clicks_are_where_the_smaller_picture_has_them(monkeypatch):
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [(800, 600)])
    done = (4 + 63 * 3 + 20, 240)
    summary = play(ID, seed=0, frames=[[click(*done)]])
    assert (summary.episodes, summary.steps) == (1, 1)


def test_a_window_fits_the_screen_where_it_can():
    assert scale_for((480, 1000), (1920, 1080)) == 1
    assert scale_for((480, 1000), (3840, 2160)) == 2
    assert scale_for((256, 256), (1920, 1080)) == 3
    assert scale_for((256, 256), (700, 1080)) == 2
    assert scale_for((100, 200), (1000, 400 + STRIP + FRAME)) == 2
    assert scale_for((100, 200), (1000, 399 + STRIP + FRAME)) == 1


@pytest.mark.usefixtures("_no_display")
def test_closing_the_window_ends():
    assert play(ID, frames=[[pygame.event.Event(pygame.QUIT)], [key("1")]]).steps == 0


@pytest.mark.usefixtures("_no_display")
def test_window_never_needs_pygame_display_afterwards():
    play(ID, frames=[])
    assert not pygame.display.get_init()


def test_lines_solve_a_task():
    told = []
    words = {8: "back", 9: "home", 10: "scroll", 11: "done"}
    lines = [words.get(action, f"click {action + 1}") for action in solution()]
    summary = play(ID, seed=0, lines=[*lines, "done", "again"], write=told.append)
    assert (summary.episodes, summary.solved) == (1, 1)
    assert any(f"Solved in {len(lines)} steps; {len(lines)} are enough" in line for line in told)
    assert any(line.startswith("The episode is over") for line in told)
    assert told[-1] == "Goodbye: 1 of 1 episodes solved."


def test_refusals_are_told_and_cost_nothing():
    told = []
    summary = play(ID, seed=0, lines=["fly away"], write=told.append)
    assert summary.steps == 0
    assert any(line.startswith("Not understood: 'fly away' is no action") for line in told)


def test_disturbances_are_announced():
    told = []
    knobs = {"level": 2, "disturbances": "popup", "disturb_at": ("step", 1)}
    play(ID, seed=0, lines=["scroll"], write=told.append, **knobs)
    assert "The world has changed: popup." in told


def test_an_action_is_repeated_until_the_end_or_a_disturbance():
    told = []
    lines = ["force=1.5 x 10", "", "keep x 2", "keep x 99", "keep", "keep x 99"]
    knobs = {"disturbances": "alarm_shock", "disturb_at": ("step", 25), "step_limit": 40}
    summary = play(REGULATOR, seed=0, lines=lines, write=told.append, **knobs, **sizes.REGULATED)
    assert (summary.episodes, summary.steps) == (1, 40)
    assert "The world has changed: alarm shock." in told
    left = [line.splitlines()[-1] for line in told if "Steps left" in line]
    assert left == [f"Steps left: {n} of 40" for n in (40, 30, 20, 18, 15, 14)]
    assert told[-1] == "Goodbye: 0 of 1 episodes solved."


def test_a_world_without_a_goal_is_never_solved():
    told = []
    play(CITIZENS, seed=0, lines=["L x 9"], write=told.append, step_limit=9, **sizes.CITIZENS)
    assert any(line.startswith("Over after 9 steps. Score ") for line in told)
    assert told[-1] == "Goodbye: 1 episodes and 9 steps played."


@pytest.mark.usefixtures("_no_display")
def test_actions_are_typed_where_nothing_can_be_clicked():
    enter = pygame.event.Event(pygame.KEYDOWN, key=pygame.K_RETURN, unicode="\r")
    typed = [
        pygame.event.Event(pygame.KEYDOWN, key=pygame.K_UNKNOWN, unicode=letter)
        for letter in "force=1.5 x 3"
    ]
    frames = [[*typed, enter], [enter], [click(9, 9)], [key("x"), key("backspace"), enter]]
    summary = play(REGULATOR, seed=0, frames=frames, **sizes.REGULATED)
    assert summary.steps == 9


def test_end_of_input_ends_politely(monkeypatch, capsys):
    def end(prompt):
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    play(ID, seed=0, text=True)
    assert capsys.readouterr().out.endswith("Goodbye: 0 of 0 episodes solved.\n")
