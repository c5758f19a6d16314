"""What the user wants: typed requirements, what fulfils them, and how a message changes them.

A goal is made from a target (a product, an order), of which its requirements tell some attributes.
Attributes that a target has select it; the others (a quantity, an address) are free. A message adds
an attribute of the target, exchanges a value so that some target still has everything, or strikes
a requirement out.
"""

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import USERS, below
from midcourse.envs.web_tasks.shop.pages import (
    FIRST_CODE,
    FIRST_COLOUR,
    FIRST_SIZE,
    HOME_ADDRESS,
    STANDARD,
    catalogue_of,
    shop_of,
)
from midcourse.envs.web_tasks.shop.records import (
    CANCELLED,
    DELIVERED,
    ORDERS,
    PLACED,
    RETURNED,
    SHIPPED,
)
from midcourse.envs.web_tasks.state import (
    ADDITION,
    CONSTRAINTS,
    PRICE_OF,
    RETRACTION,
    REVISION,
)
from midcourse.envs.web_tasks.words import JUDGEMENTS, LONGEST, NUMBER, first

ATTRIBUTES = (
    "noun", "material", "brand", "most", "rating", "colour", "size", "quantity", "address",
    "shipping", "coupon", "stars", "words",
)  # fmt: skip
(
    NOUN,
    MATERIAL,
    BRAND,
    MOST,
    RATING,
    COLOUR,
    SIZE,
    QUANTITY,
    ADDRESS,
    SHIPPING,
    COUPON,
    STARS,
    WORDS,
) = range(len(ATTRIBUTES))
ACTS = ("buy", "cancel", "return", "review", "price", "cheapest")
BUY, CANCEL, RETURN, REVIEW, PRICE, CHEAPEST = range(len(ACTS))

# Attributes as bits. `FREE` is what no target has; `OPTIONS` are those a target offers a choice of.
FREE = 1 << QUANTITY | 1 << ADDRESS | 1 << SHIPPING | 1 << COUPON | 1 << STARS | 1 << WORDS
DELIVERY = 1 << ADDRESS | 1 << SHIPPING | 1 << COUPON
NAME = 1 << MATERIAL | 1 << BRAND
# For each template: the act, what the goal says from the start, what a message may add.
TEMPLATES = (
    (BUY, 1 << NOUN | 1 << COLOUR, 1 << MATERIAL | 1 << MOST | 1 << QUANTITY | DELIVERY),
    (PRICE, 1 << NOUN | 1 << MATERIAL, 1 << BRAND),
    (CANCEL, 1 << NOUN, NAME),
    (BUY, 1 << NOUN | 1 << MATERIAL | 1 << ADDRESS, 1 << MOST | 1 << QUANTITY | 1 << COLOUR),
    (CHEAPEST, 1 << NOUN, 1 << MATERIAL | 1 << RATING),
    (REVIEW, 1 << NOUN | 1 << STARS | 1 << WORDS, NAME),
    (RETURN, 1 << NOUN, NAME),
    (BUY, 1 << NOUN | 1 << MOST | 1 << QUANTITY | 1 << SHIPPING, 1 << COLOUR | 1 << ADDRESS),
    (BUY, 1 << NOUN | 1 << RATING | 1 << COUPON, 1 << COLOUR | 1 << QUANTITY | 1 << ADDRESS),
    (BUY, 1 << NOUN | 1 << COLOUR | 1 << SIZE, 1 << QUANTITY | DELIVERY),
)
FIRST_JUDGEMENT = first(JUDGEMENTS)
QUANTITIES = 3  # 2, 3, 4
PRICE_STEP = 500  # cents
TRIES = 4


def act_of(template):
    """What a template wants done."""
    return TEMPLATES[template][0]


@rare
def product_of(world, act, target):
    """The product that a target is about; -1 if it cannot be a target of the act."""
    shop = shop_of(world)
    if act in (CANCEL, RETURN):
        if target >= shop.orders:
            return -1
        order = shop.order[target]
        if order.fresh == 1 or order.lines != 1 or not undoable(order, act):
            return -1
        return order.line[0].product
    return target


def undoable(order, act):
    """Whether an order was there from the start in the state in which the act makes sense."""
    status = order.was
    return status == PLACED if act == CANCEL else status in (SHIPPED, DELIVERED)


def targets(shared, act):
    """How many numbers targets may have."""
    return ORDERS if act in (CANCEL, RETURN) else shared.products


def has(world, shared, p, constraint):
    """Whether a product has what a requirement asks of it; it does if that is free."""
    what = constraint.what
    value = constraint.value
    product = catalogue_of(world, shared).product[p]
    if what == BRAND:
        return product.name[0] == value
    if what == MATERIAL:
        return product.name[1] == value
    if what == NOUN:
        return product.name[2] == value
    if what == MOST:
        return shop_of(world).stock[p].price <= value
    if what == RATING:
        return product.rating >= value
    if what == COLOUR:
        return (product.colours >> value) & 1 != 0
    if what == SIZE:
        return (product.sizes >> value) & 1 != 0
    return True


@rare
def fits(world, shared, p, without):
    """Whether a product has all that the goal asks of it but for requirement `without`."""
    goal = world.goal
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if k != without and constraint.live != 0 and not has(world, shared, p, constraint):
            return False
    return True


@rare
def lay_out_goal(world, shared, stream):
    """Draw a template's target, and the requirements that it fulfils."""
    goal = world.goal
    template = TEMPLATES[goal.template]
    goal.act = template[0]
    goal.count = 0
    for k in range(CONSTRAINTS):
        clear_constraint(goal.constraint[k])
    end = targets(shared, goal.act)
    at = below(world, stream, end)
    for _ in range(end):
        p = product_of(world, goal.act, at)
        if p >= 0 and offers(catalogue_of(world, shared).product[p], template[1]):
            break
        at = at + 1 if at + 1 < end else 0
    goal.target = at
    for what in range(len(ATTRIBUTES)):
        if (template[1] >> what) & 1 != 0:
            add_constraint(world, shared, what, stream)


def offers(product, attributes):
    """Whether a product can be asked for by these attributes."""
    return product.sizes != 0 or (attributes >> SIZE) & 1 == 0


@rare
def clear_constraint(constraint):
    """Make a requirement blank."""
    constraint.what = 0
    constraint.live = 0
    constraint.value = 0
    for k in range(LONGEST):
        constraint.words[k] = 0


@rare
def copy_constraint(to, source):
    """Copy a requirement."""
    to.what = source.what
    to.live = source.live
    to.value = source.value
    for k in range(LONGEST):
        to.words[k] = source.words[k]


@rare
def add_constraint(world, shared, what, stream):
    """One more requirement, which the target fulfils."""
    goal = world.goal
    constraint = goal.constraint[goal.count]
    goal.count += 1
    constraint.what = what
    constraint.live = 1
    p = product_of(world, goal.act, goal.target)
    set_value(constraint, draw_value(world, shared, what, p, stream))


@rare
def draw_value(world, shared, what, p, stream):
    """A value of an attribute: the product's own where it has one."""
    product = catalogue_of(world, shared).product[p]
    if what == BRAND:
        return int(product.name[0])
    if what == MATERIAL:
        return int(product.name[1])
    if what == NOUN:
        return int(product.name[2])
    if what == MOST:
        return (shop_of(world).stock[p].price // PRICE_STEP + 1) * PRICE_STEP
    if what == RATING:
        return product.rating // 5 * 5
    if what == COLOUR:
        return draw_bit(world, product.colours, stream)
    if what == SIZE:
        return draw_bit(world, product.sizes, stream)
    if what == QUANTITY:
        return 2 + below(world, stream, QUANTITIES)
    if what == STARS:
        return 1 + below(world, stream, 5)
    if what == COUPON:
        return below(world, stream, 6)
    if what == WORDS:
        return below(world, stream, len(JUDGEMENTS) * (len(JUDGEMENTS) - 1))
    return below(world, stream, 3)


def draw_bit(world, offered, stream):
    """One of the numbers whose bits are set."""
    count = 0
    for bit in range(8):
        count += (offered >> bit) & 1
    skip = below(world, stream, max(1, count))
    for bit in range(8):
        if (offered >> bit) & 1 != 0:
            if skip == 0:
                return bit
            skip -= 1
    return 0


@rare
def set_value(constraint, value):
    """Give a requirement its value, and the words that can be typed of it."""
    what = constraint.what
    constraint.value = value
    constraint.words[1] = 0
    word = value
    if what == COLOUR:
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
        one = value // (len(JUDGEMENTS) - 1)
        two = value - one * (len(JUDGEMENTS) - 1)
        word = FIRST_JUDGEMENT + one
        constraint.words[1] = FIRST_JUDGEMENT + (two + 1 if two >= one else two)
    elif what != NOUN and what != MATERIAL and what != BRAND:
        word = NUMBER + value
    constraint.words[0] = word


# --- messages ---------------------------------------------------------------------------------


@rare
def amend(world, shared, kind):
    """A message of some kind changes the goal; False, and only draws were taken, if none can."""
    done = undone_as_wanted(world, shared)
    if kind == ADDITION:
        changed = add(world, shared)
    elif kind == RETRACTION:
        changed = retract(world)
    else:
        changed = revise(world, shared)
    if changed:
        forgive(world, shared, done)
    return changed


def note(world, kind, k):
    """Put a message down; the requirement as it was is what it holds now."""
    message = world.message[world.said]
    message.kind = kind
    message.place = k
    message.step = world.clock
    copy_constraint(message.old, world.goal.constraint[k])
    return message


@rare
def add(world, shared):
    """The goal was under-specified: one more requirement, which its target fulfils."""
    goal = world.goal
    open_ones = TEMPLATES[goal.template][2]
    for k in range(goal.count):
        if goal.constraint[k].live != 0:
            open_ones &= ~(1 << goal.constraint[k].what)
    count = 0
    for what in range(len(ATTRIBUTES)):
        count += (open_ones >> what) & 1
    if count == 0 or goal.count == CONSTRAINTS:
        return False
    skip = below(world, USERS, count)
    for what in range(len(ATTRIBUTES)):
        if (open_ones >> what) & 1 != 0:
            if skip == 0:
                message = note(world, ADDITION, goal.count)
                add_constraint(world, shared, what, USERS)
                copy_constraint(message.new, goal.constraint[goal.count - 1])
                world.said += 1
                return True
            skip -= 1
    return False


@rare
def retract(world):
    """The goal asked too much: a requirement falls away, but never what thing it is about."""
    goal = world.goal
    count = 0
    for k in range(goal.count):
        if goal.constraint[k].live != 0 and goal.constraint[k].what != NOUN:
            count += 1
    if count == 0:
        return False
    skip = below(world, USERS, count)
    for k in range(goal.count):
        if goal.constraint[k].live != 0 and goal.constraint[k].what != NOUN:
            if skip == 0:
                message = note(world, RETRACTION, k)
                goal.constraint[k].live = 0
                copy_constraint(message.new, goal.constraint[k])
                world.said += 1
                return True
            skip -= 1
    return False


@rare
def revise(world, shared):
    """A value was wrong: another one, for which some target fulfils the whole goal."""
    goal = world.goal
    first_tried = below(world, USERS, goal.count)
    for i in range(goal.count):
        k = first_tried + i if first_tried + i < goal.count else first_tried + i - goal.count
        constraint = goal.constraint[k]
        if constraint.live != 0:
            message = note(world, REVISION, k)
            free = (FREE >> constraint.what) & 1 != 0
            if revise_free(world, shared, constraint) if free else revise_target(world, shared, k):
                copy_constraint(message.new, constraint)
                world.said += 1
                return True
    return False


@rare
def revise_free(world, shared, constraint):
    """Another value of what no target has."""
    p = product_of(world, world.goal.act, world.goal.target)
    for _ in range(4 * TRIES):
        value = draw_value(world, shared, constraint.what, p, USERS)
        if value != constraint.value:
            set_value(constraint, value)
            return True
    return False


@rare
def revise_target(world, shared, k):
    """Another value of requirement k, that of another target which fits the other requirements."""
    goal = world.goal
    constraint = goal.constraint[k]
    end = targets(shared, goal.act)
    at = below(world, USERS, end)
    for _ in range(end):
        p = product_of(world, goal.act, at)
        if p >= 0 and fits(world, shared, p, k) and offers_value(world, shared, p, constraint.what):
            for _ in range(TRIES):
                value = draw_value(world, shared, constraint.what, p, USERS)
                if value != constraint.value:
                    goal.target = at
                    set_value(constraint, value)
                    return True
        at = at + 1 if at + 1 < end else 0
    return False


def offers_value(world, shared, p, what):
    """Whether a product has the attribute at all."""
    return what != SIZE or catalogue_of(world, shared).product[p].sizes != 0


# --- what has been done -----------------------------------------------------------------------


@rare
def undone_as_wanted(world, shared):
    """The one order that was undone as the goal asks; -1 if there is none, or there are several.

    Of several, one is too many whatever is said later.
    """
    world.now[0]
    shop = shop_of(world)
    found = -1
    for o in range(shop.orders):
        order = shop.order[o]
        undone = order.fresh == 0 and order.status != order.was and order.forgiven == 0
        if undone and undo_fits(world, shared, order):
            if found >= 0:
                return -1
            found = o
    return found


@rare
def forgive(world, shared, done):
    """An order undone as was wanted is not held against anybody if a message makes it wrong.

    Nor does it count then, unless a later message makes it right again and no other is.
    """
    shop = shop_of(world)
    if done >= 0 and not undo_fits(world, shared, shop.order[done]):
        shop.order[done].forgiven = 1
    if undone_as_wanted(world, shared) < 0:
        for o in range(shop.orders):
            if shop.order[o].forgiven != 0 and undo_fits(world, shared, shop.order[o]):
                shop.order[o].forgiven = 0
                return


@rare
def undo_fits(world, shared, order):
    """Whether an order of the past is the one that the goal wants cancelled or sent back."""
    act = world.goal.act
    if act != CANCEL and act != RETURN:
        return False
    if order.fresh != 0 or order.lines != 1 or not undoable(order, act):
        return False
    return fits(world, shared, order.line[0].product, -1)


def line_fits(world, shared, line):
    """Whether a line of an order is what the goal wants bought."""
    goal = world.goal
    if not fits(world, shared, line.product, -1):
        return False
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if constraint.live != 0:
            what = constraint.what
            if what == COLOUR and line.colour != constraint.value:
                return False
            if what == SIZE and line.size != constraint.value:
                return False
            if what == QUANTITY and line.quantity != constraint.value:
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
    if not fits(world, shared, review.product, -1):
        return False
    for k in range(goal.count):
        constraint = goal.constraint[k]
        if constraint.live != 0:
            if constraint.what == STARS and review.stars != constraint.value:
                return False
            if constraint.what == WORDS and not same_words(review.words, constraint.words):
                return False
    return True


def same_words(some, others):
    """Whether two texts are equal."""
    equal = True
    for k in range(LONGEST):
        equal = equal and some[k] == others[k]
    return equal


def live(order):
    """Whether an order stands."""
    return order.status != CANCELLED and order.status != RETURNED


@rare
def achieved(world, shared):
    """Whether the web, and the answer, are as the user wants them, and nothing else is changed."""
    placed, right = changes(world, shared)
    if world.goal.act in (PRICE, CHEAPEST):
        return placed == 0 and answered(world, shared)
    return placed == 1 and right == 1


def damage(world, shared):
    """What stands changed beyond what is wanted: orders, reviews, orders of the past undone."""
    placed, right = changes(world, shared)
    return placed - min(1, right)


@rare
def changes(world, shared):
    """What was changed for good, and what of it is as the goal wants it."""
    world.now[0]
    shop = shop_of(world)
    act = world.goal.act
    placed = 0
    right = 0
    for o in range(shop.orders):
        order = shop.order[o]
        if order.fresh != 0:
            if live(order):
                placed += 1
                if act == BUY and order_fits(world, shared, order):
                    right += 1
        elif order.status != order.was and order.forgiven == 0:
            placed += 1
            if undo_fits(world, shared, order):
                right += 1
    for r in range(shop.reviews):
        review = shop.review[r]
        if review.fresh != 0:
            placed += 1
            if act == REVIEW and review_fits(world, shared, review):
                right += 1
    return placed, right


def answered(world, shared):
    """Whether the answer is right."""
    if world.answer_unit != PRICE_OF:
        return False
    return right_price(world, shared, world.answer)


def right_price(world, shared, price):
    """Whether a price is one that was asked for: of something that fits, or of the cheapest."""
    world.now[0]
    shop = shop_of(world)
    found = False
    least = True
    for p in range(shared.products):
        if fits(world, shared, p, -1):
            found = found or shop.stock[p].price == price
            least = least and shop.stock[p].price >= price
    return found and (least or world.goal.act == PRICE)
