"""The forum's jobs: what they cost, what open pages save of them, what to do next.

Job p < POSTS is what is to be done on post p's page; NEW_JOB is to write a post; BOARD_JOB + b is
to subscribe to board b, or to leave it; LETTER_JOB is to send a letter and to withdraw others.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.forum.forms import (
    unwritten,
    write_comment,
    write_letter,
    write_post,
    write_text,
)
from midcourse.envs.web_tasks.forum.keeping import (
    has_to_go,
    has_vain_text,
    kept_letter,
    kept_post,
    kept_remark,
    kept_text,
    kept_vote,
    undoings,
    unwanted_letters,
)
from midcourse.envs.web_tasks.forum.pages import (
    BOARD_PAGE,
    BOARDS,
    DELETE_POST,
    JOIN,
    LEAVE,
    LETTER_BOX,
    NEW_POST,
    POST_PAGE,
    REMOVE_TEXT,
    TAKE_BACK,
    UNSAY,
    VOTE_DOWN,
    VOTE_UP,
    WITHDRAW,
    forum_of,
)
from midcourse.envs.web_tasks.forum.records import COMMENTS, POSTS
from midcourse.envs.web_tasks.forum.wishes import (
    lacks_text,
    points_of_others,
    post_fits,
    right_points,
    wanted_vote,
)
from midcourse.envs.web_tasks.goal.requirements import act_of, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    BOARD,
    EDIT,
    LETTER,
    OF_FORUM,
    REPLY,
    SUBSCRIBE,
    WRITE,
)
from midcourse.envs.web_tasks.state import STOP
from midcourse.envs.web_tasks.ways.finding import NONE, button, link_to

NEW_JOB = POSTS
BOARD_JOB = POSTS + 1
LETTER_JOB = BOARD_JOB + BOARDS
FORUM_JOBS = LETTER_JOB + 1


@rare
def forum_could(world, job):
    """Whether the main job can be done as this job, if it is one of the forum's at all."""
    forum = forum_of(world)
    act = act_of(world, OF_FORUM)
    if act == WRITE:
        if job == NEW_JOB:
            return forum.posts < POSTS
        return job < forum.posts and lacks_text(world, forum.post[job])
    if act == LETTER:
        return job == LETTER_JOB  # there is room when what is not wanted is withdrawn
    if act == REPLY and forum.remarks == COMMENTS:
        return False
    return act != SUBSCRIBE and job < forum.posts and post_fits(world, job, -1)


@rare
def changes_text(world, main):
    """Whether the main job is to change the text of one's own post."""
    act = act_of(world, OF_FORUM)
    return act == EDIT or (act == WRITE and main >= 0 and main < POSTS)


@rare
def forum_done(world):
    """Whether the main job is done; subscriptions are put right like what is not wanted."""
    act = act_of(world, OF_FORUM)
    if act == WRITE:
        return kept_post(world) != NONE
    if act == REPLY:
        return kept_remark(world) != NONE
    if act == LETTER:
        return kept_letter(world) != NONE
    if act == EDIT:
        return kept_text(world) != NONE
    return act == SUBSCRIBE or kept_vote(world) != NONE


@rare
def forum_asked(world, job):
    """Whether something is to be undone as this job."""
    if job < POSTS:
        return job < forum_of(world).posts and undoings(world, job, False) > 0
    if job == NEW_JOB:
        return False
    if job == LETTER_JOB:
        return unwanted_letters(world) > 0
    board = value_of(world, BOARD) if act_of(world, OF_FORUM) == SUBSCRIBE else NONE
    wanted = 1 << board if board >= 0 else 0
    return ((forum_of(world).subscribed ^ wanted) >> (job - BOARD_JOB)) & 1 != 0


def forum_travel(job):
    """Actions from anywhere in the forum to the page where a job is done."""
    return 2 if job < POSTS else 1  # the board, the post


@rare
def forum_undoing(world, job, is_main):
    """Actions that put right what is to be put right as this job, on its page."""
    if job < POSTS:
        return undoings(world, job, is_main)
    if job == LETTER_JOB:
        return unwanted_letters(world)
    return 1 if job >= BOARD_JOB else 0


# --- the main job ----------------------------------------------------------------------------


@rare
def forum_main_cost(world, shared, main):
    """Actions of the main job itself, from the page where it is done, with a blank form."""
    return 1 + unwritten(world, shared.blank[0], changes_text(world, main))


# --- what open pages save --------------------------------------------------------------------


@rare
def forum_saved_at(world, shared, page, form, job, main):
    """Actions that a page saves of a job, `form` being what is filled in there."""
    filled = 0
    if job == main:
        other_text = changes_text(world, main)
        filled = unwritten(world, shared.blank[0], other_text) - unwritten(world, form, other_text)
    if job == NEW_JOB:
        return 1 + filled if page.kind == NEW_POST else 0
    if forum_home(page, job):
        return forum_travel(job) + filled
    if job >= BOARD_JOB or page.kind != BOARD_PAGE:
        return 0
    post = forum_of(world).post[job]
    return 1 if page.item == post.board and post.gone == 0 else 0


def forum_home(page, job):
    """Whether a page is the post's, the board's or the letters' own, of which a job is about."""
    if job < POSTS:
        return page.kind == POST_PAGE and page.item == job
    if job == LETTER_JOB:
        return page.kind == LETTER_BOX
    return page.kind == BOARD_PAGE and page.item == job - BOARD_JOB


@rare
def forum_shows_answer(world, page):
    """Whether a page shows a score that was asked for."""
    forum = forum_of(world)
    for p in range(forum.posts):
        post = forum.post[p]
        here = page.kind == POST_PAGE and page.item == p
        here = here or (page.kind == BOARD_PAGE and page.item == post.board)
        if here and shows_points(world, p):
            return True
    return False


@rare
def shows_points(world, p):
    """Whether a post of the past has a score that was asked for, once all votes are taken back."""
    past = forum_of(world).post[p].fresh == 0
    return past and right_points(world, points_of_others(world, p))


@rare
def forum_ends_at_answer(world, job):
    """Whether the page on which a job is done shows the score that was asked for."""
    forum = forum_of(world)
    if job < POSTS:
        return shows_points(world, job)
    for p in range(forum.posts):
        if forum.post[p].board == job - BOARD_JOB and shows_points(world, p):
            return True
    return False


# --- what to do next -------------------------------------------------------------------------


@rare
def forum_set_out(world, job):
    """The first action to a job from anywhere in the forum."""
    if job == NEW_JOB:
        return link_to(world, NEW_POST, 0), 0
    if job == LETTER_JOB:
        return link_to(world, LETTER_BOX, 0), 0
    board = forum_of(world).post[job].board if job < POSTS else job - BOARD_JOB
    return link_to(world, BOARD_PAGE, board), 0


@rare
def forum_to_answer(world):
    """The first action towards a page that shows the score that was asked for."""
    forum = forum_of(world)
    for p in range(forum.posts):
        if post_fits(world, p, -1):
            return link_to(world, BOARD_PAGE, forum.post[p].board), 0
    return STOP, 0


@rare
def forum_serve(world, job, main):
    """The next action of a job that the page at hand serves."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    kind = tab.page[tab.at].kind
    if job == LETTER_JOB:
        if unwanted_letters(world) > 0:
            return withdraw_button(world), 0
        return write_letter(world, tab)
    if job >= BOARD_JOB:
        return button(world, JOIN, LEAVE), 0
    if kind == BOARD_PAGE:
        return link_to(world, POST_PAGE, job), 0
    if job == NEW_JOB:
        return write_post(world, tab)
    if undoings(world, job, job == main) > 0:
        return undo(world, job, job == main), 0
    if changes_text(world, main):
        return write_text(world, tab)
    if act_of(world, OF_FORUM) != REPLY:
        up = wanted_vote(world) == 1
        return button(world, VOTE_UP if up else VOTE_DOWN, NONE), 0
    return write_comment(world, tab)


@rare
def undo(world, p, is_main):
    """The button on a post's page that undoes something."""
    now = world.now[0]
    if has_to_go(world, p, is_main):
        return button(world, DELETE_POST, NONE)
    if has_vain_text(world, p, is_main):
        return button(world, REMOVE_TEXT, NONE)
    kept = kept_remark(world)
    for e in range(now.elements):
        element = now.element[e]
        if element.effect == UNSAY and element.argument != kept:
            return e
    return button(world, TAKE_BACK, NONE)


@rare
def withdraw_button(world):
    """The button that withdraws a letter which is not wanted."""
    now = world.now[0]
    kept = kept_letter(world)
    for e in range(now.elements):
        element = now.element[e]
        if element.effect == WITHDRAW and element.argument != kept:
            return e
    return STOP
