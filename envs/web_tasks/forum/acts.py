"""What the forum's buttons do."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import clear_form, clear_words, copy_words, tab_of, visit
from midcourse.envs.web_tasks.forum.pages import (
    BODY_FIELD,
    CHANGE_TEXT,
    COMMENT_FIELD,
    DELETE_POST,
    JOIN,
    LEAVE,
    LETTER_FIELD,
    POST_PAGE,
    RECIPIENT_FIELD,
    REMOVE_TEXT,
    SAY,
    SEND,
    SUBMIT,
    TAKE_BACK,
    TEXT_FIELD,
    TITLE_FIELD,
    UNSAY,
    VOTE_DOWN,
    VOTE_UP,
    WITHDRAW,
    board_chosen,
    forum_of,
)
from midcourse.envs.web_tasks.forum.records import COMMENTS, LETTERS, POSTS
from midcourse.envs.web_tasks.forum.wishes import is_person
from midcourse.envs.web_tasks.state import (
    BAD_COMMENT,
    BAD_LETTER,
    BAD_POST,
    BAD_RECIPIENT,
    BAD_TEXT,
    FORUM_FULL,
)


@rare
def forum_act(world, effect, argument):
    """What a button does. What it refuses leaves everything as it was, but for the reply."""
    forum = forum_of(world)
    if effect == SUBMIT:
        submit(world, forum)
    elif effect == DELETE_POST:
        delete_post(forum, argument)
    elif effect == CHANGE_TEXT:
        change_text(world, forum.post[argument])
    elif effect == REMOVE_TEXT:
        clear_words(forum.post[argument].body)
    elif effect in (VOTE_UP, VOTE_DOWN, TAKE_BACK):
        vote(forum.post[argument], 1 if effect == VOTE_UP else -1 if effect == VOTE_DOWN else 0)
    elif effect in (JOIN, LEAVE):
        forum.subscribed ^= 1 << argument
    elif effect == SAY:
        comment(world, forum, argument)
    elif effect == UNSAY:
        uncomment(forum, argument)
    elif effect == SEND:
        send(world, forum)
    elif effect == WITHDRAW:
        withdraw(forum, argument)


def vote(post, wanted):
    """Vote, or take the vote back; the score follows."""
    post.score += wanted - post.vote
    post.vote = wanted


@rare
def submit(world, forum):
    """Publish a post, and show it."""
    tab = tab_of(world)
    if tab.field[TITLE_FIELD, 0] == 0:
        world.reply = BAD_POST
        return
    if forum.posts == POSTS:
        world.reply = FORUM_FULL
        return
    post = forum.post[forum.posts]
    post.board = board_chosen(tab)
    post.fresh = 1
    post.gone = 0
    post.vote = 0
    post.score = 0
    copy_words(post.title, tab.field[TITLE_FIELD])
    copy_words(post.body, tab.field[BODY_FIELD])
    visit(world, POST_PAGE, forum.posts, 0)
    forum.posts += 1


@rare
def delete_post(forum, p):
    """Delete a post of one's own; what was said below it goes with it."""
    forum.post[p].gone = 1
    forum.post[p].vote = 0
    forum.post[p].score = 0
    for r in range(forum.remarks - 1, -1, -1):
        if forum.remark[r].post == p:
            uncomment(forum, r)


@rare
def change_text(world, post):
    """Give a post of one's own another text."""
    tab = tab_of(world)
    if tab.field[TEXT_FIELD, 0] == 0:
        world.reply = BAD_TEXT
        return
    copy_words(post.body, tab.field[TEXT_FIELD])
    clear_form(tab)


@rare
def comment(world, forum, p):
    """Say something below a post."""
    tab = tab_of(world)
    if tab.field[COMMENT_FIELD, 0] == 0:
        world.reply = BAD_COMMENT
        return
    if forum.remarks == COMMENTS:
        world.reply = FORUM_FULL
        return
    remark = forum.remark[forum.remarks]
    remark.post = p
    remark.fresh = 1
    copy_words(remark.words, tab.field[COMMENT_FIELD])
    forum.remarks += 1
    clear_form(tab)


@rare
def uncomment(forum, r):
    """Delete a comment of one's own; those after it are one's own too, and move up."""
    forum.remarks -= 1
    for i in range(r, forum.remarks):
        to = forum.remark[i]
        source = forum.remark[i + 1]
        to.post = source.post
        to.fresh = source.fresh
        copy_words(to.words, source.words)
    last = forum.remark[forum.remarks]
    last.post = -1
    last.fresh = 0
    clear_words(last.words)


def is_name(words):
    """Whether a text is a first and a last name, and nothing else."""
    return is_person(words) and words[2] == 0


@rare
def send(world, forum):
    """Send a letter."""
    tab = tab_of(world)
    if not is_name(tab.field[RECIPIENT_FIELD]):
        world.reply = BAD_RECIPIENT
        return
    if tab.field[LETTER_FIELD, 0] == 0:
        world.reply = BAD_LETTER
        return
    if forum.letters == LETTERS:
        world.reply = FORUM_FULL
        return
    letter = forum.letter[forum.letters]
    letter.fresh = 1
    letter.name[0] = tab.field[RECIPIENT_FIELD, 0]
    letter.name[1] = tab.field[RECIPIENT_FIELD, 1]
    copy_words(letter.words, tab.field[LETTER_FIELD])
    forum.letters += 1
    clear_form(tab)


@rare
def withdraw(forum, i):
    """Take a letter back; those after it were sent, too, and move up."""
    forum.letters -= 1
    for k in range(i, forum.letters):
        to = forum.letter[k]
        source = forum.letter[k + 1]
        to.name[0] = source.name[0]
        to.name[1] = source.name[1]
        copy_words(to.words, source.words)
    last = forum.letter[forum.letters]
    last.fresh = 0
    last.name[0] = 0
    last.name[1] = 0
    clear_words(last.words)
