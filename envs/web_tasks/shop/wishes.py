"""What can be wanted of the shop: which products, orders and reviews fit, and the words for it."""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import below
from midcourse.envs.web_tasks.goal.requirements import act_of, draw_bit, same_words
from midcourse.envs.web_tasks.goal.wishes import (
    ADDRESS,
    BRAND,
    CANCEL,
    CATEGORY,
    COLOUR,
    COUPON,
    MATERIAL,
    MOST,
    NOUN,
    OF_SHOP,
    QUANTITY,
    RATING,
    RETURN,
    SHIPPING,
    SIZE,
    STARS,
    WORDS,
    WRONG_STATE,
)  # fmt: skip
from midcourse.envs.web_tasks.shop.layout import (
    FIRST_CATEGORY,
    FIRST_CODE,
    FIRST_COLOUR,
    FIRST_SIZE,
    HOME_ADDRESS,
    RATING_STEP,
    STANDARD,
    catalogue_of,
    shop_of,
)
from midcourse.envs.web_tasks.shop.lists import (
    listed_price,
)
from midcourse.envs.web_tasks.shop.quantities import draw_quantity, number_in, quantity_words
from midcourse.envs.web_tasks.shop.records import (
    ADDRESSES,
    COUPON_SHARES,
    DELIVERED,
    PLACED,
    SHIPPED,
    SHIPPINGS,
)
from midcourse.envs.web_tasks.speech.words import JUDGEMENTS, NUMBER, first

FIRST_JUDGEMENT = first(JUDGEMENTS)
PRICE_STEP = 500  # cents


@rare
def product_of(world, act, target, flaw):
    """The product that a target is about; -1 if it cannot be a target of the act.

    `flaw` being WRONG_STATE, orders are looked for that were there in a state that forbids it.
    """
    shop = shop_of(world)
    if act in (CANCEL, RETURN):
        if target >= shop.orders:
            return -1
        order = shop.order[target]
        if order.fresh == 1 or order.lines != 1 or undoable(order, act) == (flaw == WRONG_STATE):
            return -1
        return order.line[0].product
    return target


def undoable(order, act):
    """Whether an order was there from the start in the state in which the act makes sense."""
    status = order.was
    return status == PLACED if act == CANCEL else status in (SHIPPED, DELIVERED)


def product_has(world, shared, p, constraint):
    """Whether a product has what a requirement asks of it; it does if that is free."""
    what = constraint.what
    value = constraint.value
    product = catalogue_of(world, shared).product[p]
    if what == CATEGORY:
        return product.category == value
    if what == BRAND:
        return product.name[0] == value
    if what == MATERIAL:
        return product.name[1] == value
    if what == NOUN:
        return product.name[2] == value
    if what == MOST:
        return listed_price(world, shared, p) <= value
    if what == RATING:
        return product.rating >= value
    if what == COLOUR:
        return (product.colours >> value) & 1 != 0
    if what == SIZE:
        return (product.sizes >> value) & 1 != 0
    return True


@rare
def product_fits(world, shared, p, without):
    """Whether a product has all that the goal asks of it but for requirement `without`."""
    goal = world.goal
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if k != without and constraint.live != 0 and not product_has(world, shared, p, constraint):
            return False
    return True


def offers(world, shared, p, attributes):
    """Whether a product can be asked for by these attributes."""
    return catalogue_of(world, shared).product[p].sizes != 0 or (attributes >> SIZE) & 1 == 0


@rare
def draw_of_product(world, shared, what, p, stream):
    """A value of an attribute: the product's own where it has one."""
    product = catalogue_of(world, shared).product[p]
    if what == CATEGORY:
        return int(product.category)
    if what == BRAND:
        return int(product.name[0])
    if what == MATERIAL:
        return int(product.name[1])
    if what == NOUN:
        return int(product.name[2])
    if what == MOST:
        return (listed_price(world, shared, p) // PRICE_STEP + 1) * PRICE_STEP
    if what == RATING:
        return product.rating // RATING_STEP * RATING_STEP
    # Never what a form holds by itself: such a requirement would be met by chance.
    if what == COLOUR:
        return draw_bit(world, product.colours & (product.colours - 1), stream)
    if what == SIZE:
        return draw_bit(world, product.sizes & (product.sizes - 1), stream)
    if what == QUANTITY:
        return draw_quantity(world, shared, stream)
    if what == STARS:
        return 1 + below(world, stream, 5)
    if what == COUPON:
        return below(world, stream, len(COUPON_SHARES))
    if what == WORDS:
        return below(world, stream, len(JUDGEMENTS) * (len(JUDGEMENTS) - 1))
    return 1 + below(world, stream, len(ADDRESSES if what == ADDRESS else SHIPPINGS) - 1)


@rare
def shop_words(constraint, value):
    """Give a requirement the words that can be typed of its value."""
    what = constraint.what
    word = value
    if what == CATEGORY:
        word = FIRST_CATEGORY + value
    elif what == COLOUR:
        word = FIRST_COLOUR + value
    elif what == SIZE:
        word = FIRST_SIZE + value
    elif what == ADDRESS:
        word = HOME_ADDRESS + value
    elif what == SHIPPING:
        word = STANDARD + value
    elif what == COUPON:
        word = FIRST_CODE + value
    elif what == WORDS:
        two_judgements(constraint, value)
        return
    elif what == QUANTITY:
        quantity_words(constraint.words, value)
        return
    elif what != NOUN and what != MATERIAL and what != BRAND:
        word = NUMBER + value
    constraint.words[0] = word


@rare
def undo_fits(world, shared, order):
    """Whether an order of the past is the one that the goal wants cancelled or sent back."""
    act = act_of(world, OF_SHOP)
    if act != CANCEL and act != RETURN:
        return False
    if order.fresh != 0 or order.lines != 1 or not undoable(order, act):
        return False
    return product_fits(world, shared, order.line[0].product, -1)


def line_fits(world, shared, line):
    """Whether a line of an order is what the goal wants bought."""
    goal = world.goal
    if not product_fits(world, shared, line.product, -1):
        return False
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if constraint.live != 0:
            what = constraint.what
            if what == COLOUR and line.colour != constraint.value:
                return False
            if what == SIZE and line.size != constraint.value:
                return False
            if what == QUANTITY and line.quantity != number_in(constraint.value):
                return False
    return True


@rare
def order_fits(world, shared, order):
    """Whether an order is the one that the goal wants placed."""
    goal = world.goal
    if order.lines != 1 or not line_fits(world, shared, order.line[0]):
        return False
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if constraint.live != 0:
            what = constraint.what
            if what == ADDRESS and order.address != constraint.value:
                return False
            if what == SHIPPING and order.shipping != constraint.value:
                return False
            if what == COUPON and order.coupon != constraint.value:
                return False
    return True


@rare
def review_fits(world, shared, review):
    """Whether a review is the one that the goal wants written."""
    goal = world.goal
    if not product_fits(world, shared, review.product, -1):
        return False
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if constraint.live != 0:
            if constraint.what == STARS and review.stars != constraint.value:
                return False
            if constraint.what == WORDS and not same_words(review.words, constraint.words):
                return False
    return True


def two_judgements(constraint, value):
    """Two different words of judgement, of which there are len * (len - 1) pairs."""
    one = value // (len(JUDGEMENTS) - 1)
    two = value - one * (len(JUDGEMENTS) - 1)
    constraint.words[0] = FIRST_JUDGEMENT + one
    constraint.words[1] = FIRST_JUDGEMENT + (two + 1 if two >= one else two)
