"""The jobs of the back office, the tracker and the map: what they cost, what to do next.

Job r < ROWS is what is to be done on row r's page; ROWS + t is to make a new row of table t.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.goal.requirements import act_of, place_of, same_words, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    CREATE,
    ENTRY,
    INTO,
    MERGE,
    OF_TABLES,
    SET,
)
from midcourse.envs.web_tasks.state import SCROLL
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.done import change_fits, edited, entry_fits, merge_fits, merged
from midcourse.envs.web_tasks.tables.forms import (
    WRONG,
    anew_cost,
    edit_cost,
    entry_cost,
    fill_column,
    fill_entry,
    misfit,
    row_cost,
)
from midcourse.envs.web_tasks.tables.layout import (
    COLUMNS,
    DELETE,
    GROUP_KIND,
    ISSUE_OPEN,
    NEW_KIND,
    OFFICE,
    RESET,
    ROW_KIND,
    SAVE,
    SITE_OF_TABLE,
    TABLES,
)
from midcourse.envs.web_tasks.tables.layout import (
    MERGE as MERGE_IT,
)
from midcourse.envs.web_tasks.tables.pages import (
    kind_at,
    kind_of,
)
from midcourse.envs.web_tasks.tables.records import ROWS
from midcourse.envs.web_tasks.tables.wishes import changeable, row_fits
from midcourse.envs.web_tasks.ways.finding import NONE, button, link_to

TABLE_JOBS = ROWS + len(TABLES)


def table_job_site(world, job):
    """The site on which a job is done."""
    table = world.now[0].row[job].table if job < ROWS else job - ROWS
    return SITE_OF_TABLE[table]


@rare
def table_could(world, shared, job):
    """Whether the main job can be done as this job, if it is one of the tables' at all."""
    now = world.now[0]
    act = act_of(world, OF_TABLES)
    if job >= ROWS:
        return act == CREATE and job - ROWS == world.goal.table and now.rows < ROWS
    if job >= now.rows:
        return False
    row = now.row[job]
    if act == CREATE:
        return row.fresh != 0 and row.gone == 0 and can_become(world, row)
    start = begun(world, shared, job)
    if row.fresh != 0 or merged(row, start) or not row_fits(world, job, -1):
        return False
    if act == MERGE:
        return start.value[0] == ISSUE_OPEN
    return act == SET and changeable(world, start, -1)


def can_become(world, row):
    """Whether a new row can be changed into what the goal wants."""
    if row.table != world.goal.table:
        return False
    k = place_of(world, ENTRY)
    into = value_of(world, INTO)
    fits = into < 0 or row.group == into
    return fits and same_words(row.title, world.goal.constraint[k].words)


@rare
def table_done(world, shared):
    """Whether the main job is done."""
    if act_of(world, OF_TABLES) == MERGE:
        for r in range(world.now[0].rows):
            row = world.now[0].row[r]
            right = row.forgiven == 0 and merge_fits(world, r)
            if right and merged(row, begun(world, shared, r)):
                return True
        return False
    return kept_row(world, shared) != NONE


@rare
def kept_row(world, shared):
    """The row that fulfils the goal; of several, not the one at hand, and the farthest down."""
    now = world.now[0]
    act = act_of(world, OF_TABLES)
    kept = NONE
    if act in (SET, CREATE):
        tab = now.tab[now.tab_at]
        page = tab.page[tab.at]
        at_hand = page.item if site_of(page) >= OFFICE and kind_at(page) == ROW_KIND else NONE
        for r in range(now.rows):
            row = now.row[r]
            farther = r != at_hand and row.screen > now.row[max(0, kept)].screen
            if kept in (NONE, at_hand) or farther:
                if row.fresh != 0:
                    if row.gone == 0 and entry_fits(world, row):
                        kept = r
                elif act == SET and change_fits(world, shared, r):
                    kept = r
    return kept


@rare
def merged_in_vain(world, shared):
    """Whether a request was merged that should not have been, which nothing undoes."""
    count = 0
    for r in range(world.now[0].rows):
        row = world.now[0].row[r]
        if merged(row, begun(world, shared, r)) and row.forgiven == 0:
            if not merge_fits(world, r):
                return True
            count += 1
    return count > 1


@rare
def table_asked(world, shared, job):
    """Whether something is to be undone as this job."""
    now = world.now[0]
    if job >= now.rows:
        return False
    row = now.row[job]
    if row.fresh != 0:
        return row.gone == 0 and job != kept_row(world, shared)
    return edited(row, begun(world, shared, job)) and job != kept_row(world, shared)


def table_travel(world, job):
    """Actions from anywhere on its site to the page where a job is done."""
    return 2 + world.now[0].row[job].screen if job < ROWS else 1  # the group, down, the row


@rare
def table_main_cost(world, shared, job):
    """Actions of the main job itself, from the page where it is done, with a blank form."""
    blank = shared.blank[0]
    if job >= ROWS:
        return entry_cost(world, job - ROWS, blank)
    return row_cost(world, shared, job, blank)


@rare
def table_undoing(world, shared, job, is_main):
    """Actions that undo what is to be undone as this job, on its page."""
    if not is_main:
        return 1
    if job >= ROWS or act_of(world, OF_TABLES) != MERGE:
        return 0
    return 1 if edited(world.now[0].row[job], begun(world, shared, job)) else 0


# --- what open pages save ---------------------------------------------------------------------


def table_home(page, job):
    """Whether a page is a row's own, of which a job is about."""
    here = site_of(page) >= OFFICE and kind_at(page) == ROW_KIND
    return here and job < ROWS and page.item == job


@rare
def table_saved_at(world, shared, page, form, job, is_main):
    """Actions that a page saves of a job, `form` being what is filled in there."""
    site = site_of(page)
    if site != table_job_site(world, job):
        return 0
    blank = shared.blank[0]
    if job >= ROWS:
        if kind_at(page) != NEW_KIND or page.item != job - ROWS:
            return 0
        return 1 + entry_cost(world, job - ROWS, blank) - entry_cost(world, job - ROWS, form)
    row = world.now[0].row[job]
    if table_home(page, job):
        if not is_main:
            return 2 + row.screen
        filled = row_cost(world, shared, job, blank) - row_cost(world, shared, job, form)
        return 2 + row.screen + filled
    if kind_at(page) != GROUP_KIND or page.item != row.group:
        return 0
    return 1 + min(form.scrolled, row.screen)


# --- what to do next --------------------------------------------------------------------------


@rare
def table_set_out(world, job):
    """The first action to a job from anywhere on its site."""
    site = table_job_site(world, job)
    if job >= ROWS:
        return link_to(world, kind_of(site, NEW_KIND), job - ROWS), 0
    return link_to(world, kind_of(site, GROUP_KIND), world.now[0].row[job].group), 0


@rare
def table_serve(world, shared, job, is_main):
    """The next action of a job that the page at hand serves."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    page = tab.page[tab.at]
    if kind_at(page) == GROUP_KIND:
        if now.row[job].screen > tab.scrolled:
            return SCROLL, 0
        return link_to(world, kind_of(site_of(page), ROW_KIND), job), 0
    if job >= ROWS:
        return fill_entry(world, job - ROWS, tab)
    row = now.row[job]
    if not is_main:
        return button(world, DELETE if row.fresh != 0 else RESET, NONE), 0
    if act_of(world, OF_TABLES) == MERGE:
        first = RESET if edited(row, begun(world, shared, job)) else MERGE_IT
        return button(world, first, NONE), 0
    if anew_cost(world, shared, job) < edit_cost(world, shared, job, tab):
        return button(world, RESET, NONE), 0
    for column in range(COLUMNS):
        if misfit(world, shared, job, tab, column) == WRONG:
            return fill_column(world, shared, job, column)
    return button(world, SAVE, NONE), 0
