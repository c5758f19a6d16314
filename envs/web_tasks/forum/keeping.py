"""What of one's own in the forum is as the goal wants it, and what is to be undone."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.forum.pages import POST_PAGE, forum_of
from midcourse.envs.web_tasks.forum.wishes import (
    has_new_text,
    letter_fits,
    post_fits,
    remark_fits,
    text_fits,
    wanted_vote,
    written_fits,
)
from midcourse.envs.web_tasks.goal.requirements import act_of
from midcourse.envs.web_tasks.goal.wishes import EDIT, LETTER, OF_FORUM, REPLY, WRITE
from midcourse.envs.web_tasks.ways.finding import NONE


@rare
def undoings(world, p, is_main):
    """Actions on a post's page that undo what is not wanted there.

    Where the main job is a vote on this post, giving it replaces another vote.
    """
    forum = forum_of(world)
    post = forum.post[p]
    if post.gone != 0:
        return 0
    if has_to_go(world, p, is_main):
        return 1  # delete it, with all that is below
    count = 1 if has_vain_text(world, p, is_main) else 0
    if post.vote != 0 and p != kept_vote(world) and not (is_main and wanted_vote(world) != 2):
        count += 1
    return count + said_below(world, p)


@rare
def has_to_go(world, p, is_main):
    """Whether a post that was written is not wanted, nor to be made right by another text."""
    changed = is_main and act_of(world, OF_FORUM) == WRITE
    return forum_of(world).post[p].fresh != 0 and p != kept_post(world) and not changed


@rare
def has_vain_text(world, p, is_main):
    """Whether the text of a post of the past was changed in vain, and will not be changed again."""
    changed = is_main and act_of(world, OF_FORUM) == EDIT
    return has_new_text(forum_of(world).post[p]) and p != kept_text(world) and not changed


@rare
def said_below(world, p):
    """Comments of one's own below a post that are not wanted."""
    forum = forum_of(world)
    kept = kept_remark(world)
    count = 0
    for r in range(forum.remarks - 1, -1, -1):
        if forum.remark[r].fresh == 0:
            break
        if forum.remark[r].post == p and r != kept:
            count += 1
    return count


@rare
def kept_post(world):
    """The post that the goal wants written; of several, one that is not on the page at hand."""
    kept = NONE
    if act_of(world, OF_FORUM) == WRITE:
        forum = forum_of(world)
        now = world.now[0]
        tab = now.tab[now.tab_at]
        page = tab.page[tab.at]
        for p in range(forum.posts):
            post = forum.post[p]
            better = kept == NONE or (page.kind == POST_PAGE and page.item == kept)
            if post.fresh != 0 and post.gone == 0 and better and written_fits(world, post, True):
                kept = p
    return kept


@rare
def kept_remark(world):
    """The comment that the goal wants said; of several, one that is not on the page at hand."""
    kept = NONE
    if act_of(world, OF_FORUM) == REPLY:
        forum = forum_of(world)
        now = world.now[0]
        tab = now.tab[now.tab_at]
        page = tab.page[tab.at]
        for r in range(forum.remarks):
            remark = forum.remark[r]
            here = kept != NONE and page.kind == POST_PAGE and page.item == forum.remark[kept].post
            if remark.fresh != 0 and (kept == NONE or here) and remark_fits(world, remark):
                kept = r
    return kept


@rare
def kept_vote(world):
    """The post that is voted on as the goal wants; of several, one that is not at hand."""
    kept = NONE
    wanted = wanted_vote(world)
    if wanted != 2:
        forum = forum_of(world)
        now = world.now[0]
        tab = now.tab[now.tab_at]
        page = tab.page[tab.at]
        for p in range(forum.posts):
            better = kept == NONE or (page.kind == POST_PAGE and page.item == kept)
            if forum.post[p].vote == wanted and better and post_fits(world, p, -1):
                kept = p
    return kept


@rare
def kept_text(world):
    """The post whose text is changed as the goal wants; no two of one's own are about the same."""
    if act_of(world, OF_FORUM) == EDIT:
        for p in range(forum_of(world).posts):
            if text_fits(world, p):
                return p
    return NONE


@rare
def kept_letter(world):
    """The letter that the goal wants sent; the first of several."""
    if act_of(world, OF_FORUM) == LETTER:
        forum = forum_of(world)
        for i in range(forum.letters):
            if forum.letter[i].fresh != 0 and letter_fits(world, forum.letter[i]):
                return i
    return NONE


@rare
def unwanted_letters(world):
    """Letters that were sent and are not wanted."""
    forum = forum_of(world)
    count = 0
    for i in range(forum.letters):
        count += forum.letter[i].fresh
    return count - (1 if kept_letter(world) != NONE else 0)
