"""What answers a question for rows."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.goal.requirements import act_of, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    DESTINATION,
    NEAREST,
    OF_TABLES,
    ROUTE,
    TALLY,
    TELL,
    WITH,
)
from midcourse.envs.web_tasks.state import COUNT as COUNT_OF
from midcourse.envs.web_tasks.state import ITEM, METRES, MINUTES, NAME
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.layout import (
    CAPTION,
    COLUMNS,
    COUNT_CAPTIONS,
    COUNTED,
    FIRST,
    UNIT,
)
from midcourse.envs.web_tasks.tables.pages import WAY_CAPTIONS, way_between
from midcourse.envs.web_tasks.tables.wishes import row_fits


@rare
def right_entry(world, shared, caption, unit, value):
    """Whether a value of a caption answers a question for rows."""
    act = act_of(world, OF_TABLES)
    if act == TELL:
        asked = COLUMNS * world.goal.table + world.goal.field
        return caption == CAPTION[asked] and right_value(world, shared, unit, value)
    if act == TALLY:
        return tallied(world, caption) and unit == COUNT_OF and value == tally(world, shared)
    if act == ROUTE:
        way = world.goal.field
        if caption != WAY_CAPTIONS[way] or unit != (METRES if way == 0 else MINUTES):
            return False
        return right_way(world, value)
    return unit == ITEM and right_row(world, value)


@rare
def right_value(world, shared, unit, value):
    """Whether a value is what is asked for of a row that fits.

    A column that can be changed counts as it was: whoever changed it has to put it back.
    """
    c = COLUMNS * world.goal.table + world.goal.field
    number = unit == UNIT[c] and UNIT[c] != 0
    for r in range(world.now[0].rows):
        if row_fits(world, r, -1):
            told = begun(world, shared, r).value[world.goal.field]
            if (number and told == value) or (unit == NAME and FIRST[c] + told == value):
                return True
    return False


@rare
def tallied(world, caption):
    """Whether a caption is that of what is to be counted."""
    goal = world.goal
    wanted = max(0, value_of(world, WITH))
    for i in range(len(COUNTED)):
        same = COUNTED[i][0] == goal.table and COUNTED[i][1] == goal.field
        if same and COUNTED[i][2] == wanted and caption == COUNT_CAPTIONS[i]:
            return True
    return False


@rare
def tally(world, shared):
    """How many rows there were of the goal's table and value, of a group where it says so."""
    goal = world.goal
    wanted = max(0, value_of(world, WITH))
    found = 0
    for r in range(world.now[0].rows):
        if row_fits(world, r, -1):
            found += 1 if begun(world, shared, r).value[goal.field] == wanted else 0
    return found


@rare
def right_way(world, value):
    """Whether it is so far, or takes so long, from a place that fits to the one that is named."""
    now = world.now[0]
    to = value_of(world, DESTINATION)
    for r in range(now.rows):
        fits = r != to and row_fits(world, r, -1)
        if fits and way_between(now, r, to, world.goal.field) == value:
            return True
    return False


@rare
def right_row(world, r):
    """Whether a row is the one with the most, or the nearest."""
    if not row_fits(world, r, -1):
        return False
    now = world.now[0]
    near = act_of(world, OF_TABLES) == NEAREST
    to = value_of(world, DESTINATION)
    if near and r == to:
        return False
    for q in range(now.rows):
        if q != r and row_fits(world, q, -1):
            if near:
                if q != to and way_between(now, q, to, 0) < way_between(now, r, to, 0):
                    return False
            elif now.row[q].value[world.goal.field] > now.row[r].value[world.goal.field]:
                return False  # no page changes what is compared
    return True
