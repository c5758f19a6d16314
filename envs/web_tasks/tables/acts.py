"""What the buttons of the back office and the tracker do."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import (
    address_of,
    clear_form,
    copy_words,
    site_of,
    tab_of,
    visit,
)
from midcourse.envs.web_tasks.state import BAD_NUMBER, NO_ENTRY_NAME, ROWS_FULL
from midcourse.envs.web_tasks.tables.layout import (
    BORN_WITH,
    COLUMNS,
    COUNT,
    CREATE,
    DELETE,
    KIND,
    MERGE,
    MERGED,
    OPTION,
    PRODUCTS,
    RATINGS,
    RESET,
    ROW_KIND,
    SAVE,
    TYPED_NUMBER,
)
from midcourse.envs.web_tasks.tables.pages import (
    TITLE_FIELD,
    group_in,
    kind_of,
    number_in,
    option_in,
    screen_of,
)
from midcourse.envs.web_tasks.tables.records import ROWS, VALUES

PUBLISHED = 1  # state of a review that the shop shows


@rare
def table_act(world, shared, effect, argument):
    """What a button does. What it refuses leaves everything as it was, but for the reply."""
    now = world.now[0]
    if effect == CREATE:
        create(world, argument)
        return
    row = now.row[argument]
    if effect == SAVE:
        save(world, row)
    elif effect == RESET:
        reset(world, row, begun(world, shared, argument))
    elif effect == DELETE:
        row.gone = 1
        clear_form(tab_of(world))
    elif effect == MERGE:
        row.value[0] = MERGED
        clear_form(tab_of(world))


def begun(world, shared, r):
    """A row as the episode began."""
    return shared.web[world.web].start[0].row[r]


@rare
def save(world, row):
    """Take over what the form says."""
    tab = tab_of(world)
    for column in range(COLUMNS):
        if KIND[COLUMNS * row.table + column] == TYPED_NUMBER and number_in(tab, column) < 0:
            world.reply = BAD_NUMBER
            return
    for column in range(COLUMNS):
        c = COLUMNS * row.table + column
        if KIND[c] == OPTION:
            row.value[column] = option_in(tab, column, COUNT[c], row.value[column])
        elif KIND[c] == TYPED_NUMBER and number_in(tab, column) > 0:
            row.value[column] = number_in(tab, column)
    clear_form(tab)
    tell_shop(world, row)


@rare
def reset(world, row, start):
    """Undo all changes of a row, but for a merge, which stays."""
    for column in range(COLUMNS):
        if KIND[COLUMNS * row.table + column] in (OPTION, TYPED_NUMBER):
            row.value[column] = start.value[column]
    clear_form(tab_of(world))
    tell_shop(world, row)


@rare
def tell_shop(world, row):
    """The shop shows the prices and reviews that the back office says."""
    shop = world.now[0].shop[0]
    if row.table == PRODUCTS:
        shop.stock[row.value[4]].price = row.value[0]
    elif row.table == RATINGS:
        shop.review[row.value[4]].hidden = 0 if row.value[2] == PUBLISHED else 1


@rare
def create(world, table):
    """Make a new row, and show it."""
    now = world.now[0]
    tab = tab_of(world)
    if tab.field[TITLE_FIELD, 0] == 0:
        world.reply = NO_ENTRY_NAME
        return
    for column in range(COLUMNS):
        if KIND[COLUMNS * table + column] == TYPED_NUMBER and number_in(tab, column) <= 0:
            world.reply = BAD_NUMBER
            return
    if now.rows == ROWS:
        world.reply = ROWS_FULL
        return
    row = now.row[now.rows]
    row.table = table
    row.group = group_in(tab, table)
    row.fresh = 1
    row.gone = 0
    row.forgiven = 0
    row.screen = screen_of(now, now.rows)
    for column in range(VALUES):
        row.value[column] = 0
    for column in range(COLUMNS):
        c = COLUMNS * table + column
        if (BORN_WITH[table] >> column) & 1 != 0:
            if KIND[c] == OPTION:
                row.value[column] = option_in(tab, column, COUNT[c], 0)
            else:
                row.value[column] = number_in(tab, column)
    copy_words(row.title, tab.field[TITLE_FIELD])
    visit(world, kind_of(site_of(address_of(world)), ROW_KIND), now.rows, 0)
    now.rows += 1
