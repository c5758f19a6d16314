"""The first action towards what is to be done elsewhere."""

import numpy as np

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.forum.oracle import forum_set_out
from midcourse.envs.web_tasks.shop.oracle import shop_set_out
from midcourse.envs.web_tasks.state import GOTO, NEW_TAB, SWITCH_TAB, TABS
from midcourse.envs.web_tasks.tables.oracle import table_set_out
from midcourse.envs.web_tasks.ways.after_jobs import (
    ANEW,
    KEEP,
    LAST_THERE,
    OTHER_TAB,
    RETURN,
    last_there,
    then_answer,
)
from midcourse.envs.web_tasks.ways.answers import (
    answer_from_job,
    answer_in_tabs,
    answer_site,
    to_answer,
)
from midcourse.envs.web_tasks.ways.finding import NONE
from midcourse.envs.web_tasks.ways.jobs import (
    FIRST_FORUM_JOB,
    FIRST_TABLE_JOB,
    JOBS,
    asked,
    in_tab,
    job_site,
)


@rare
def leave(world, shared, mains):
    """The first action towards what is to be done elsewhere: this site first, the answer last."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    here = site_of(tab.page[tab.at])
    last = answer_site(world, shared)
    jobs = np.empty(JOBS, np.int64)
    n = 0
    sites = 0
    for job in range(JOBS):
        if asked(world, shared, job, mains):
            jobs[n] = job
            n += 1
            sites |= 1 << job_site(world, job)
    if n == 0:
        return to_answer(world, shared, here, last)
    how = ANEW
    if last != NONE:
        _, how = then_answer(world, shared, mains, jobs, n, NONE, 0, tab.scrolled, last, sites)
    if how == KEEP:
        return set_aside(world, shared, mains, sites)
    kept = NONE  # the tab that leads to the answer
    waits = NONE  # the job that is done last there
    if how == OTHER_TAB:
        _, kept = answer_in_tabs(world, shared, last)
    if how == LAST_THERE:
        _, waits, kept = last_there(world, shared, mains, jobs, n, NONE, last)
        if n == 1:
            return SWITCH_TAB, kept
    chosen, sites = next_here(world, shared, jobs, n, waits, here, last)
    if chosen == NONE or (how == ANEW and last == here and sites != 1 << here):
        return to_site(world, shared, mains, sites & ~(1 << here), last, kept)
    t = tab_for(world, shared, chosen, mains, 2, kept)
    if t >= 0 and how != RETURN:
        return SWITCH_TAB, t
    if chosen < FIRST_FORUM_JOB:
        return shop_set_out(world, shared, chosen)
    if chosen < FIRST_TABLE_JOB:
        return forum_set_out(world, chosen - FIRST_FORUM_JOB)
    return table_set_out(world, chosen - FIRST_TABLE_JOB)


@rare
def next_here(world, shared, jobs, n, waits, here, last):
    """The job on this site that ends farthest from the answer, -1 if there is none; all sites.

    Job `waits` is left out.
    """
    chosen = NONE
    farthest = NONE
    sites = 0
    for i in range(n):
        if jobs[i] != waits:
            sites |= 1 << job_site(world, jobs[i])
            if job_site(world, jobs[i]) == here:
                far = answer_from_job(world, shared, jobs[i]) if last == here else 0
                if far > farthest:
                    farthest = far
                    chosen = jobs[i]
    return chosen, sites


@rare
def tab_for(world, shared, job, mains, least, but):
    """Another tab than `but` that saves most of a job, at least so much; -1 if there is none."""
    now = world.now[0]
    most = least - 1
    best = NONE
    for t in range(TABS):
        if t != now.tab_at and t != but and now.tab[t].open != 0:
            saved = in_tab(world, shared, now.tab[t], job, mains)
            if saved > most:
                most = saved
                best = t
    return best


@rare
def tab_on(world, shared, mains, sites, but):
    """Another tab than `but` that shows something of use on some sites; -1 if none does."""
    for job in range(JOBS):
        if asked(world, shared, job, mains) and (sites >> job_site(world, job)) & 1 != 0:
            t = tab_for(world, shared, job, mains, 1, but)
            if t >= 0:
                return t
    return NONE


@rare
def to_site(world, shared, mains, sites, last, kept):
    """To another site: by a tab that shows something of use there, or to its first page.

    The answer's own site comes last.
    """
    others = sites & ~(1 << last) if last != NONE and sites != 1 << last else sites
    t = tab_on(world, shared, mains, others, kept)
    if t >= 0:
        return SWITCH_TAB, t
    site = 0
    while (others >> site) & 1 == 0:
        site += 1
    return GOTO, site


@rare
def set_aside(world, shared, mains, sites):
    """To another tab, so that the page at hand stays as it is."""
    t = tab_on(world, shared, mains, sites, NONE)
    if t >= 0:
        return SWITCH_TAB, t
    now = world.now[0]
    another = NONE
    for t in range(TABS):
        tab = now.tab[t]
        if tab.open == 0:
            another = t
        elif t != now.tab_at and (sites >> site_of(tab.page[tab.at])) & 1 != 0:
            return SWITCH_TAB, t
    if another >= 0:
        return NEW_TAB, 0
    return SWITCH_TAB, 1 if now.tab_at == 0 else 0
