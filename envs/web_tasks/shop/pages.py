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
SEARCH_FIELD, SORT_FIELD = 0, 1
COLOUR_FIELD, SIZE_FIELD, QUANTITY_FIELD = 1, 2, 3
STARS_FIELD, WORDS_FIELD = 4, 5
ADDRESS_FIELD, SHIPPING_FIELD, COUPON_FIELD = 1, 2, 3
SEARCH, SORT, ADD, REMOVE, PLACE, CANCEL_IT, RETURN_IT, POST_REVIEW, DELETE_REVIEW = range(
    110, 119
)  # effects

HOME, CART, ORDERS, FIND = ID["Home"], ID["Cart"], ID["Orders"], ID["Search"]
SORT_BY, RELEVANCE, PRICE, RATING = ID["Sort by"], ID["relevance"], ID["Price"], ID["Rating"]
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
        list_products(now, shop, catalogue, page, shared.products)
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


def listed(catalogue, page, p):
    """Whether a product belongs on a page of a category or of results."""
    product = catalogue.product[p]
    if page.kind == LISTING:
        return product.category == page.item
    return named(product, page.words)


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


def comes_before(shop, catalogue, sort, p, q):
    """Whether product p stands above q, whose number is smaller."""
    if sort == 1:
        return shop.stock[p].price < shop.stock[q].price
    if sort == 2:
        return shop.stock[p].price > shop.stock[q].price
    if sort == 3:
        return catalogue.product[p].rating > catalogue.product[q].rating
    return False


@rare
def list_products(now, shop, catalogue, page, products):
    """The products of a category, or those that were found, in the order asked for."""
    sort = put(now, COMBOBOX, SORT_BY)
    sort.effect = SORT
    sort.field = SORT_FIELD
    sort.options = RELEVANCE
    sort.argument = (1 << SORTS) - 1
    sort.words[0] = RELEVANCE + page.sort
    first_row = now.elements
    shown = 0
    for p in range(products):
        if listed(catalogue, page, p) and shown < SHOWN:
            shown += 1
            place = first_row + 2 * (shown - 1)
            link = put_link(now, 0, PRODUCT_PAGE, p)
            put_name(link, catalogue.product[p])
            put_value(now, PRICE, PRICE_OF, shop.stock[p].price)
            while place > first_row and comes_before(
                shop, catalogue, page.sort, p, now.element[place - 2].argument
            ):
                swap_rows(now, place - 2, place)
                place -= 2
    if shown == 0:
        put(now, TEXT, NOTHING_FOUND)


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
