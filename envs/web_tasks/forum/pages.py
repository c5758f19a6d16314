"""The forum's pages."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import (
    FILL,
    address_of,
    chosen,
    copy_words,
    put,
    put_button,
    put_field,
    put_link,
    put_options,
    put_value,
    tab_of,
)
from midcourse.envs.web_tasks.speech.words import BOARD_NAMES, ID, first
from midcourse.envs.web_tasks.state import BUTTON, HEADING, POINTS, TEXT, TEXTBOX

FORUM_HOME, BOARD_PAGE, POST_PAGE, NEW_POST, LETTER_BOX = range(20, 25)
BOARDS = len(BOARD_NAMES)
SHOWN = 16  # posts of a board at most
SHOWN_COMMENTS = 12  # of a post
BOARD_FIELD, TITLE_FIELD, BODY_FIELD = 1, 2, 3
COMMENT_FIELD, TEXT_FIELD = 1, 2
RECIPIENT_FIELD, LETTER_FIELD = 1, 2
(
    SUBMIT,
    DELETE_POST,
    VOTE_UP,
    VOTE_DOWN,
    TAKE_BACK,
    JOIN,
    LEAVE,
    SAY,
    UNSAY,
    SEND,
    WITHDRAW,
    CHANGE_TEXT,
    REMOVE_TEXT,
) = range(125, 138)

HOME, WRITE_POST, FORUM = ID["Home"], ID["New post"], ID["Forum"]
FIRST_BOARD = first(BOARD_NAMES)
SUBSCRIBE, UNSUBSCRIBE, POINTS_WORD = ID["Subscribe"], ID["Unsubscribe"], ID["Points"]
UPVOTE, DOWNVOTE, RETRACT_VOTE = ID["Upvote"], ID["Downvote"], ID["Take back vote"]
BY, YOUR_COMMENT, COMMENT = ID["by"], ID["Your comment"], ID["Comment"]
BOARD_WORD, TITLE_WORD, BODY_WORD, SUBMIT_WORD = ID["Board"], ID["Title"], ID["Text"], ID["Post"]
REMOVE_POST, REMOVE_COMMENT, GONE = ID["Delete post"], ID["Delete comment"], ID["Deleted"]
YOU = ID["you"]
CHANGE_WORD, REMOVE_WORD = ID["Change text"], ID["Remove text"]
MESSAGES, TO, FROM, YOUR_MESSAGE = ID["Messages"], ID["To"], ID["From"], ID["Your message"]
SEND_WORD, WITHDRAW_WORD = ID["Send"], ID["Withdraw"]


def forum_of(world):
    """The forum as it stands."""
    return world.now[0].forum[0]


@rare
def forum_page(world):
    """Build the page at hand, which is one of the forum's."""
    now = world.now[0]
    forum = forum_of(world)
    tab = tab_of(world)
    page = address_of(world)
    put_link(now, HOME, FORUM_HOME, 0)
    for board in range(BOARDS):
        put_link(now, FIRST_BOARD + board, BOARD_PAGE, board)
    put_link(now, WRITE_POST, NEW_POST, 0)
    put_link(now, MESSAGES, LETTER_BOX, 0)
    if page.kind == FORUM_HOME:
        put(now, HEADING, FORUM)
    elif page.kind == BOARD_PAGE:
        board_page(now, forum, page.item)
    elif page.kind == POST_PAGE:
        post_page(now, tab, forum, page.item)
    elif page.kind == LETTER_BOX:
        letter_page(now, tab, forum)
    else:
        put_options(now, tab, BOARD_WORD, BOARD_FIELD, FIRST_BOARD, (1 << BOARDS) - 1, 0)
        put_field(now, tab, TEXTBOX, TITLE_WORD, TITLE_FIELD, FILL)
        put_field(now, tab, TEXTBOX, BODY_WORD, BODY_FIELD, FILL)
        put(now, BUTTON, SUBMIT_WORD).effect = SUBMIT


@rare
def board_page(now, forum, board):
    """A board: its posts, the last first."""
    put(now, HEADING, FIRST_BOARD + board)
    if (forum.subscribed >> board) & 1 == 0:
        put_button(now, SUBSCRIBE, JOIN, board)
    else:
        put_button(now, UNSUBSCRIBE, LEAVE, board)
    shown = 0
    for p in range(forum.posts - 1, -1, -1):
        post = forum.post[p]
        if post.board == board and post.gone == 0 and shown < SHOWN:
            shown += 1
            copy_words(put_link(now, 0, POST_PAGE, p).words, post.title)
            put_value(now, POINTS_WORD, POINTS, post.score)


@rare
def post_page(now, tab, forum, p):
    """A post: its text, the votes, what others say."""
    post = forum.post[p]
    if post.gone != 0:
        put(now, TEXT, GONE)
        return
    copy_words(put(now, HEADING, 0).words, post.title)
    put_author(now, post.author, post.fresh)
    put_value(now, POINTS_WORD, POINTS, post.score)
    copy_words(put(now, TEXT, 0).words, post.body)
    if is_own(post):
        put_field(now, tab, TEXTBOX, BODY_WORD, TEXT_FIELD, FILL)
        put_button(now, CHANGE_WORD, CHANGE_TEXT, p)
        if post.body[0] != 0:
            put_button(now, REMOVE_WORD, REMOVE_TEXT, p)
    if post.vote != 1:
        put_button(now, UPVOTE, VOTE_UP, p)
    if post.vote != -1:
        put_button(now, DOWNVOTE, VOTE_DOWN, p)
    if post.vote != 0:
        put_button(now, RETRACT_VOTE, TAKE_BACK, p)
    if post.fresh != 0:
        put_button(now, REMOVE_POST, DELETE_POST, p)
    put_field(now, tab, TEXTBOX, YOUR_COMMENT, COMMENT_FIELD, FILL)
    put_button(now, COMMENT, SAY, p)
    shown = 0
    for r in range(forum.remarks - 1, -1, -1):
        remark = forum.remark[r]
        if remark.post == p and shown < SHOWN_COMMENTS:
            shown += 1
            copy_words(put(now, TEXT, 0).words, remark.words)
            put_author(now, remark.author, remark.fresh)
            if remark.fresh != 0:
                put_button(now, REMOVE_COMMENT, UNSAY, r)


def is_own(post):
    """Whether a post is one's own, of the past or written in this episode."""
    return post.fresh != 0 or post.author[0] == YOU


@rare
def put_author(now, author, fresh):
    """Who wrote it."""
    element = put(now, TEXT, BY)
    element.words[0] = YOU if fresh != 0 else author[0]
    element.words[1] = 0 if fresh != 0 else author[1]


@rare
def letter_page(now, tab, forum):
    """Messages: a form for one, those sent, the last first, then those received."""
    put(now, HEADING, MESSAGES)
    put_field(now, tab, TEXTBOX, TO, RECIPIENT_FIELD, FILL)
    put_field(now, tab, TEXTBOX, YOUR_MESSAGE, LETTER_FIELD, FILL)
    put_button(now, SEND_WORD, SEND, 0)
    for i in range(forum.letters - 1, -1, -1):
        letter = forum.letter[i]
        copy_words(put(now, TEXT, 0).words, letter.words)
        party = put(now, TEXT, TO if letter.fresh != 0 else FROM)
        party.words[0] = letter.name[0]
        party.words[1] = letter.name[1]
        if letter.fresh != 0:
            put_button(now, WITHDRAW_WORD, WITHDRAW, i)


def board_chosen(tab):
    """The board in the form for a new post."""
    return chosen(tab, BOARD_FIELD, (1 << BOARDS) - 1, 0)
