"""Whether tabs show pages that there are, and the page at hand is what the rule builds."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.forum.pages import (
    BOARD_PAGE,
    BOARDS,
    FORUM_HOME,
    LETTER_BOX,
    POST_PAGE,
)
from midcourse.envs.web_tasks.integrity.ranges import tokens_good, within
from midcourse.envs.web_tasks.rules import show
from midcourse.envs.web_tasks.shop.layout import (
    LISTING,
    ORDER_PAGE,
    PRODUCT_PAGE,
    SHOP_HOME,
    SORTS,
)
from midcourse.envs.web_tasks.speech.words import CATEGORIES, LEAST_RATINGS, LONGEST
from midcourse.envs.web_tasks.state import FIELDS, HISTORY, TABS
from midcourse.envs.web_tasks.tables.layout import (
    FIRST_GROUP,
    GROUP_KIND,
    MAP,
    NEW_CAPTION,
    NEW_KIND,
    OFFICE,
    PER_SITE,
    ROUTE_KIND,
    ROW_KIND,
    SITE_OF_TABLE,
    TABLE_KINDS,
    TABLE_SITES,
    TABLES,
)
from midcourse.envs.web_tasks.tables.pages import kind_at
from midcourse.envs.web_tasks.tables.records import FOLD, ROWS

SUM = (1 << 40) - 1  # checksums are taken modulo this plus one


@rare
def tabs_good(now, shared):
    """Whether every tab shows a page that there is."""
    for t in range(TABS):
        tab = now.tab[t]
        good = within(tab.open, 2) and within(tab.at, HISTORY) and within(tab.last, HISTORY)
        good = good and tab.at <= tab.last and within(tab.scrolled, ROWS // FOLD + 1)
        good = good and (t == now.tab_at or tab.scrolled == 0)
        for f in range(FIELDS):
            good = good and tokens_good(tab.field[f])
        for i in range(HISTORY):
            page = tab.page[i]
            forums = within(page.kind - FORUM_HOME, LETTER_BOX + 1 - FORUM_HOME)
            tables = within(page.kind - TABLE_KINDS, PER_SITE * len(TABLE_SITES))
            known = forums or tables or within(page.kind, ORDER_PAGE + 1)
            good = good and known and within(page.sort, SORTS) and page.most >= 0
            good = good and within(page.least, len(LEAST_RATINGS))
            if tables:
                good = good and table_address_good(now, page)
            if tab.open != 0 and i <= tab.last:
                good = good and page.kind >= SHOP_HOME
            if page.kind == LISTING:
                good = good and within(page.item, len(CATEGORIES))
            elif page.kind == PRODUCT_PAGE:
                good = good and within(page.item, shared.products)
            elif page.kind == ORDER_PAGE:
                good = good and within(page.item, now.shop[0].orders)
            elif page.kind == BOARD_PAGE:
                good = good and within(page.item, BOARDS)
            elif page.kind == POST_PAGE:
                good = good and within(page.item, now.forum[0].posts)
            good = good and tokens_good(page.words)
        if not good:
            return False
    return True


@rare
def table_address_good(now, page):
    """Whether an address leads to a group, a row or a form that there is."""
    kind = kind_at(page)
    site = site_of(page)
    if kind == GROUP_KIND:
        start = FIRST_GROUP[site - OFFICE]
        return within(page.item, FIRST_GROUP[site - OFFICE + 1] - start)
    if kind == NEW_KIND:
        return within(page.item, len(TABLES)) and NEW_CAPTION[page.item] != 0
    if kind == ROW_KIND:
        return within(page.item, now.rows) and SITE_OF_TABLE[now.row[page.item].table] == site
    if kind == ROUTE_KIND:
        return site == MAP and within(page.item, now.rows)
    return page.item == 0


@rare
def page_good(world, shared):
    """Whether the page at hand is the one that the rule builds; it is built anew to see that."""
    now = world.now[0]
    count = now.elements
    before = page_sum(now)
    show(world, shared)
    return now.elements == count and page_sum(now) == before


@rare
def page_sum(now):
    """A number that is another one if any one entry of the page's elements is."""
    total = 0
    for e in range(now.elements):
        element = now.element[e]
        total = added(total, element.role)
        total = added(total, element.unit)
        total = added(total, element.field)
        total = added(total, element.effect)
        total = added(total, element.argument)
        total = added(total, element.caption)
        total = added(total, element.options)
        total = added(total, element.value)
        for k in range(LONGEST):
            total = added(total, element.words[k])
    return total


def added(total, entry):
    """A checksum with one entry more."""
    return (total * 31 + int(entry)) & SUM
