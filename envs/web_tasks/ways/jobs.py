"""Jobs of any site, by one number: which are to be done, what they cost, what open pages save."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.forum.oracle import (
    BOARD_JOB,
    FORUM_JOBS,
    NEW_JOB,
    forum_asked,
    forum_home,
    forum_main_cost,
    forum_saved_at,
    forum_travel,
    forum_undoing,
)
from midcourse.envs.web_tasks.forum.pages import forum_of
from midcourse.envs.web_tasks.goal.wishes import (
    OF_FORUM,
    OF_SHOP,
    OF_TABLES,
)
from midcourse.envs.web_tasks.shop.forms import CART_JOB, shop_main_cost
from midcourse.envs.web_tasks.shop.layout import (
    catalogue_of,
)
from midcourse.envs.web_tasks.shop.oracle import (
    SHOP_JOBS,
    shop_asked,
    shop_home,
    shop_saved_at,
    shop_travel,
    shop_undoing,
)
from midcourse.envs.web_tasks.shop.records import ORDERS
from midcourse.envs.web_tasks.state import (
    FORUM,
    OFFICE,
    SHOP,
    TABS,
)
from midcourse.envs.web_tasks.tables.oracle import (
    TABLE_JOBS,
    table_asked,
    table_home,
    table_job_site,
    table_main_cost,
    table_saved_at,
    table_travel,
    table_undoing,
)
from midcourse.envs.web_tasks.tables.records import ROWS
from midcourse.envs.web_tasks.ways.finding import NONE

FIRST_FORUM_JOB = SHOP_JOBS
FIRST_TABLE_JOB = SHOP_JOBS + FORUM_JOBS
JOBS = FIRST_TABLE_JOB + TABLE_JOBS
MAINS = 1 << 9  # main jobs as one number: 1 + the first, and MAINS times 1 + the second; 0: none
REACH = 4  # pages back and forward that can be worth a walk


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


def travel(world, job):
    """Actions from anywhere on its site to the page where a job is done."""
    if job < FIRST_FORUM_JOB:
        return shop_travel(job)
    if job < FIRST_TABLE_JOB:
        return forum_travel(job - FIRST_FORUM_JOB)
    return table_travel(world, job - FIRST_TABLE_JOB)


@rare
def pages_to(job):
    """Pages that are opened on the way to a job: a list and one of its entries, or a page alone."""
    shop = job < CART_JOB
    forum = job >= FIRST_FORUM_JOB and job < FIRST_FORUM_JOB + NEW_JOB
    table = job >= FIRST_TABLE_JOB and job < FIRST_TABLE_JOB + ROWS
    return 2 if shop or forum or table else 1


@rare
def list_of(world, shared, job):
    """A number for the list over which a job is reached, for each list of its site another."""
    if job < ORDERS:
        return NONE
    if job < CART_JOB:
        return catalogue_of(world, shared).product[job - ORDERS].category
    if job >= FIRST_FORUM_JOB and job < FIRST_FORUM_JOB + NEW_JOB:
        return forum_of(world).post[job - FIRST_FORUM_JOB].board
    if job >= FIRST_FORUM_JOB + BOARD_JOB and job < FIRST_TABLE_JOB:
        return job - FIRST_FORUM_JOB - BOARD_JOB
    if job >= FIRST_TABLE_JOB and job < FIRST_TABLE_JOB + ROWS:
        return world.now[0].row[job - FIRST_TABLE_JOB].group
    return JOBS + job


# --- other tabs -------------------------------------------------------------------------------


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
def leads_on(world, shared, mains, jobs, n, but, job):
    """Whether one job ends on the page that leads to another.

    So do subscribing to a board and what is to be done on one of its posts, unless another tab
    shows the post.
    """
    board = job - FIRST_FORUM_JOB - BOARD_JOB
    if board < 0:
        return False
    for k in range(n):
        p = jobs[k] - FIRST_FORUM_JOB
        post = p >= 0 and p < NEW_JOB and jobs[k] != but
        below = post and forum_of(world).post[p].board == board
        if below and in_tabs(world, shared, jobs[k], mains) < 2:
            return True
    return False
