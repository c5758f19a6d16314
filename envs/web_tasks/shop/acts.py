"""What the shop's buttons do."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import address_of, chosen, copy_words, tab_of, visit
from midcourse.envs.web_tasks.shop.layout import (
    ADD,
    ADDRESS_FIELD,
    CANCEL_IT,
    CART_PAGE,
    COLOUR_FIELD,
    COUPON_FIELD,
    DELETE_REVIEW,
    FIRST_CODE,
    ORDER_PAGE,
    PLACE,
    POST_REVIEW,
    PRODUCT_PAGE,
    QUANTITY_FIELD,
    REMOVE,
    RETURN_IT,
    SHIPPING_FIELD,
    SIZE_FIELD,
    STARS_FIELD,
    WORDS_FIELD,
    catalogue_of,
    shop_of,
)
from midcourse.envs.web_tasks.shop.records import (
    CANCELLED,
    CART,
    COUPON_SHARES,
    ORDERS,
    PLACED,
    RETURNED,
    REVIEWS,
    SHIPPING_PRICES,
)
from midcourse.envs.web_tasks.speech.words import LONGEST, NUMBER
from midcourse.envs.web_tasks.state import (
    BAD_COUPON,
    BAD_QUANTITY,
    BAD_REVIEW,
    CART_EMPTY,
    CART_FULL,
    ORDERS_FULL,
    REVIEWS_FULL,
    SOLD_OUT,
)

MOST_AT_ONCE = 9  # items of one line


@rare
def shop_act(world, shared, effect, argument):
    """What a button does. What it refuses leaves everything as it was, but for the reply."""
    if effect == ADD:
        add_to_cart(world, shared)
    elif effect == REMOVE:
        remove_line(world, argument)
    elif effect == PLACE:
        place_order(world)
    elif effect in (CANCEL_IT, RETURN_IT):
        undo_order(world, effect)
    elif effect == POST_REVIEW:
        post_review(world)
    elif effect == DELETE_REVIEW:
        delete_review(world, argument)


def quantity_of(tab):
    """The quantity in the form: 1 where nothing is filled in, -1 where it makes no sense."""
    text = tab.field[QUANTITY_FIELD]
    if text[0] == 0:
        return 1
    quantity = text[0] - NUMBER
    if text[1] != 0 or quantity < 1 or quantity > MOST_AT_ONCE:
        return -1
    return quantity


@rare
def add_to_cart(world, shared):
    """Put the product at hand into the cart, as the form says, and show the cart."""
    shop = shop_of(world)
    tab = tab_of(world)
    p = address_of(world).item
    product = catalogue_of(world, shared).product[p]
    quantity = quantity_of(tab)
    if quantity < 0:
        world.reply = BAD_QUANTITY
        return
    wanted = quantity
    for i in range(shop.lines):
        if shop.cart[i].product == p:
            wanted += shop.cart[i].quantity
    if wanted > shop.stock[p].stock:
        world.reply = SOLD_OUT
        return
    if shop.lines == CART:
        world.reply = CART_FULL
        return
    line = shop.cart[shop.lines]
    line.product = p
    line.quantity = quantity
    line.colour = chosen(tab, COLOUR_FIELD, product.colours, 0)
    line.size = chosen(tab, SIZE_FIELD, product.sizes, 0) if product.sizes != 0 else -1
    shop.lines += 1
    visit(world, CART_PAGE, 0, 0)


@rare
def copy_line(to, source):
    """Copy a line."""
    to.product = source.product
    to.quantity = source.quantity
    to.colour = source.colour
    to.size = source.size


@rare
def clear_line(line):
    """Make a line blank."""
    line.product = -1
    line.quantity = 0
    line.colour = 0
    line.size = -1


@rare
def remove_line(world, i):
    """Take a line out of the cart."""
    shop = shop_of(world)
    shop.lines -= 1
    for j in range(i, shop.lines):
        copy_line(shop.cart[j], shop.cart[j + 1])
    clear_line(shop.cart[shop.lines])


def coupon_of(tab):
    """The coupon in the form: -1 where nothing is filled in, -2 where there is no such."""
    text = tab.field[COUPON_FIELD]
    if text[0] == 0:
        return -1
    coupon = text[0] - FIRST_CODE
    if text[1] != 0 or coupon < 0 or coupon >= len(COUPON_SHARES):
        return -2
    return coupon


@rare
def place_order(world):
    """Order what is in the cart. From then on it can only be cancelled, or sent back."""
    shop = shop_of(world)
    tab = tab_of(world)
    coupon = coupon_of(tab)
    if shop.lines == 0:
        world.reply = CART_EMPTY
        return
    if coupon == -2:
        world.reply = BAD_COUPON
        return
    if not in_stock(shop):
        world.reply = SOLD_OUT
        return
    if shop.orders == ORDERS:
        world.reply = ORDERS_FULL
        return
    order = shop.order[shop.orders]
    order.number = shop.next_number
    order.status = PLACED
    order.was = PLACED
    order.address = chosen(tab, ADDRESS_FIELD, 0b111, 0)
    order.shipping = chosen(tab, SHIPPING_FIELD, 0b111, 0)
    order.coupon = coupon
    order.fresh = 1
    order.lines = shop.lines
    price = 0
    for i in range(CART):
        line = shop.cart[i]
        copy_line(order.line[i], line)
        if i < shop.lines:
            stock = shop.stock[line.product]
            price += stock.price * line.quantity
            stock.stock -= line.quantity
        clear_line(line)
    if coupon >= 0:
        price -= price * COUPON_SHARES[coupon] // 100
    order.total = price + SHIPPING_PRICES[order.shipping]
    shop.lines = 0
    shop.next_number += 1
    visit(world, ORDER_PAGE, shop.orders, 0)
    shop.orders += 1


def in_stock(shop):
    """Whether there is enough of everything in the cart."""
    for i in range(shop.lines):
        wanted = 0
        for j in range(shop.lines):
            if shop.cart[j].product == shop.cart[i].product:
                wanted += shop.cart[j].quantity
        if wanted > shop.stock[shop.cart[i].product].stock:
            return False
    return True


@rare
def undo_order(world, effect):
    """Cancel an order that has not shipped, or send back one that has; its items are in stock."""
    shop = shop_of(world)
    order = shop.order[address_of(world).item]
    order.status = CANCELLED if effect == CANCEL_IT else RETURNED
    for i in range(order.lines):
        shop.stock[order.line[i].product].stock += order.line[i].quantity


@rare
def post_review(world):
    """Publish a review of the product at hand."""
    shop = shop_of(world)
    tab = tab_of(world)
    if tab.field[WORDS_FIELD, 0] == 0:
        world.reply = BAD_REVIEW
        return
    if shop.reviews == REVIEWS:
        world.reply = REVIEWS_FULL
        return
    review = shop.review[shop.reviews]
    review.product = address_of(world).item
    review.stars = chosen(tab, STARS_FIELD, 0b111110, 5)
    review.fresh = 1
    review.author[0] = 0
    review.author[1] = 0
    review.hidden = 0
    copy_words(review.words, tab.field[WORDS_FIELD])
    shop.reviews += 1
    visit(world, PRODUCT_PAGE, review.product, 0)


@rare
def delete_review(world, r):
    """Delete a review of one's own; those after it are one's own too, and move up."""
    shop = shop_of(world)
    shop.reviews -= 1
    for i in range(r, shop.reviews):
        copy_review(shop.review[i], shop.review[i + 1])
    last = shop.review[shop.reviews]
    last.product = -1
    last.stars = 0
    last.fresh = 0
    for k in range(LONGEST):
        last.words[k] = 0


def copy_review(to, source):
    """Copy a review of one's own."""
    to.product = source.product
    to.stars = source.stars
    to.fresh = source.fresh
    copy_words(to.words, source.words)
