"""A person plays: in a pygame window with keys and mouse, or in text where there is no screen."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from midcourse.core.errors import UserError
from midcourse.session import Session, Summary

LARGEST = 3  # times the picture's size
STRIP = 78  # pixels below the picture, for what happened and what the keys do
FRAME = 60  # pixels of the screen's height that a window's title and the desktop's bar take
FRAMES = 30  # a second
CLICKS_HELP = "1-8, mouse: click   b h s d: back, home, scroll, done   r: again   Esc: leave"
WORDS_HELP = "type an action, Enter: take it (x 20: 20 times)   again: anew   Esc: leave"
TEXT_HELP = (
    "Say an action (`ACTION x 20` takes it 20 times; an empty line, the last one again), "
    "or `again` for another episode, or `quit`."
)
AGAIN = ("again", "restart", "r")
PAPER, INK, LOUD = (250, 250, 252), (34, 36, 48), (168, 60, 36)

Frames = Iterable[list[Any]]


def play(
    env_id: str,
    *,
    seed: int | None = None,
    task: int | None = None,
    text: bool = False,
    lines: Iterable[str] | None = None,
    frames: Frames | None = None,
    write: Callable[[str], Any] = print,
    **knobs: Any,
) -> Summary:
    """Let a person play, until they leave.

    Args:
        env_id: as registered, for example "midcourse/GuiNavigation-v0".
        seed: of the first episode; the following ones continue it.
        task: play this task of the split, every time.
        text: play in words even where there is a screen.
        lines: what is said in text mode; None reads the terminal.
        frames: the pygame events of each frame; None takes the window's own, 30 times a second.
        write: where text mode's lines go.
        knobs: the environment's.

    Raises:
        UserError: an unknown knob, seed or task.
        gymnasium.error.Error: an unknown id.
    """
    session = Session(env_id, seed, task, knobs)
    if text or lines is not None or not has_screen():
        play_in_text(session, said(write) if lines is None else lines, write)
    else:
        play_in_window(session, frames)
    return session.summary


def has_screen() -> bool:
    """Whether a window can be opened: there is a display, and pygame to draw on it."""
    try:
        import pygame  # noqa: F401
    except ImportError:
        return False
    if os.environ.get("SDL_VIDEODRIVER") or sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def said(write: Callable[[str], Any]) -> Iterator[str]:
    """The terminal's lines, until its end or an interrupt."""
    while True:
        try:
            yield input("> ")
        except (EOFError, KeyboardInterrupt):
            write("")
            return


def play_in_text(session: Session, lines: Iterable[str], write: Callable[[str], Any]) -> None:
    """The same game in words."""
    write(TEXT_HELP)
    for part in (session.news, session.env.text()):
        write(part)
    for line in lines:
        words = line.strip().lower()
        if words in ("quit", "exit", "q"):
            break
        if words in AGAIN:
            session.restart()
            news = session.news
        elif session.is_over:
            news = f"The episode is over. {TEXT_HELP}"
        else:
            news = session.act_on_words(line)
        write(news)
        if not session.is_over:
            write(session.env.text())
    write(goodbye(session))


def goodbye(session: Session) -> str:
    """The last sentence."""
    summary = session.summary
    if session.has_goal:
        return f"Goodbye: {summary.solved} of {summary.episodes} episodes solved."
    return f"Goodbye: {summary.episodes} episodes and {summary.steps} steps played."


def play_in_window(session: Session, frames: Frames | None) -> None:
    """The same game in a window, up to three times as large as the picture.

    Raises:
        UserError: the window cannot be opened.
    """
    import pygame

    height, width = session.env.picture().shape[:2]
    try:
        pygame.display.init()
        scale = scale_for((width, height), pygame.display.get_desktop_sizes()[0])
        window = pygame.display.set_mode((width * scale, height * scale + STRIP))
    except pygame.error as error:
        raise UserError(f"no window can be opened ({error}); play with text=True") from None
    try:
        pygame.font.init()
        pygame.display.set_caption(session.env.FAMILY.id)
        draw(pygame, window, session, scale)
        for events in _window_frames(pygame) if frames is None else frames:
            changed = False
            for event in events:
                if _leaves(pygame, event):
                    return
                changed |= answer(pygame, session, event, scale)
            if changed:
                draw(pygame, window, session, scale)
    finally:
        pygame.display.quit()


def scale_for(picture: tuple[int, int], screen: tuple[int, int]) -> int:
    """How often a picture is enlarged so that its window fits the screen: 1 to `LARGEST` times.

    Args:
        picture: its width and height, in pixels.
        screen: the same of the screen.
    """
    room = min(screen[0] // picture[0], (screen[1] - STRIP - FRAME) // picture[1])
    return max(1, min(room, LARGEST))


def _window_frames(pygame: Any) -> Iterator[list[Any]]:
    clock = pygame.time.Clock()
    while True:
        yield pygame.event.get()
        clock.tick(FRAMES)


def _leaves(pygame: Any, event: Any) -> bool:
    is_escape = event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE
    return is_escape or event.type == pygame.QUIT


def answer(pygame: Any, session: Session, event: Any, scale: int) -> bool:
    """Do what a key or a click asks; whether the window has to be drawn anew."""
    if event.type == pygame.KEYDOWN and not session.clicks:
        return type_key(pygame, session, event)
    if event.type == pygame.KEYDOWN:
        if event.key == pygame.K_r:
            session.restart()
            return True
        words = None if session.is_over else session.words_of_key(pygame.key.name(event.key))
        if words is not None:
            session.news = session.act_on_words(words)
        return words is not None
    click = session.env.FAMILY.click
    if event.type != pygame.MOUSEBUTTONDOWN or event.button != 1 or click is None:
        return False
    x, y = (place / scale for place in event.pos)
    action = click(session.env.world, session.env.program.shared[0], x, y)
    if action is not None:
        session.act(action)
    return action is not None


def type_key(pygame: Any, session: Session, event: Any) -> bool:
    """A key where actions are typed; whether the window has to be drawn anew."""
    if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
        words, session.line = session.line.strip(), ""
        if words.lower() in AGAIN:
            session.restart()
        elif not session.is_over:
            session.news = session.act_on_words(words)
    elif event.key == pygame.K_BACKSPACE:
        session.line = session.line[:-1]
    else:
        session.line += getattr(event, "unicode", "")
    return True


def draw(pygame: Any, window: Any, session: Session, scale: int) -> None:
    """The picture, what happened, and what the keys do."""
    picture = session.env.picture()
    height, width = picture.shape[:2]
    surface = pygame.image.frombuffer(picture, (width, height), "RGB")
    window.fill(PAPER)
    window.blit(pygame.transform.scale(surface, (width * scale, height * scale)), (0, 0))
    font, small = pygame.font.Font(None, 26), pygame.font.Font(None, 22)
    score = f"step {session.taken}   score {session.total:.2f}"
    if not session.clicks:
        score += f"   > {session.line}_"
    window.blit(font.render(session.news, True, LOUD), (10, height * scale + 8))
    window.blit(font.render(score, True, INK), (10, height * scale + 30))
    keys = CLICKS_HELP if session.clicks else WORDS_HELP
    window.blit(small.render(keys, True, INK), (10, height * scale + 54))
    pygame.display.flip()
