"""Answers of the shop: which pages show them, how far off, and what leads there.

A price stands wherever a product is listed. A list is itself the answer, and has to be made: by a
category's link, or by a search for the only product that fits, then by order and filters.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.goal.requirements import act_of, place_of, value_of
from midcourse.envs.web_tasks.goal.wishes import IN_ORDER, MOST, NOUN, OF_SHOP, asks_for_list
from midcourse.envs.web_tasks.shop.done import in_order, right_price
from midcourse.envs.web_tasks.shop.layout import (
    LEAST_FIELD,
    LISTING,
    MOST_FIELD,
    PRODUCT_PAGE,
    RESULTS,
    SEARCH_FIELD,
    SHOWN,
    SORT_FIELD,
)
from midcourse.envs.web_tasks.shop.lists import (
    belongs,
    comes_before,
    listed,
    listed_price,
    lists,
    passes,
)
from midcourse.envs.web_tasks.shop.records import ORDERS
from midcourse.envs.web_tasks.shop.wishes import product_fits
from midcourse.envs.web_tasks.speech.words import CATEGORIES, LEAST_RATINGS
from midcourse.envs.web_tasks.state import FROM_GOAL, HEADING, STOP
from midcourse.envs.web_tasks.ways.finding import FAR, NONE, field_of, link_to


@rare
def shop_to_answer_from(world, shared, page):
    """Fewest actions from a page of the shop to one that shows the answer."""
    if not asks_for_list(act_of(world, OF_SHOP)):
        return 0 if shows_price(world, shared, page) else 1
    wanted = that_fit(world, shared)
    best = to_list_anew(world, shared, wanted)
    if page.kind == PRODUCT_PAGE:
        return 1 if wanted == 1 << int(page.item) else best
    if page.kind in (LISTING, RESULTS):
        base = that_belong(world, shared, page.kind, page.item, page.words)
        best = min(best, changes(world, shared, wanted, base, page.sort, page.least, page.most))
        if page.kind == RESULTS:  # the same search again
            best = min(best, 1 + changes(world, shared, wanted, base, 0, 0, 0))
        if best > 1 and named_there(world, shared, page, wanted):
            return 1
    return best


@rare
def shop_to_answer_after(world, shared, job):
    """Fewest actions to a page that shows the answer from the one on which a job is done."""
    p = NONE if job < ORDERS or job >= ORDERS + shared.products else job - ORDERS
    if not asks_for_list(act_of(world, OF_SHOP)):
        shown = p != NONE and right_price(world, shared, listed_price(world, shared, p))
        return 0 if shown else 1
    wanted = that_fit(world, shared)
    if p != NONE and wanted == 1 << p:
        return 1
    return to_list_anew(world, shared, wanted)


@rare
def shop_to_answer_from_home(world, shared):
    """Fewest actions from the shop's first page to one that shows the answer."""
    if not asks_for_list(act_of(world, OF_SHOP)):
        return 1
    return to_list_anew(world, shared, that_fit(world, shared))


# --- prices -----------------------------------------------------------------------------------


@rare
def shows_price(world, shared, page):
    """Whether a page shows a price that was asked for."""
    for p in range(shared.products):
        here = page.kind == PRODUCT_PAGE and page.item == p
        if page.kind in (LISTING, RESULTS):
            here = shows(world, shared, page, p)
        if here and right_price(world, shared, listed_price(world, shared, p)):
            return True
    return False


@rare
def shows(world, shared, page, p):
    """Whether a list shows a product."""
    if not listed(world, shared, page, p):
        return False
    before = 0
    for q in range(p):
        if listed(world, shared, page, q):
            before += 1
    return before < SHOWN


# --- lists; bit p of a number that stands for some products is product p ------------------------


@rare
def that_fit(world, shared):
    """The products that the goal means."""
    found = 0
    for p in range(shared.products):
        if product_fits(world, shared, p, -1):
            found |= 1 << p
    return found


@rare
def that_belong(world, shared, kind, item, words):
    """The products of a category, or those that a search finds."""
    found = 0
    for p in range(shared.products):
        if belongs(world, shared, kind, item, words, p):
            found |= 1 << p
    return found


@rare
def to_list_anew(world, shared, wanted):
    """Fewest actions to the list that is the answer, over a category's link."""
    best = FAR
    for category in range(len(CATEGORIES)):
        best = min(best, 1 + over_category(world, shared, wanted, category))
    return best


@rare
def over_category(world, shared, wanted, category):
    """Fewest actions from a category's page to the list that is the answer.

    If only one product fits, a search for its name finds it, which stands there.
    """
    base = that_belong(world, shared, LISTING, category, shared.blank[0].page[0].words)
    best = changes(world, shared, wanted, base, 0, 0, 0)
    if best > 1 and best < FAR and wanted & (wanted - 1) == 0:
        return 1
    return best


@rare
def changes(world, shared, wanted, base, sort, least, most):
    """Fewest changes of order and filters that make a list right; FAR if none do.

    `base` are the products that it would show without filters.
    """
    if wanted & ~base != 0:
        return FAR
    best = FAR
    typed = value_of(world, MOST)
    for option in range(len(LEAST_RATINGS)):
        cost = 0 if option == least else 1
        if left_by(world, shared, base, option, most) == wanted:
            best = min(best, cost)
        elif typed >= 0 and left_by(world, shared, base, option, typed) == wanted:
            best = min(best, cost + 1)
    if best < FAR and not sorted_right(world, shared, wanted, sort):
        best += 1
    return best


@rare
def left_by(world, shared, base, least, most):
    """Those of some products that pass the filters."""
    found = 0
    for p in range(shared.products):
        if (base >> p) & 1 != 0 and passes(world, shared, least, most, p):
            found |= 1 << p
    return found


@rare
def sorted_right(world, shared, wanted, sort):
    """Whether an order of lists brings some products into the one that was asked for."""
    if act_of(world, OF_SHOP) != IN_ORDER:
        return True
    for p in range(shared.products):
        for q in range(p + 1, shared.products):
            if (wanted >> p) & (wanted >> q) & 1 != 0:
                later = sort != 0 and comes_before(world, shared, sort, q, p)
                if not in_order(world, shared, q if later else p, p if later else q):
                    return False
    return True


@rare
def named_there(world, shared, page, wanted):
    """Whether a list names the only product that fits, which a search for its name finds."""
    for p in range(shared.products):
        if wanted == 1 << p:
            return shows(world, shared, page, p)
    return False


# --- what to do next --------------------------------------------------------------------------


@rare
def shop_to_answer(world, shared):
    """The first action from the page at hand, which is one of the shop's, towards the answer."""
    if not asks_for_list(act_of(world, OF_SHOP)):
        return field_of(world, SEARCH_FIELD), FROM_GOAL + place_of(world, NOUN)
    now = world.now[0]
    tab = now.tab[now.tab_at]
    page = tab.page[tab.at]
    wanted = that_fit(world, shared)
    best = shop_to_answer_from(world, shared, page)
    if page.kind in (LISTING, RESULTS):
        base = that_belong(world, shared, page.kind, page.item, page.words)
        if changes(world, shared, wanted, base, page.sort, page.least, page.most) == best:
            return change(world, shared, wanted, base, page)
        again = page.kind == RESULTS
        if again and 1 + changes(world, shared, wanted, base, 0, 0, 0) == best:
            return field_of(world, SEARCH_FIELD), field_of(world, SEARCH_FIELD)
    if best > 1 or name_of(world, wanted) == STOP:
        for category in range(len(CATEGORIES)):
            if 1 + over_category(world, shared, wanted, category) == best:
                return link_to(world, LISTING, category), 0
    return field_of(world, SEARCH_FIELD), name_of(world, wanted)


@rare
def change(world, shared, wanted, base, page):
    """A change of order or filters after which a list is nearer to the answer."""
    left = changes(world, shared, wanted, base, page.sort, page.least, page.most) - 1
    for option in range(len(LEAST_RATINGS)):
        if changes(world, shared, wanted, base, page.sort, option, page.most) == left:
            return field_of(world, LEAST_FIELD), option
    typed = value_of(world, MOST)
    if typed >= 0 and changes(world, shared, wanted, base, page.sort, page.least, typed) == left:
        return field_of(world, MOST_FIELD), FROM_GOAL + place_of(world, MOST)
    return field_of(world, SORT_FIELD), world.goal.field


@rare
def name_of(world, wanted):
    """The element that names the only product that fits: an entry of a list, or a heading."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    page = tab.page[tab.at]
    at_hand = page.kind == PRODUCT_PAGE and wanted == 1 << int(page.item)
    for e in range(now.elements):
        element = now.element[e]
        if at_hand and element.role == HEADING:
            return e
        if lists(element) and wanted == 1 << int(element.argument):
            return e
    return STOP
