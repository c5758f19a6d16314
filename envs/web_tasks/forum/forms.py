"""Forms of the forum: what is wrong in them, and what to fill in."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.forum.pages import (
    BOARD_FIELD,
    BODY_FIELD,
    CHANGE_TEXT,
    COMMENT_FIELD,
    LETTER_FIELD,
    RECIPIENT_FIELD,
    SAY,
    SEND,
    SUBMIT,
    TEXT_FIELD,
    TITLE_FIELD,
    board_chosen,
)
from midcourse.envs.web_tasks.goal.requirements import act_of, place_of, same_words, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    BOARD,
    BODY,
    COMMENT,
    LETTER,
    OF_FORUM,
    RECIPIENT,
    REPLY,
    TITLE,
    WRITE,
)
from midcourse.envs.web_tasks.state import FROM_GOAL
from midcourse.envs.web_tasks.ways.finding import NONE, button, field_of


@rare
def unwritten(world, tab, changes_text):
    """Fields of the main job's form that have to be filled in otherwise.

    `changes_text` says whether the main job is to change the text of a post that is there.
    """
    act = act_of(world, OF_FORUM)
    if changes_text:
        return wrong_text(world, tab, TEXT_FIELD, BODY, True)
    if act == REPLY:
        return wrong_text(world, tab, COMMENT_FIELD, COMMENT, True)
    if act == LETTER:
        count = wrong_text(world, tab, RECIPIENT_FIELD, RECIPIENT, True)
        return count + wrong_text(world, tab, LETTER_FIELD, COMMENT, True)
    if act != WRITE:
        return 0
    count = wrong_text(world, tab, TITLE_FIELD, TITLE, True)
    count += wrong_text(world, tab, BODY_FIELD, BODY, False)
    return count + (1 if wrong_board(world, tab) else 0)


def wrong_board(world, tab):
    """Whether the form names another board than the one that is wanted."""
    board = value_of(world, BOARD)
    return board >= 0 and board_chosen(tab) != board


def wrong_text(world, tab, field, what, needed):
    """1 if a field has to be filled in otherwise, 0 if not."""
    k = place_of(world, what)
    if k >= 0:
        return 0 if same_words(tab.field[field], world.goal.constraint[k].words) else 1
    return 1 if needed and tab.field[field, 0] == 0 else 0


def any_text(world, what):
    """What to type: the text that is asked for, else that of the first requirement."""
    return FROM_GOAL + max(0, place_of(world, what))


@rare
def write_post(world, tab):
    """On the form for a new post: fill in what is missing, then send it."""
    if wrong_board(world, tab):
        return field_of(world, BOARD_FIELD), value_of(world, BOARD)
    if wrong_text(world, tab, TITLE_FIELD, TITLE, True) == 1:
        return field_of(world, TITLE_FIELD), any_text(world, TITLE)
    if wrong_text(world, tab, BODY_FIELD, BODY, False) == 1:
        return field_of(world, BODY_FIELD), any_text(world, BODY)
    return button(world, SUBMIT, NONE), 0


@rare
def write_text(world, tab):
    """On the page of one's own post: fill in another text, then send it."""
    if wrong_text(world, tab, TEXT_FIELD, BODY, True) == 1:
        return field_of(world, TEXT_FIELD), any_text(world, BODY)
    return button(world, CHANGE_TEXT, NONE), 0


@rare
def write_comment(world, tab):
    """On a post's page: fill in a comment, then send it."""
    if wrong_text(world, tab, COMMENT_FIELD, COMMENT, True) == 1:
        return field_of(world, COMMENT_FIELD), any_text(world, COMMENT)
    return button(world, SAY, NONE), 0


@rare
def write_letter(world, tab):
    """On the page of messages: fill in what is missing, then send it."""
    if wrong_text(world, tab, RECIPIENT_FIELD, RECIPIENT, True) == 1:
        return field_of(world, RECIPIENT_FIELD), any_text(world, RECIPIENT)
    if wrong_text(world, tab, LETTER_FIELD, COMMENT, True) == 1:
        return field_of(world, LETTER_FIELD), any_text(world, COMMENT)
    return button(world, SEND, NONE), 0
