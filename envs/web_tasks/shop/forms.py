"""Forms of the shop: what has to be filled in otherwise, what that costs, what comes next."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import chosen
from midcourse.envs.web_tasks.goal.requirements import act_of, place_of, same_words, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    ADDRESS,
    COLOUR,
    COUPON,
    NOUN,
    OF_SHOP,
    REVIEW,
    SHIPPING,
    SIZE,
    STARS,
    WORDS,
)
from midcourse.envs.web_tasks.shop.acts import coupon_of, quantity_of
from midcourse.envs.web_tasks.shop.layout import (
    ADD,
    ADDRESS_FIELD,
    CHECKOUT,
    COLOUR_FIELD,
    COUPON_FIELD,
    PLACE,
    POST_REVIEW,
    QUANTITY_FIELD,
    REMOVE,
    SHIPPING_FIELD,
    SIZE_FIELD,
    STARS_FIELD,
    WORDS_FIELD,
    catalogue_of,
    shop_of,
)
from midcourse.envs.web_tasks.shop.quantities import wanted_quantity
from midcourse.envs.web_tasks.shop.records import CART, ORDERS, PRODUCTS
from midcourse.envs.web_tasks.shop.wishes import line_fits
from midcourse.envs.web_tasks.state import BUTTON, FROM_GOAL, FROM_NUMBERS
from midcourse.envs.web_tasks.ways.finding import NONE, button, field_of, link_to

CART_JOB = ORDERS + PRODUCTS  # to buy what is in the cart


@rare
def shop_main_cost(world, shared, main):
    """Actions of the main job itself, from the page where it is done, with a blank form."""
    if main < ORDERS:
        return 0  # one button, counted as that of any order to be undone
    wrong = wrong_lines(world, shared)
    if main == CART_JOB:
        return wrong + 1 + unfilled_checkout(world, shared.blank[0]) + 1
    p = main - ORDERS
    cost = unfilled(world, shared, p, shared.blank[0]) + 1
    if act_of(world, OF_SHOP) == REVIEW:
        return cost
    if blocked(world, p):
        cost += 1
    return cost + wrong + 1 + unfilled_checkout(world, shared.blank[0]) + 1


def wrong_lines(world, shared):
    """Lines of the cart that have to go."""
    shop = shop_of(world)
    wrong = shop.lines
    if cart_fits(world, shared):
        wrong -= 1
    return wrong


def cart_fits(world, shared):
    """Whether the cart has what is to be bought."""
    return kept_line(world, shared) != NONE


@rare
def kept_line(world, shared):
    """The first line of the cart that is what is to be bought."""
    shop = shop_of(world)
    for i in range(shop.lines):
        if line_fits(world, shared, shop.cart[i]):
            return i
    return NONE


@rare
def blocked(world, p):
    """Whether the cart has to be emptied before a product can be put into it."""
    shop = shop_of(world)
    wanted = max(1, wanted_quantity(world))
    for i in range(shop.lines):
        if shop.cart[i].product == p:
            wanted += shop.cart[i].quantity
    return shop.lines == CART or wanted > shop.stock[p].stock


@rare
def unfilled(world, shared, p, tab):
    """Fields of a product's form that have to be filled in otherwise."""
    product = catalogue_of(world, shared).product[p]
    count = 0
    if act_of(world, OF_SHOP) == REVIEW:
        stars = value_of(world, STARS)
        if stars >= 0 and chosen(tab, STARS_FIELD, 0b111110, 5) != stars:
            count += 1
        k = place_of(world, WORDS)
        if k >= 0:
            if not same_words(tab.field[WORDS_FIELD], world.goal.constraint[k].words):
                count += 1
        elif tab.field[WORDS_FIELD, 0] == 0:
            count += 1
        return count
    colour = value_of(world, COLOUR)
    if colour >= 0 and chosen(tab, COLOUR_FIELD, product.colours, 0) != colour:
        count += 1
    size = value_of(world, SIZE)
    if size >= 0 and chosen(tab, SIZE_FIELD, product.sizes, 0) != size:
        count += 1
    if wrong_quantity(world, p, tab):
        count += 1
    return count


def wrong_quantity(world, p, tab):
    """Whether a form's quantity will not do."""
    quantity = wanted_quantity(world)
    filled = quantity_of(tab)
    if quantity >= 0:
        return filled != quantity
    return filled < 0 or filled > shop_of(world).stock[p].stock


@rare
def unfilled_checkout(world, tab):
    """Fields of the order's form that have to be filled in otherwise."""
    count = 0
    address = value_of(world, ADDRESS)
    if address >= 0 and chosen(tab, ADDRESS_FIELD, 0b111, 0) != address:
        count += 1
    shipping = value_of(world, SHIPPING)
    if shipping >= 0 and chosen(tab, SHIPPING_FIELD, 0b111, 0) != shipping:
        count += 1
    coupon = value_of(world, COUPON)
    if coupon >= 0 and coupon_of(tab) != coupon:
        count += 1
    return count


# --- what to fill in ---------------------------------------------------------------------------


@rare
def empty_cart(world, shared):
    """In the cart: take out what has to go, then go on to the checkout."""
    now = world.now[0]
    kept = kept_line(world, shared)
    for e in range(now.elements):
        element = now.element[e]
        if element.role == BUTTON and element.effect == REMOVE and element.argument != kept:
            return e, 0
    return link_to(world, CHECKOUT, 0), 0


@rare
def check_out(world, tab):
    """At the checkout: fill in what is missing, then order."""
    address = value_of(world, ADDRESS)
    if address >= 0 and chosen(tab, ADDRESS_FIELD, 0b111, 0) != address:
        return field_of(world, ADDRESS_FIELD), address
    shipping = value_of(world, SHIPPING)
    if shipping >= 0 and chosen(tab, SHIPPING_FIELD, 0b111, 0) != shipping:
        return field_of(world, SHIPPING_FIELD), shipping
    coupon = value_of(world, COUPON)
    if coupon >= 0 and coupon_of(tab) != coupon:
        return field_of(world, COUPON_FIELD), FROM_GOAL + place_of(world, COUPON)
    return button(world, PLACE, PLACE), 0


@rare
def fill_in(world, shared, p, tab):
    """On a product's page: fill in what is missing, then send the form."""
    product = catalogue_of(world, shared).product[p]
    if act_of(world, OF_SHOP) == REVIEW:
        stars = value_of(world, STARS)
        if stars >= 0 and chosen(tab, STARS_FIELD, 0b111110, 5) != stars:
            return field_of(world, STARS_FIELD), stars
        k = place_of(world, WORDS)
        if k >= 0:
            if not same_words(tab.field[WORDS_FIELD], world.goal.constraint[k].words):
                return field_of(world, WORDS_FIELD), FROM_GOAL + k
        elif tab.field[WORDS_FIELD, 0] == 0:
            return field_of(world, WORDS_FIELD), FROM_GOAL + place_of(world, NOUN)
        return button(world, POST_REVIEW, POST_REVIEW), 0
    colour = value_of(world, COLOUR)
    if colour >= 0 and chosen(tab, COLOUR_FIELD, product.colours, 0) != colour:
        return field_of(world, COLOUR_FIELD), colour
    size = value_of(world, SIZE)
    if size >= 0 and chosen(tab, SIZE_FIELD, product.sizes, 0) != size:
        return field_of(world, SIZE_FIELD), size
    if wrong_quantity(world, p, tab):
        return field_of(world, QUANTITY_FIELD), FROM_NUMBERS + max(1, wanted_quantity(world))
    return button(world, ADD, ADD), 0
