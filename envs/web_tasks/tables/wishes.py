"""What can be wanted of rows, and whether it has been done."""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import below
from midcourse.envs.web_tasks.requirements import act_of, same_words, value_of
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.layout import (
    COLUMNS,
    COUNT,
    COUNTED,
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
    MERGED,
    OFFICE,
    OPTION,
    PLACES,
    REQUESTS,
    SITE_OF_TABLE,
    TRACKER,
    TYPED_NUMBER,
)
from midcourse.envs.web_tasks.wishes import (
    CREATE,
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
    WHICH,
    WITH,
)
from midcourse.envs.web_tasks.words import (
    FIRST_NAMES,
    LAST_NAMES,
    MATERIALS,
    NOUNS,
    NUMBER,
    PARTS,
    WORK,
    first,
)

FIRST_NAME, LAST_NAME, FIRST_WORK = first(FIRST_NAMES), first(LAST_NAMES), first(WORK)
FIRST_MATERIAL, FIRST_NOUN = first(MATERIALS), first(NOUNS)
PRICES, LEAST_PRICE, PRICE_STEP = 180, 395, 100  # cents
AMOUNTS, LEAST_AMOUNT = 80, 16


# --- which row ---------------------------------------------------------------------------------


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


# --- values -----------------------------------------------------------------------------------


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


# --- whether it is done -----------------------------------------------------------------------


@rare
def table_changes(world, shared):
    """What has been done to rows, and how much is what the goal wants: (done, right)."""
    now = world.now[0]
    done = 0
    right = 0
    for r in range(now.rows):
        row = now.row[r]
        if row.fresh != 0:
            if row.gone == 0:
                done += 1
                if entry_fits(world, row):
                    right += 1
        elif changed(row, begun(world, shared, r)):
            done += 1
            if change_fits(world, shared, r):
                right += 1
    return done, right


def merged(row, start):
    """Whether a request was merged in this episode."""
    return row.table == REQUESTS and row.value[0] != start.value[0]


def edited(row, start):
    """Whether columns differ that can be put back."""
    first_column = 1 if row.table == REQUESTS else 0
    for column in range(COLUMNS):
        if column >= first_column and row.value[column] != start.value[column]:
            return True
    return False


def changed(row, start):
    """Whether a row of the past is not as it was; a merge that was forgiven does not count."""
    return edited(row, start) or (merged(row, start) and row.forgiven == 0)


@rare
def entry_fits(world, row):
    """Whether a new row is the one that the goal wants."""
    goal = world.goal
    if act_of(world, OF_TABLES) != CREATE or row.table != goal.table:
        return False
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if constraint.live != 0:
            what = constraint.what
            if what == ENTRY and not same_words(row.title, constraint.words):
                return False
            if what == INTO and row.group != constraint.value:
                return False
            if what >= TO0 and what <= TO3 and row.value[what - TO0] != constraint.value:
                return False
    return True


@rare
def change_fits(world, shared, r):
    """Whether a row of the past is the one that the goal means, and is as it should be."""
    act = act_of(world, OF_TABLES)
    row = world.now[0].row[r]
    start = begun(world, shared, r)
    if not row_fits(world, r, -1):
        return False
    if act == MERGE:
        return merged(row, start) and row.forgiven == 0 and not edited(row, start)
    if act != SET or (merged(row, start) and row.forgiven == 0):
        return False
    if not changeable(world, start, -1):
        return False
    for column in range(COLUMNS):
        counts = row.table != REQUESTS or column > 0  # of a request, column 0 tells of merging
        if counts and row.value[column] != wanted_of(world, start, column):
            return False
    return True


# --- merges that a message makes wrong ----------------------------------------------------------


@rare
def merged_as_wanted(world, shared):
    """The one request that was merged as the goal asks; -1 if none was, or several were."""
    now = world.now[0]
    found = -1
    for r in range(now.rows):
        row = now.row[r]
        if merged(row, begun(world, shared, r)) and row.forgiven == 0 and merge_fits(world, r):
            if found >= 0:
                return -1
            found = r
    return found


def merge_fits(world, r):
    """Whether a request is one that the goal wants merged."""
    return act_of(world, OF_TABLES) == MERGE and row_fits(world, r, -1)


@rare
def forgive_merge(world, shared, done):
    """A merge as was wanted is not held against anybody if a message makes it wrong.

    Nor does it count then, unless a later message makes it right again and no other is.
    """
    now = world.now[0]
    if done >= 0 and not merge_fits(world, done):
        now.row[done].forgiven = 1
    if merged_as_wanted(world, shared) < 0:
        for r in range(now.rows):
            if now.row[r].forgiven != 0 and merge_fits(world, r):
                now.row[r].forgiven = 0
                return


if len(COUNTED) != 9 or SITE_OF_TABLE[ISSUES] != TRACKER or WHICH < SET or MERGED != 2:
    raise ImportError("the tables have changed; see what counts and what merges")
