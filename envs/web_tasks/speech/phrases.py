"""What the user says: a goal as a sentence, and a message as another."""

from typing import Any

from midcourse.envs.web_tasks.goal import wishes
from midcourse.envs.web_tasks.goal.wishes import (
    ADDRESS,
    ALL_OF,
    AUTHOR,
    BOARD,
    BODY,
    BRAND,
    BUY,
    CANCEL,
    CATEGORY,
    CHEAPEST,
    COLOUR,
    COMMENT,
    COUPON,
    CREATE,
    DESTINATION,
    DOWNVOTE,
    EDIT,
    ENTRY,
    EXTRA,
    GROUP,
    IN_ORDER,
    INTO,
    KEY,
    LETTER,
    MATERIAL,
    MERGE,
    MOST,
    NEAREST,
    NOUN,
    PLACE,
    PRICE,
    QUANTITY,
    RATING,
    RECIPIENT,
    REPLY,
    RETURN,
    REVIEW,
    ROUTE,
    SCORE,
    SET,
    SHIPPING,
    SIZE,
    STARS,
    SUBSCRIBE,
    TABLE_ACTS,
    TALLY,
    TELL,
    TEMPLATES,
    TITLE,
    TO0,
    TOPIC,
    UPVOTE,
    WHICH,
    WITH,
    WORDS,
    WRITE,
    asks_for_list,
    class_of,
    class_of_attribute,
)  # fmt: skip
from midcourse.envs.web_tasks.shop.quantities import SOURCES, number_in, source_in
from midcourse.envs.web_tasks.speech.words import BOARD_NAMES, spell
from midcourse.envs.web_tasks.state import ADDITION, RETRACTION
from midcourse.envs.web_tasks.tables.layout import (
    COUNTED,
    ISSUES,
    MEMBERS,
    PLACES,
    PRODUCTS,
    RATINGS,
    REQUESTS,
    SALES,
    SUPPLIES,
)

CLAUSES = {
    CATEGORY: "I mean {}", NOUN: "I mean a {}", MATERIAL: "it should be {}",
    BRAND: "the brand should be {}", MOST: "it may cost {} at most",
    RATING: "it should be rated {} stars or better", COLOUR: "the colour should be {}",
    SIZE: "the size should be {}",
    QUANTITY: "I need {}", ADDRESS: "it should go to the address '{}'",
    SHIPPING: "choose {} shipping", COUPON: "use the coupon {}", STARS: "give it {} stars",
    WORDS: "write '{}'", TOPIC: "I mean the post about {}", AUTHOR: "it is the one by {}",
    PLACE: "it is the one in {}", BOARD: "the board should be {}",
    TITLE: "the title should be '{}'", BODY: "the text should be '{}'",
    RECIPIENT: "the message should go to {}", COMMENT: "say '{}'",
    KEY: "I mean the one about {}", EXTRA: "it is the {} one", GROUP: "it stands in {}",
    WITH: "I mean those that are {}", DESTINATION: "I mean the way to the {}",
    ENTRY: "its name should be '{}'", INTO: "the project should be {}",
}  # fmt: skip
OPENINGS = {
    BUY: "buy {} in the shop", CANCEL: "cancel my order of {}", RETURN: "send back my order of {}",
    REVIEW: "review {} in the shop", PRICE: "what does {} cost?",
    CHEAPEST: "what does the cheapest {} cost?",
    ALL_OF: "list the products in {} of the shop",
    IN_ORDER: "list the products in {} of the shop", WRITE: "write a post in {}",
    REPLY: "comment on the post about {}", UPVOTE: "upvote the post about {}",
    DOWNVOTE: "downvote the post about {}", SCORE: "how many points has the post about {}?",
    SUBSCRIBE: "subscribe to {}", LETTER: "send a message to {} in the forum",
    EDIT: "change the text of my post about {}",
}  # fmt: skip
SORTED = ("", "from the cheapest on", "from the dearest on", "from the best rated on")
LIST_CLAUSES = {
    MOST: "each may cost {} at most", RATING: "each should be rated {} stars or better",
}  # fmt: skip
THINGS = (BUY, CANCEL, RETURN, REVIEW, PRICE)  # acts whose openings say "a" or "an" before it
# Of acts on rows: by the act, the table, and for questions the column.
TABLE_OPENINGS = {
    (SET, PRODUCTS): "in the back office, change the {}",
    (SET, SALES): "in the back office, change the sale to {}",
    (SET, RATINGS): "in the back office, change the review of the {}",
    (SET, ISSUES): "in the tracker, change the issue about {}",
    (SET, REQUESTS): "in the tracker, change the merge request about {}",
    (SET, MEMBERS): "in the tracker, change the member {}",
    (SET, PLACES): "on the map, change the {}",
    (CREATE, SUPPLIES): "in the back office, order supplies of '{}'",
    (CREATE, ISSUES): "in the tracker, open an issue '{}' in {}",
    (CREATE, MEMBERS): "in the tracker, add {} as a member of {}",
    (MERGE, REQUESTS): "in the tracker, merge the request about {}",
    (TELL, PLACES, 0): "when does the {} open?",
    (TELL, PLACES, 1): "when does the {} close?",
    (TELL, SALES, 0): "in the back office, what number has the sale to {}?",
    (TELL, SALES, 1): "in the back office, what is the sum of the sale to {}?",
    (TELL, PRODUCTS, 1): "in the back office, how many of the {} were sold?",
    (TELL, ISSUES, 3): "in the tracker, who is assigned to the issue about {}?",
    (TELL, REQUESTS, 2): "in the tracker, who is the author of the request about {}?",
    (TALLY, SALES, 2): "in the back office, how many sales are {}?",
    (TALLY, RATINGS, 2): "in the back office, how many reviews are {}?",
    (TALLY, ISSUES, 0): "in the tracker, how many issues of {} are open?",
    (TALLY, REQUESTS, 0): "in the tracker, how many merge requests of {} are open?",
    (WHICH, PRODUCTS, 1): "in the back office, which product in {} was sold most?",
    (WHICH, MEMBERS, 1): "in the tracker, which member of {} has the most commits?",
    (NEAREST, PLACES, 0): "among {}, which is the nearest to the {}?",
    (ROUTE, PLACES, 0): "how far is it from the {} to the {}?",
    (ROUTE, PLACES, 1): "how long does one walk from the {} to the {}?",
    (ROUTE, PLACES, 2): "how long does one cycle from the {} to the {}?",
    (ROUTE, PLACES, 3): "how long does one drive from the {} to the {}?",
}
COUNTED_THINGS = {SALES: "sales", RATINGS: "reviews"}  # captions of the others name them
PEOPLE = {KEY: "the last name is {}", EXTRA: "the first name is {}"}
GOODS = {KEY: "I mean the {}", EXTRA: "I mean the {} one"}
TABLE_CLAUSES = {
    PRODUCTS: GOODS, RATINGS: GOODS, SALES: PEOPLE, MEMBERS: PEOPLE, PLACES: GOODS,
}  # fmt: skip
COLUMN_CLAUSES = {
    (PRODUCTS, 0): "its price should be {}", (PRODUCTS, 3): "it should be {}",
    (SALES, 2): "its state should be {}", (RATINGS, 2): "it should be {}",
    (SUPPLIES, 1): "the supplier should be {}", (SUPPLIES, 2): "the amount should be {}",
    (ISSUES, 0): "it should be {}", (ISSUES, 1): "its label should be {}",
    (ISSUES, 2): "its milestone should be {}", (ISSUES, 3): "it should be assigned to {}",
    (REQUESTS, 1): "its reviewer should be {}", (MEMBERS, 0): "the role should be {}",
    (PLACES, 3): "keep it on the list '{}'",
}  # fmt: skip
# Attributes that the openings name, in order.
OPENERS = (CATEGORY, BRAND, MATERIAL, NOUN, TOPIC, BOARD, RECIPIENT)
TABLE_OPENERS = (EXTRA, KEY)
NAMED_TOO = {
    CREATE: (ENTRY, INTO), TALLY: (GROUP, WITH), WHICH: (GROUP,),
    NEAREST: (GROUP, DESTINATION), ROUTE: (DESTINATION,),
}  # fmt: skip


def task(goal: Any, notes: Any) -> str:
    """The task as it was given at the start, before any of the messages."""
    live = [goal["constraint"][c].copy() for c in range(int(goal["count"]))]
    for note in notes[::-1]:
        live[int(note["place"])] = note["old"]
    parts = []
    for part in range(int(goal["parts"])):
        act = int(goal["act"][part])
        mine = [c for c in live if class_of_attribute(int(c["what"])) == class_of(act)]
        parts.append(part_of_task(goal, act, {int(c["what"]): c for c in mine if c["live"]}))
    return " Also, ".join(
        part if not p else part[0].lower() + part[1:] for p, part in enumerate(parts)
    )


def part_of_task(goal: Any, act: int, live: dict[int, Any]) -> str:
    """What a part of the goal says."""
    values = {what: said(goal, constraint) for what, constraint in live.items()}
    if act >= TABLE_ACTS:
        opening = open_table(goal, act, values)
    else:
        thing = " ".join(values.pop(what) for what in OPENERS if what in values)
        if act in THINGS:
            thing = f"{'an' if thing[0].lower() in 'aeiou' else 'a'} {thing}"
        opening = OPENINGS[act].format(thing)
        if act == IN_ORDER:
            opening = f"{opening} {SORTED[int(goal['field'])]}"
    clauses = [clause_of(goal, what).format(value) for what, value in sorted(values.items())]
    rest, end = ", ".join(clauses), "" if opening.endswith("?") else "."
    opening = f"{opening[0].upper()}{opening[1:]}{end}"
    return f"{opening} {rest[:1].upper()}{rest[1:]}." if rest else opening


def open_table(goal: Any, act: int, values: dict[int, str]) -> str:
    """The opening of an act on rows; the values that it names are taken out."""
    table, field = int(goal["table"]), int(goal["field"])
    opening = TABLE_OPENINGS.get((act, table)) or TABLE_OPENINGS[act, table, field]
    named = [" ".join(values.pop(what) for what in TABLE_OPENERS if what in values)]
    named = [name for name in named if name]
    named += [values.pop(what) for what in NAMED_TOO.get(act, ()) if what in values]
    if opening.count("{}") > len(named):
        opening = opening.replace(" in {}", "").replace(" as a member of {}", " as a member")
    return opening.format(*named)


def clause_of(goal: Any, what: int) -> str:
    """The words for a requirement."""
    if asks_for_list(int(goal["act"][0])) and what in LIST_CLAUSES:
        return LIST_CLAUSES[what]
    if what >= TO0:
        return COLUMN_CLAUSES[int(goal["table"]), what - TO0]
    if what == GROUP and goal["table"] in (ISSUES, REQUESTS, MEMBERS):
        return "it is in the project {}"
    if what == COMMENT and LETTER in goal["act"]:
        return "the message should say '{}'"
    if what == DESTINATION and NEAREST in goal["act"]:
        return "I mean the nearest to the {}"
    return TABLE_CLAUSES.get(int(goal["table"]), {}).get(what) or CLAUSES[what]


def said(goal: Any, constraint: Any) -> str:
    """A requirement's value in words."""
    what, value = int(constraint["what"]), int(constraint["value"])
    if what == MOST or (what == TO0 and goal["table"] == PRODUCTS):
        return f"${value // 100}.{value % 100:02d}"
    if what == RATING:
        return f"{value // 10}.{value % 10}"
    if what == PLACE:
        return BOARD_NAMES[value]
    if what == QUANTITY:
        return quantity(value, constraint["words"])
    return spell(constraint["words"])


def quantity(value: int, words: Any) -> str:
    """How many are needed, or where that stands."""
    source = source_in(value)
    if source == 0:
        return f"{number_in(value)} of them"
    table = COUNTED[SOURCES[source - 1][0]][0]
    things = f"{spell(words[:1]).lower()} {COUNTED_THINGS.get(table, '')}".strip()
    where = f"{spell(words[1:])} in the tracker" if words[1] else "the back office"
    return f"as many as there are {things} {'of' if words[1] else 'in'} {where}"


def messages(goal: Any, notes: Any) -> list[str]:
    """What the user said since the start, one line for each message."""
    return [message(goal, note) for note in notes]


def message(goal: Any, note: Any) -> str:
    """One message."""
    new, old = note["new"], note["old"]
    clause = clause_of(goal, int(new["what"]))
    head = f"Message after step {int(note['step'])}: "
    if note["kind"] == ADDITION:
        return f"{head}One more thing: {clause.format(said(goal, new))}."
    if note["kind"] == RETRACTION:
        return f"{head}Forget that {clause.format(said(goal, old))}."
    wrong = f"a {said(goal, old)}" if new["what"] == NOUN else said(goal, old)
    return f"{head}I was wrong: {clause.format(said(goal, new))}, not {wrong}."


if not set(range(wishes.TO0)) <= set(CLAUSES) or not set(range(TABLE_ACTS)) <= set(OPENINGS):
    raise ImportError("an attribute or an act has no words")
for _act, _, _, _table, _field, _, _ in TEMPLATES:
    if _act >= TABLE_ACTS and not {(_act, _table), (_act, _table, _field)} & set(TABLE_OPENINGS):
        raise ImportError(f"no words for {wishes.ACTS[_act]} in table {_table}")
