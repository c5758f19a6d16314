"""Answers of the back office, the tracker and the map: which pages show them, how far off."""

import numpy as np

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.goal.requirements import act_of, place_of, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    DESTINATION,
    OF_TABLES,
    ROUTE,
    TALLY,
    TELL,
    WITH,
)
from midcourse.envs.web_tasks.state import FROM_GOAL, SCROLL, STOP
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.layout import (
    COUNTED,
    DIRECTIONS,
    FIRST_GROUP,
    GROUP_KIND,
    LISTED,
    OFFICE,
    PLACES,
    ROUTE_KIND,
    ROW_KIND,
    SITE_OF_TABLE,
    TRACKER,
)
from midcourse.envs.web_tasks.tables.pages import (
    counted_at,
    kind_at,
    kind_of,
    place_named,
    way_between,
)
from midcourse.envs.web_tasks.tables.questions import right_row, tally
from midcourse.envs.web_tasks.tables.records import ROWS
from midcourse.envs.web_tasks.tables.wishes import row_fits
from midcourse.envs.web_tasks.ways.finding import FAR, link_to


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
def group_distance(world, shared, values, n, site, group, scrolled):
    """Actions from a group's page to one that shows an answer, over the group's rows.

    `scrolled` says how many screens the page was scrolled down.
    """
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
            down = max(0, row.screen - scrolled)
            if row_shows(world, shared, values, n, r):
                listed = act != TELL or LISTED[row.table] == goal.field
                best = min(best, down if listed else down + 1)
            elif row_leads(world, values, n, r):
                best = min(best, down + 2)
    return best


@rare
def table_to_answer_from(world, shared, kind, item, page, scrolled):
    """Fewest actions from a page of the answer's site to one that shows it.

    `kind` and `item` say which page it is, `scrolled` how many screens it was scrolled down; `page`
    is its address where it is that of a route.
    """
    values = np.empty(ROWS, np.int64)
    n = right_values(world, shared, values)
    site = SITE_OF_TABLE[world.goal.table]
    best = FAR
    for g in range(FIRST_GROUP[site - OFFICE + 1] - FIRST_GROUP[site - OFFICE]):
        here = kind == GROUP_KIND and item == g
        there = group_distance(world, shared, values, n, site, g, scrolled if here else 0)
        best = min(best, there if here else there + 1)
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
        here = kind == GROUP_KIND and page.item == g
        there = group_distance(world, shared, values, n, site, g, tab.scrolled if here else 0)
        there -= 1 if here else 0
        if there < best:
            best = there
            group = g
    if kind == GROUP_KIND and page.item == group:
        for r in range(now.rows):
            row = now.row[r]
            near = row_shows(world, shared, values, n, r) or row_leads(world, values, n, r)
            if near and row.group == group and row.table == world.goal.table:
                if row.screen > tab.scrolled:
                    return SCROLL, 0
                return link_to(world, kind_of(site, ROW_KIND), r), 0
    return link_to(world, kind_of(site, GROUP_KIND), group), 0


def directions_box(world):
    """The box for directions on the page at hand."""
    now = world.now[0]
    for e in range(now.elements):
        if now.element[e].effect == DIRECTIONS:
            return e
    return STOP
