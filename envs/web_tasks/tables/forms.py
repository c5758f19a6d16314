"""Forms of the back office, the tracker and the map: what is wrong in them, and what to fill in."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import chosen
from midcourse.envs.web_tasks.goal.requirements import act_of, place_of, same_words, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    ENTRY,
    INTO,
    MERGE,
    OF_TABLES,
    TO0,
)
from midcourse.envs.web_tasks.state import FROM_GOAL, FROM_NUMBERS
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.layout import (
    BORN_IN,
    BORN_WITH,
    COLUMNS,
    COUNT,
    KIND,
    OPTION,
    TYPED_NUMBER,
)
from midcourse.envs.web_tasks.tables.layout import (
    CREATE as CREATE_IT,
)
from midcourse.envs.web_tasks.tables.pages import (
    ALL_PROJECTS,
    FIRST_FIELD,
    GROUP_FIELD,
    TITLE_FIELD,
    number_in,
    option_in,
)
from midcourse.envs.web_tasks.tables.wishes import wanted_of
from midcourse.envs.web_tasks.ways.finding import FAR, NONE, button, field_of

FINE, WRONG, STUCK = range(3)  # of a field: it will do, another value does, none that can be typed


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
