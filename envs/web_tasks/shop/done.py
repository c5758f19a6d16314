"""Whether what is wanted of the shop has been done, and the right price and list."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.goal.requirements import act_of
from midcourse.envs.web_tasks.goal.wishes import (
    BUY,
    IN_ORDER,
    OF_SHOP,
    PRICE,
    REVIEW,
)  # fmt: skip
from midcourse.envs.web_tasks.shop.layout import (
    shop_of,
)
from midcourse.envs.web_tasks.shop.lists import (
    comes_before,
    listed_price,
    lists,
)
from midcourse.envs.web_tasks.shop.records import (
    CANCELLED,
    RETURNED,
)
from midcourse.envs.web_tasks.shop.wishes import order_fits, product_fits, review_fits, undo_fits


def live(order):
    """Whether an order stands."""
    return order.status != CANCELLED and order.status != RETURNED


def right_price(world, shared, price):
    """Whether a price is one that was asked for: of something that fits, or of the cheapest."""
    found = False
    least = True
    for p in range(shared.products):
        if product_fits(world, shared, p, -1):
            found = found or listed_price(world, shared, p) == price
            least = least and listed_price(world, shared, p) >= price
    return found and (least or act_of(world, OF_SHOP) == PRICE)


@rare
def right_list(world, shared):
    """Whether the page at hand lists all that fits and nothing else, in the order asked for."""
    now = world.now[0]
    listed = 0
    before = -1
    for e in range(now.elements):
        if lists(now.element[e]):
            p = now.element[e].argument
            if not product_fits(world, shared, p, -1):
                return False
            if before >= 0 and not in_order(world, shared, before, p):
                return False
            before = p
            listed += 1
    for p in range(shared.products):
        listed -= 1 if product_fits(world, shared, p, -1) else 0
    return listed == 0


def in_order(world, shared, p, q):
    """Whether the goal lets product p stand before q in a list."""
    if act_of(world, OF_SHOP) != IN_ORDER:
        return True
    return not comes_before(world, shared, world.goal.field, q, p)


@rare
def undone_as_wanted(world, shared):
    """The one order that was undone as the goal asks; -1 if there is none, or there are several.

    Of several, one is too many whatever is said later.
    """
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
def shop_changes(world, shared):
    """What has been done in the shop, and how much is what the goal wants: (done, right)."""
    shop = shop_of(world)
    act = act_of(world, OF_SHOP)
    done = 0
    right = 0
    for o in range(shop.orders):
        order = shop.order[o]
        if order.fresh != 0:
            if live(order):
                done += 1
                if act == BUY and order_fits(world, shared, order):
                    right += 1
        elif order.status != order.was and order.forgiven == 0:
            done += 1
            if undo_fits(world, shared, order):
                right += 1
    for r in range(shop.reviews):
        review = shop.review[r]
        if review.fresh != 0:
            done += 1
            if act == REVIEW and review_fits(world, shared, review):
                right += 1
    return done, right
