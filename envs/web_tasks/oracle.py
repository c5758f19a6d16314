"""The cheapest way to what the user wants, and its first action.

A goal asks for one main job (an order, a post, an answer) and for undoing whatever was done beyond
it. A job begins from anywhere on its site at a fixed cost, or cheaper from a page that is open
already: the page at hand, the one before or after it, one in another tab. Jobs can be done in any
order, site after site, and a tab's page serves one of them, so that what open pages save is a
matching of tabs to jobs. Canonical actions are clicks, texts, options, back, forward, going to a
site, switching tabs, and stop; a new tab never shortens a way.

The sites' own oracles number their jobs, say which are to be done, and what their pages save.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.finding import FAR, NONE, field_of
from midcourse.envs.web_tasks.forum.oracle import (
    BOARD_JOB,
    FORUM_JOBS,
    forum_answerable,
    forum_asked,
    forum_could,
    forum_done,
    forum_ends_at_answer,
    forum_main_cost,
    forum_saved_at,
    forum_serve,
    forum_set_out,
    forum_shows_answer,
    forum_to_answer,
    forum_travel,
    forum_undoing,
)
from midcourse.envs.web_tasks.forum.pages import BOARDS, forum_of
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
    shop_main_cost,
    shop_saved_at,
    shop_serve,
    shop_set_out,
    shop_shows_answer,
    shop_travel,
    shop_undoing,
)
from midcourse.envs.web_tasks.shop.pages import SEARCH_FIELD
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
def saved_at(world, shared, tab, offset, job, main):
    """Actions that a page of a tab's history saves of a job, without the way to the page."""
    if job < SHOP_JOBS:
        return shop_saved_at(world, shared, tab, offset, job, main)
    j = job - SHOP_JOBS
    return forum_saved_at(world, shared, tab, offset, j, main - SHOP_JOBS)


# --- the way ---------------------------------------------------------------------------------


def page_at_hand(world):
    """The address of the page at hand."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    return tab.page[tab.at]


@rare
def sites_asked(world, shared, main):
    """The sites on which something is to be done, as bits."""
    sites = 0
    for job in range(JOBS):
        if asked(world, shared, job, main):
            sites |= 1 << job_site(job)
    return sites


@rare
def way(world, shared, main):
    """Fewest actions if the main job is done as `main`; NONE if there is none left to do."""
    cost = 1  # stop
    for job in range(JOBS):
        if asked(world, shared, job, main):
            cost += cost_of(world, shared, job, main)
    sites = sites_asked(world, shared, main)
    cost += moves(world, shared, sites)
    saved, best = open_pages(world, shared, main, sites)
    return cost - saved - closing(world, shared, main, best)


@rare
def closing(world, shared, main, best):
    """1 if the page of a job that can be done last shows the answer, 0 if not."""
    if answer_site(world) == NONE:
        return 0
    jobs = 0
    others = 0
    for job in range(JOBS):
        if asked(world, shared, job, main):
            jobs += 1
            if ends_at_answer(world, shared, job) and job != best:
                others += 1
    alone = jobs == 1 and best != NONE and ends_at_answer(world, shared, best)
    return 1 if others > 0 or alone else 0


def ends_at_answer(world, shared, job):
    """Whether the page on which a job is done shows the answer."""
    if job_site(job) != answer_site(world):
        return False
    if job < SHOP_JOBS:
        return shop_ends_at_answer(world, shared, job)
    return forum_ends_at_answer(world, job - SHOP_JOBS)


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
def moves(world, shared, sites):
    """Actions that lead from site to site, and at last to the answer."""
    here = site_of(page_at_hand(world))
    others = sites & ~(1 << here)
    last = answer_site(world)
    if last == NONE:
        return count(others)
    if sites == 0:
        if last == here:
            return 1 if shown_answer(world, shared) < 0 else 0
        return 1 if answer_open(world, shared) else 2
    back = 1 if last == here and others != 0 else 0
    return 1 + count((others | 1 << last) & ~(1 << here)) + back


@rare
def answer_open(world, shared):
    """Whether one action leads to a page that shows the answer: in a tab, or in the history."""
    now = world.now[0]
    for t in range(TABS):
        tab = now.tab[t]
        if tab.open != 0 and t != now.tab_at and shows_answer(world, shared, tab.page[tab.at]):
            return True
    tab = now.tab[now.tab_at]
    if tab.at > 0 and shows_answer(world, shared, tab.page[tab.at - 1]):
        return True
    return tab.at < tab.last and shows_answer(world, shared, tab.page[tab.at + 1])


def shows_answer(world, shared, page):
    """Whether a page shows the answer."""
    if site_of(page) != answer_site(world):
        return False
    if site_of(page) == SHOP:
        return shop_shows_answer(world, shared, page)
    return forum_shows_answer(world, page)


@rare
def shown_answer(world, shared):
    """The element of the page at hand that is the answer; -1 if none is."""
    now = world.now[0]
    for e in range(now.elements):
        element = now.element[e]
        if right_answer(world, shared, element.unit, element.value):
            return e
    return NONE


# --- what open pages save --------------------------------------------------------------------


@rare
def saved_elsewhere(world, shared, job, main):
    """The most that a page in another tab saves of a job, without the way there."""
    now = world.now[0]
    most = 0
    for t in range(TABS):
        if t != now.tab_at and now.tab[t].open != 0:
            most = max(most, saved_at(world, shared, now.tab[t], 0, job, main))
    return most


@rare
def saved_here(world, shared, job, main, offset):
    """What the page at hand saves of a job, or the one before or after it without the way there."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    if tab.at + offset < 0 or tab.at + offset > tab.last:
        return 0
    return saved_at(world, shared, tab, offset, job, main)


@rare
def by_history(world, shared, job, main, sites):
    """What going back or forward saves of a job, and by how many pages: (saved, offset).

    It may spare the way to another site, too; then even two pages can be worth it.
    """
    here = site_of(page_at_hand(world))
    spared = job_site(job) != here and (sites >> here) & 1 == 0 and answer_site(world) != here
    most = 0
    best = 0
    for offset in range(-2, 3):
        saved = saved_here(world, shared, job, main, offset)
        if offset != 0 and saved > 0:
            saved += (1 if spared else 0) - abs(offset)
            if saved > most:
                most = saved
                best = offset
    return most, best


@rare
def open_pages(world, shared, main, sites):
    """What open pages save of all jobs together, and the job that the tab at hand serves.

    Another tab's page saves at most one job anything, so that only the tab at hand has a choice.
    Switching to a tab on another site spares the way to that site.
    """
    here = site_of(page_at_hand(world))
    entered = 0  # sites that a tab leads to
    for job in range(JOBS):
        site = job_site(job)
        if site != here and asked(world, shared, job, main):
            entered |= (1 if saved_elsewhere(world, shared, job, main) > 0 else 0) << site
    saved = count(entered)
    most = shared_ways(world, shared, main, NONE)
    best = NONE
    for job in range(JOBS):
        if asked(world, shared, job, main):
            elsewhere = max(0, saved_elsewhere(world, shared, job, main) - 1)
            saved += elsewhere
            at_hand = saved_here(world, shared, job, main, 0)
            near, _ = by_history(world, shared, job, main, sites)
            near -= (entered >> job_site(job)) & 1
            gain = max(at_hand, near) - elsewhere
            if gain > 0:
                gain += shared_ways(world, shared, main, job)
                if gain > most:
                    most = gain
                    best = job
    return saved + most, best


@rare
def shared_ways(world, shared, main, served):
    """Actions that are spared because one job ends on the page that leads to another.

    So do subscribing to a board and what is to be done on one of its posts, unless the post is
    reached otherwise: by the page at hand, where that serves it, or by another tab.
    """
    spared = 0
    for board in range(BOARDS):
        if asked(world, shared, SHOP_JOBS + BOARD_JOB + board, main):
            leads = False
            for p in range(forum_of(world).posts):
                job = SHOP_JOBS + p
                on_board = job != served and forum_of(world).post[p].board == board
                if not leads and on_board and asked(world, shared, job, main):
                    leads = saved_elsewhere(world, shared, job, main) < 2
            spared += 1 if leads else 0
    return spared


# --- the first action ------------------------------------------------------------------------


def act(world, shared):
    """The first action of a cheapest way; stop where there is none."""
    cost, main = plan(world, shared)
    if cost >= FAR:
        return STOP, 0
    sites = sites_asked(world, shared, main)
    here = site_of(page_at_hand(world))
    _, job = open_pages(world, shared, main, sites)
    if job != NONE:
        near, offset = by_history(world, shared, job, main, sites)
        if saved_here(world, shared, job, main, 0) >= near:
            return serve(world, shared, job, main)
        return BACK if offset < 0 else FORWARD, 0
    if sites == 0:
        return to_answer(world, shared, here)
    if (sites >> here) & 1 == 0:
        return to_site(world, shared, main, sites)
    chosen = NONE
    for other in range(JOBS):
        if job_site(other) == here and asked(world, shared, other, main):
            last = chosen == NONE or ends_at_answer(world, shared, chosen)
            chosen = other if last or not ends_at_answer(world, shared, other) else chosen
    t = tab_for(world, shared, chosen, main, 2)
    if t >= 0:
        return SWITCH_TAB, t
    if chosen < SHOP_JOBS:
        return shop_set_out(world, shared, chosen)
    return forum_set_out(world, chosen - SHOP_JOBS)


def serve(world, shared, job, main):
    """The next action of a job that the page at hand serves."""
    if job < SHOP_JOBS:
        return shop_serve(world, shared, job)
    return forum_serve(world, job - SHOP_JOBS, main - SHOP_JOBS)


@rare
def tab_for(world, shared, job, main, least):
    """Another tab whose page saves a job at least so much; -1 if there is none."""
    now = world.now[0]
    for t in range(TABS):
        other = t != now.tab_at and now.tab[t].open != 0
        if other and saved_at(world, shared, now.tab[t], 0, job, main) >= least:
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
    now = world.now[0]
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
    for t in range(TABS):
        tab = now.tab[t]
        if tab.open != 0 and t != now.tab_at and shows_answer(world, shared, tab.page[tab.at]):
            return SWITCH_TAB, t
    tab = now.tab[now.tab_at]
    if tab.at > 0 and shows_answer(world, shared, tab.page[tab.at - 1]):
        return BACK, 0
    if tab.at < tab.last and shows_answer(world, shared, tab.page[tab.at + 1]):
        return FORWARD, 0
    return GOTO, last
