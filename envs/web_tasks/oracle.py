"""The cheapest way to what the user wants, and its first action.

A goal asks for one main job (an order, a post, an answer) and for undoing whatever was done beyond
it. A job begins from anywhere on its site at a fixed cost, or cheaper from a page that is open
already. So a way begins with a walk through the history of the tab at hand, on whose pages jobs are
done that stay there, at last perhaps one that leads away; all other jobs are done in any order,
site after site, each from another tab that shows something of use, or from anywhere. Canonical
actions are clicks, texts, options, back, forward, going to a site, switching tabs, and stop; a new
tab never shortens a way.

The sites' own oracles number their jobs, say which are to be done, and what their pages save.
"""

import numpy as np

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.finding import FAR, NONE, field_of
from midcourse.envs.web_tasks.forum.oracle import (
    BOARD_JOB,
    FORUM_JOBS,
    NEW_JOB,
    forum_answerable,
    forum_asked,
    forum_could,
    forum_done,
    forum_ends_at_answer,
    forum_home,
    forum_main_cost,
    forum_saved_at,
    forum_serve,
    forum_set_out,
    forum_shows_answer,
    forum_to_answer,
    forum_travel,
    forum_undoing,
)
from midcourse.envs.web_tasks.forum.pages import forum_of
from midcourse.envs.web_tasks.goals import asks, right_answer
from midcourse.envs.web_tasks.requirements import place_of
from midcourse.envs.web_tasks.shop.oracle import (
    SHOP_JOBS,
    answerable,
    beyond_repair,
    shop_asked,
    shop_could,
    shop_done,
    shop_ends_at_answer,
    shop_home,
    shop_main_cost,
    shop_saved_at,
    shop_serve,
    shop_set_out,
    shop_shows_answer,
    shop_travel,
    shop_undoing,
)
from midcourse.envs.web_tasks.shop.pages import SEARCH_FIELD
from midcourse.envs.web_tasks.shop.records import ORDERS
from midcourse.envs.web_tasks.state import (
    BACK,
    FORUM,
    FORWARD,
    FROM_GOAL,
    GOTO,
    SHOP,
    SITES,
    STOP,
    SWITCH_TAB,
    TABS,
)
from midcourse.envs.web_tasks.wishes import FORUM_ACTS, NOUN

JOBS = SHOP_JOBS + FORUM_JOBS
REACH = 3  # pages back and forward that can be worth a walk
HERE, LEAVE = -2, -3  # first steps beside BACK and FORWARD


def cost_to_go(world, shared):
    """Fewest actions to success, over the canonical ones; negative if there is no way."""
    cost, _ = plan(world, shared)
    return cost if cost < FAR else -1


@rare
def plan(world, shared):
    """The cheapest way: its cost, and the job as which the main one is done."""
    act = world.goal.act
    if beyond_repair(world, shared):
        return FAR, NONE
    if asks(act):
        possible = forum_answerable(world) if act >= FORUM_ACTS else answerable(world, shared)
        return way(world, shared, NONE) if possible else FAR, NONE
    if forum_done(world) if act >= FORUM_ACTS else shop_done(world, shared):
        return way(world, shared, NONE), NONE
    best = FAR
    main = NONE
    for job in range(JOBS):
        if could(world, shared, job):
            cost = way(world, shared, job)
            if cost < best:
                best = cost
                main = job
    return best, main


# --- jobs of either site ---------------------------------------------------------------------


def job_site(job):
    """The site on which a job is done."""
    return SHOP if job < SHOP_JOBS else FORUM


@rare
def could(world, shared, job):
    """Whether the main job can be done as this job."""
    if (world.goal.act < FORUM_ACTS) != (job < SHOP_JOBS):
        return False
    if job < SHOP_JOBS:
        return shop_could(world, shared, job)
    return forum_could(world, job - SHOP_JOBS)


@rare
def asked(world, shared, job, main):
    """Whether a job is to be done: the main one, or undoing what is not wanted."""
    if job == main:
        return True
    return (
        shop_asked(world, shared, job) if job < SHOP_JOBS else forum_asked(world, job - SHOP_JOBS)
    )


@rare
def cost_of(world, shared, job, main):
    """Actions of a job from anywhere on its site."""
    if job < SHOP_JOBS:
        cost = shop_travel(job) + shop_undoing(world, shared, job)
        return cost + shop_main_cost(world, shared, job) if job == main else cost
    j = job - SHOP_JOBS
    cost = forum_travel(j) + forum_undoing(world, j, job == main)
    return cost + forum_main_cost(world, shared, j) if job == main else cost


@rare
def saved_at(world, shared, page, form, job, main):
    """Actions that a page saves of a job, `form` being what is filled in there."""
    if job < SHOP_JOBS:
        return shop_saved_at(world, shared, page, form, job, main)
    return forum_saved_at(world, shared, page, form, job - SHOP_JOBS, main - SHOP_JOBS)


@rare
def stays_at(page, job, main):
    """Whether a job is done on just this page, without leading away from it."""
    if job < SHOP_JOBS:
        return (job != main or job < ORDERS) and shop_home(page, job)
    return job != SHOP_JOBS + NEW_JOB and forum_home(page, job - SHOP_JOBS)


def travel(job):
    """Actions from anywhere on its site to the page where a job is done."""
    return shop_travel(job) if job < SHOP_JOBS else forum_travel(job - SHOP_JOBS)


# --- the way ---------------------------------------------------------------------------------


@rare
def way(world, shared, main):
    """Fewest actions if the main job is done as `main`; NONE if there is none left to do."""
    cost, _, _ = walk(world, shared, main)
    return cost


def count(bits):
    """How many sites."""
    found = 0
    for site in range(len(SITES)):
        found += (bits >> site) & 1
    return found


def answer_site(world):
    """The site that answers the question; -1 if there is none."""
    act = world.goal.act
    return NONE if not asks(act) else FORUM if act >= FORUM_ACTS else SHOP


@rare
def walk(world, shared, main):
    """The cheapest way if the main job is done as `main`: (its cost, its first step, a job).

    The first step is BACK or FORWARD, HERE to do the job on the page at hand, or LEAVE to set out
    for what is to be done elsewhere.
    """
    now = world.now[0]
    tab = now.tab[now.tab_at]
    jobs = np.empty(JOBS, np.int64)
    n = 0
    work = 1  # stop, and all jobs on their pages
    for job in range(JOBS):
        if asked(world, shared, job, main):
            jobs[n] = job
            n += 1
            work += cost_of(world, shared, job, main) - travel(job)
    best = FAR
    first = LEAVE
    begun = NONE
    for left in range(max(-REACH, -tab.at), 1):
        for right in range(min(REACH, tab.last - tab.at) + 1):
            cost, step, job = from_walk(world, shared, main, jobs, n, left, right)
            if cost < best:
                best = cost
                first = step
                begun = job
    return work + best, first, begun


@rare
def from_walk(world, shared, main, jobs, n, left, right):
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
            if stays_at(tab.page[tab.at + offset], jobs[i], main):
                done = True
                if offset == 0:
                    here = jobs[i]
        if here == jobs[i]:
            page = tab.page[tab.at]
            saved = saved_at(world, shared, page, tab, here, main) - travel(here)
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
            near = saved_at(world, shared, page, form, job, main) if last >= 0 else 1
            if near > 0:
                cost = moves + elsewhere(world, shared, main, left_over, m, job, page)
                cost += travel(job) - near if last >= 0 else 0
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
def elsewhere(world, shared, main, jobs, n, but, page):
    """The least cost of the ways to jobs, from a page on; job `but` has been done there already."""
    here = site_of(page)
    sites = 0
    entered = 0  # sites that a tab leads to
    cost = 0
    closing = 0  # 1: a job's page shows the answer
    for i in range(n):
        job = jobs[i]
        if job != but:
            site = job_site(job)
            sites |= 1 << site
            near = in_tabs(world, shared, job, main)
            cost += travel(job) - max(0, near - 1)
            if near > 0 and site != here:
                entered |= 1 << site
            if ends_at_answer(world, shared, job):
                closing = 1
    cost -= count(entered) + shared_ways(world, shared, main, jobs, n, but)
    others = sites & ~(1 << here)
    last = answer_site(world)
    if last == NONE:
        return cost + count(others)
    if sites == 0:
        shown = ends_at_answer(world, shared, but) if but != NONE else shown_at(world, shared, page)
        if last == here:
            return cost + (0 if shown else 1)
        return cost + (1 if answer_in_tabs(world, shared) else 2)
    back = 1 if last == here and others != 0 else 0
    return cost + 1 - closing + count((others | 1 << last) & ~(1 << here)) + back


@rare
def in_tabs(world, shared, job, main):
    """The most that a page in another tab saves of a job, without the way there."""
    now = world.now[0]
    most = 0
    for t in range(TABS):
        tab = now.tab[t]
        if t != now.tab_at and tab.open != 0:
            most = max(most, saved_at(world, shared, tab.page[tab.at], tab, job, main))
    return most


@rare
def shared_ways(world, shared, main, jobs, n, but):
    """Actions that are spared because one job ends on the page that leads to another.

    So do subscribing to a board and what is to be done on one of its posts, unless another tab
    shows the post.
    """
    spared = 0
    for i in range(n):
        board = jobs[i] - SHOP_JOBS - BOARD_JOB
        if board >= 0 and jobs[i] != but:
            leads = 0
            for k in range(n):
                p = jobs[k] - SHOP_JOBS
                post = p >= 0 and p < NEW_JOB and jobs[k] != but
                if post and forum_of(world).post[p].board == board:
                    leads |= 1 if in_tabs(world, shared, jobs[k], main) < 2 else 0
            spared += leads
    return spared


def ends_at_answer(world, shared, job):
    """Whether the page on which a job is done shows the answer."""
    if job == NONE or job_site(job) != answer_site(world):
        return False
    if job < SHOP_JOBS:
        return shop_ends_at_answer(world, shared, job)
    return forum_ends_at_answer(world, job - SHOP_JOBS)


@rare
def shown_at(world, shared, page):
    """Whether a page shows the answer."""
    if site_of(page) != answer_site(world):
        return False
    if site_of(page) == SHOP:
        return shop_shows_answer(world, shared, page)
    return forum_shows_answer(world, page)


@rare
def answer_in_tabs(world, shared):
    """Whether another tab shows the answer."""
    return answer_tab(world, shared) != NONE


@rare
def answer_tab(world, shared):
    """Another tab that shows the answer; -1 if there is none."""
    now = world.now[0]
    for t in range(TABS):
        tab = now.tab[t]
        if t != now.tab_at and tab.open != 0 and shown_at(world, shared, tab.page[tab.at]):
            return t
    return NONE


# --- the first action ------------------------------------------------------------------------


def act(world, shared):
    """The first action of a cheapest way; stop where there is none."""
    cost, main = plan(world, shared)
    if cost >= FAR:
        return STOP, 0
    _, step, job = walk(world, shared, main)
    if step in (BACK, FORWARD):
        return step, 0
    if step == HERE:
        if job < SHOP_JOBS:
            return shop_serve(world, shared, job)
        return forum_serve(world, job - SHOP_JOBS, main - SHOP_JOBS)
    return leave(world, shared, main)


@rare
def leave(world, shared, main):
    """The first action towards what is to be done elsewhere: this site first, the answer last."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    here = site_of(tab.page[tab.at])
    sites = 0
    chosen = NONE
    for job in range(JOBS):
        if asked(world, shared, job, main):
            sites |= 1 << job_site(job)
            if job_site(job) == here:
                late = chosen == NONE or ends_at_answer(world, shared, chosen)
                chosen = job if late or not ends_at_answer(world, shared, job) else chosen
    if sites == 0:
        return to_answer(world, shared, here)
    if chosen == NONE:
        return to_site(world, shared, main, sites)
    t = tab_for(world, shared, chosen, main, 2)
    if t >= 0:
        return SWITCH_TAB, t
    if chosen < SHOP_JOBS:
        return shop_set_out(world, shared, chosen)
    return forum_set_out(world, chosen - SHOP_JOBS)


@rare
def tab_for(world, shared, job, main, least):
    """Another tab whose page saves a job at least so much; -1 if there is none."""
    now = world.now[0]
    for t in range(TABS):
        tab = now.tab[t]
        other = t != now.tab_at and tab.open != 0
        if other and saved_at(world, shared, tab.page[tab.at], tab, job, main) >= least:
            return t
    return NONE


@rare
def to_site(world, shared, main, sites):
    """To another site: by a tab that shows something of use there, or from its first page."""
    for job in range(JOBS):
        if asked(world, shared, job, main):
            t = tab_for(world, shared, job, main, 1)
            if t >= 0:
                return SWITCH_TAB, t
    return GOTO, FORUM if (sites >> FORUM) & 1 != 0 else SHOP


@rare
def to_answer(world, shared, here):
    """Towards the answer, or stop with it."""
    last = answer_site(world)
    if last == NONE:
        return STOP, 0
    if last == here:
        shown = shown_answer(world, shared)
        if shown >= 0:
            return STOP, shown
        if here == FORUM:
            return forum_to_answer(world)
        return field_of(world, SEARCH_FIELD), FROM_GOAL + place_of(world, NOUN)
    t = answer_tab(world, shared)
    if t >= 0:
        return SWITCH_TAB, t
    return GOTO, last


@rare
def shown_answer(world, shared):
    """The element of the page at hand that is the answer; -1 if none is."""
    now = world.now[0]
    for e in range(now.elements):
        element = now.element[e]
        if right_answer(world, shared, element.unit, element.value):
            return e
    return NONE
