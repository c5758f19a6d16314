"""What a question costs from the pages at hand, and the way to a page that shows the answer."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.forum.oracle import (
    forum_ends_at_answer,
    forum_shows_answer,
    forum_to_answer,
)
from midcourse.envs.web_tasks.goal.done import right_answer
from midcourse.envs.web_tasks.goal.targets import reason
from midcourse.envs.web_tasks.goal.wishes import (
    FORUM_ACTS,
    NO_REASON,
    TABLE_ACTS,
    asks,
    asks_for_list,
)
from midcourse.envs.web_tasks.shop.answers import (
    shop_to_answer,
    shop_to_answer_after,
    shop_to_answer_from,
    shop_to_answer_from_home,
)
from midcourse.envs.web_tasks.shop.done import right_list
from midcourse.envs.web_tasks.state import (
    FORUM,
    FROM_NUMBERS,
    GOTO,
    OFFICE,
    SHOP,
    STOP,
    SWITCH_TAB,
    TABS,
    THE_LIST,
)
from midcourse.envs.web_tasks.tables.answers import table_to_answer, table_to_answer_from
from midcourse.envs.web_tasks.tables.layout import (
    HOME_KIND,
    ROW_KIND,
    SITE_OF_TABLE,
)
from midcourse.envs.web_tasks.tables.pages import kind_at
from midcourse.envs.web_tasks.ways.finding import FAR, NONE
from midcourse.envs.web_tasks.ways.jobs import (
    FIRST_FORUM_JOB,
    FIRST_TABLE_JOB,
    REACH,
)


@rare
def answer_site(world, shared):
    """The site that answers the question; -1 if there is none, or no answer."""
    act = world.goal.act[0]
    if not asks(act) or reason(world, shared) != NO_REASON:
        return NONE
    if act >= TABLE_ACTS:
        return SITE_OF_TABLE[world.goal.table]
    return FORUM if act >= FORUM_ACTS else SHOP


@rare
def answer_from(world, shared, page, scrolled):
    """Actions from a page of the answer's site, scrolled so far, to one that shows it."""
    site = site_of(page)
    if site == SHOP:
        return shop_to_answer_from(world, shared, page)
    if site == FORUM:
        return 0 if forum_shows_answer(world, page) else 1
    return table_to_answer_from(world, shared, kind_at(page), page.item, page, scrolled)


@rare
def answer_from_job(world, shared, job):
    """Actions to a page that shows the answer from the one on which a job ends."""
    if job < FIRST_FORUM_JOB:
        return shop_to_answer_after(world, shared, job)
    if job < FIRST_TABLE_JOB:
        return 0 if forum_ends_at_answer(world, job - FIRST_FORUM_JOB) else 1
    row = job - FIRST_TABLE_JOB
    return table_to_answer_from(world, shared, ROW_KIND, row, shared.blank[0].page[0], 0)


@rare
def answer_from_home(world, shared, site):
    """Actions from the first page of the answer's site to one that shows it."""
    if site < OFFICE:
        return shop_to_answer_from_home(world, shared) if site == SHOP else 1
    return table_to_answer_from(world, shared, HOME_KIND, 0, shared.blank[0].page[0], 0)


@rare
def answer_in_tabs(world, shared, last):
    """The fewest actions from another tab's page to one that shows the answer, and the tab."""
    now = world.now[0]
    best = FAR
    at = NONE
    for t in range(TABS):
        tab = now.tab[t]
        if t != now.tab_at and tab.open != 0:
            there = answer_in_tab(world, shared, tab, last, 0, REACH)
            if there < best:
                best = there
                at = t
    return best, at


@rare
def answer_in_tab(world, shared, tab, last, end, ahead):
    """The fewest actions to the answer in a tab, from the page `end` pages after that at hand.

    `ahead` says how many pages forward may be gone.
    """
    best = FAR
    for offset in range(max(end - REACH, -tab.at), min(end + ahead, tab.last - tab.at) + 1):
        page = tab.page[tab.at + offset]
        if site_of(page) == last:
            best = min(best, abs(offset - end) + answer_from(world, shared, page, 0))
    return best


# --- the next action ------------------------------------------------------------------------------


@rare
def to_answer(world, shared, here, last):
    """Towards the answer, or stop with it, or with the reason why there is nothing to be done."""
    if last == NONE:
        return STOP, FROM_NUMBERS + reason(world, shared)
    tabs, t = answer_in_tabs(world, shared, last)
    home = answer_from_home(world, shared, last)
    if here != last:
        if tabs <= home:
            return SWITCH_TAB, t
        return GOTO, last
    shown = shown_answer(world, shared)
    if shown >= 0:
        return STOP, shown
    now = world.now[0]
    tab = now.tab[now.tab_at]
    if 1 + tabs < answer_from(world, shared, tab.page[tab.at], tab.scrolled):
        return SWITCH_TAB, t
    if here == FORUM:
        return forum_to_answer(world)
    if here == SHOP:
        return shop_to_answer(world, shared)
    return table_to_answer(world, shared)


@rare
def shown_answer(world, shared):
    """What of the page at hand is the answer: an element, or its list; -1 if nothing is."""
    now = world.now[0]
    if asks_for_list(world.goal.act[0]):
        return THE_LIST if right_list(world, shared) else NONE
    for e in range(now.elements):
        element = now.element[e]
        if right_answer(world, shared, element.caption, element.unit, element.value):
            return e
    return NONE
