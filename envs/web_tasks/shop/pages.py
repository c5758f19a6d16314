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
from midcourse.envs.web_tasks.shop.layout import (
    ADD,
    ADD_TO_CART,
    ADDRESS_FIELD,
    BY,
    CANCEL_IT,
    CANCEL_ORDER,
    CART,
    CART_PAGE,
    CHECK_OUT,
    CHECKOUT,
    COLOUR,
    COLOUR_FIELD,
    COUPON,
    COUPON_FIELD,
    DELETE,
    DELETE_REVIEW,
    EMPTY,
    FIND,
    FIRST_CATEGORY,
    FIRST_COLOUR,
    FIRST_SIZE,
    HOME,
    HOME_ADDRESS,
    IN_STOCK,
    LISTING,
    ORDER,
    ORDER_LIST,
    ORDER_PAGE,
    ORDERS,
    PLACE,
    PLACE_ORDER,
    PLACED_WORD,
    POST,
    POST_REVIEW,
    PRICE,
    PRODUCT_PAGE,
    QUANTITY,
    QUANTITY_FIELD,
    RATING,
    REMOVE,
    RESULTS,
    RETURN_IT,
    RETURN_ORDER,
    REVIEW_STARS,
    REVIEWS,
    SEARCH,
    SEARCH_FIELD,
    SHIP_TO,
    SHIPPING,
    SHIPPING_FIELD,
    SHOP_HOME,
    SHOWN,
    SIZE,
    SIZE_FIELD,
    STANDARD,
    STARS_FIELD,
    STATUS,
    TAKE_OUT,
    TOTAL,
    WELCOME,
    WORDS_FIELD,
    YOUR_REVIEW,
    catalogue_of,
    shop_of,
)
from midcourse.envs.web_tasks.shop.lists import (
    list_products,
    put_filters,
    put_name,
)
from midcourse.envs.web_tasks.shop.records import (
    DELIVERED,
    PLACED,
    SHIPPED,
    STATUSES,
)
from midcourse.envs.web_tasks.speech.words import (
    CATEGORIES,
    LONGEST,
    NUMBER,
    WORDS,
)
from midcourse.envs.web_tasks.state import (
    BUTTON,
    COUNT,
    HEADING,
    MONEY,
    ORDER_NUMBER,
    PRICE_OF,
    STARS,
    TEXT,
    TEXTBOX,
)


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
