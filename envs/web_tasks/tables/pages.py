"""The pages of the back office, the tracker and the map: groups of rows, a row, a form for one."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import (
    FILL,
    MORE_BELOW,
    address_of,
    chosen,
    copy_words,
    put,
    put_button,
    put_field,
    put_link,
    put_options,
    put_value,
    site_of,
    tab_of,
)
from midcourse.envs.web_tasks.speech.words import ID, LONGEST, NUMBER, PROJECTS, first
from midcourse.envs.web_tasks.state import (
    BUTTON,
    HEADING,
    ITEM,
    METRES,
    MINUTES,
    NAME,
    TEXT,
    TEXTBOX,
)
from midcourse.envs.web_tasks.state import (
    COUNT as COUNT_OF,
)
from midcourse.envs.web_tasks.tables.layout import (
    BORN_IN,
    BORN_WITH,
    CAPTION,
    COLUMNS,
    COUNT,
    COUNT_CAPTIONS,
    COUNTED,
    CREATE,
    DELETE,
    DIRECTIONS,
    EDITED,
    FIRST,
    FIRST_GROUP,
    GROUP_CAPTIONS,
    GROUP_KIND,
    HOME_KIND,
    ISSUE_OPEN,
    KIND,
    LISTED,
    MAP,
    MERGE,
    NEW_CAPTION,
    NEW_KIND,
    NO_COLUMN,
    OFFICE,
    OPTION,
    PER_SITE,
    PLACES,
    REPORTS,
    REQUESTS,
    RESET,
    ROUTE_KIND,
    ROW_KIND,
    SAVE,
    SHOWN_NUMBER,
    SITE_CAPTIONS,
    SITE_OF_TABLE,
    TABLE_KINDS,
    TABLES,
    TRACKER,
    TYPED_NUMBER,
    UNIT,
)
from midcourse.envs.web_tasks.tables.records import FOLD

GROUP_FIELD, FIRST_FIELD, TITLE_FIELD = 0, 1, 5  # of a form; column c is field FIRST_FIELD + c
ALL_PROJECTS = (1 << len(PROJECTS)) - 1
FIRST_PROJECT = first(PROJECTS)
HOME, NAME_WORD, PROJECT, GONE = ID["Home"], ID["Name"], ID["Project"], ID["Deleted"]
SAVE_WORD, RESET_WORD, CREATE_WORD = ID["Save"], ID["Reset"], ID["Create"]
DELETE_WORD, MERGE_WORD, TO = ID["Delete"], ID["Merge"], ID["Directions to"]
DISTANCE, WALKING, CYCLING, DRIVING = (
    ID["Distance"],
    ID["Walking"],
    ID["Cycling"],
    ID["Driving"],
)
NOTHING_FOUND = ID["Nothing found"]
WAY_CAPTIONS = (DISTANCE, WALKING, CYCLING, DRIVING)
SPEEDS = (0, 80, 250, 500)  # metres a minute, of each way
GRID = 100  # metres


def kind_of(site, kind):
    """A kind of page on one of these sites."""
    return TABLE_KINDS + PER_SITE * (site - OFFICE) + kind


def kind_at(page):
    """Which of these sites' kinds a page is."""
    return (page.kind - TABLE_KINDS) % PER_SITE


@rare
def table_page(world, shared):
    """Build the page at hand, which is one of these sites'."""
    now = world.now[0]
    tab = tab_of(world)
    page = address_of(world)
    site = site_of(page)
    put_link(now, HOME, kind_of(site, HOME_KIND), 0)
    start = FIRST_GROUP[site - OFFICE]
    for g in range(FIRST_GROUP[site - OFFICE + 1] - start):
        put_link(now, GROUP_CAPTIONS[start + g], kind_of(site, GROUP_KIND), g)
    for table in range(len(TABLES)):
        if SITE_OF_TABLE[table] == site and NEW_CAPTION[table] != 0:
            put_link(now, NEW_CAPTION[table], kind_of(site, NEW_KIND), table)
    kind = kind_at(page)
    if kind == HOME_KIND:
        put(now, HEADING, SITE_CAPTIONS[site - OFFICE])
    elif kind == GROUP_KIND:
        put(now, HEADING, GROUP_CAPTIONS[start + page.item])
        group_page(now, tab, site, page.item)
    elif kind == ROW_KIND:
        row_page(world, shared, tab, page.item)
    elif kind == NEW_KIND:
        new_page(now, tab, page.item)
    else:
        route_page(now, page)


# --- groups -----------------------------------------------------------------------------------


@rare
def group_page(now, tab, site, group):
    """The rows of a group down to where was scrolled; reports count rows instead, projects also.

    What lies above stays, and new rows come last, so elements keep their numbers.
    """
    for i in range(len(COUNTED)):
        if counted_at(site, group, i):
            put_value(now, COUNT_CAPTIONS[i], COUNT_OF, count_rows(now, i, group))
    below = 0
    for r in range(now.rows):
        row = now.row[r]
        if row.gone == 0 and row.group == group and SITE_OF_TABLE[row.table] == site:
            if row.screen <= tab.scrolled:
                put_title(put_link(now, 0, kind_of(site, ROW_KIND), r), row, r)
                put_column(now, row, LISTED[row.table])
            else:
                below += 1
    if below > 0:
        put_value(now, MORE_BELOW, COUNT_OF, below)


@rare
def screen_of(now, r):
    """The screen of its list on which a row stands."""
    row = now.row[r]
    site = SITE_OF_TABLE[row.table]
    above = 0
    for q in range(r):
        if now.row[q].group == row.group and SITE_OF_TABLE[now.row[q].table] == site:
            above += 1
    return above // FOLD


def counted_at(site, group, i):
    """Whether a page of a group shows count i."""
    if SITE_OF_TABLE[COUNTED[i][0]] != site:
        return False
    return site == TRACKER or group == REPORTS


@rare
def count_rows(now, i, group):
    """How many rows are of some table and have some value; of a group where that is a project's."""
    table = COUNTED[i][0]
    column = COUNTED[i][1]
    found = 0
    for r in range(now.rows):
        row = now.row[r]
        here = SITE_OF_TABLE[table] != TRACKER or row.group == group
        if here and row.table == table and row.gone == 0 and row.value[column] == COUNTED[i][2]:
            found += 1
    return found


@rare
def put_title(element, row, r):
    """A row's title in an element, which then is an answer to the question for a row."""
    copy_words(element.words, row.title)
    element.unit = ITEM
    element.value = r


@rare
def put_column(now, row, column):
    """A column of a row, as a text."""
    c = COLUMNS * row.table + column
    if KIND[c] in (SHOWN_NUMBER, TYPED_NUMBER):
        put_value(now, CAPTION[c], UNIT[c], row.value[column])
    elif KIND[c] != NO_COLUMN:
        put_value(now, CAPTION[c], NAME, FIRST[c] + row.value[column])


# --- a row ------------------------------------------------------------------------------------


@rare
def row_page(world, shared, tab, r):
    """A row: what it says, the form that changes it, and its other buttons."""
    now = world.now[0]
    row = now.row[r]
    if row.gone != 0:
        put(now, TEXT, GONE)
        return
    put_title(put(now, HEADING, 0), row, r)
    editable = False
    for column in range(COLUMNS):
        put_column(now, row, column)
    for column in range(COLUMNS):
        editable = put_editor(now, tab, row, column, (1 << COLUMNS) - 1) or editable
    if editable:
        put_button(now, SAVE_WORD, SAVE, r)
    if row.fresh != 0:
        put_button(now, DELETE_WORD, DELETE, r)
    elif editable:
        put_button(now, RESET_WORD, RESET, r)
    if row.table == REQUESTS and row.value[0] == ISSUE_OPEN:
        put_button(now, MERGE_WORD, MERGE, r)
    if row.table == PLACES:
        box = put(now, TEXTBOX, TO)
        box.effect = DIRECTIONS
        box.argument = r


@rare
def put_editor(now, tab, row, column, among):
    """The field of a form in which a column is changed; False if it cannot be."""
    c = COLUMNS * row.table + column
    if (among >> column) & 1 == 0 or KIND[c] not in (OPTION, TYPED_NUMBER):
        return False
    if KIND[c] == OPTION:
        offered = (1 << COUNT[c]) - 1
        usual = row.value[column]
        put_options(now, tab, EDITED[c], FIRST_FIELD + column, FIRST[c], offered, usual)
    else:
        put_field(now, tab, TEXTBOX, EDITED[c], FIRST_FIELD + column, FILL)
    return True


# --- a form -----------------------------------------------------------------------------------


@rare
def new_page(now, tab, table):
    """The form for a new row."""
    put(now, HEADING, NEW_CAPTION[table])
    put_field(now, tab, TEXTBOX, NAME_WORD, TITLE_FIELD, FILL)
    if BORN_IN[table] < 0:
        put_options(now, tab, PROJECT, GROUP_FIELD, FIRST_PROJECT, ALL_PROJECTS, 0)
    for column in range(COLUMNS):
        c = COLUMNS * table + column
        if (BORN_WITH[table] >> column) & 1 != 0:
            if KIND[c] == OPTION:
                offered = (1 << COUNT[c]) - 1
                put_options(now, tab, EDITED[c], FIRST_FIELD + column, FIRST[c], offered, 0)
            else:
                put_field(now, tab, TEXTBOX, EDITED[c], FIRST_FIELD + column, FILL)
    button = put(now, BUTTON, CREATE_WORD)
    button.effect = CREATE
    button.argument = table


def option_in(tab, column, count, usual):
    """The option that a form holds for a column."""
    return chosen(tab, FIRST_FIELD + column, (1 << count) - 1, usual)


def number_in(tab, column):
    """The number that a form holds for a column: 0 where it is blank, -1 where that is none."""
    text = tab.field[FIRST_FIELD + column]
    if text[0] == 0:
        return 0
    if text[1] != 0 or text[0] <= NUMBER:
        return -1
    return text[0] - NUMBER


def group_in(tab, table):
    """The group that a form for a new row holds."""
    return BORN_IN[table] if BORN_IN[table] >= 0 else chosen(tab, GROUP_FIELD, ALL_PROJECTS, 0)


# --- routes -----------------------------------------------------------------------------------


@rare
def route_page(now, page):
    """From a place to the one whose name was typed: how far it is, and how long it takes."""
    put_title(put(now, HEADING, 0), now.row[page.item], page.item)
    to = place_named(now, page.words)
    if to < 0:
        put(now, TEXT, NOTHING_FOUND)
        return
    put_title(put(now, TEXT, TO), now.row[to], to)
    put_value(now, DISTANCE, METRES, way_between(now, page.item, to, 0))
    put_value(now, WALKING, MINUTES, way_between(now, page.item, to, 1))
    put_value(now, CYCLING, MINUTES, way_between(now, page.item, to, 2))
    put_value(now, DRIVING, MINUTES, way_between(now, page.item, to, 3))


@rare
def place_named(now, words):
    """The place of a name; -1 if there is none."""
    for r in range(now.rows):
        row = now.row[r]
        same = row.table == PLACES
        for k in range(LONGEST):
            same = same and row.title[k] == words[k]
        if same:
            return r
    return -1


def way_between(now, a, b, way):
    """Metres along the streets between two places, or minutes of some way of going there."""
    some = now.row[a].value
    others = now.row[b].value
    metres = GRID * (abs(some[4] - others[4]) + abs(some[5] - others[5]))
    return metres if way == 0 else -(-metres // SPEEDS[way])


if SITE_OF_TABLE[PLACES] != MAP or ROUTE_KIND != PER_SITE - 1:
    raise ImportError("the map is the site of places")
