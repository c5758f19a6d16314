"""The shop's pages."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import (
    FILL,
    address_of,
    put,
    put_field,
    put_link,
    put_options,
    put_value,
    tab_of,
)
from midcourse.envs.web_tasks.shop.records import (
    DELIVERED,
    PLACED,
    SHIPPED,
    STATUSES,
)
from midcourse.envs.web_tasks.state import (
    BUTTON,
    COMBOBOX,
    COUNT,
    HEADING,
    LINK,
    MONEY,
    ORDER_NUMBER,
    PRICE_OF,
    STARS,
    TEXT,
    TEXTBOX,
)
from midcourse.envs.web_tasks.words import (
    CATEGORIES,
    CODES,
    COLOURS,
    ID,
    LEAST_RATINGS,
    LONGEST,
    NUMBER,
    SIZES,
    WORDS,
    first,
)

(
    SHOP_HOME,
    LISTING,
    RESULTS,
    PRODUCT_PAGE,
    CART_PAGE,
    CHECKOUT,
    ORDER_LIST,
    ORDER_PAGE,
) = range(1, 9)
SORTS = 4  # relevance, price up, price down, rating
SHOWN = 12  # products of a list, and reviews of a page, at most
RATING_STEP, LEAST_RATING = 5, 20  # tenths of a star, of the ratings that lists are filtered by
SEARCH_FIELD, SORT_FIELD, LEAST_FIELD, MOST_FIELD = range(4)
COLOUR_FIELD, SIZE_FIELD, QUANTITY_FIELD = 1, 2, 3
STARS_FIELD, WORDS_FIELD = 4, 5
ADDRESS_FIELD, SHIPPING_FIELD, COUPON_FIELD = 1, 2, 3
(
    SEARCH,
    SORT,
    FILTER_RATING,
    FILTER_PRICE,
    ADD,
    REMOVE,
    PLACE,
    CANCEL_IT,
    RETURN_IT,
    POST_REVIEW,
    DELETE_REVIEW,
) = range(110, 121)  # effects

HOME, CART, ORDERS, FIND = ID["Home"], ID["Cart"], ID["Orders"], ID["Search"]
SORT_BY, RELEVANCE, PRICE, RATING = ID["Sort by"], ID["relevance"], ID["Price"], ID["Rating"]
RATED, COSTS, ANY_RATING = ID["Rating at least"], ID["Highest price in cents"], first(LEAST_RATINGS)
IN_STOCK, COLOUR, SIZE, QUANTITY = ID["In stock"], ID["Colour"], ID["Size"], ID["Quantity"]
ADD_TO_CART, REVIEWS, REVIEW_STARS = ID["Add to cart"], ID["Review"], ID["Stars"]
YOUR_REVIEW, POST, BY = ID["Your review"], ID["Post review"], ID["by"]
DELETE = ID["Delete review"]
TAKE_OUT, TOTAL, CHECK_OUT, EMPTY = (
    ID["Remove"],
    ID["Total"],
    ID["Checkout"],
    ID["The cart is empty"],
)
SHIP_TO, SHIPPING, COUPON = ID["Ship to"], ID["Shipping"], ID["Coupon"]
PLACE_ORDER, ORDER, STATUS = ID["Place order"], ID["Order"], ID["Status"]
CANCEL_ORDER, RETURN_ORDER = ID["Cancel order"], ID["Return order"]
FOUND, NOTHING_FOUND, WELCOME = ID["Results"], ID["Nothing found"], ID["Welcome"]
HOME_ADDRESS, STANDARD, PLACED_WORD = ID["home"], ID["standard"], ID["placed"]
FIRST_COLOUR, FIRST_SIZE, FIRST_CATEGORY = first(COLOURS), first(SIZES), first(CATEGORIES)
FIRST_CODE = first(CODES)


def shop_page(world, shared):
    """Build the page at hand, which is one of the shop's."""
    now = world.now[0]
    tab = tab_of(world)
    page = address_of(world)
    shop = shop_of(world)
    catalogue = catalogue_of(world, shared)
    kind = page.kind
    search = put_field(now, tab, TEXTBOX, FIND, SEARCH_FIELD, SEARCH)
    if kind == RESULTS:
        for k in range(LONGEST):
            search.words[k] = page.words[k]
    put_link(now, HOME, SHOP_HOME, 0)
    for category in range(len(CATEGORIES)):
        put_link(now, FIRST_CATEGORY + category, LISTING, category)
    put_link(now, CART, CART_PAGE, 0)
    put_link(now, ORDERS, ORDER_LIST, 0)
    if kind == SHOP_HOME:
        put(now, HEADING, WELCOME)
    elif kind in (LISTING, RESULTS):
        put_filters(now, page)
        list_products(world, shared, page)
    elif kind == PRODUCT_PAGE:
        product_page(now, tab, shop, catalogue, page.item)
    elif kind == CART_PAGE:
        cart_page(now, shop, catalogue)
    elif kind == CHECKOUT:
        checkout_page(now, tab, shop, catalogue)
    elif kind == ORDER_LIST:
        order_list(now, shop)
    elif kind == ORDER_PAGE:
        order_page(now, catalogue, shop.order[page.item])


def shop_of(world):
    """The shop as it stands."""
    return world.now[0].shop[0]


def catalogue_of(world, shared):
    """What the shop of this web sells."""
    return shared.web[world.web].shop[0]


def put_name(element, product):
    """A product's name in an element."""
    for k in range(3):
        element.words[k] = product.name[k]


# --- finding --------------------------------------------------------------------------------------


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


@rare
def product_page(now, tab, shop, catalogue, p):
    """A product: what it is, the form that puts it into the cart, and its reviews."""
    product = catalogue.product[p]
    put_name(put(now, HEADING, 0), product)
    put_value(now, PRICE, PRICE_OF, shop.stock[p].price)
    put_value(now, RATING, STARS, product.rating)
    put_value(now, IN_STOCK, COUNT, shop.stock[p].stock)
    put_options(now, tab, COLOUR, COLOUR_FIELD, FIRST_COLOUR, product.colours, 0)
    if product.sizes != 0:
        put_options(now, tab, SIZE, SIZE_FIELD, FIRST_SIZE, product.sizes, 0)
    put_field(now, tab, TEXTBOX, QUANTITY, QUANTITY_FIELD, FILL)
    put(now, BUTTON, ADD_TO_CART).effect = ADD
    put_reviews(now, tab, shop, p)


@rare
def put_reviews(now, tab, shop, p):
    """The form for one's own word on a product, and what others said, the last first."""
    put_options(now, tab, REVIEW_STARS, STARS_FIELD, NUMBER, 0b111110, 5)
    put_field(now, tab, TEXTBOX, YOUR_REVIEW, WORDS_FIELD, FILL)
    put(now, BUTTON, POST).effect = POST_REVIEW
    shown = 0
    for r in range(shop.reviews - 1, -1, -1):
        review = shop.review[r]
        if review.product == p and review.hidden == 0 and shown < SHOWN:
            shown += 1
            said = put(now, TEXT, REVIEWS)
            said.unit = STARS
            said.value = 10 * review.stars
            for k in range(LONGEST):
                said.words[k] = review.words[k]
            if review.fresh != 0:
                button = put(now, BUTTON, DELETE)
                button.effect = DELETE_REVIEW
                button.argument = r
            else:
                author = put(now, TEXT, BY)
                author.words[0] = review.author[0]
                author.words[1] = review.author[1]


# --- buying ---------------------------------------------------------------------------------------


@rare
def put_line(now, catalogue, line):
    """What one line of a cart or an order says."""
    text = put(now, TEXT, 0)
    put_name(text, catalogue.product[line.product])
    text.words[3] = FIRST_COLOUR + line.colour
    if line.size >= 0:
        text.words[4] = FIRST_SIZE + line.size
    put_value(now, QUANTITY, COUNT, line.quantity)


@rare
def cart_page(now, shop, catalogue):
    """What is in the cart."""
    if shop.lines == 0:
        put(now, TEXT, EMPTY)
        return
    total = 0
    for i in range(shop.lines):
        line = shop.cart[i]
        put_line(now, catalogue, line)
        button = put(now, BUTTON, TAKE_OUT)
        button.effect = REMOVE
        button.argument = i
        total += shop.stock[line.product].price * line.quantity
    put_value(now, TOTAL, MONEY, total)
    put_link(now, CHECK_OUT, CHECKOUT, 0)


@rare
def checkout_page(now, tab, shop, catalogue):
    """Where it goes, how, with which coupon."""
    for i in range(shop.lines):
        put_line(now, catalogue, shop.cart[i])
    put_options(now, tab, SHIP_TO, ADDRESS_FIELD, HOME_ADDRESS, 0b111, 0)
    put_options(now, tab, SHIPPING, SHIPPING_FIELD, STANDARD, 0b111, 0)
    put_field(now, tab, TEXTBOX, COUPON, COUPON_FIELD, FILL)
    put(now, BUTTON, PLACE_ORDER).effect = PLACE


@rare
def order_list(now, shop):
    """All orders, the last first."""
    for i in range(shop.orders - 1, -1, -1):
        order = shop.order[i]
        link = put_link(now, ORDER, ORDER_PAGE, i)
        link.unit = ORDER_NUMBER
        link.value = order.number
        put(now, TEXT, STATUS).words[0] = PLACED_WORD + order.status
        put_value(now, TOTAL, MONEY, order.total)


@rare
def order_page(now, catalogue, order):
    """One order, and the button that undoes it while that can be."""
    heading = put(now, HEADING, ORDER)
    heading.unit = ORDER_NUMBER
    heading.value = order.number
    put(now, TEXT, STATUS).words[0] = PLACED_WORD + order.status
    for i in range(order.lines):
        put_line(now, catalogue, order.line[i])
    put(now, TEXT, SHIP_TO).words[0] = HOME_ADDRESS + order.address
    put(now, TEXT, SHIPPING).words[0] = STANDARD + order.shipping
    put_value(now, TOTAL, MONEY, order.total)
    if order.status == PLACED:
        put(now, BUTTON, CANCEL_ORDER).effect = CANCEL_IT
    elif order.status == SHIPPED or order.status == DELIVERED:
        put(now, BUTTON, RETURN_ORDER).effect = RETURN_IT


if len(STATUSES) != 5 or WORDS[PLACED_WORD : PLACED_WORD + 5] != STATUSES:
    raise ImportError("statuses and their captions differ")
