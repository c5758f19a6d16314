"""The cheapest way through the history of a tab and on: what it costs, and its first step."""

import numpy as np

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.state import (
    BACK,
    FORWARD,
    HISTORY,
    SITES,
    SWITCH_TAB,
    TABS,
)
from midcourse.envs.web_tasks.ways.after_jobs import then_answer
from midcourse.envs.web_tasks.ways.answers import answer_site
from midcourse.envs.web_tasks.ways.finding import FAR, NONE
from midcourse.envs.web_tasks.ways.jobs import (
    JOBS,
    asked,
    in_tabs,
    is_main,
    job_site,
    leads_on,
    saved_at,
    stays_at,
    travel,
    work_of,
)

HERE, LEAVE = -2, -3  # first steps beside BACK and FORWARD


@rare
def way(world, shared, mains):
    """Fewest actions if the main jobs are done as `mains`."""
    cost, _, _ = walk(world, shared, mains)
    return cost


def count(bits):
    """How many sites."""
    found = 0
    for site in range(len(SITES)):
        found += (bits >> site) & 1
    return found


@rare
def walk(world, shared, mains):
    """The cheapest way if the main jobs are done as `mains`: (its cost, its first step, a job).

    The first step is BACK or FORWARD, SWITCH_TAB to a tab in place of a job, HERE to do the job on
    the page at hand, or LEAVE to set out for what is to be done elsewhere.
    """
    now = world.now[0]
    at_hand = now.tab_at
    scrolled = now.tab[at_hand].scrolled
    best, first, begun = walk_here(world, shared, mains)
    now.tab[at_hand].scrolled = 0  # as if it were left; put back below, like the tab at hand
    for t in range(TABS):
        if t != at_hand and now.tab[t].open != 0:
            now.tab_at = t
            cost, _, _ = walk_here(world, shared, mains)
            if 1 + cost < best:
                best = 1 + cost
                first = SWITCH_TAB
                begun = t
    now.tab_at = at_hand
    now.tab[at_hand].scrolled = scrolled
    return best, first, begun


@rare
def walk_here(world, shared, mains):
    """The cheapest way that begins in the tab at hand: (its cost, its first step, a job)."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    jobs = np.empty(JOBS, np.int64)
    n = 0
    work = 1  # stop, and all jobs on their pages
    for job in range(JOBS):
        if asked(world, shared, job, mains):
            jobs[n] = job
            n += 1
            work += work_of(world, shared, job, is_main(job, mains))
    best = FAR
    first = LEAVE
    begun = NONE
    useful = np.zeros(HISTORY, np.int64)
    for i in range(tab.last + 1):
        if i == tab.at or of_use(world, shared, mains, jobs, n, tab.page[i]):
            useful[i] = 1
    for left in range(-tab.at, 1):
        if useful[tab.at + left] != 0:
            for right in range(tab.last - tab.at + 1):
                if useful[tab.at + right] != 0:
                    cost, step, job = from_walk(world, shared, mains, jobs, n, left, right)
                    if cost < best:
                        best = cost
                        first = step
                        begun = job
    return work + best, first, begun


@rare
def of_use(world, shared, mains, jobs, n, page):
    """Whether a walk may turn or end at a page: it saves something, or has the answer's site."""
    useful = site_of(page) == answer_site(world, shared)
    for i in range(n):
        useful = useful or saved_at(world, shared, page, shared.blank[0], jobs[i], mains) > 0
    return useful


@rare
def from_walk(world, shared, mains, jobs, n, left, right):
    """The least cost, beyond the work of all jobs, of a walk over these pages of the history."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    left_over = np.empty(JOBS, np.int64)
    m = 0
    here = NONE  # a job that can be done at hand
    saved = 0  # what is filled in at hand
    for i in range(n):
        done = False
        for offset in range(left, right + 1):
            done = done or stays_at(tab.page[tab.at + offset], jobs[i], mains)
        if stays_at(tab.page[tab.at], jobs[i], mains):
            near = saved_at(world, shared, tab.page[tab.at], tab, jobs[i], mains)
            done = in_tabs(world, shared, jobs[i], mains) - 1 <= near  # no form is so much fuller
            if done:
                here = jobs[i]
                saved = near - travel(world, here)
        if not done:
            left_over[m] = jobs[i]
            m += 1
    best = FAR
    finish = NONE
    to = 0
    for end in range(left, right + 1):
        page = tab.page[tab.at + end]
        moves = right - left + min(right - end - left, right + end - left)
        form = tab if left == 0 and right == 0 else shared.blank[0]
        for last in range(-1, m):
            job = left_over[last] if last >= 0 else NONE
            near = saved_at(world, shared, page, form, job, mains) if last >= 0 else 1
            if near > 0:
                cost = moves + elsewhere(world, shared, mains, left_over, m, job, end, form)
                cost += travel(world, job) - near if last >= 0 else 0
                if cost < best:
                    best = cost
                    finish = job
                    to = end
    if here != NONE:
        return best - saved, HERE, here
    if left == 0 and right == 0:
        return best, LEAVE if finish == NONE else HERE, finish
    return best, direction(left, right, to), NONE


def direction(left, right, end):
    """Which end of a walk comes first."""
    if left == 0 or right == 0:
        return FORWARD if left == 0 else BACK
    return BACK if right - end - left <= right + end - left else FORWARD


@rare
def elsewhere(world, shared, mains, jobs, n, but, end, form):
    """The least cost of the ways to jobs, from the page `end` pages after that at hand on.

    Job `but` has been done from there already; `form` is what is filled in there.
    """
    now = world.now[0]
    tab = now.tab[now.tab_at]
    here = site_of(tab.page[tab.at + end])
    sites = 0
    entered = 0  # sites that a tab leads to
    cost = 0
    for i in range(n):
        job = jobs[i]
        if job != but:
            site = job_site(world, job)
            sites |= 1 << site
            near = in_tabs(world, shared, job, mains)
            cost += travel(world, job) - max(0, near - 1)
            if near > 0 and site != here:
                entered |= 1 << site
    cost += count(sites & ~(1 << here)) - count(entered)
    cost -= shared_ways(world, shared, mains, jobs, n, but)
    last = answer_site(world, shared)
    if last == NONE:
        return cost
    answer, _ = then_answer(world, shared, mains, jobs, n, but, end, form.scrolled, last, sites)
    return cost + answer


@rare
def shared_ways(world, shared, mains, jobs, n, but):
    """Actions that are spared because one job ends on the page that leads to another."""
    spared = 0
    for i in range(n):
        if jobs[i] != but and leads_on(world, shared, mains, jobs, n, but, jobs[i]):
            spared += 1
    return spared
