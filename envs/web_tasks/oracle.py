"""The cheapest way to what the user wants, and its first action.

A goal asks for one main job or two (an order, a post, a row), or for an answer, and for undoing
whatever was done beyond it. A job begins from anywhere on its site at a fixed cost, or cheaper from
a page that is open already. So a way begins with a walk through the history of the tab at hand, on
whose pages jobs are done that stay there, at last perhaps one that leads away; all other jobs are
done in any order, site after site, each from another tab that shows something of use, or from
anywhere. An answer comes last. Canonical actions are clicks, texts, options, back, forward, going
to a site, switching tabs, and stop; a new tab only where it keeps the answer at hand.

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
from midcourse.envs.web_tasks.goals import reason, right_answer
from midcourse.envs.web_tasks.requirements import place_of
from midcourse.envs.web_tasks.shop.oracle import (
    SHOP_JOBS,
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
    FROM_NUMBERS,
    GOTO,
    NEW_TAB,
    OFFICE,
    SHOP,
    SITES,
    STOP,
    SWITCH_TAB,
    TABS,
)
from midcourse.envs.web_tasks.tables.layout import (
    HOME_KIND,
    ROW_KIND,
    SITE_OF_TABLE,
)
from midcourse.envs.web_tasks.tables.oracle import (
    TABLE_JOBS,
    merged_in_vain,
    table_asked,
    table_could,
    table_done,
    table_home,
    table_job_site,
    table_main_cost,
    table_saved_at,
    table_serve,
    table_set_out,
    table_to_answer,
    table_to_answer_from,
    table_travel,
    table_undoing,
)
from midcourse.envs.web_tasks.tables.pages import kind_at
from midcourse.envs.web_tasks.wishes import (
    FORUM_ACTS,
    NO_REASON,
    NOUN,
    OF_FORUM,
    OF_SHOP,
    OF_TABLES,
    TABLE_ACTS,
    asks,
    class_of,
)

FIRST_FORUM_JOB = SHOP_JOBS
FIRST_TABLE_JOB = SHOP_JOBS + FORUM_JOBS
JOBS = FIRST_TABLE_JOB + TABLE_JOBS
MAINS = 1 << 9  # main jobs as one number: 1 + the first, and MAINS times 1 + the second; 0: none
REACH = 3  # pages back and forward that can be worth a walk
HERE, LEAVE = -2, -3  # first steps beside BACK and FORWARD


def cost_to_go(world, shared):
    """Fewest actions to success, over the canonical ones; negative if there is no way."""
    cost, _ = plan(world, shared)
    return cost if cost < FAR else -1


@rare
def plan(world, shared):
    """The cheapest way: its cost, and the jobs as which the main ones are done."""
    goal = world.goal
    if beyond_repair(world, shared) or merged_in_vain(world, shared):
        return FAR, 0
    if asks(goal.act[0]) or reason(world, shared) != NO_REASON:
        return way(world, shared, 0), 0
    best = FAR
    mains = 0
    for job in range(-1, JOBS):
        if serves(world, shared, 0, job):
            for other in range(-1, JOBS if goal.parts > 1 else 0):
                if goal.parts == 1 or serves(world, shared, 1, other):
                    both = 1 + job + MAINS * (1 + other)
                    cost = way(world, shared, both)
                    if cost < best:
                        best = cost
                        mains = both
    return best, mains


@rare
def serves(world, shared, part, job):
    """Whether a part of the goal can be had by a job; by none (-1) if it is done already."""
    its_class = class_of(world.goal.act[part])
    if job == NONE:
        return part_is_done(world, shared, its_class)
    if class_of_job(job) != its_class or part_is_done(world, shared, its_class):
        return False
    if its_class == OF_SHOP:
        return shop_could(world, shared, job)
    if its_class == OF_FORUM:
        return forum_could(world, job - FIRST_FORUM_JOB)
    return table_could(world, shared, job - FIRST_TABLE_JOB)


@rare
def part_is_done(world, shared, its_class):
    """Whether the goal's part of a class is done."""
    if its_class == OF_SHOP:
        return shop_done(world, shared)
    return forum_done(world) if its_class == OF_FORUM else table_done(world, shared)


# --- jobs of any site ------------------------------------------------------------------------


def class_of_job(job):
    """The class of a job."""
    if job < FIRST_FORUM_JOB:
        return OF_SHOP
    return OF_FORUM if job < FIRST_TABLE_JOB else OF_TABLES


def is_main(job, mains):
    """Whether a job is a main one."""
    return job + 1 == mains % MAINS or job + 1 == mains // MAINS


def job_site(world, job):
    """The site on which a job is done."""
    if job < FIRST_FORUM_JOB:
        return SHOP
    return FORUM if job < FIRST_TABLE_JOB else table_job_site(world, job - FIRST_TABLE_JOB)


@rare
def asked(world, shared, job, mains):
    """Whether a job is to be done: a main one, or undoing what is not wanted."""
    if is_main(job, mains):
        return True
    if job < FIRST_FORUM_JOB:
        return shop_asked(world, shared, job)
    if job < FIRST_TABLE_JOB:
        return forum_asked(world, job - FIRST_FORUM_JOB)
    return table_asked(world, shared, job - FIRST_TABLE_JOB)


@rare
def work_of(world, shared, job, main):
    """Actions of a job on the page where it is done, with a blank form."""
    if job < FIRST_FORUM_JOB:
        cost = shop_undoing(world, shared, job)
        return cost + (shop_main_cost(world, shared, job) if main else 0)
    if job < FIRST_TABLE_JOB:
        j = job - FIRST_FORUM_JOB
        return forum_undoing(world, j, main) + (forum_main_cost(world, shared, j) if main else 0)
    j = job - FIRST_TABLE_JOB
    cost = table_undoing(world, shared, j, main)
    return cost + (table_main_cost(world, shared, j) if main else 0)


@rare
def saved_at(world, shared, page, form, job, mains):
    """Actions that a page saves of a job, `form` being what is filled in there."""
    main = is_main(job, mains)
    if job < FIRST_FORUM_JOB:
        if site_of(page) != SHOP:
            return 0
        return shop_saved_at(world, shared, page, form, job, job if main else NONE)
    j = job - FIRST_FORUM_JOB
    if job < FIRST_TABLE_JOB:
        return forum_saved_at(world, shared, page, form, j, j if main else NONE)
    if site_of(page) < OFFICE:
        return 0
    return table_saved_at(world, shared, page, form, job - FIRST_TABLE_JOB, main)


@rare
def stays_at(page, job, mains):
    """Whether a job is done on just this page, without leading away from it."""
    if job < FIRST_FORUM_JOB:
        return (not is_main(job, mains) or job < ORDERS) and shop_home(page, job)
    j = job - FIRST_FORUM_JOB
    if job < FIRST_TABLE_JOB:
        return j != NEW_JOB and forum_home(page, j)
    return table_home(page, job - FIRST_TABLE_JOB)


def travel(job):
    """Actions from anywhere on its site to the page where a job is done."""
    if job < FIRST_FORUM_JOB:
        return shop_travel(job)
    if job < FIRST_TABLE_JOB:
        return forum_travel(job - FIRST_FORUM_JOB)
    return table_travel(job - FIRST_TABLE_JOB)


# --- answers ---------------------------------------------------------------------------------


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
def answer_from(world, shared, page):
    """Actions from a page of the answer's site to one that shows it."""
    site = site_of(page)
    if site == SHOP:
        return 0 if shop_shows_answer(world, shared, page) else 1
    if site == FORUM:
        return 0 if forum_shows_answer(world, page) else 1
    return table_to_answer_from(world, shared, kind_at(page), page.item, page)


@rare
def answer_from_job(world, shared, job):
    """Actions to a page that shows the answer from the one on which a job ends."""
    if job < FIRST_FORUM_JOB:
        return 0 if shop_ends_at_answer(world, shared, job) else 1
    if job < FIRST_TABLE_JOB:
        return 0 if forum_ends_at_answer(world, job - FIRST_FORUM_JOB) else 1
    row = job - FIRST_TABLE_JOB
    return table_to_answer_from(world, shared, ROW_KIND, row, shared.blank[0].page[0])


@rare
def answer_from_home(world, shared, site):
    """Actions from the first page of the answer's site to one that shows it."""
    if site < OFFICE:
        return 1
    return table_to_answer_from(world, shared, HOME_KIND, 0, shared.blank[0].page[0])


@rare
def answer_in_tabs(world, shared, last):
    """The fewest actions from another tab's page to one that shows the answer, and the tab."""
    now = world.now[0]
    best = FAR
    at = NONE
    for t in range(TABS):
        tab = now.tab[t]
        if t != now.tab_at and tab.open != 0:
            for offset in range(max(-REACH, -tab.at), min(REACH, tab.last - tab.at) + 1):
                page = tab.page[tab.at + offset]
                if site_of(page) == last:
                    there = abs(offset) + answer_from(world, shared, page)
                    if there < best:
                        best = there
                        at = t
    return best, at


@rare
def then_answer(world, shared, mains, jobs, n, but, page, last, sites):
    """Actions from the last job's page, or from `page` if there is none, to the answer.

    Includes going to the answer's site, or back to it.
    """
    here = site_of(page)
    tabs, _ = answer_in_tabs(world, shared, last)
    if sites == 0:
        best = 1 + min(tabs, answer_from_home(world, shared, last))
        if here != last:
            return best
        if but != NONE:
            return min(best, answer_from_job(world, shared, but))
        return min(best, answer_from(world, shared, page))
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
        best = min(best, answer_from(world, shared, page))
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


# --- the way ---------------------------------------------------------------------------------


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

    The first step is BACK or FORWARD, HERE to do the job on the page at hand, or LEAVE to set out
    for what is to be done elsewhere.
    """
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
    for left in range(max(-REACH, -tab.at), 1):
        for right in range(min(REACH, tab.last - tab.at) + 1):
            cost, step, job = from_walk(world, shared, mains, jobs, n, left, right)
            if cost < best:
                best = cost
                first = step
                begun = job
    return work + best, first, begun


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
            if stays_at(tab.page[tab.at + offset], jobs[i], mains):
                done = True
                if offset == 0:
                    here = jobs[i]
        if here == jobs[i]:
            page = tab.page[tab.at]
            saved = saved_at(world, shared, page, tab, here, mains) - travel(here)
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
                cost = moves + elsewhere(world, shared, mains, left_over, m, job, page)
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
def elsewhere(world, shared, mains, jobs, n, but, page):
    """The least cost of the ways to jobs, from a page on; job `but` has been done there already."""
    here = site_of(page)
    sites = 0
    entered = 0  # sites that a tab leads to
    cost = 0
    for i in range(n):
        job = jobs[i]
        if job != but:
            site = job_site(world, job)
            sites |= 1 << site
            near = in_tabs(world, shared, job, mains)
            cost += travel(job) - max(0, near - 1)
            if near > 0 and site != here:
                entered |= 1 << site
    cost += count(sites & ~(1 << here)) - count(entered)
    cost -= shared_ways(world, shared, mains, jobs, n, but)
    last = answer_site(world, shared)
    if last == NONE:
        return cost
    return cost + then_answer(world, shared, mains, jobs, n, but, page, last, sites)


@rare
def in_tabs(world, shared, job, mains):
    """The most that other tabs save of a job, without the way there."""
    now = world.now[0]
    most = 0
    for t in range(TABS):
        if t != now.tab_at and now.tab[t].open != 0:
            most = max(most, in_tab(world, shared, now.tab[t], job, mains))
    return most


@rare
def in_tab(world, shared, tab, job, mains):
    """The most that the pages of a tab save of a job, less the way back or forward to them."""
    most = 0
    for offset in range(max(-REACH, -tab.at), min(REACH, tab.last - tab.at) + 1):
        form = tab if offset == 0 else shared.blank[0]
        saved = saved_at(world, shared, tab.page[tab.at + offset], form, job, mains)
        most = max(most, saved - abs(offset))
    return most


@rare
def shared_ways(world, shared, mains, jobs, n, but):
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
                    leads |= 1 if in_tabs(world, shared, jobs[k], mains) < 2 else 0
            spared += leads
    return spared


# --- the first action ------------------------------------------------------------------------


def act(world, shared):
    """The first action of a cheapest way; stop where there is none."""
    cost, mains = plan(world, shared)
    if cost >= FAR:
        return STOP, FROM_NUMBERS
    _, step, job = walk(world, shared, mains)
    if step in (BACK, FORWARD):
        return step, 0
    if step == HERE:
        if job < FIRST_FORUM_JOB:
            return shop_serve(world, shared, job)
        if job < FIRST_TABLE_JOB:
            j = job - FIRST_FORUM_JOB
            return forum_serve(world, j, j if is_main(job, mains) else NONE)
        return table_serve(world, shared, job - FIRST_TABLE_JOB, is_main(job, mains))
    return leave(world, shared, mains)


@rare
def leave(world, shared, mains):
    """The first action towards what is to be done elsewhere: this site first, the answer last."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    here = site_of(tab.page[tab.at])
    last = answer_site(world, shared)
    sites = 0
    chosen = NONE
    farthest = NONE
    for job in range(JOBS):
        if asked(world, shared, job, mains):
            sites |= 1 << job_site(world, job)
            if job_site(world, job) == here:
                far = answer_from_job(world, shared, job) if last == here else 0
                if far > farthest:
                    farthest = far
                    chosen = job
    if sites == 0:
        return to_answer(world, shared, here, last)
    if chosen == NONE or (last == here and sites != 1 << here):
        return to_site(world, shared, mains, sites & ~(1 << here), last)
    t = tab_for(world, shared, chosen, mains, 2)
    if t >= 0:
        return SWITCH_TAB, t
    if chosen < FIRST_FORUM_JOB:
        return shop_set_out(world, shared, chosen)
    if chosen < FIRST_TABLE_JOB:
        return forum_set_out(world, chosen - FIRST_FORUM_JOB)
    return table_set_out(world, chosen - FIRST_TABLE_JOB)


@rare
def tab_for(world, shared, job, mains, least):
    """Another tab whose page saves a job at least so much; -1 if there is none."""
    now = world.now[0]
    for t in range(TABS):
        tab = now.tab[t]
        other = t != now.tab_at and tab.open != 0
        if other and in_tab(world, shared, tab, job, mains) >= least:
            return t
    return NONE


@rare
def to_site(world, shared, mains, sites, last):
    """To another site: by a tab that shows something of use there, or from its first page.

    The answer's own site comes last.
    """
    others = sites & ~(1 << last) if last != NONE and sites != 1 << last else sites
    for job in range(JOBS):
        if asked(world, shared, job, mains) and (others >> job_site(world, job)) & 1 != 0:
            t = tab_for(world, shared, job, mains, 1)
            if t >= 0:
                return SWITCH_TAB, t
    now = world.now[0]
    for t in range(TABS):  # so that the page at hand stays open
        tab = now.tab[t]
        if t != now.tab_at and tab.open != 0 and (others >> site_of(tab.page[tab.at])) & 1 != 0:
            return SWITCH_TAB, t
    if (others >> SHOP) & 1 != 0:
        for t in range(TABS):
            if now.tab[t].open == 0 and last != NONE:
                return NEW_TAB, 0
    site = 0
    while (others >> site) & 1 == 0:
        site += 1
    return GOTO, site


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
    if 1 + tabs < answer_from(world, shared, tab.page[tab.at]):
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
