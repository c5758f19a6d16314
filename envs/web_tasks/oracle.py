"""The cheapest way to what the user wants, and its first action.

A goal asks for one main job (an order, a review, an answer) and for undoing whatever was done
beyond it. A job begins from anywhere at a fixed cost, or cheaper from a page that is open already:
the page at hand, the one before or after it, one in another tab. Jobs can be done in any order, and
a tab's page serves one of them, so that what open pages save is a matching of tabs to jobs.
Canonical actions are clicks, texts, options, back, forward, switching tabs, and stop; a new tab
never shortens a way.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.goals import (
    ADDRESS,
    BUY,
    CHEAPEST,
    COLOUR,
    COUPON,
    NOUN,
    PRICE,
    QUANTITY,
    REVIEW,
    SHIPPING,
    SIZE,
    STARS,
    WORDS,
    fits,
    line_fits,
    live,
    order_fits,
    review_fits,
    right_price,
    same_words,
    undo_fits,
)
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
    SEARCH_FIELD,
    SHIPPING_FIELD,
    SHOWN,
    SIZE_FIELD,
    STARS_FIELD,
    WORDS_FIELD,
    catalogue_of,
    chosen,
    listed,
    shop_of,
)
from midcourse.envs.web_tasks.shop.records import (
    CART,
    ORDERS,
    PRODUCTS,
)
from midcourse.envs.web_tasks.state import (
    BACK,
    BUTTON,
    FORWARD,
    FROM_GOAL,
    FROM_NUMBERS,
    LINK,
    PRICE_OF,
    STOP,
    SWITCH_TAB,
    TABS,
)

FAR = 1 << 20  # no way
CART_JOB = ORDERS + PRODUCTS  # jobs: cancel order j; ORDERS + p: do what is to be done at product p
NONE = -1


def cost_to_go(world, shared):
    """Fewest actions to success, over the canonical ones; negative if there is no way."""
    cost, _ = plan(world, shared)
    return cost if cost < FAR else -1


@rare
def plan(world, shared):
    """The cheapest way: its cost, and the product (or order) at which the main job is done."""
    act = world.goal.act
    if beyond_repair(world, shared):
        return FAR, NONE
    if act in (PRICE, CHEAPEST):
        return way(world, shared, NONE) if sold(world, shared) else FAR, NONE
    if main_done(world, shared):
        return way(world, shared, NONE), NONE
    if act == BUY and cart_fits(world, shared):
        return way(world, shared, CART_JOB), CART_JOB
    best = FAR
    main = NONE
    for p in range(shared.products if act in (BUY, REVIEW) else shop_of(world).orders):
        if act in (BUY, REVIEW):
            if fits(world, shared, p, -1):
                cost = way(world, shared, ORDERS + p)
                if cost < best:
                    best = cost
                    main = ORDERS + p
        else:
            order = shop_of(world).order[p]
            if order.status == order.was and undo_fits(world, shared, order):
                cost = way(world, shared, p)
                if cost < best:
                    best = cost
                    main = p
    return best, main


@rare
def sold(world, shared):
    """Whether the shop has anything that fits."""
    found = False
    for p in range(shared.products):
        found = found or fits(world, shared, p, -1)
    return found


@rare
def beyond_repair(world, shared):
    """Whether something was undone that nobody wanted, and cannot be done again."""
    world.now[0]
    shop = shop_of(world)
    undone = 0
    for o in range(shop.orders):
        order = shop.order[o]
        if order.fresh == 0 and order.status != order.was and order.forgiven == 0:
            if not undo_fits(world, shared, order):
                return True
            undone += 1
    return undone > 1


@rare
def way(world, shared, main):
    """Fewest actions if the main job is done at `main`; NONE if there is none left to do."""
    cost = 1 + answering(world, shared)  # and stop
    cost += main_cost(world, shared, main)
    for job in range(CART_JOB + 1):
        if asked(world, shared, job, main):
            cost += travel(job)
            if job < ORDERS:
                cost += 1
            elif job < CART_JOB:
                cost += deletions(world, shared, job - ORDERS)
    saved, _ = open_pages(world, shared, main)
    return cost - saved


def travel(job):
    """Actions from anywhere in the shop to the page where a job is done."""
    if job < ORDERS:
        return 2  # the list of orders, the order
    return 2 if job < CART_JOB else 1  # the noun into the search and the product's link; the cart


@rare
def asked(world, shared, job, main):
    """Whether a job is to be done: the main one, or undoing what is not wanted."""
    if job == main:
        return True
    if job < ORDERS:
        return job < shop_of(world).orders and unwanted(world, shared, job)
    return job < CART_JOB and deletions(world, shared, job - ORDERS) > 0


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
    if world.goal.act == BUY:
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
    world.now[0]
    shop = shop_of(world)
    if world.goal.act == REVIEW:
        for r in range(shop.reviews):
            if shop.review[r].fresh != 0 and review_fits(world, shared, shop.review[r]):
                return r
    return NONE


@rare
def deletions(world, shared, p):
    """Reviews of a product that were written in this episode and are not wanted."""
    world.now[0]
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
def main_done(world, shared):
    """Whether the main job is done."""
    world.now[0]
    shop = shop_of(world)
    act = world.goal.act
    if act == BUY:
        return kept_order(world, shared) != NONE
    if act == REVIEW:
        return kept_review(world, shared) != NONE
    for o in range(shop.orders):
        order = shop.order[o]
        if order.fresh == 0 and order.status != order.was and undo_fits(world, shared, order):
            return True
    return False


@rare
def answering(world, shared):
    """Actions until the answer is on the page, when nothing is left to undo."""
    act = world.goal.act
    if act != PRICE and act != CHEAPEST:
        return 0
    for job in range(CART_JOB):
        if asked(world, shared, job, NONE):
            return 1
    return 1 if shown_answer(world, shared) < 0 else 0


@rare
def shown_answer(world, shared):
    """The element of the page at hand that is the answer; -1 if none is."""
    now = world.now[0]
    for e in range(now.elements):
        element = now.element[e]
        if element.unit == PRICE_OF and right_price(world, shared, element.value):
            return e
    return -1


# --- the main job -----------------------------------------------------------------------------


@rare
def value_of(world, what):
    """What the goal asks of an attribute; -1 if nothing."""
    goal = world.goal
    for k in range(goal.count):
        if goal.constraint[k].live != 0 and goal.constraint[k].what == what:
            return goal.constraint[k].value
    return -1


@rare
def place_of(world, what):
    """Which requirement is about an attribute; -1 if none is."""
    goal = world.goal
    for k in range(goal.count):
        if goal.constraint[k].live != 0 and goal.constraint[k].what == what:
            return k
    return -1


@rare
def main_cost(world, shared, main):
    """Actions of the main job itself, from the page where it is done, with a blank form."""
    if main == NONE:
        return 0
    if main < ORDERS:
        return 0  # one button, counted as that of any order to be undone
    wrong = wrong_lines(world, shared)
    if main == CART_JOB:
        return wrong + 1 + unfilled_checkout(world, shared.blank[0]) + 1
    p = main - ORDERS
    cost = unfilled(world, shared, p, shared.blank[0]) + 1
    if world.goal.act == REVIEW:
        return cost
    if blocked(world, p):
        cost += 1
    return cost + wrong + 1 + unfilled_checkout(world, shared.blank[0]) + 1


def wrong_lines(world, shared):
    """Lines of the cart that have to go."""
    world.now[0]
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
    world.now[0]
    shop = shop_of(world)
    for i in range(shop.lines):
        if line_fits(world, shared, shop.cart[i]):
            return i
    return NONE


@rare
def blocked(world, p):
    """Whether the cart has to be emptied before a product can be put into it."""
    world.now[0]
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
    if world.goal.act == REVIEW:
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


# --- what open pages save ---------------------------------------------------------------------


@rare
def saved_by(world, shared, t, job, main):
    """Actions that a job costs less because of what tab t shows; 0 if none."""
    now = world.now[0]
    tab = now.tab[t]
    if job == NONE or tab.open == 0:
        return 0
    saved = saved_at(world, shared, tab, 0, job, main)
    if now.tab_at != t:
        return max(0, saved - 1)
    if tab.at > 0:
        saved = max(saved, saved_at(world, shared, tab, -1, job, main) - 1)
    if tab.at < tab.last:
        saved = max(saved, saved_at(world, shared, tab, 1, job, main) - 1)
    return max(0, saved)


@rare
def saved_at(world, shared, tab, offset, job, main):
    """The same for one page of a tab's history, without the way to it."""
    world.now[0]
    page = tab.page[tab.at + offset]
    kind = page.kind
    if job < ORDERS:
        if kind == ORDER_LIST:
            return 1
        return 2 if kind == ORDER_PAGE and page.item == job else 0
    if job == CART_JOB:
        if kind == CHECKOUT and wrong_lines(world, shared) == 0:
            if offset != 0:
                return 2
            if coupon_of(tab) == -2 and value_of(world, COUPON) < 0:
                return 0  # only leaving the page empties the field
            filled = unfilled_checkout(world, shared.blank[0]) - unfilled_checkout(world, tab)
            return 2 + filled
        return 1 if kind == CART_PAGE else 0
    p = job - ORDERS
    if kind == PRODUCT_PAGE and page.item == p:
        if offset != 0 or job != main:
            return 2
        filled = unfilled(world, shared, p, shared.blank[0]) - unfilled(world, shared, p, tab)
        return 2 + filled
    if kind in (LISTING, RESULTS):
        return 1 if shows(catalogue_of(world, shared), page, p) else 0
    return 0


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
def open_pages(world, shared, main):
    """What open pages save of all jobs together, and the job that the tab at hand serves.

    Another tab's page saves at most one job anything, so that only the tab at hand has a choice.
    """
    saved = 0
    most = 0
    best = NONE
    for job in range(CART_JOB + 1):
        if asked(world, shared, job, main):
            elsewhere = 0
            here = 0
            for t in range(TABS):
                here_or_there = saved_by(world, shared, t, job, main)
                if t == world.now[0].tab_at:
                    here = here_or_there
                else:
                    elsewhere = max(elsewhere, here_or_there)
            saved += elsewhere
            if here - elsewhere > most:
                most = here - elsewhere
                best = job
    return saved + most, best


# --- the first action -------------------------------------------------------------------------


def act(world, shared):
    """The first action of a cheapest way; stop where there is none."""
    cost, main = plan(world, shared)
    if cost >= FAR:
        return STOP, 0
    _, job = open_pages(world, shared, main)
    if job != NONE:
        return serve(world, shared, job, main)
    for t in range(TABS):
        if t != world.now[0].tab_at:
            for other in range(CART_JOB + 1):
                if asked(world, shared, other, main) and saved_by(world, shared, t, other, main):
                    return SWITCH_TAB, t
    for other in range(CART_JOB + 1):
        if asked(world, shared, other, main):
            return set_out(world, shared, other)
    if answering(world, shared) > 0:
        return find(world), FROM_GOAL + place_of(world, NOUN)
    return STOP, max(0, shown_answer(world, shared))


@rare
def set_out(world, shared, job):
    """The first action to a job from anywhere."""
    if job < ORDERS:
        return link_to(world, ORDER_LIST, 0), 0
    if job == CART_JOB:
        return link_to(world, CART_PAGE, 0), 0
    product = catalogue_of(world, shared).product[job - ORDERS]
    return link_to(world, LISTING, product.category), 0


@rare
def serve(world, shared, job, main):
    """The next action of a job that the tab at hand serves."""
    now = world.now[0]
    tab = now.tab[now.tab_at]
    saved = saved_by(world, shared, now.tab_at, job, main)
    if saved_at(world, shared, tab, 0, job, main) < saved:
        if tab.at > 0 and saved_at(world, shared, tab, -1, job, main) - 1 == saved:
            return BACK, 0
        return FORWARD, 0
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
    if world.goal.act == REVIEW:
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


def find(world):
    """The search box."""
    return field_of(world, SEARCH_FIELD)


def field_of(world, field):
    """The element of a field of the form."""
    now = world.now[0]
    for e in range(now.elements):
        if now.element[e].field == field and now.element[e].role != LINK:
            return e
    return STOP


def link_to(world, kind, item):
    """The link to a page."""
    now = world.now[0]
    for e in range(now.elements):
        element = now.element[e]
        if element.role == LINK and element.effect == kind and element.argument == item:
            return e
    return STOP


def button(world, effect, other):
    """The button that does one thing or the other."""
    now = world.now[0]
    for e in range(now.elements):
        element = now.element[e]
        if element.role == BUTTON and (element.effect == effect or element.effect == other):
            return e
    return STOP


def delete_button(world, shared, p):
    """The button that deletes a review which is not wanted."""
    now = world.now[0]
    kept = kept_review(world, shared)
    for e in range(now.elements):
        element = now.element[e]
        if element.effect == DELETE_REVIEW and element.argument != kept:
            return e
    return STOP
