"""What the answer costs when it comes last, after all jobs.

It can then be come to anew, found in another tab, or kept in the tab at hand, either because other
tabs serve the jobs or by going back. So it can in the tab where the last job is done.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.state import (
    SHOP,
    TABS,
)
from midcourse.envs.web_tasks.ways.answers import (
    answer_from,
    answer_from_home,
    answer_from_job,
    answer_in_tab,
    answer_in_tabs,
)
from midcourse.envs.web_tasks.ways.finding import FAR, NONE
from midcourse.envs.web_tasks.ways.jobs import (
    REACH,
    in_tabs,
    job_site,
    leads_on,
    list_of,
    pages_to,
    saved_at,
    stays_at,
)

ANEW, OTHER_TAB, LAST_THERE, KEEP, RETURN = range(5)


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
