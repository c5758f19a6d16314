"""How many are to be bought: a number that is told, or one that another site counts.

The value of such a requirement is the number plus NUMBERS times where it is counted, 0 if it is
told. What is counted is what the reports and the projects show, as the episode begins.
"""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import below
from midcourse.envs.web_tasks.goal.requirements import value_of
from midcourse.envs.web_tasks.goal.wishes import BUY, ELSEWHERE, QUANTITY
from midcourse.envs.web_tasks.speech.words import NUMBER
from midcourse.envs.web_tasks.state import NUMBERS
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.layout import (
    COUNT_CAPTIONS,
    COUNTED,
    FIRST_GROUP,
    GROUP_CAPTIONS,
    ISSUES,
)

LEAST, QUANTITIES = 2, 3  # numbers that are told: 2, 3, 4
MOST = 9  # that can be bought at once
PROJECTS = FIRST_GROUP[2] - FIRST_GROUP[1]
# Where quantities are counted: of COUNTED, and for what a project counts its number, else -1.
SOURCES = tuple(
    (i, project)
    for i, (table, _, _) in enumerate(COUNTED)
    for project in (range(PROJECTS) if table >= ISSUES else (-1,))
)


def number_in(value):
    """The number of a quantity."""
    return value % NUMBERS


def source_in(value):
    """1 + which of SOURCES counts a quantity; 0 if it is told."""
    return value // NUMBERS


@rare
def wanted_quantity(world):
    """How many the goal wants bought; -1 if it does not say."""
    value = value_of(world, QUANTITY)
    return number_in(value) if value >= 0 else -1


@rare
def draw_quantity(world, shared, stream):
    """A quantity; counted elsewhere if the goal is of that kind, and then not the one at hand."""
    goal = world.goal
    if goal.act[0] == BUY and goal.field == ELSEWHERE:
        was = wanted_quantity(world)
        allowed = 0
        for source in range(len(SOURCES)):
            if can_be_bought(world, shared, source, was):
                allowed += 1
        if allowed > 0:
            skip = below(world, stream, allowed)
            for source in range(len(SOURCES)):
                if can_be_bought(world, shared, source, was):
                    if skip == 0:
                        return counted(world, shared, source) + NUMBERS * (1 + source)
                    skip -= 1
    return LEAST + below(world, stream, QUANTITIES)


@rare
def can_be_bought(world, shared, source, was):
    """Whether what is counted somewhere can be a quantity, another than there was."""
    number = counted(world, shared, source)
    return number >= LEAST and number <= MOST and number != was


@rare
def counted(world, shared, source):
    """What is counted somewhere as the episode begins."""
    i = SOURCES[source][0]
    project = SOURCES[source][1]
    found = 0
    for r in range(world.now[0].rows):
        if world.now[0].row[r].fresh == 0:
            row = begun(world, shared, r)
            here = row.table == COUNTED[i][0] and (project < 0 or row.group == project)
            if here and row.value[COUNTED[i][1]] == COUNTED[i][2]:
                found += 1
    return found


@rare
def quantity_words(words, value):
    """Give a requirement the number's word, or the words that stand where it is counted."""
    source = source_in(value)
    if source == 0:
        words[0] = NUMBER + value
        return
    words[0] = COUNT_CAPTIONS[SOURCES[source - 1][0]]
    if SOURCES[source - 1][1] >= 0:
        words[1] = GROUP_CAPTIONS[FIRST_GROUP[1] + SOURCES[source - 1][1]]
