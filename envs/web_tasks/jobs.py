"""Jobs of any site, by one number: which are to be done, what they cost, what open pages save."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.finding import NONE
from midcourse.envs.web_tasks.forum.oracle import (
    FORUM_JOBS,
    NEW_JOB,
    forum_asked,
    forum_home,
    forum_main_cost,
    forum_saved_at,
    forum_travel,
    forum_undoing,
)
from midcourse.envs.web_tasks.shop.oracle import (
    SHOP_JOBS,
    shop_asked,
    shop_home,
    shop_main_cost,
    shop_saved_at,
    shop_travel,
    shop_undoing,
)
from midcourse.envs.web_tasks.shop.records import ORDERS
from midcourse.envs.web_tasks.state import (
    FORUM,
    OFFICE,
    SHOP,
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
from midcourse.envs.web_tasks.wishes import (
    OF_FORUM,
    OF_SHOP,
    OF_TABLES,
)

FIRST_FORUM_JOB = SHOP_JOBS
FIRST_TABLE_JOB = SHOP_JOBS + FORUM_JOBS
JOBS = FIRST_TABLE_JOB + TABLE_JOBS
MAINS = 1 << 9  # main jobs as one number: 1 + the first, and MAINS times 1 + the second; 0: none
REACH = 3  # pages back and forward that can be worth a walk


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
