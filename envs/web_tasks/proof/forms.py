"""Fields that a form of the shop or the forum still lacks.

Of the forms at hand and a blank one, that is counted which lacks least.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import chosen
from midcourse.envs.web_tasks.forum.pages import (
    BODY_FIELD,
    COMMENT_FIELD,
    LETTER_BOX,
    LETTER_FIELD,
    NEW_POST,
    POST_PAGE,
    RECIPIENT_FIELD,
    TEXT_FIELD,
    TITLE_FIELD,
    board_chosen,
    forum_of,
)
from midcourse.envs.web_tasks.forum.wishes import lacks_text, post_fits
from midcourse.envs.web_tasks.goal.requirements import act_of, place_of, same_words, value_of
from midcourse.envs.web_tasks.goal.wishes import (
    ADDRESS,
    BOARD,
    BODY,
    BUY,
    COLOUR,
    COMMENT,
    COUPON,
    EDIT,
    LETTER,
    OF_FORUM,
    OF_SHOP,
    RECIPIENT,
    REPLY,
    REVIEW,
    SHIPPING,
    SIZE,
    STARS,
    TITLE,
    WORDS,
    WRITE,
)
from midcourse.envs.web_tasks.shop.acts import coupon_of, quantity_of
from midcourse.envs.web_tasks.shop.layout import (
    ADDRESS_FIELD,
    CHECKOUT,
    COLOUR_FIELD,
    PRODUCT_PAGE,
    SHIPPING_FIELD,
    SIZE_FIELD,
    STARS_FIELD,
    WORDS_FIELD,
    catalogue_of,
    shop_of,
)
from midcourse.envs.web_tasks.shop.quantities import wanted_quantity
from midcourse.envs.web_tasks.shop.wishes import line_fits, product_fits
from midcourse.envs.web_tasks.state import TABS
from midcourse.envs.web_tasks.ways.finding import FAR


def otherwise(world, form, field, what):
    """1 if a field does not hold the text that a requirement tells, or none at all."""
    k = place_of(world, what)
    if k < 0:
        return 0
    return 0 if same_words(form.field[field], world.goal.constraint[k].words) else 1


# --- the shop -------------------------------------------------------------------------------------


@rare
def sale_fields(world, shared):
    """Fields, and the button that puts something into the cart, of what the shop's part lacks."""
    act = act_of(world, OF_SHOP)
    if act != BUY and act != REVIEW:
        return 0
    count = 0
    in_cart = False
    if act == BUY:
        shop = shop_of(world)
        for i in range(shop.lines):
            in_cart = in_cart or line_fits(world, shared, shop.cart[i])
        count += 0 if in_cart else 1
        count += least_of_checkout(world, shared)
    return count if in_cart else count + least_of_product(world, shared, act)


@rare
def least_of_product(world, shared, act):
    """Fields that the form of some product which fits lacks at least."""
    least = FAR
    now = world.now[0]
    for p in range(shared.products):
        if product_fits(world, shared, p, -1):
            least = min(least, lacks_of_product(world, shared, act, p, shared.blank[0]))
    for t in range(TABS):
        tab = now.tab[t]
        page = tab.page[tab.at]
        here = tab.open != 0 and page.kind == PRODUCT_PAGE
        if here and product_fits(world, shared, page.item, -1):
            least = min(least, lacks_of_product(world, shared, act, page.item, tab))
    return least


@rare
def lacks_of_product(world, shared, act, p, form):
    """Fields that the form on a product's page lacks."""
    product = catalogue_of(world, shared).product[p]
    if act == REVIEW:
        stars = value_of(world, STARS)
        count = 1 if stars >= 0 and chosen(form, STARS_FIELD, 0b111110, 5) != stars else 0
        return count + otherwise(world, form, WORDS_FIELD, WORDS)
    count = 0
    colour = value_of(world, COLOUR)
    if colour >= 0 and chosen(form, COLOUR_FIELD, product.colours, 0) != colour:
        count += 1
    size = value_of(world, SIZE)
    if size >= 0 and chosen(form, SIZE_FIELD, product.sizes, 0) != size:
        count += 1
    quantity = wanted_quantity(world)
    if quantity >= 0 and quantity_of(form) != quantity:
        count += 1
    return count


@rare
def least_of_checkout(world, shared):
    """Fields that the form of the checkout lacks at least."""
    least = lacks_of_checkout(world, shared.blank[0])
    now = world.now[0]
    for t in range(TABS):
        tab = now.tab[t]
        if tab.open != 0 and tab.page[tab.at].kind == CHECKOUT:
            least = min(least, lacks_of_checkout(world, tab))
    return least


@rare
def lacks_of_checkout(world, form):
    """Fields that a form of the checkout lacks."""
    address = value_of(world, ADDRESS)
    count = 1 if address >= 0 and chosen(form, ADDRESS_FIELD, 0b111, 0) != address else 0
    shipping = value_of(world, SHIPPING)
    if shipping >= 0 and chosen(form, SHIPPING_FIELD, 0b111, 0) != shipping:
        count += 1
    coupon = value_of(world, COUPON)
    if coupon >= 0 and coupon_of(form) != coupon:
        count += 1
    return count


# --- the forum ------------------------------------------------------------------------------------


@rare
def talk_fields(world, shared):
    """Fields of what the forum's part lacks."""
    act = act_of(world, OF_FORUM)
    if act not in (REPLY, WRITE, LETTER, EDIT):
        return 0
    least = lacks_of_talk(world, act, shared.blank[0])
    if act == WRITE:
        forum = forum_of(world)
        for p in range(forum.posts):
            least = min(least, lacks_of_text(world, forum.post[p], shared.blank[0]))
    now = world.now[0]
    for t in range(TABS):
        tab = now.tab[t]
        page = tab.page[tab.at]
        here = page.kind == (LETTER_BOX if act == LETTER else NEW_POST)
        if act in (REPLY, EDIT):
            here = page.kind == POST_PAGE and post_fits(world, page.item, -1)
        if tab.open != 0 and here:
            least = min(least, lacks_of_talk(world, act, tab))
        if act == WRITE and page.kind == POST_PAGE and tab.open != 0:
            post = forum_of(world).post[page.item]
            least = min(least, lacks_of_text(world, post, tab))
    return least


@rare
def lacks_of_text(world, post, form):
    """Fields that a form for another text lacks; FAR if that does not make its post right."""
    return otherwise(world, form, TEXT_FIELD, BODY) if lacks_text(world, post) else FAR


@rare
def lacks_of_talk(world, act, form):
    """Fields that a form for a comment, a letter or a post lacks."""
    if act == REPLY:
        return otherwise(world, form, COMMENT_FIELD, COMMENT)
    if act == EDIT:
        return otherwise(world, form, TEXT_FIELD, BODY)
    if act == LETTER:
        count = otherwise(world, form, RECIPIENT_FIELD, RECIPIENT)
        return count + otherwise(world, form, LETTER_FIELD, COMMENT)
    board = value_of(world, BOARD)
    count = 1 if board >= 0 and board_chosen(form) != board else 0
    count += otherwise(world, form, TITLE_FIELD, TITLE)
    return count + otherwise(world, form, BODY_FIELD, BODY)
