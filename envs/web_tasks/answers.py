"""What a question costs: how far a page is from one that shows the answer, and the way to it.

The answer comes last, when all jobs are done. It can then be come to anew, found in another tab, or
kept in the tab at hand, either because other tabs serve the jobs or by going back. So it can in
the tab where the last job is done.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.finding import FAR, NONE
from midcourse.envs.web_tasks.forum.oracle import (
    forum_ends_at_answer,
    forum_shows_answer,
    forum_to_answer,
)
from midcourse.envs.web_tasks.goals import reason, right_answer
from midcourse.envs.web_tasks.jobs import (
    FIRST_FORUM_JOB,
    FIRST_TABLE_JOB,
    REACH,
    in_tabs,
    job_site,
    leads_on,
    list_of,
    pages_to,
    saved_at,
    stays_at,
)
from midcourse.envs.web_tasks.shop.answers import (
    shop_to_answer,
    shop_to_answer_after,
    shop_to_answer_from,
    shop_to_answer_from_home,
)
from midcourse.envs.web_tasks.shop.wishes import right_list
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
from midcourse.envs.web_tasks.wishes import (
    FORUM_ACTS,
    NO_REASON,
    TABLE_ACTS,
    asks,
    asks_for_list,
)

ANEW, OTHER_TAB, LAST_THERE, KEEP, RETURN = range(5)


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


# --- after jobs -------------------------------------------------------------------------------


@rare
def then_answer(world, shared, mains, jobs, n, but, end, scrolled, last, sites):
    """Actions to the answer beyond those of the jobs, and how.

    Job `but`, if there is one, leads away from the page `end` pages after that at hand, scrolled so
    far; the other jobs, on `sites`, are done from anywhere.
    """
    now = world.now[0]
    tab = now.tab[now.tab_at]
    page = tab.page[tab.at + end]
    here = site_of(page)
    others = sites & ~(1 << here)
    best = anew(world, shared, mains, jobs, n, but, page, scrolled, last, sites)
    how = ANEW
    tabs, _ = answer_in_tabs(world, shared, last)
    if 1 + tabs < best:
        best = 1 + tabs
        how = OTHER_TAB
    there, _, _ = last_there(world, shared, mains, jobs, n, but, last)
    if there < best:
        best = there
        how = LAST_THERE
    stays = sites == 0 and but == NONE
    back = answer_in_tab(world, shared, tab, last, end, REACH if stays else 0)
    if sites != 0:
        kept = 1 + back
        if but == NONE:
            kept = answer_in_tab(world, shared, tab, last, end, REACH)
        elif here == last:
            kept = min(kept, answer_from_job(world, shared, but))
        kept += 1 + aside(world, shared, mains, jobs, n, but, here, sites)
        if kept < best:
            best = kept
            how = KEEP
    if others == 0:
        back += depth(world, shared, mains, jobs, n, but, page)
        if back < best:
            best = back
            how = RETURN
    return best, how


@rare
def last_there(world, shared, mains, jobs, n, but, last):
    """Actions to the answer if one of the jobs is done last, in another tab that leads to it.

    Beyond those of the job in whatever tab saves most; returns (actions, job, tab). The job has to
    leave its page as it is, so that the tab's history stays.
    """
    now = world.now[0]
    best = FAR
    job = NONE
    at = NONE
    for i in range(n):
        if jobs[i] != but:
            most = max(0, in_tabs(world, shared, jobs[i], mains) - 1)
            for t in range(TABS):
                tab = now.tab[t]
                if t != now.tab_at and tab.open != 0:
                    there = most + in_tab_and_on(world, shared, tab, jobs[i], mains, last)
                    if there < best:
                        best = there
                        job = jobs[i]
                        at = t
    return best, job, at


@rare
def in_tab_and_on(world, shared, tab, job, mains, last):
    """Actions from a job in a tab to the answer there, less what the tab saves of the job."""
    least = FAR
    for offset in range(max(-REACH, -tab.at), min(REACH, tab.last - tab.at) + 1):
        page = tab.page[tab.at + offset]
        if stays_at(page, job, mains):
            form = tab if offset == 0 else shared.blank[0]
            saved = saved_at(world, shared, page, form, job, mains) - abs(offset)
            if saved > 0:
                on = answer_in_tab(world, shared, tab, last, offset, REACH)
                least = min(least, on - (saved - 1))
    return least


@rare
def anew(world, shared, mains, jobs, n, but, page, scrolled, last, sites):
    """Actions to the answer from the page of the last job, or from its site's first page.

    A job that leads on to another is not the last, or has to be come back to.
    """
    here = site_of(page)
    home = 1 + answer_from_home(world, shared, last)
    if sites == 0:
        if here != last:
            return home
        if but == NONE:
            return answer_from(world, shared, page, scrolled)
        return answer_from_job(world, shared, but)
    at_jobs = FAR
    if (sites >> last) & 1 != 0:
        for i in range(n):
            if jobs[i] != but and job_site(world, jobs[i]) == last:
                again = 1 if leads_on(world, shared, mains, jobs, n, but, jobs[i]) else 0
                at_jobs = min(at_jobs, again + answer_from_job(world, shared, jobs[i]))
        if here != last or sites == 1 << here:
            return at_jobs
    return min(1 + at_jobs, home)


@rare
def aside(world, shared, mains, jobs, n, but, here, sites):
    """Actions more than from anywhere if jobs are done in other tabs, and the one at hand stays.

    This site has to be entered there too; and a tab that leads to none of the sites only costs.
    """
    now = world.now[0]
    served = False
    again = (sites >> here) & 1
    for i in range(n):
        if jobs[i] != but and in_tabs(world, shared, jobs[i], mains) > 0:
            served = True
            again = 0 if job_site(world, jobs[i]) == here else again
    opened = 0
    for t in range(TABS):
        tab = now.tab[t]
        opened += tab.open
        if t != now.tab_at and tab.open != 0 and (sites >> site_of(tab.page[tab.at])) & 1 != 0:
            served = True
    if served or (opened < TABS and (sites >> SHOP) & 1 != 0):
        return again
    return again + 1


@rare
def depth(world, shared, mains, jobs, n, but, page):
    """Pages to go back after all jobs were done in this tab, and what other tabs would save."""
    pages = 0 if but == NONE else 1
    for i in range(n):
        if jobs[i] != but and not at_hand(world, shared, mains, jobs[i], but, page):
            pages += max(0, in_tabs(world, shared, jobs[i], mains) - 1)
            more = pages_to(jobs[i])
            for k in range(i):
                same = list_of(world, shared, jobs[k]) == list_of(world, shared, jobs[i])
                on_the_way = at_hand(world, shared, mains, jobs[k], but, page)
                if same and jobs[k] != but and not on_the_way:
                    more -= min(more, pages_to(jobs[k]))
            pages += more
    return pages


@rare
def at_hand(world, shared, mains, job, but, page):
    """Whether going back from job `but` leads over a page that shows another job."""
    return but != NONE and saved_at(world, shared, page, shared.blank[0], job, mains) > 0


# --- the next action ------------------------------------------------------------------------


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
