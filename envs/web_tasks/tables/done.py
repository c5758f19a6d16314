"""Whether what is wanted of rows has been done."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.goal.requirements import act_of, same_words
from midcourse.envs.web_tasks.goal.wishes import (
    CREATE,
    ENTRY,
    INTO,
    MERGE,
    OF_TABLES,
    SET,
    TO0,
    TO3,
)
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.layout import (
    COLUMNS,
    REQUESTS,
)
from midcourse.envs.web_tasks.tables.wishes import changeable, row_fits, wanted_of


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


# --- merges that a message makes wrong ------------------------------------------------------------


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
