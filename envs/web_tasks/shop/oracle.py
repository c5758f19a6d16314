"""The shop's jobs: what they cost, what open pages save of them, what to do next.

Job o < ORDERS is to cancel or send back order o; job ORDERS + p is what is to be done on product
p's page; CART_JOB is to buy what is in the cart.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.goal.requirements import act_of, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    BUY,
    COUPON,
    OF_SHOP,
    REVIEW,
)  # fmt: skip
from midcourse.envs.web_tasks.shop.acts import coupon_of
from midcourse.envs.web_tasks.shop.answers import shows
from midcourse.envs.web_tasks.shop.done import live
from midcourse.envs.web_tasks.shop.forms import (
    CART_JOB,
    cart_fits,
    check_out,
    empty_cart,
    fill_in,
    unfilled,
    unfilled_checkout,
    wrong_lines,
)
from midcourse.envs.web_tasks.shop.layout import (
    CANCEL_IT,
    CART_PAGE,
    CHECKOUT,
    DELETE_REVIEW,
    LISTING,
    ORDER_LIST,
    ORDER_PAGE,
    PRODUCT_PAGE,
    RESULTS,
    RETURN_IT,
    catalogue_of,
    shop_of,
)
from midcourse.envs.web_tasks.shop.records import ORDERS
from midcourse.envs.web_tasks.shop.wishes import order_fits, product_fits, review_fits, undo_fits
from midcourse.envs.web_tasks.state import STOP
from midcourse.envs.web_tasks.ways.finding import NONE, button, link_to

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
        return 1 if lists and shows(world, shared, page, job - ORDERS) else 0
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


def delete_button(world, shared, p):
    """The button that deletes a review which is not wanted."""
    now = world.now[0]
    kept = kept_review(world, shared)
    for e in range(now.elements):
        element = now.element[e]
        if element.effect == DELETE_REVIEW and element.argument != kept:
            return e
    return STOP
