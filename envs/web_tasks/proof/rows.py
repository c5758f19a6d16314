"""Fields that a form for a row still lacks, as `forms.py` counts them."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.goal.requirements import act_of, place_of, same_words, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    CREATE,
    ENTRY,
    INTO,
    OF_TABLES,
    SET,
    TO0,
)
from midcourse.envs.web_tasks.proof.forms import otherwise
from midcourse.envs.web_tasks.state import OFFICE, TABS
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.layout import (
    COLUMNS,
    COUNT,
    KIND,
    NEW_KIND,
    OPTION,
    ROW_KIND,
    SITE_OF_TABLE,
)
from midcourse.envs.web_tasks.tables.pages import TITLE_FIELD as NAME_FIELD
from midcourse.envs.web_tasks.tables.pages import group_in, kind_at, number_in, option_in
from midcourse.envs.web_tasks.tables.wishes import changeable, row_fits
from midcourse.envs.web_tasks.ways.finding import FAR


@rare
def rows_fields(world, shared):
    """Fields of what the tables' part lacks."""
    act = act_of(world, OF_TABLES)
    if act == SET:
        return least_of_set(world, shared)
    return least_of_create(world, shared) if act == CREATE else 0


@rare
def least_of_set(world, shared):
    """Fields that some row which fits, and is not as it should be anyhow, lacks at least."""
    least = FAR
    for r in range(world.now[0].rows):
        if row_fits(world, r, -1) and changeable(world, begun(world, shared, r), -1):
            least = min(least, lacks_of_row(world, shared, r, False))
    return least


@rare
def lacks_of_row(world, shared, r, fresh):
    """Columns of a row that hold neither what is wanted nor have it in the form of an open tab.

    Those aside that a reset puts right. A row may be saved in pieces, so all tabs count together.
    """
    row = world.now[0].row[r]
    count = 0
    for column in range(COLUMNS):
        wanted = value_of(world, TO0 + column)
        if wanted >= 0 and (fresh or begun(world, shared, r).value[column] != wanted):
            held = row.value[column] == wanted
            for t in range(TABS):
                tab = world.now[0].tab[t]
                if at_row(tab, r):
                    held = held or holds(tab, row.table, column, row.value[column], wanted)
            count += 0 if held else 1
    return count


def at_row(tab, r):
    """Whether a tab shows a row."""
    page = tab.page[tab.at]
    return (
        tab.open != 0 and site_of(page) >= OFFICE and kind_at(page) == ROW_KIND and page.item == r
    )


def holds(form, table, column, usual, wanted):
    """Whether a form says what a column should be, `usual` being what it is without a word."""
    c = COLUMNS * table + column
    if KIND[c] == OPTION:
        return option_in(form, column, COUNT[c], usual) == wanted
    number = number_in(form, column)
    return number == wanted or (number <= 0 and usual == wanted)


@rare
def least_of_create(world, shared):
    """Fields that a new row lacks at least, or one that was made already."""
    table = world.goal.table
    least = lacks_of_new(world, shared.blank[0])
    now = world.now[0]
    for t in range(TABS):
        tab = now.tab[t]
        page = tab.page[tab.at]
        here = tab.open != 0 and site_of(page) == SITE_OF_TABLE[table]
        if here and kind_at(page) == NEW_KIND and page.item == table:
            least = min(least, lacks_of_new(world, tab))
    for r in range(now.rows):
        row = now.row[r]
        if row.fresh != 0 and row.gone == 0 and row.table == table and named(world, row):
            least = min(least, lacks_of_row(world, shared, r, True))
    return least


def named(world, row):
    """Whether a new row is called as the goal says, and stands where it says."""
    k = place_of(world, ENTRY)
    group = value_of(world, INTO)
    called = k < 0 or same_words(row.title, world.goal.constraint[k].words)
    return called and (group < 0 or row.group == group)


@rare
def lacks_of_new(world, form):
    """Fields that a form for a new row lacks."""
    table = world.goal.table
    count = otherwise(world, form, NAME_FIELD, ENTRY)
    group = value_of(world, INTO)
    if group >= 0 and group_in(form, table) != group:
        count += 1
    for column in range(COLUMNS):
        wanted = value_of(world, TO0 + column)
        if wanted >= 0 and not holds(form, table, column, 0, wanted):
            count += 1
    return count
