"""What can be wanted of rows: which of them fit, and the values and words for it."""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import below
from midcourse.envs.web_tasks.goal.requirements import act_of, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    DESTINATION,
    ENTRY,
    EXTRA,
    GROUP,
    INTO,
    KEY,
    MERGE,
    OF_TABLES,
    ROUTE,
    SET,
    TO0,
    TO3,
    WITH,
)
from midcourse.envs.web_tasks.speech.words import (
    FIRST_NAMES,
    LAST_NAMES,
    MATERIALS,
    NOUNS,
    NUMBER,
    PARTS,
    WORK,
    first,
)
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.layout import (
    COLUMNS,
    COUNT,
    EXTRA_TOKEN,
    FIRST,
    FIRST_GROUP,
    FIRST_PART,
    GROUP_CAPTIONS,
    ISSUE_OPEN,
    ISSUES,
    KEY_TOKEN,
    KIND,
    MEMBERS,
    OFFICE,
    OPTION,
    PLACES,
    SITE_OF_TABLE,
    TYPED_NUMBER,
)

FIRST_NAME, LAST_NAME, FIRST_WORK = first(FIRST_NAMES), first(LAST_NAMES), first(WORK)
FIRST_MATERIAL, FIRST_NOUN = first(MATERIALS), first(NOUNS)
PRICES, LEAST_PRICE, PRICE_STEP = 180, 395, 100  # cents
AMOUNTS, LEAST_AMOUNT = 80, 16


# --- which row ------------------------------------------------------------------------------------


@rare
def row_fits(world, r, without):
    """Whether a row of the past is what the goal asks of it but for requirement `without`."""
    goal = world.goal
    row = world.now[0].row[r]
    if row.table != goal.table or row.fresh != 0:
        return False
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if k != without and constraint.live != 0 and not row_has(row, constraint):
            return False
    return True


def row_has(row, constraint):
    """Whether a row has what a requirement asks of it; it does if that is free."""
    what = constraint.what
    if what == KEY:
        return row.title[KEY_TOKEN[row.table]] == constraint.value
    if what == EXTRA:
        return row.title[EXTRA_TOKEN[row.table]] == constraint.value
    if what == GROUP:
        return row.group == constraint.value
    return True


@rare
def wanted_of(world, start, column):
    """What a column of the row that the goal means should be: as it was, if nothing is said."""
    value = value_of(world, TO0 + column)
    return value if value >= 0 else start.value[column]


@rare
def changeable(world, start, without):
    """Whether the goal asks for any change of a row, but for requirement `without`."""
    goal = world.goal
    for k in range(goal.count):
        constraint = goal.constraint[k]
        what = constraint.what
        counts = k != without and constraint.live != 0 and what >= TO0 and what <= TO3
        if counts and start.value[what - TO0] != constraint.value:
            return True
    return False


@rare
def can_be_row(world, shared, r, without):
    """Whether a row can be the goal's: a change changes it, a merge finds it open, a way is one."""
    act = act_of(world, OF_TABLES)
    start = begun(world, shared, r)
    if act == SET:
        return changeable(world, start, without)
    if act == ROUTE:
        return r != value_of(world, DESTINATION)
    return act != MERGE or start.value[0] == ISSUE_OPEN


# --- values ---------------------------------------------------------------------------------------


@rare
def draw_of_row(world, shared, what, r, stream):
    """A value of an attribute: the row's own where it has one."""
    row = world.now[0].row[r]
    table = world.goal.table
    if what == KEY:
        return int(row.title[KEY_TOKEN[table]])
    if what == EXTRA:
        return int(row.title[EXTRA_TOKEN[table]])
    if what == GROUP:
        return int(row.group)
    if what == WITH:
        return below(world, stream, COUNT[COLUMNS * table + world.goal.field])
    if what == INTO:
        return below(world, stream, FIRST_GROUP[2] - FIRST_GROUP[1] - 1) + 1
    if what == DESTINATION:
        return draw_place(world, r, stream)
    if what == ENTRY:
        if table == ISSUES:
            return below(world, stream, len(WORK) * len(PARTS))
        if table == MEMBERS:
            return below(world, stream, len(FIRST_NAMES) * len(LAST_NAMES))
        return below(world, stream, len(MATERIALS) * len(NOUNS))
    return draw_change(world, shared, COLUMNS * table + what - TO0, what - TO0, r, stream)


@rare
def draw_change(world, shared, c, column, r, stream):
    """Another value of a column than the row has; of a new row, than a form holds by itself."""
    was = 0
    if act_of(world, OF_TABLES) == SET:
        was = int(begun(world, shared, r).value[column])
    if KIND[c] == OPTION:
        value = was + 1 + below(world, stream, COUNT[c] - 1)
        return value - COUNT[c] if value >= COUNT[c] else value
    if world.goal.table == 0:
        value = LEAST_PRICE + PRICE_STEP * below(world, stream, PRICES)
        return value + PRICE_STEP if value == was else value
    return LEAST_AMOUNT + below(world, stream, AMOUNTS)


@rare
def draw_place(world, but, stream):
    """Another place than one."""
    now = world.now[0]
    places = 0
    for r in range(now.rows):
        if now.row[r].table == PLACES and r != but:
            places += 1
    skip = below(world, stream, places)
    for r in range(now.rows):
        if now.row[r].table == PLACES and r != but:
            if skip == 0:
                return r
            skip -= 1
    return 0


@rare
def row_words(world, constraint, value):
    """Give a requirement the words that can be typed of its value."""
    what = constraint.what
    table = world.goal.table
    words = constraint.words
    if what in (KEY, EXTRA):
        words[0] = value
    elif what in (GROUP, INTO):
        words[0] = GROUP_CAPTIONS[FIRST_GROUP[SITE_OF_TABLE[table] - OFFICE] + value]
    elif what == WITH:
        words[0] = FIRST[COLUMNS * table + world.goal.field] + value
    elif what == DESTINATION:
        words[0] = world.now[0].row[value].title[0]
        words[1] = world.now[0].row[value].title[1]
    elif what == ENTRY:
        if table == ISSUES:
            two_words(words, value, FIRST_WORK, FIRST_PART, len(PARTS))
        elif table == MEMBERS:
            two_words(words, value, FIRST_NAME, LAST_NAME, len(LAST_NAMES))
        else:
            two_words(words, value, FIRST_MATERIAL, FIRST_NOUN, len(NOUNS))
    else:
        c = COLUMNS * table + what - TO0
        words[0] = (NUMBER if KIND[c] == TYPED_NUMBER else FIRST[c]) + value


def two_words(words, value, one, other, others):
    """A text of a word out of each of two groups."""
    words[0] = one + value // others
    words[1] = other + value - value // others * others
