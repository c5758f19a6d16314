"""The jobs of the back office, the tracker and the map: what they cost, what to do next.

Job r < ROWS is what is to be done on row r's page; ROWS + t is to make a new row of table t.
"""

import numpy as np

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import chosen, site_of
from midcourse.envs.web_tasks.finding import FAR, NONE, button, field_of, link_to
from midcourse.envs.web_tasks.requirements import act_of, place_of, same_words, value_of
from midcourse.envs.web_tasks.state import FROM_GOAL, FROM_NUMBERS, STOP
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.layout import (
    BORN_IN,
    BORN_WITH,
    COLUMNS,
    COUNT,
    COUNTED,
    DELETE,
    DIRECTIONS,
    FIRST_GROUP,
    GROUP_KIND,
    ISSUE_OPEN,
    KIND,
    LISTED,
    NEW_KIND,
    OFFICE,
    OPTION,
    PLACES,
    RESET,
    ROUTE_KIND,
    ROW_KIND,
    SAVE,
    SITE_OF_TABLE,
    TABLES,
    TRACKER,
    TYPED_NUMBER,
)
from midcourse.envs.web_tasks.tables.layout import (
    CREATE as CREATE_IT,
)
from midcourse.envs.web_tasks.tables.layout import (
    MERGE as MERGE_IT,
)
from midcourse.envs.web_tasks.tables.pages import (
    ALL_PROJECTS,
    FIRST_FIELD,
    GROUP_FIELD,
    TITLE_FIELD,
    counted_at,
    kind_at,
    kind_of,
    number_in,
    option_in,
    place_named,
    way_between,
)
from midcourse.envs.web_tasks.tables.records import ROWS
from midcourse.envs.web_tasks.tables.wishes import (
    change_fits,
    changeable,
    edited,
    entry_fits,
    merge_fits,
    merged,
    right_row,
    row_fits,
    tally,
    wanted_of,
)
from midcourse.envs.web_tasks.wishes import (
    CREATE,
    DESTINATION,
    ENTRY,
    INTO,
    MERGE,
    OF_TABLES,
    ROUTE,
    SET,
    TALLY,
    TELL,
    TO0,
    WITH,
)

TABLE_JOBS = ROWS + len(TABLES)
FINE, WRONG, STUCK = range(3)  # of a field: it will do, another value does, none that can be typed


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
    """The row that fulfils the goal; of several, one that is not on the page at hand."""
    now = world.now[0]
    act = act_of(world, OF_TABLES)
    kept = NONE
    if act in (SET, CREATE):
        tab = now.tab[now.tab_at]
        page = tab.page[tab.at]
        at_hand = page.item if site_of(page) >= OFFICE and kind_at(page) == ROW_KIND else NONE
        for r in range(now.rows):
            row = now.row[r]
            if kept in (NONE, at_hand):
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


def table_travel(job):
    """Actions from anywhere on its site to the page where a job is done."""
    return 2 if job < ROWS else 1  # the group, the row


# --- forms ------------------------------------------------------------------------------------


@rare
def misfit(world, shared, r, form, column):
    """Whether a column of a row's form has to hold something else."""
    row = world.now[0].row[r]
    c = COLUMNS * row.table + column
    asked = value_of(world, TO0 + column)
    wanted = asked
    if row.fresh == 0:
        wanted = wanted_of(world, begun(world, shared, r), column)
    if KIND[c] == OPTION:
        held = option_in(form, column, COUNT[c], row.value[column])
        return FINE if wanted < 0 or held == wanted else WRONG
    if KIND[c] == TYPED_NUMBER:
        typed = number_in(form, column)
        held = row.value[column] if typed == 0 else typed
        if typed >= 0 and (wanted < 0 or held == wanted):
            return FINE
        return WRONG if asked >= 0 or row.fresh != 0 else STUCK
    return FINE


@rare
def edit_cost(world, shared, r, form):
    """Actions that make a row what it should be, from its page with a form, by filling it in."""
    cost = 1
    for column in range(COLUMNS):
        fit = misfit(world, shared, r, form, column)
        if fit == STUCK:
            return FAR
        cost += fit
    return cost


@rare
def anew_cost(world, shared, r):
    """Actions that make a row what it should be by resetting it first."""
    row = world.now[0].row[r]
    if row.fresh != 0:
        return FAR
    start = begun(world, shared, r)
    cost = 0
    for column in range(COLUMNS):
        can_change = KIND[COLUMNS * row.table + column] in (OPTION, TYPED_NUMBER)
        if can_change and start.value[column] != wanted_of(world, start, column):
            cost += 1
    return 1 + cost + (1 if cost > 0 else 0)


@rare
def row_cost(world, shared, r, form):
    """Fewest actions that make a row what it should be, from its page with a form."""
    if act_of(world, OF_TABLES) == MERGE:
        return 1
    return min(edit_cost(world, shared, r, form), anew_cost(world, shared, r))


@rare
def wrong_entry(world, table, form, field):
    """Whether a field of the form for a new row has to hold something else."""
    if field == TITLE_FIELD:
        k = place_of(world, ENTRY)
        return not same_words(form.field[TITLE_FIELD], world.goal.constraint[k].words)
    if field == GROUP_FIELD:
        into = value_of(world, INTO)
        if BORN_IN[table] >= 0 or into < 0:
            return False
        return chosen(form, GROUP_FIELD, ALL_PROJECTS, 0) != into
    column = field - FIRST_FIELD
    c = COLUMNS * table + column
    if (BORN_WITH[table] >> column) & 1 == 0:
        return False
    asked = value_of(world, TO0 + column)
    if KIND[c] == OPTION:
        return asked >= 0 and option_in(form, column, COUNT[c], 0) != asked
    typed = number_in(form, column)
    return typed != asked if asked >= 0 else typed <= 0


@rare
def entry_cost(world, table, form):
    """Actions that make the new row that is wanted, from the form for it."""
    cost = 1
    for field in range(TITLE_FIELD + 1):
        cost += 1 if wrong_entry(world, table, form, field) else 0
    return cost


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
    if table_home(page, job):
        if not is_main:
            return 2
        return 2 + row_cost(world, shared, job, blank) - row_cost(world, shared, job, form)
    row = world.now[0].row[job]
    return 1 if kind_at(page) == GROUP_KIND and page.item == row.group else 0


# --- answers ----------------------------------------------------------------------------------


@rare
def right_values(world, shared, values):
    """Write the values that answer the question; how many there are."""
    act = act_of(world, OF_TABLES)
    goal = world.goal
    n = 0
    if act == TALLY:
        values[0] = tally(world, shared)
        return 1
    to = value_of(world, DESTINATION)
    for r in range(world.now[0].rows):
        if row_fits(world, r, -1):
            if act == TELL:
                values[n] = begun(world, shared, r).value[goal.field]
                n += 1
            elif act == ROUTE:
                if r != to:
                    values[n] = way_between(world.now[0], r, to, goal.field)
                    n += 1
            elif right_row(world, r):
                values[n] = r
                n += 1
    return n


def among(values, n, value):
    """Whether a value is one of the first n."""
    found = False
    for i in range(n):
        found = found or values[i] == value
    return found


@rare
def row_shows(world, shared, values, n, r):
    """Whether a row's page shows an answer."""
    act = act_of(world, OF_TABLES)
    row = world.now[0].row[r]
    if act in (TALLY, ROUTE) or row.table != world.goal.table or row.fresh != 0:
        return False
    if act == TELL:
        return among(values, n, begun(world, shared, r).value[world.goal.field])
    return among(values, n, r)


@rare
def row_leads(world, values, n, r):
    """Whether directions can be had on a row's page that are an answer."""
    now = world.now[0]
    if act_of(world, OF_TABLES) != ROUTE or now.row[r].table != PLACES:
        return False
    to = value_of(world, DESTINATION)
    return among(values, n, way_between(now, r, to, world.goal.field))


@rare
def group_count(world, shared, site, group, i):
    """What a page of a group says of count i, as the episode began."""
    found = 0
    for r in range(world.now[0].rows):
        row = world.now[0].row[r]
        here = site != TRACKER or row.group == group
        if here and row.table == COUNTED[i][0] and row.fresh == 0:
            start = begun(world, shared, r)
            found += 1 if start.value[COUNTED[i][1]] == COUNTED[i][2] else 0
    return found


@rare
def group_distance(world, shared, values, n, site, group):
    """Actions from a group's page to one that shows an answer, over the group's rows."""
    goal = world.goal
    act = act_of(world, OF_TABLES)
    if act == TALLY:
        for i in range(len(COUNTED)):
            if counted_at(site, group, i) and COUNTED[i][0] == goal.table:
                same = COUNTED[i][2] == max(0, value_of(world, WITH))
                if same and group_count(world, shared, site, group, i) == values[0]:
                    return 0
        return FAR
    best = FAR
    for r in range(world.now[0].rows):
        row = world.now[0].row[r]
        if row.group == group and row.table == goal.table:
            if row_shows(world, shared, values, n, r):
                listed = act != TELL or LISTED[row.table] == goal.field
                best = min(best, 0 if listed else 1)
            elif row_leads(world, values, n, r):
                best = min(best, 2)
    return best


@rare
def table_to_answer_from(world, shared, kind, item, page):
    """Fewest actions from a page of the answer's site to one that shows it.

    `kind` and `item` say which page it is; `page` is its address where it is that of a route.
    """
    values = np.empty(ROWS, np.int64)
    n = right_values(world, shared, values)
    site = SITE_OF_TABLE[world.goal.table]
    best = FAR
    for g in range(FIRST_GROUP[site - OFFICE + 1] - FIRST_GROUP[site - OFFICE]):
        there = group_distance(world, shared, values, n, site, g)
        best = min(best, there if kind == GROUP_KIND and item == g else there + 1)
    if kind == ROW_KIND:
        if row_shows(world, shared, values, n, item):
            return 0
        if row_leads(world, values, n, item):
            return 1
    if kind == ROUTE_KIND:
        to = place_named(world.now[0], page.words)
        if to >= 0:
            if act_of(world, OF_TABLES) == ROUTE:
                if among(values, n, way_between(world.now[0], item, to, world.goal.field)):
                    return 0
            elif row_is_answer(world, shared, values, n, to):
                return 0
        if row_is_answer(world, shared, values, n, item):
            return 0
    return best


def row_is_answer(world, shared, values, n, r):
    """Whether naming a row is an answer."""
    if act_of(world, OF_TABLES) == TELL:
        return False
    return row_shows(world, shared, values, n, r)


@rare
def table_to_answer(world, shared):
    """The first action from the page at hand towards one that shows the answer."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    page = tab.page[tab.at]
    site = site_of(page)
    values = np.empty(ROWS, np.int64)
    n = right_values(world, shared, values)
    kind = kind_at(page)
    if kind == ROW_KIND and row_leads(world, values, n, page.item):
        return directions_box(world), FROM_GOAL + place_of(world, DESTINATION)
    best = FAR
    group = 0
    for g in range(FIRST_GROUP[site - OFFICE + 1] - FIRST_GROUP[site - OFFICE]):
        there = group_distance(world, shared, values, n, site, g)
        there -= 1 if kind == GROUP_KIND and page.item == g else 0
        if there < best:
            best = there
            group = g
    if kind == GROUP_KIND and page.item == group:
        for r in range(now.rows):
            row = now.row[r]
            near = row_shows(world, shared, values, n, r) or row_leads(world, values, n, r)
            if near and row.group == group and row.table == world.goal.table:
                return link_to(world, kind_of(site, ROW_KIND), r), 0
    return link_to(world, kind_of(site, GROUP_KIND), group), 0


def directions_box(world):
    """The box for directions on the page at hand."""
    now = world.now[0]
    for e in range(now.elements):
        if now.element[e].effect == DIRECTIONS:
            return e
    return STOP


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


@rare
def fill_column(world, shared, r, column):
    """Fill in a field of a row's form."""
    row = world.now[0].row[r]
    field = field_of(world, FIRST_FIELD + column)
    asked = value_of(world, TO0 + column)
    if KIND[COLUMNS * row.table + column] == TYPED_NUMBER:
        return field, FROM_GOAL + place_of(world, TO0 + column) if asked >= 0 else FROM_NUMBERS + 1
    if row.fresh == 0:
        return field, wanted_of(world, begun(world, shared, r), column)
    return field, asked


@rare
def fill_entry(world, table, tab):
    """On the form for a new row: fill in what is missing, then send it."""
    for field in range(TITLE_FIELD + 1):
        if wrong_entry(world, table, tab, field):
            if field == TITLE_FIELD:
                return field_of(world, field), FROM_GOAL + place_of(world, ENTRY)
            if field == GROUP_FIELD:
                return field_of(world, field), value_of(world, INTO)
            what = TO0 + field - FIRST_FIELD
            asked = value_of(world, what)
            if KIND[COLUMNS * table + field - FIRST_FIELD] == OPTION:
                return field_of(world, field), asked
            if asked >= 0:
                return field_of(world, field), FROM_GOAL + place_of(world, what)
            return field_of(world, field), FROM_NUMBERS + 1
    return button(world, CREATE_IT, NONE), 0
