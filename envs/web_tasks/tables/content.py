"""What the back office, the tracker and the map hold as an episode begins: drawn once for a web."""

from collections import Counter
from typing import Any

from midcourse.envs.web_tasks.speech.words import (
    FIRST_NAMES,
    LABELS,
    LAST_NAMES,
    LISTS,
    MATERIALS,
    MILESTONES,
    NOUNS,
    PARTS,
    PLACE_KINDS,
    PLACE_NAMES,
    PROJECTS,
    RATING_STATES,
    ROLES,
    SALE_STATES,
    STREETS,
    SUPPLIERS,
    TEAM,
    WORK,
    first,
)
from midcourse.envs.web_tasks.tables import layout, records
from midcourse.envs.web_tasks.tables.layout import MAP, OFFICE, TRACKER

PUBLISHED = RATING_STATES.index("published")


def fill_tables(draws: Any, catalogue: Any, start: Any, products: int) -> None:
    """Fill the rows of a web whose shop is stocked already."""
    rows = _Rows(start)
    _fill_office(draws, rows, catalogue, start["shop"][0], products)
    for project in range(len(PROJECTS)):
        _fill_project(draws, rows, project)
    _fill_map(draws, rows)
    start["rows"] = rows.used


class _Rows:
    """The rows of a web, filled one after another."""

    def __init__(self, start: Any):
        self.rows = start["row"]
        self.used = 0
        self.listed: Counter[tuple[int, int]] = Counter()  # rows of each group of a site

    def add(self, table: int, group: int, title: tuple[int, ...], *values: int) -> None:
        """One more row."""
        row = self.rows[self.used]
        row["table"], row["group"] = table, group
        where = layout.SITE_OF_TABLE[table], group
        row["screen"] = self.listed[where] // records.FOLD
        self.listed[where] += 1
        row["title"][: len(title)] = title
        row["value"][: len(values)] = values
        self.used += 1


def _fill_office(draws: Any, rows: _Rows, catalogue: Any, shop: Any, products: int) -> None:
    """The shop's own products and first reviews; orders of customers, and supplies."""
    for p in range(products):
        product, stock = catalogue["product"][p], shop["stock"][p]
        title, group = tuple(int(word) for word in product["name"]), int(product["category"])
        shown = int(draws.below(8) == 0)
        sold = draws.below(60)
        rows.add(layout.PRODUCTS, group, title, stock["price"], sold, stock["stock"], shown, p)
    number = 20001 + draws.below(5000)
    for name in _names(draws, records.SALES_AT_FIRST):
        noun, total = draws.below(len(NOUNS)), 1095 + 100 * draws.below(200)
        state = draws.below(len(SALE_STATES))
        rows.add(layout.SALES, layout.SALES_GROUP, name, number, total, state, noun)
        number += 1
    for r in range(min(records.RATINGS_AT_FIRST, int(shop["reviews"]))):
        review = shop["review"][r]
        name = catalogue["product"][review["product"]]["name"]
        title, author = tuple(int(word) for word in name), review["author"][0] - first(FIRST_NAMES)
        state = draws.below(len(RATING_STATES))
        review["hidden"] = int(state != PUBLISHED)
        rows.add(layout.RATINGS, layout.RATINGS_GROUP, title, review["stars"], author, state, 0, r)
    for _ in range(records.SUPPLIES_AT_FIRST):
        title = draws.of(MATERIALS), draws.of(NOUNS)
        supplier, amount = draws.below(len(SUPPLIERS)), 16 + draws.below(80)
        rows.add(layout.SUPPLIES, layout.SUPPLIES_GROUP, title, 0, supplier, amount)


def _names(draws: Any, wanted: int) -> list[tuple[int, int]]:
    """Names of people, no two alike."""
    found: list[tuple[int, int]] = []
    while len(found) < wanted:
        name = draws.of(FIRST_NAMES), draws.of(LAST_NAMES)
        if name not in found:
            found.append(name)
    return found


def _parts(draws: Any, wanted: int) -> list[int]:
    """What issues are about; no two of a project about the same."""
    found: list[int] = []
    while len(found) < wanted:
        part = draws.of(PARTS)
        if part not in found:
            found.append(part)
    return found


def _fill_project(draws: Any, rows: _Rows, project: int) -> None:
    """Issues, merge requests and members of a project."""
    parts = _parts(draws, records.ISSUES_OF_PROJECT + records.REQUESTS_OF_PROJECT)
    for part in parts[: records.ISSUES_OF_PROJECT]:
        state = int(draws.below(3) == 0)
        values = (draws.below(len(words)) for words in (LABELS, MILESTONES, TEAM))
        rows.add(layout.ISSUES, project, (draws.of(WORK), part), state, *values)
    for place, part in enumerate(parts[records.ISSUES_OF_PROJECT :]):
        state = (layout.ISSUE_OPEN, draws.below(2), layout.ISSUE_CLOSED)[place]
        reviewer, author = draws.below(len(TEAM)), draws.below(len(LAST_NAMES))
        rows.add(layout.REQUESTS, project, (draws.of(WORK), part), state, reviewer, author)
    for name in _names(draws, records.MEMBERS_OF_PROJECT):
        rows.add(layout.MEMBERS, project, name, draws.below(len(ROLES)), draws.below(90))


def _fill_map(draws: Any, rows: _Rows) -> None:
    """Places on a grid of streets."""
    for kind in range(len(PLACE_KINDS)):
        names = [first(PLACE_NAMES) + (2 * i + draws.below(2)) for i in range(4)]
        for name in names:
            opens, open_for = 7 + draws.below(4), 7 + draws.below(6)
            street, kept = draws.below(len(STREETS)), draws.below(len(LISTS))
            x, y = draws.below(records.TOWN), draws.below(records.TOWN)
            title = (name, first(PLACE_KINDS) + kind)
            rows.add(layout.PLACES, kind, title, opens, opens + open_for, street, kept, x, y)


if (OFFICE, TRACKER, MAP) != layout.TABLE_SITES:
    raise ImportError("there is a site without content")
