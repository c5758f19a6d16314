"""What can be wanted: attributes, acts, and the templates that tasks are made from.

Numbers only: the rules of goals, checker and oracle read them, `phrases.py` gives them words.
"""

from midcourse.envs.web_tasks.tables.layout import (
    ISSUES,
    MEMBERS,
    PLACES,
    PRODUCTS,
    RATINGS,
    REQUESTS,
    SALES,
    SUPPLIES,
)

ATTRIBUTES = (
    "category", "noun", "material", "brand", "most", "rating", "colour", "size", "quantity",
    "address", "shipping", "coupon", "stars", "words", "topic", "author", "place", "board",
    "title", "body", "recipient", "comment", "key", "extra", "group", "with", "destination",
    "entry", "into", "to0", "to1", "to2", "to3",
)  # fmt: skip
(
    CATEGORY,
    NOUN,
    MATERIAL,
    BRAND,
    MOST,
    RATING,
    COLOUR,
    SIZE,
    QUANTITY,
    ADDRESS,
    SHIPPING,
    COUPON,
    STARS,
    WORDS,
    TOPIC,
    AUTHOR,
    PLACE,
    BOARD,
    TITLE,
    BODY,
    RECIPIENT,
    COMMENT,
    KEY,  # of a row of a table: what it is about ...
    EXTRA,  # ... which distinguishes it from others of that key ...
    GROUP,  # ... where it stands
    WITH,  # value of the column that rows are counted by
    DESTINATION,  # a place
    ENTRY,  # title of a new row
    INTO,  # group of a new row
    TO0,  # what column 0 of a row should be; the others follow
    TO1,
    TO2,
    TO3,
) = range(len(ATTRIBUTES))

ACTS = (
    "buy", "cancel", "return", "review", "price", "cheapest", "list", "rank",
    "post", "comment", "upvote", "downvote", "score", "subscribe", "message", "edit",
    "set", "create", "merge", "tell", "count", "which", "nearest", "route",
)  # fmt: skip
(
    BUY,
    CANCEL,
    RETURN,
    REVIEW,
    PRICE,
    CHEAPEST,
    ALL_OF,  # products of a category, a set
    IN_ORDER,  # the same, sorted
    WRITE,
    REPLY,
    UPVOTE,
    DOWNVOTE,
    SCORE,
    SUBSCRIBE,
    LETTER,
    EDIT,  # the text of one's own post
    SET,
    CREATE,
    MERGE,
    TELL,
    TALLY,
    WHICH,
    NEAREST,
    ROUTE,
) = range(len(ACTS))
FOR_LISTS = 1 << ALL_OF | 1 << IN_ORDER
QUESTIONS = FOR_LISTS | 1 << PRICE | 1 << CHEAPEST | 1 << SCORE | 1 << TELL | 1 << TALLY \
    | 1 << WHICH | 1 << NEAREST | 1 << ROUTE  # fmt: skip
FORUM_ACTS, TABLE_ACTS = WRITE, SET  # acts from here on are the forum's, the tables'
NO_ACT = -1
PARTS = 2  # of a goal at most; they are of different classes
CLASSES = 3
OF_SHOP, OF_FORUM, OF_TABLES = range(CLASSES)
FIRST_ATTRIBUTE = (CATEGORY, TOPIC, KEY, len(ATTRIBUTES))  # of each class

# Attributes as bits. What is free stands in no target.
FREE = (
    1 << QUANTITY | 1 << ADDRESS | 1 << SHIPPING | 1 << COUPON | 1 << STARS | 1 << WORDS
    | 1 << BOARD | 1 << TITLE | 1 << BODY | 1 << RECIPIENT | 1 << COMMENT | 1 << WITH
    | 1 << DESTINATION | 1 << ENTRY | 1 << INTO | 1 << TO0 | 1 << TO1 | 1 << TO2 | 1 << TO3
)  # fmt: skip
FIRM = 1 << WITH | 1 << DESTINATION  # no message strikes these out
CHANGES = 1 << TO0 | 1 << TO1 | 1 << TO2 | 1 << TO3
DELIVERY = 1 << ADDRESS | 1 << SHIPPING | 1 << COUPON
NAME = 1 << MATERIAL | 1 << BRAND
WHOSE = 1 << AUTHOR | 1 << PLACE
ROW = 1 << KEY | 1 << EXTRA

NO_FLAW, NO_SUCH, WRONG_STATE = range(3)
NO_REASON = 0
REASONS = ("", "there is no such thing", "its state does not allow it")


BY_PRICE, BY_RATING = 1, 3  # orders of the shop's lists
ELSEWHERE = 1  # of a purchase: its quantity is not told, but is how many another site counts


def _shop(
    act: int, asked: int, open_ones: int = 0, flaw: int = NO_FLAW, field: int = 0
) -> tuple[int, ...]:
    return act, asked, open_ones, 0, field, -1, flaw


def _table(
    act: int, table: int, asked: int, open_ones: int = 0, field: int = 0, flaw: int = NO_FLAW
) -> tuple[int, ...]:
    return act, asked, open_ones, table, field, -1, flaw


# For each template: the act, what the goal says from the start, what a message may add, the table
# and its column that a row's act is about (of a sorted list the order, of a purchase whether its
# quantity is counted elsewhere), the act of a second part (-1: none), and what is wrong with it.
# The first attribute of a part in the order above is what it is about; no message strikes it out.
# The easiest come first.
_EASY = (
    _shop(BUY, 1 << NOUN | 1 << COLOUR, 1 << MATERIAL | 1 << MOST | 1 << QUANTITY | DELIVERY),
    _shop(PRICE, 1 << NOUN | 1 << MATERIAL, 1 << BRAND),
    _shop(UPVOTE, 1 << TOPIC, WHOSE),
    _table(SET, ISSUES, 1 << KEY | 1 << TO0, 1 << EXTRA | 1 << GROUP | 1 << TO1 | 1 << TO3),
    _table(TELL, PLACES, ROW, 0, field=0),
    _table(TELL, SALES, ROW, 0, field=1),
    _shop(CANCEL, 1 << NOUN, NAME),
    _shop(SCORE, 1 << TOPIC, WHOSE),
    _table(TELL, ISSUES, 1 << KEY, 1 << EXTRA | 1 << GROUP, field=3),
    _table(SET, PRODUCTS, ROW | 1 << TO0, 1 << GROUP | 1 << TO3),
    _table(SET, PLACES, 1 << KEY | 1 << TO3, 1 << EXTRA | 1 << GROUP),
    _table(MERGE, REQUESTS, 1 << KEY, 1 << EXTRA | 1 << GROUP),
)
_PLAIN = (
    _shop(BUY, 1 << NOUN | 1 << MATERIAL | 1 << ADDRESS, 1 << MOST | 1 << QUANTITY | 1 << COLOUR),
    _shop(REPLY, 1 << TOPIC | 1 << COMMENT, WHOSE),
    _shop(CHEAPEST, 1 << NOUN, 1 << MATERIAL | 1 << RATING),
    _shop(SUBSCRIBE, 1 << BOARD),
    _table(SET, SALES, 1 << KEY | 1 << TO2, 1 << EXTRA),
    _table(CREATE, ISSUES, 1 << ENTRY | 1 << INTO, 1 << TO1 | 1 << TO2 | 1 << TO3),
    _table(TALLY, SALES, 1 << WITH, 0, field=2),
    _table(TALLY, ISSUES, 1 << GROUP, 0, field=0),
    _table(ROUTE, PLACES, ROW | 1 << DESTINATION, 0, field=0),
    _table(TELL, PLACES, 1 << KEY, 1 << EXTRA | 1 << GROUP, field=1),
    _table(TELL, PRODUCTS, 1 << KEY, 1 << EXTRA | 1 << GROUP, field=1),
    _shop(PRICE, 1 << NOUN | 1 << MATERIAL, 1 << BRAND, NO_SUCH),
)
_LONGER = (
    _shop(REVIEW, 1 << NOUN | 1 << STARS | 1 << WORDS, NAME),
    _shop(WRITE, 1 << BOARD | 1 << TITLE, 1 << BODY),
    _shop(RETURN, 1 << NOUN, NAME),
    _shop(BUY, 1 << NOUN | 1 << MOST | 1 << QUANTITY | 1 << SHIPPING, 1 << COLOUR | 1 << ADDRESS),
    _shop(DOWNVOTE, 1 << TOPIC | 1 << AUTHOR, 1 << PLACE),
    _table(SET, ISSUES, 1 << KEY | 1 << TO1 | 1 << TO3, 1 << EXTRA | 1 << GROUP | 1 << TO2),
    _table(SET, MEMBERS, ROW | 1 << TO0, 1 << GROUP),
    _table(SET, RATINGS, ROW | 1 << TO2),
    _table(SET, REQUESTS, 1 << KEY | 1 << TO1, 1 << EXTRA | 1 << GROUP),
    _table(CREATE, SUPPLIES, 1 << ENTRY | 1 << TO2, 1 << TO1),
    _table(CREATE, MEMBERS, 1 << ENTRY | 1 << INTO, 1 << TO0),
    _table(WHICH, PRODUCTS, 1 << GROUP, 0, field=1),
    _table(TELL, REQUESTS, 1 << KEY, 1 << EXTRA | 1 << GROUP, field=2),
    _table(ROUTE, PLACES, 1 << KEY | 1 << DESTINATION, 1 << EXTRA | 1 << GROUP, field=1),
    _table(TALLY, RATINGS, 1 << WITH, 0, field=2),
    _shop(CANCEL, 1 << NOUN | 1 << MATERIAL, 1 << BRAND, WRONG_STATE),
    _shop(ALL_OF, 1 << CATEGORY | 1 << MOST, 1 << RATING),
    _shop(IN_ORDER, 1 << CATEGORY, 1 << MOST | 1 << RATING, field=BY_PRICE),
    _shop(LETTER, 1 << RECIPIENT | 1 << COMMENT),
    _shop(LETTER, 1 << RECIPIENT, 1 << COMMENT),
    _shop(EDIT, 1 << TOPIC | 1 << BODY, 1 << PLACE),
)
_LONG = (
    _shop(BUY, 1 << NOUN | 1 << RATING | 1 << COUPON, 1 << COLOUR | 1 << QUANTITY | 1 << ADDRESS),
    _shop(BUY, 1 << NOUN | 1 << COLOUR | 1 << SIZE, 1 << QUANTITY | DELIVERY),
    _shop(REPLY, 1 << TOPIC | 1 << AUTHOR | 1 << COMMENT, 1 << PLACE),
    _table(CREATE, ISSUES, 1 << ENTRY | 1 << INTO | 1 << TO1 | 1 << TO3, 1 << TO2),
    _table(SET, ISSUES, ROW | 1 << TO2, 1 << GROUP | 1 << TO0 | 1 << TO3),
    _table(SET, PRODUCTS, ROW | 1 << TO3, 1 << GROUP | 1 << TO0),
    _table(NEAREST, PLACES, 1 << GROUP | 1 << DESTINATION),
    _table(WHICH, MEMBERS, 1 << GROUP, 0, field=1),
    _table(ROUTE, PLACES, ROW | 1 << DESTINATION, 0, field=2),
    _table(TALLY, REQUESTS, 1 << GROUP, 0, field=0),
    _table(MERGE, REQUESTS, ROW, 1 << GROUP, flaw=WRONG_STATE),
    _table(TELL, PLACES, ROW, 0, field=1, flaw=NO_SUCH),
    _shop(ALL_OF, 1 << CATEGORY | 1 << RATING, 1 << MOST),
    _table(TELL, SALES, ROW, 0, field=0),
    _shop(BUY, 1 << NOUN | 1 << QUANTITY, 1 << COLOUR | 1 << ADDRESS, field=ELSEWHERE),
)
_LONGEST = (
    _shop(WRITE, 1 << BOARD | 1 << TITLE | 1 << BODY),
    _table(SET, ISSUES, ROW | 1 << TO0 | 1 << TO1 | 1 << TO2, 1 << GROUP | 1 << TO3),
    _table(CREATE, SUPPLIES, 1 << ENTRY | 1 << TO1 | 1 << TO2),
    _table(SET, PRODUCTS, ROW | 1 << TO0 | 1 << TO3),
    _table(ROUTE, PLACES, ROW | 1 << GROUP | 1 << DESTINATION, 0, field=3),
    _table(SET, SALES, ROW | 1 << TO2, 0, flaw=NO_SUCH),
    _shop(BUY, 1 << NOUN | 1 << MATERIAL | 1 << ADDRESS, 1 << QUANTITY, NO_SUCH),
    _shop(REPLY, 1 << TOPIC | 1 << AUTHOR | 1 << COMMENT, 0, NO_SUCH),
    _shop(IN_ORDER, 1 << CATEGORY | 1 << RATING, 1 << MOST, field=BY_RATING),
    _shop(
        BUY, 1 << NOUN | 1 << QUANTITY | 1 << ADDRESS, 1 << MATERIAL | 1 << COUPON, field=ELSEWHERE
    ),
)
_SINGLE = (*_EASY, *_PLAIN, *_LONGER, *_LONG, *_LONGEST)


def _pair(one: int, other: int) -> tuple[int, ...]:
    """Two templates in one goal; what they ask and leave open is asked and left open together."""
    act, asked, open_ones, table, field, _, _ = _SINGLE[one]
    act_too, asked_too, open_too, table_too, field_too, _, _ = _SINGLE[other]
    return act, asked | asked_too, open_ones | open_too, table or table_too, field or field_too, \
        act_too, NO_FLAW  # fmt: skip


BEFORE_LONG = len(_EASY) + len(_PLAIN) + len(_LONGER)
_PAIRS = (
    _pair(6, 13),  # cancel an order, comment on a post
    _pair(3, 2),  # put an issue right, vote on a post
    _pair(9, 25),  # change a price, write a post
    _pair(0, 24 + 5),  # buy something, put an issue right
    _pair(11, 13),  # merge a request, comment on a post
    _pair(24, 16),  # review a product, put a sale right
)
TEMPLATES = (*_SINGLE[: BEFORE_LONG + len(_LONG)], *_PAIRS[:2], *_LONGEST, *_PAIRS[2:])
TEMPLATES_OF_LEVEL = (
    len(_EASY),
    len(_EASY) + len(_PLAIN),
    BEFORE_LONG,
    BEFORE_LONG + len(_LONG) + 2,
    len(TEMPLATES),
)


def class_of(act):
    """The class of an act."""
    return OF_SHOP if act < FORUM_ACTS else OF_FORUM if act < TABLE_ACTS else OF_TABLES


def class_of_attribute(what):
    """The class of an attribute."""
    return OF_SHOP if what < TOPIC else OF_FORUM if what < KEY else OF_TABLES


def asks_for_list(act):
    """Whether an act is a question whose answer is a list."""
    return act >= 0 and (FOR_LISTS >> act) & 1 != 0


def asks(act):
    """Whether an act is a question."""
    return act >= 0 and (QUESTIONS >> act) & 1 != 0
