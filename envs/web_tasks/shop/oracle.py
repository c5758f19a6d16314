"""The shop's jobs: what they cost, what open pages save of them, what to do next.

Job o < ORDERS is to cancel or send back order o; job ORDERS + p is what is to be done on product
p's page; CART_JOB is to buy what is in the cart.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import chosen
from midcourse.envs.web_tasks.finding import NONE, button, field_of, link_to
from midcourse.envs.web_tasks.requirements import act_of, place_of, same_words, value_of
from midcourse.envs.web_tasks.shop.acts import coupon_of, quantity_of
from midcourse.envs.web_tasks.shop.pages import (
    ADD,
    ADDRESS_FIELD,
    CANCEL_IT,
    CART_PAGE,
    CHECKOUT,
    COLOUR_FIELD,
    COUPON_FIELD,
    DELETE_REVIEW,
    LISTING,
    ORDER_LIST,
    ORDER_PAGE,
    PLACE,
    POST_REVIEW,
    PRODUCT_PAGE,
    QUANTITY_FIELD,
    REMOVE,
    RESULTS,
    RETURN_IT,
    SHIPPING_FIELD,
    SHOWN,
    SIZE_FIELD,
    STARS_FIELD,
    WORDS_FIELD,
    catalogue_of,
    listed,
    shop_of,
)
from midcourse.envs.web_tasks.shop.records import CART, ORDERS, PRODUCTS
from midcourse.envs.web_tasks.shop.wishes import (
    line_fits,
    listed_price,
    live,
    order_fits,
    product_fits,
    review_fits,
    right_price,
    undo_fits,
)
from midcourse.envs.web_tasks.state import BUTTON, FROM_GOAL, FROM_NUMBERS, STOP
from midcourse.envs.web_tasks.wishes import (
    ADDRESS,
    BUY,
    COLOUR,
    COUPON,
    NOUN,
    OF_SHOP,
    QUANTITY,
    REVIEW,
    SHIPPING,
    SIZE,
    STARS,
    WORDS,
)  # fmt: skip

CART_JOB = ORDERS + PRODUCTS
SHOP_JOBS = CART_JOB + 1


@rare
def shop_could(world, shared, job):
    """Whether the main job can be done as this job, if it is one of the shop's at all."""
    act = act_of(world, OF_SHOP)
    shop = shop_of(world)
    if act == BUY:
        if shop.orders == ORDERS:
            return False
        if cart_fits(world, shared):
            return job == CART_JOB
    if act in (BUY, REVIEW):
        p = job - ORDERS
        return p >= 0 and p < shared.products and product_fits(world, shared, p, -1)
    if job >= shop.orders:
        return False
    order = shop.order[job]
    return order.status == order.was and undo_fits(world, shared, order)


@rare
def shop_asked(world, shared, job):
    """Whether something is to be undone as this job."""
    if job < ORDERS:
        return job < shop_of(world).orders and unwanted(world, shared, job)
    return job < CART_JOB and deletions(world, shared, job - ORDERS) > 0


def shop_travel(job):
    """Actions from anywhere in the shop to the page where a job is done."""
    return 1 if job == CART_JOB else 2  # the list, the order; a category, the product


@rare
def shop_undoing(world, shared, job):
    """Actions that undo what is to be undone as this job, on its page."""
    if job < ORDERS:
        return 1
    return deletions(world, shared, job - ORDERS) if job < CART_JOB else 0


@rare
def answerable(world, shared):
    """Whether the shop has anything that fits."""
    found = False
    for p in range(shared.products):
        found = found or product_fits(world, shared, p, -1)
    return found


@rare
def beyond_repair(world, shared):
    """Whether something was undone that nobody wanted, and cannot be done again."""
    shop = shop_of(world)
    undone = 0
    for o in range(shop.orders):
        order = shop.order[o]
        if order.fresh == 0 and order.status != order.was and order.forgiven == 0:
            if not undo_fits(world, shared, order):
                return True
            undone += 1
    return undone > 1


def unwanted(world, shared, o):
    """Whether an order is one too many: placed in this episode, standing, and not the one kept."""
    order = shop_of(world).order[o]
    return order.fresh != 0 and live(order) and o != kept_order(world, shared)


@rare
def kept_order(world, shared):
    """The order that fulfils the goal; of several, one that is not on the page at hand."""
    now = world.now[0]
    shop = shop_of(world)
    kept = NONE
    if act_of(world, OF_SHOP) == BUY:
        tab = now.tab[now.tab_at]
        page = tab.page[tab.at]
        for o in range(shop.orders):
            order = shop.order[o]
            fresh = order.fresh != 0 and live(order)
            better = kept == NONE or (page.kind == ORDER_PAGE and page.item == kept)
            if fresh and better and order_fits(world, shared, order):
                kept = o
    return kept


@rare
def kept_review(world, shared):
    """The review that fulfils the goal; the first of several."""
    shop = shop_of(world)
    if act_of(world, OF_SHOP) == REVIEW:
        for r in range(shop.reviews):
            if shop.review[r].fresh != 0 and review_fits(world, shared, shop.review[r]):
                return r
    return NONE


@rare
def deletions(world, shared, p):
    """Reviews of a product that were written in this episode and are not wanted."""
    shop = shop_of(world)
    kept = kept_review(world, shared)
    count = 0
    for r in range(shop.reviews - 1, -1, -1):
        review = shop.review[r]
        if review.fresh == 0:
            break
        if review.product == p and r != kept:
            count += 1
    return count


@rare
def shop_done(world, shared):
    """Whether the main job is done."""
    shop = shop_of(world)
    act = act_of(world, OF_SHOP)
    if act == BUY:
        return kept_order(world, shared) != NONE
    if act == REVIEW:
        return kept_review(world, shared) != NONE
    for o in range(shop.orders):
        order = shop.order[o]
        if order.fresh == 0 and order.status != order.was and undo_fits(world, shared, order):
            return True
    return False


# --- the main job ----------------------------------------------------------------------------


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
    wanted = max(1, value_of(world, QUANTITY))
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
    quantity = value_of(world, QUANTITY)
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


# --- what open pages save --------------------------------------------------------------------


@rare
def shop_saved_at(world, shared, page, form, job, main):
    """Actions that a page saves of a job, `form` being what is filled in there."""
    kind = page.kind
    if shop_home(page, job):
        if job != main or job < ORDERS:
            return 2
        p = job - ORDERS
        return 2 + unfilled(world, shared, p, shared.blank[0]) - unfilled(world, shared, p, form)
    if job < ORDERS:
        return 1 if kind == ORDER_LIST else 0
    if job < CART_JOB:
        lists = kind in (LISTING, RESULTS)
        return 1 if lists and shows(catalogue_of(world, shared), page, job - ORDERS) else 0
    if kind == CHECKOUT and wrong_lines(world, shared) == 0:
        if coupon_of(form) == -2 and value_of(world, COUPON) < 0:
            return 0  # only leaving the page empties the field
        return 2 + unfilled_checkout(world, shared.blank[0]) - unfilled_checkout(world, form)
    return 1 if kind == CART_PAGE else 0


def shop_home(page, job):
    """Whether a page is an order's or a product's own, of which a job is about."""
    if job < ORDERS:
        return page.kind == ORDER_PAGE and page.item == job
    return job < CART_JOB and page.kind == PRODUCT_PAGE and page.item == job - ORDERS


@rare
def shows(catalogue, page, p):
    """Whether a list shows a product."""
    if not listed(catalogue, page, p):
        return False
    before = 0
    for q in range(p):
        if listed(catalogue, page, q):
            before += 1
    return before < SHOWN


@rare
def shop_shows_answer(world, shared, page):
    """Whether a page shows a price that was asked for."""
    for p in range(shared.products):
        here = page.kind == PRODUCT_PAGE and page.item == p
        if page.kind == LISTING or page.kind == RESULTS:
            here = shows(catalogue_of(world, shared), page, p)
        if here and right_price(world, shared, listed_price(world, shared, p)):
            return True
    return False


def shop_ends_at_answer(world, shared, job):
    """Whether the page on which a job is done shows the price that was asked for."""
    if job < ORDERS or job >= CART_JOB:
        return False
    return right_price(world, shared, listed_price(world, shared, job - ORDERS))


# --- what to do next -------------------------------------------------------------------------


@rare
def shop_set_out(world, shared, job):
    """The first action to a job from anywhere."""
    if job < ORDERS:
        return link_to(world, ORDER_LIST, 0), 0
    if job == CART_JOB:
        return link_to(world, CART_PAGE, 0), 0
    product = catalogue_of(world, shared).product[job - ORDERS]
    return link_to(world, LISTING, product.category), 0


@rare
def shop_serve(world, shared, job):
    """The next action of a job that the page at hand serves."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    kind = tab.page[tab.at].kind
    if kind == ORDER_LIST:
        return link_to(world, ORDER_PAGE, job), 0
    if kind == ORDER_PAGE:
        return button(world, CANCEL_IT, RETURN_IT), 0
    if kind in (LISTING, RESULTS):
        return link_to(world, PRODUCT_PAGE, job - ORDERS), 0
    if kind == CART_PAGE:
        return empty_cart(world, shared)
    if kind == CHECKOUT:
        return check_out(world, tab)
    p = job - ORDERS
    if deletions(world, shared, p) > 0:
        return delete_button(world, shared, p), 0
    return fill_in(world, shared, p, tab)


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
        return field_of(world, QUANTITY_FIELD), FROM_NUMBERS + max(1, value_of(world, QUANTITY))
    return button(world, ADD, ADD), 0


def delete_button(world, shared, p):
    """The button that deletes a review which is not wanted."""
    now = world.now[0]
    kept = kept_review(world, shared)
    for e in range(now.elements):
        element = now.element[e]
        if element.effect == DELETE_REVIEW and element.argument != kept:
            return e
    return STOP
