"""The shop's lists of products: what belongs, what the filters pass, and in which order."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import (
    put,
    put_link,
    put_value,
)
from midcourse.envs.web_tasks.shop.layout import (
    ANY_RATING,
    COSTS,
    FILTER_PRICE,
    FILTER_RATING,
    LEAST_FIELD,
    LEAST_RATING,
    LISTING,
    MOST_FIELD,
    NOTHING_FOUND,
    PRICE,
    PRODUCT_PAGE,
    RATED,
    RATING_STEP,
    RELEVANCE,
    SHOWN,
    SORT,
    SORT_BY,
    SORT_FIELD,
    SORTS,
    catalogue_of,
    shop_of,
)
from midcourse.envs.web_tasks.speech.words import (
    LEAST_RATINGS,
    LONGEST,
    NUMBER,
)
from midcourse.envs.web_tasks.state import (
    COMBOBOX,
    LINK,
    PRICE_OF,
    TEXT,
    TEXTBOX,
)


def put_name(element, product):
    """A product's name in an element."""
    for k in range(3):
        element.words[k] = product.name[k]


def listed_price(world, shared, p):
    """What a product cost as the episode began, whatever the back office says since, in cents.

    Lists are sorted and filtered by it: the shop's index is made once.
    """
    return shared.web[world.web].start[0].shop[0].stock[p].price


def listed(world, shared, page, p):
    """Whether a product stands on a page of a category or of results."""
    if not passes(world, shared, page.least, page.most, p):
        return False
    return belongs(world, shared, page.kind, page.item, page.words, p)


@rare
def belongs(world, shared, kind, item, words, p):
    """Whether a product is of a category, or has the words that were searched for."""
    product = catalogue_of(world, shared).product[p]
    return product.category == item if kind == LISTING else named(product, words)


@rare
def passes(world, shared, least, most, p):
    """Whether a product passes the filters of a list."""
    rating = catalogue_of(world, shared).product[p].rating
    if least != 0 and rating < LEAST_RATING + RATING_STEP * (least - 1):
        return False
    return most == 0 or listed_price(world, shared, p) <= most


@rare
def named(product, words):
    """Whether a product's name has every word."""
    for k in range(LONGEST):
        word = words[k]
        if word != 0:
            found = False
            for j in range(3):
                found = found or product.name[j] == word
            if not found:
                return False
    return True


def comes_before(world, shared, sort, p, q):
    """Whether product p stands above q, whose number is smaller."""
    if sort == 3:
        product = catalogue_of(world, shared).product
        return product[p].rating > product[q].rating
    price, other = listed_price(world, shared, p), listed_price(world, shared, q)
    return price < other if sort == 1 else sort == 2 and price > other


@rare
def put_filters(now, page):
    """In which order products are listed, and which of them."""
    put_filter(now, SORT_BY, SORT, SORT_FIELD, RELEVANCE, SORTS, page.sort)
    put_filter(now, RATED, FILTER_RATING, LEAST_FIELD, ANY_RATING, len(LEAST_RATINGS), page.least)
    box = put(now, TEXTBOX, COSTS)
    box.effect = FILTER_PRICE
    box.field = MOST_FIELD
    if page.most != 0:
        box.words[0] = NUMBER + page.most


@rare
def put_filter(now, caption, effect, field, options, count, choice):
    """A choice that changes at once what is listed."""
    box = put(now, COMBOBOX, caption)
    box.effect = effect
    box.field = field
    box.options = options
    box.argument = (1 << count) - 1
    box.words[0] = options + choice


@rare
def list_products(world, shared, page):
    """The products of a category, or those that were found, in the order asked for."""
    now = world.now[0]
    first_row = now.elements
    shown = 0
    for p in range(shared.products):
        if shown < SHOWN and listed(world, shared, page, p):
            shown += 1
            place = first_row + 2 * (shown - 1)
            link = put_link(now, 0, PRODUCT_PAGE, p)
            put_name(link, catalogue_of(world, shared).product[p])
            put_value(now, PRICE, PRICE_OF, shop_of(world).stock[p].price)
            while place > first_row and comes_before(
                world, shared, page.sort, p, now.element[place - 2].argument
            ):
                swap_rows(now, place - 2, place)
                place -= 2
    if shown == 0:
        put(now, TEXT, NOTHING_FOUND)


def lists(element):
    """Whether an element is an entry of a list of products."""
    return element.role == LINK and element.effect == PRODUCT_PAGE


@rare
def count_listed(now):
    """How many products the page at hand lists."""
    count = 0
    for e in range(now.elements):
        count += 1 if lists(now.element[e]) else 0
    return count


def swap_rows(now, i, j):
    """Exchange two rows of a list of products."""
    for k in range(3):
        word = now.element[i].words[k]
        now.element[i].words[k] = now.element[j].words[k]
        now.element[j].words[k] = word
    product = now.element[i].argument
    now.element[i].argument = now.element[j].argument
    now.element[j].argument = product
    price = now.element[i + 1].value
    now.element[i + 1].value = now.element[j + 1].value
    now.element[j + 1].value = price
