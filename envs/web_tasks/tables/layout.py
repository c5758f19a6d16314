"""What the back office, the tracker and the map are made of: tables of rows, in groups.

Numbers only, one entry for each table, or `COLUMNS` entries for each; the rules read them, and none
of them names a table. So a table more is an entry more.
"""

from midcourse.envs.web_tasks.speech.words import (
    CATEGORIES,
    FIRST_NAMES,
    ID,
    ISSUE_STATES,
    LABELS,
    LAST_NAMES,
    LISTS,
    MILESTONES,
    NOUNS,
    PARTS,
    PLACE_KINDS,
    PROJECTS,
    RATING_STATES,
    ROLES,
    SALE_STATES,
    SHOWN_STATES,
    STREETS,
    SUPPLIERS,
    TEAM,
    first,
)

TABLES = ("product", "sale", "review", "supply", "issue", "request", "member", "place")
PRODUCTS, SALES, RATINGS, SUPPLIES, ISSUES, REQUESTS, MEMBERS, PLACES = range(len(TABLES))
OFFICE, TRACKER, MAP = range(2, 5)  # as in state.SITES; those below are no sites of tables
TABLE_SITES = (OFFICE, TRACKER, MAP)

# --- pages and effects ------------------------------------------------------------------------

TABLE_KINDS = 30  # kinds of page from here on, PER_SITE for each site
HOME_KIND, GROUP_KIND, ROW_KIND, NEW_KIND, ROUTE_KIND = range(5)
PER_SITE = 5
SAVE, RESET, CREATE, DELETE, MERGE, DIRECTIONS = range(140, 146)  # effects

# --- groups -----------------------------------------------------------------------------------

KINDS_OF_PLACE = ("Cafes", "Museums", "Libraries", "Pharmacies", "Parks", "Stations")
GROUP_CAPTIONS = (
    *(first(CATEGORIES) + i for i in range(len(CATEGORIES))),
    *(ID[name] for name in ("Sales", "Reviews", "Supplies", "Reports")),
    *(first(PROJECTS) + i for i in range(len(PROJECTS))),
    *(ID[name] for name in KINDS_OF_PLACE),
)
FIRST_GROUP = (0, 10, 14, 20)  # of each site, in GROUP_CAPTIONS
SALES_GROUP, RATINGS_GROUP, SUPPLIES_GROUP, REPORTS = range(6, 10)  # of the back office
SITE_CAPTIONS = (ID["Back office"], ID["Tracker"], ID["Map"])

# --- tables -----------------------------------------------------------------------------------

SITE_OF_TABLE = (OFFICE, OFFICE, OFFICE, OFFICE, TRACKER, TRACKER, TRACKER, MAP)
KEY_TOKEN = (2, 1, 2, 0, 1, 1, 1, 1)  # which token of a title tells what the row is about
EXTRA_TOKEN = (1, 0, 1, 0, 0, 0, 0, 0)  # and which distinguishes it from others of that key
LISTED = (1, 2, 2, 2, 0, 0, 1, 0)  # column that lists show
NEW_CAPTION = (0, 0, 0, ID["New supply"], ID["New issue"], 0, ID["New member"], 0)  # 0: cannot be
BORN_IN = (-1, -1, -1, SUPPLIES_GROUP, -1, -1, -1, -1)  # group of new rows; -1: is chosen
BORN_WITH = (0, 0, 0, 0b110, 0b1110, 0, 0b01, 0)  # bit c: column c stands in the form of a new row

# --- columns ----------------------------------------------------------------------------------

COLUMNS = 4
NO_COLUMN, SHOWN_NUMBER, SHOWN_WORD, OPTION, TYPED_NUMBER = range(5)
_NONE = (0, NO_COLUMN, 0, 0, 0)
_UNITS = {"count": 1, "money": 2, "price": 3, "number": 5, "hour": 7}  # as in state.UNITS


def _number(caption: str, unit: str, kind: int = SHOWN_NUMBER) -> tuple[int, ...]:
    return ID[caption], kind, _UNITS[unit], 0, 0


def _word(
    caption: str, words: tuple[str, ...], kind: int = OPTION, count: int = 0
) -> tuple[int, ...]:
    return ID[caption], kind, 0, first(words), count or len(words)


_COLUMNS = (
    # products
    _number("Price", "price", TYPED_NUMBER), _number("Sold", "count"),
    _number("In stock", "count"), _word("Visibility", SHOWN_STATES),
    # sales
    _number("Number", "number"), _number("Sum", "money"), _word("State", SALE_STATES),
    _word("Product", NOUNS, SHOWN_WORD),
    # reviews
    _number("Stars", "count"), _word("by", FIRST_NAMES, SHOWN_WORD), _word("State", RATING_STATES),
    _NONE,
    # supplies
    _NONE, _word("Supplier", SUPPLIERS), _number("Amount", "count", TYPED_NUMBER), _NONE,
    # issues
    _word("State", ISSUE_STATES, OPTION, 2), _word("Label", LABELS), _word("Milestone", MILESTONES),
    _word("Assignee", TEAM),
    # requests
    _word("State", ISSUE_STATES, SHOWN_WORD), _word("Reviewer", TEAM),
    _word("Author", LAST_NAMES, SHOWN_WORD), _NONE,
    # members
    _word("Role", ROLES), _number("Commits", "count"), _NONE, _NONE,
    # places
    _number("Opens", "hour"), _number("Closes", "hour"), _word("Street", STREETS, SHOWN_WORD),
    _word("List", LISTS),
)  # fmt: skip
CAPTION, KIND, UNIT, FIRST, COUNT = (tuple(column[i] for column in _COLUMNS) for i in range(5))
EDITED = tuple(ID["Price in cents"] if c == 0 else word for c, word in enumerate(CAPTION))
ISSUE_OPEN, ISSUE_CLOSED, MERGED = range(3)
FIRST_KIND_OF_PLACE = first(PLACE_KINDS)
FIRST_PART = first(PARTS)

# What reports count, one after another: table, column, value; of all rows, or of a group's.
COUNTED = (
    *((SALES, 2, value) for value in range(len(SALE_STATES))),
    *((RATINGS, 2, value) for value in range(len(RATING_STATES))),
    (ISSUES, 0, ISSUE_OPEN),
    (REQUESTS, 0, ISSUE_OPEN),
)
COUNT_CAPTIONS = (
    *(first(SALE_STATES) + i for i in range(len(SALE_STATES))),
    *(first(RATING_STATES) + i for i in range(len(RATING_STATES))),
    ID["Open issues"],
    ID["Open requests"],
)
