"""What a question costs: how far a page is from one that shows the answer, and the way to it."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.finding import FAR, NONE, field_of
from midcourse.envs.web_tasks.forum.oracle import (
    forum_ends_at_answer,
    forum_shows_answer,
    forum_to_answer,
)
from midcourse.envs.web_tasks.goals import reason, right_answer
from midcourse.envs.web_tasks.jobs import FIRST_FORUM_JOB, FIRST_TABLE_JOB, REACH, job_site
from midcourse.envs.web_tasks.requirements import place_of
from midcourse.envs.web_tasks.shop.oracle import (
    shop_ends_at_answer,
    shop_shows_answer,
)
from midcourse.envs.web_tasks.shop.pages import SEARCH_FIELD
from midcourse.envs.web_tasks.state import (
    FORUM,
    FROM_GOAL,
    FROM_NUMBERS,
    GOTO,
    OFFICE,
    SHOP,
    STOP,
    SWITCH_TAB,
    TABS,
)
from midcourse.envs.web_tasks.tables.answers import table_to_answer, table_to_answer_from
from midcourse.envs.web_tasks.tables.layout import (
    HOME_KIND,
    ROW_KIND,
    SITE_OF_TABLE,
)
from midcourse.envs.web_tasks.tables.pages import kind_at
from midcourse.envs.web_tasks.wishes import (
    FORUM_ACTS,
    NO_REASON,
    NOUN,
    TABLE_ACTS,
    asks,
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
def answer_from(world, shared, page, form):
    """Actions from a page of the answer's site to one that shows it.

    `form` says how far was scrolled there.
    """
    site = site_of(page)
    if site == SHOP:
        return 0 if shop_shows_answer(world, shared, page) else 1
    if site == FORUM:
        return 0 if forum_shows_answer(world, page) else 1
    return table_to_answer_from(world, shared, kind_at(page), page.item, page, form.scrolled)


@rare
def answer_from_job(world, shared, job):
    """Actions to a page that shows the answer from the one on which a job ends."""
    if job < FIRST_FORUM_JOB:
        return 0 if shop_ends_at_answer(world, shared, job) else 1
    if job < FIRST_TABLE_JOB:
        return 0 if forum_ends_at_answer(world, job - FIRST_FORUM_JOB) else 1
    row = job - FIRST_TABLE_JOB
    return table_to_answer_from(world, shared, ROW_KIND, row, shared.blank[0].page[0], 0)


@rare
def answer_from_home(world, shared, site):
    """Actions from the first page of the answer's site to one that shows it."""
    if site < OFFICE:
        return 1
    return table_to_answer_from(world, shared, HOME_KIND, 0, shared.blank[0].page[0], 0)


@rare
def answer_in_tabs(world, shared, last, blank):
    """The fewest actions from another tab's page to one that shows the answer, and the tab.

    In tab `blank` counts as not scrolled.
    """
    now = world.now[0]
    best = FAR
    at = NONE
    for t in range(TABS):
        tab = now.tab[t]
        if t != now.tab_at and tab.open != 0:
            for offset in range(max(-REACH, -tab.at), min(REACH, tab.last - tab.at) + 1):
                page = tab.page[tab.at + offset]
                if site_of(page) == last:
                    form = tab if offset == 0 and t != blank else shared.blank[0]
                    there = abs(offset) + answer_from(world, shared, page, form)
                    if there < best:
                        best = there
                        at = t
    return best, at


@rare
def then_answer(world, shared, jobs, n, but, page, form, last, sites, blank):
    """Actions from the last job's page, or from `page` if there is none, to the answer.

    Includes going to the answer's site, or back to it. In tab `blank` counts as not scrolled.
    """
    here = site_of(page)
    tabs, _ = answer_in_tabs(world, shared, last, blank)
    if sites == 0:
        best = 1 + min(tabs, answer_from_home(world, shared, last))
        if here != last:
            return best
        if but != NONE:
            return min(best, answer_from_job(world, shared, but))
        return min(best, answer_from(world, shared, page, form))
    others = sites & ~(1 << here)
    entering = 0
    if here != last:
        entering = 0 if (sites >> last) & 1 != 0 else 1
    elif others != 0:
        entering = 1
    if (sites >> last) & 1 != 0:
        best = 1 + tabs
        for i in range(n):
            if jobs[i] != but and job_site(world, jobs[i]) == last:
                best = min(best, answer_from_job(world, shared, jobs[i]))
        return entering + best
    best = min(tabs, answer_from_home(world, shared, last))
    if here == last and can_stay(world, others):
        if but != NONE:
            return entering + min(best, answer_from_job(world, shared, but))
        best = min(best, answer_from(world, shared, page, form))
    return entering + best


def can_stay(world, others):
    """Whether another tab, or a new one, leads to other sites, and this one stays as it is."""
    now = world.now[0]
    opened = 0
    for t in range(TABS):
        tab = now.tab[t]
        opened += tab.open
        if t != now.tab_at and tab.open != 0 and (others >> site_of(tab.page[tab.at])) & 1 != 0:
            return True
    return opened < TABS and (others >> SHOP) & 1 != 0


@rare
def to_answer(world, shared, here, last):
    """Towards the answer, or stop with it, or with the reason why there is nothing to be done."""
    if last == NONE:
        return STOP, FROM_NUMBERS + reason(world, shared)
    tabs, t = answer_in_tabs(world, shared, last, NONE)
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
    if 1 + tabs < answer_from(world, shared, tab.page[tab.at], tab):
        return SWITCH_TAB, t
    if here == FORUM:
        return forum_to_answer(world)
    if here == SHOP:
        return field_of(world, SEARCH_FIELD), FROM_GOAL + place_of(world, NOUN)
    return table_to_answer(world, shared)


@rare
def shown_answer(world, shared):
    """The element of the page at hand that is the answer; -1 if none is."""
    now = world.now[0]
    for e in range(now.elements):
        element = now.element[e]
        if right_answer(world, shared, element.caption, element.unit, element.value):
            return e
    return NONE
