"""Whether the goal and its messages are some that could have been drawn, and can be said."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.forum.pages import BOARDS
from midcourse.envs.web_tasks.goal.targets import target_of, targets
from midcourse.envs.web_tasks.goal.wishes import (
    ADDRESS,
    ATTRIBUTES,
    AUTHOR,
    BOARD,
    BODY,
    BRAND,
    CATEGORY,
    COLOUR,
    COMMENT,
    COUPON,
    DESTINATION,
    ENTRY,
    EXTRA,
    FIRM,
    FIRST_ATTRIBUTE,
    GROUP,
    INTO,
    KEY,
    MATERIAL,
    NOUN,
    PARTS,
    PLACE,
    QUANTITY,
    RECIPIENT,
    SHIPPING,
    SIZE,
    STARS,
    TEMPLATES,
    TITLE,
    TOPIC,
    WITH,
    class_of,
)
from midcourse.envs.web_tasks.goal.wishes import WORDS as REVIEW_WORDS
from midcourse.envs.web_tasks.integrity.ranges import tokens_good, within
from midcourse.envs.web_tasks.shop.quantities import SOURCES
from midcourse.envs.web_tasks.shop.records import ADDRESSES, SHIPPINGS
from midcourse.envs.web_tasks.speech.words import (
    CATEGORIES,
    CODES,
    COLOURS,
    FIRST_NAMES,
    JUDGEMENTS,
    LAST_NAMES,
    MATERIALS,
    NOUNS,
    SIZES,
    TOPICS,
    VERBS,
    WORDS,
)
from midcourse.envs.web_tasks.state import (
    ADDITION,
    CONSTRAINTS,
    GREATEST,
    KINDS,
    MESSAGES,
    NUMBERS,
    RETRACTION,
)
from midcourse.envs.web_tasks.tables.layout import COUNT, FIRST_GROUP
from midcourse.envs.web_tasks.tables.records import ROWS

_PEOPLE, _PHRASES = len(FIRST_NAMES) * len(LAST_NAMES), len(JUDGEMENTS) * (len(JUDGEMENTS) - 1)
_ENDS = {
    CATEGORY: len(CATEGORIES), NOUN: len(WORDS), MATERIAL: len(WORDS), BRAND: len(WORDS),
    COLOUR: len(COLOURS), SIZE: len(SIZES), QUANTITY: NUMBERS * (len(SOURCES) + 1),
    ADDRESS: len(ADDRESSES), SHIPPING: len(SHIPPINGS), COUPON: len(CODES), STARS: 6,
    REVIEW_WORDS: _PHRASES, TOPIC: len(WORDS), AUTHOR: _PEOPLE, PLACE: BOARDS, BOARD: BOARDS,
    TITLE: len(VERBS) * len(TOPICS), BODY: _PHRASES, RECIPIENT: _PEOPLE, COMMENT: _PHRASES,
    KEY: len(WORDS), EXTRA: len(WORDS), GROUP: FIRST_GROUP[-1], WITH: max(COUNT),
    DESTINATION: ROWS, ENTRY: max(_PEOPLE, len(MATERIALS) * len(NOUNS)),
    INTO: FIRST_GROUP[-1],
}  # fmt: skip
# For each attribute, the least number that is no value of it; what is not here is a number.
VALUE_ENDS = tuple(_ENDS.get(what, GREATEST + 1) for what in range(len(ATTRIBUTES)))


@rare
def goal_good(world):
    """Whether the goal is of its template, and the messages about its requirements."""
    goal = world.goal
    template = TEMPLATES[goal.template]
    good = goal.act[0] == template[0] and goal.act[1] == max(0, template[5])
    good = good and goal.table == template[3] and goal.field == template[4]
    good = good and goal.parts == (2 if template[5] >= 0 else 1) and asked_good(goal)
    for k in range(CONSTRAINTS):
        constraint = goal.constraint[k]
        good = good and constraint_good(world, constraint)
        if k < goal.count:
            good = good and ((template[1] | template[2]) >> constraint.what) & 1 != 0
    for m in range(MESSAGES):
        message = world.message[m]
        good = good and within(message.kind, len(KINDS)) and within(message.place, CONSTRAINTS)
        good = good and constraint_good(world, message.old) and constraint_good(world, message.new)
        if m < world.said:
            good = good and message_good(goal, message)
    return good


def message_good(goal, message):
    """Whether a message that was said is about a requirement of the goal, as its kind asks."""
    if message.place >= goal.count:
        return False
    about = goal.constraint[message.place].what
    added_one = message.kind == ADDITION
    good = message.new.what == about and (added_one or message.old.what == about)
    good = good and message.old.live == (0 if added_one else 1)
    return good and message.new.live == (0 if message.kind == RETRACTION else 1)


@rare
def asked_good(goal):
    """Whether a goal begins with what its template asks, and what no message strikes out lives."""
    asked = TEMPLATES[goal.template][1]
    good = True
    k = 0
    for part in range(goal.parts):
        leads = k
        its_class = class_of(goal.act[part])
        for what in range(FIRST_ATTRIBUTE[its_class], FIRST_ATTRIBUTE[its_class + 1]):
            if (asked >> what) & 1 != 0:
                constraint = goal.constraint[k]
                stays = k == leads or (FIRM >> what) & 1 != 0
                good = good and constraint.what == what and (constraint.live == 1 or not stays)
                k += 1
    return good and goal.count >= k


@rare
def constraint_good(world, constraint):
    """Whether a requirement is of an attribute and has a value of it."""
    if not within(constraint.what, len(ATTRIBUTES)) or not within(constraint.live, 2):
        return False
    good = within(constraint.value, VALUE_ENDS[constraint.what])
    if constraint.what == DESTINATION:
        good = good and within(constraint.value, world.now[0].rows)
    return good and tokens_good(constraint.words) and constraint.words[0] >= constraint.live


def targets_good(world, shared):
    """Whether the targets of the goal's parts are there."""
    goal = world.goal
    good = goal.parts == PARTS or goal.target[1] == 0
    for part in range(goal.parts):
        end = targets(world, shared, goal.act[part])
        good = good and within(goal.target[part], end)
        good = good and (end == 1 or target_of(world, part) >= 0)
    return good
