"""What can be wanted of the forum, and whether it has been done."""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import below
from midcourse.envs.web_tasks.forum.pages import BOARDS, FIRST_BOARD, forum_of, is_own
from midcourse.envs.web_tasks.goal.requirements import act_of, place_of, same_words, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    AUTHOR,
    BOARD,
    BODY,
    COMMENT,
    DOWNVOTE,
    EDIT,
    LETTER,
    OF_FORUM,
    PLACE,
    RECIPIENT,
    REPLY,
    SUBSCRIBE,
    TITLE,
    TOPIC,
    UPVOTE,
    WRITE,
)  # fmt: skip
from midcourse.envs.web_tasks.speech.words import (
    FIRST_NAMES,
    JUDGEMENTS,
    LAST_NAMES,
    TOPICS,
    VERBS,
    first,
)

FIRST_TOPIC, FIRST_VERB = first(TOPICS), first(VERBS)
TOPICS_OF_BOARD = len(TOPICS) // BOARDS
FIRST_NAME, LAST_NAME = first(FIRST_NAMES), first(LAST_NAMES)


def is_person(name):
    """Whether two words are a first and a last name."""
    given, family = name[0] - FIRST_NAME, name[1] - LAST_NAME
    named = given >= 0 and given < len(FIRST_NAMES)
    return named and family >= 0 and family < len(LAST_NAMES)


def person(name):
    """A person, named by two words, as one number."""
    return (name[0] - FIRST_NAME) * len(LAST_NAMES) + name[1] - LAST_NAME


@rare
def post_has(world, p, constraint):
    """Whether a post of the past is what a requirement says; it is if that is free."""
    post = forum_of(world).post[p]
    what = constraint.what
    if what == TOPIC:
        return post.title[1] == constraint.value
    if what == AUTHOR:
        return person(post.author) == constraint.value
    if what == PLACE:
        return post.board == constraint.value
    return True


@rare
def post_fits(world, p, without):
    """Whether a post of the past is all that the goal asks of it but for requirement `without`.

    One's own are meant where a text is to be changed, and only there.
    """
    post = forum_of(world).post[p]
    if post.fresh != 0 or is_own(post) != (act_of(world, OF_FORUM) == EDIT):
        return False
    goal = world.goal
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if k != without and constraint.live != 0 and not post_has(world, p, constraint):
            return False
    return True


@rare
def draw_of_post(world, what, p, stream):
    """A value of an attribute: the post's own where it has one."""
    post = forum_of(world).post[p]
    if what == TOPIC:
        return int(post.title[1])
    if what == AUTHOR:
        return person(post.author)
    if what == PLACE:
        return int(post.board)
    if what == BOARD:
        return below(world, stream, BOARDS)
    if what == RECIPIENT:
        return below(world, stream, len(FIRST_NAMES) * len(LAST_NAMES))
    if what == TITLE:
        topic = value_of(world, BOARD) * TOPICS_OF_BOARD + below(world, stream, TOPICS_OF_BOARD)
        return below(world, stream, len(VERBS)) * len(TOPICS) + topic
    return below(world, stream, len(JUDGEMENTS) * (len(JUDGEMENTS) - 1))


@rare
def forum_words(constraint, value):
    """Give a requirement the words that can be typed of its value."""
    what = constraint.what
    if what == TOPIC:
        constraint.words[0] = value
    elif what in (AUTHOR, RECIPIENT):
        given = value // len(LAST_NAMES)
        constraint.words[0] = FIRST_NAME + given
        constraint.words[1] = LAST_NAME + value - given * len(LAST_NAMES)
    elif what == TITLE:
        verb = value // len(TOPICS)
        constraint.words[0] = FIRST_VERB + verb
        constraint.words[1] = FIRST_TOPIC + value - verb * len(TOPICS)
    else:
        constraint.words[0] = FIRST_BOARD + value


@rare
def forum_changes(world):
    """What has been done in the forum, and how much is what the goal wants: (done, right)."""
    forum = forum_of(world)
    act = act_of(world, OF_FORUM)
    done = 0
    right = 0
    for p in range(forum.posts):
        post = forum.post[p]
        if post.fresh != 0 and post.gone == 0:
            done += 1
            if act == WRITE and written_fits(world, post, True):
                right += 1
        if has_new_text(post):
            done += 1
            if act == EDIT and text_fits(world, p):
                right += 1
        if post.vote != 0:
            done += 1
            if post.vote == wanted_vote(world) and post_fits(world, p, -1):
                right += 1
    for r in range(forum.remarks):
        if forum.remark[r].fresh != 0:
            done += 1
            if act == REPLY and remark_fits(world, forum.remark[r]):
                right += 1
    for i in range(forum.letters):
        if forum.letter[i].fresh != 0:
            done += 1
            if act == LETTER and letter_fits(world, forum.letter[i]):
                right += 1
    for board in range(BOARDS):
        if (forum.subscribed >> board) & 1 != 0:
            done += 1
            if act == SUBSCRIBE and board == value_of(world, BOARD):
                right += 1
    return done, right


def wanted_vote(world):
    """The vote that the goal wants given; 2 if none."""
    act = act_of(world, OF_FORUM)
    return 1 if act == UPVOTE else -1 if act == DOWNVOTE else 2


@rare
def written_fits(world, post, whole):
    """Whether a post is the one that the goal wants written, its text too if it is to be whole."""
    goal = world.goal
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if constraint.live != 0:
            what = constraint.what
            if what == BOARD and post.board != constraint.value:
                return False
            if what == TITLE and not same_words(post.title, constraint.words):
                return False
            if whole and what == BODY and not same_words(post.body, constraint.words):
                return False
    return True


@rare
def lacks_text(world, post):
    """Whether a post was written as the goal wants it, whatever its text."""
    return post.fresh != 0 and post.gone == 0 and written_fits(world, post, False)


def has_new_text(post):
    """Whether a post of one's own had no text as the episode began, and has one now."""
    return post.fresh == 0 and is_own(post) and post.body[0] != 0


@rare
def text_fits(world, p):
    """Whether a post of the past is the one whose text should be changed, and says what it should.

    Any text will do if none is told.
    """
    if not has_new_text(forum_of(world).post[p]) or not post_fits(world, p, -1):
        return False
    k = place_of(world, BODY)
    return k < 0 or same_words(forum_of(world).post[p].body, world.goal.constraint[k].words)


@rare
def remark_fits(world, remark):
    """Whether a comment is the one that the goal wants said, below a post that it means."""
    if not post_fits(world, remark.post, -1):
        return False
    goal = world.goal
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if constraint.live != 0 and constraint.what == COMMENT:
            return same_words(remark.words, constraint.words)
    return True


@rare
def letter_fits(world, letter):
    """Whether a letter is the one that the goal wants sent."""
    goal = world.goal
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if constraint.live != 0:
            what = constraint.what
            if what == RECIPIENT and person(letter.name) != constraint.value:
                return False
            if what == COMMENT and not same_words(letter.words, constraint.words):
                return False
    return True


@rare
def right_points(world, points):
    """Whether a score is that of a post which fits, without one's own vote."""
    found = False
    for p in range(forum_of(world).posts):
        found = found or (points_of_others(world, p) == points and post_fits(world, p, -1))
    return found


def points_of_others(world, p):
    """The score of a post as it was; whoever voted there has to take that back."""
    post = forum_of(world).post[p]
    return post.score - post.vote
