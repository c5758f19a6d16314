"""Whether the sites hold rows of what there is: products, posts, people, groups."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.forum.pages import BOARDS, YOU
from midcourse.envs.web_tasks.forum.records import COMMENTS, LETTERS, POSTS
from midcourse.envs.web_tasks.forum.wishes import is_person
from midcourse.envs.web_tasks.integrity.ranges import tokens_good, within
from midcourse.envs.web_tasks.shop.acts import MOST_AT_ONCE
from midcourse.envs.web_tasks.shop.records import (
    ADDRESSES,
    CART,
    ORDERS,
    REVIEWS,
    SHIPPINGS,
    STATUSES,
)
from midcourse.envs.web_tasks.shop.records import PRODUCTS as PRODUCTS_AT_MOST
from midcourse.envs.web_tasks.speech.words import COLOURS, LONGEST, NUMBER, SIZES
from midcourse.envs.web_tasks.state import GREATEST
from midcourse.envs.web_tasks.tables.layout import (
    COLUMNS,
    COUNT,
    FIRST_GROUP,
    OFFICE,
    PLACES,
    PRODUCTS,
    RATINGS,
    SITE_OF_TABLE,
    TABLES,
)
from midcourse.envs.web_tasks.tables.pages import screen_of
from midcourse.envs.web_tasks.tables.records import ROWS, TOWN


@rare
def shop_good(shop, shared):
    """Whether cart, orders, stock and reviews are of products that there are."""
    good = within(shop.lines, CART + 1) and within(shop.orders, ORDERS + 1)
    good = good and within(shop.reviews, REVIEWS + 1)
    for i in range(CART):
        good = good and line_good(shop.cart[i], shared, i < shop.lines)
    for o in range(ORDERS):
        order = shop.order[o]
        good = good and within(order.status, len(STATUSES)) and within(order.was, len(STATUSES))
        good = good and within(order.address, len(ADDRESSES)) and within(order.lines, CART + 1)
        good = good and within(order.shipping, len(SHIPPINGS)) and within(order.coupon + 1, 7)
        good = good and within(order.total, GREATEST + 1)
        for i in range(CART):
            good = good and line_good(order.line[i], shared, i < order.lines)
    for p in range(shared.products):
        good = good and shop.stock[p].price >= 0 and shop.stock[p].stock >= 0
    for r in range(REVIEWS):
        review = shop.review[r]
        good = good and within(review.stars, 6) and tokens_good(review.words)
        good = good and within(review.hidden, 2) and within(review.fresh, 2)
        good = good and by_good(review.author, r < shop.reviews and review.fresh == 0)
        if r < shop.reviews:
            good = good and within(review.product, shared.products)
    return good


@rare
def line_good(line, shared, used):
    """Whether a line of a cart or an order is of a product, or blank."""
    good = within(line.colour, len(COLOURS)) and within(line.size + 1, len(SIZES) + 1)
    good = good and within(line.quantity, MOST_AT_ONCE + 1)
    return good and (not used or (within(line.product, shared.products) and line.quantity > 0))


@rare
def forum_good(forum):
    """Whether posts, comments, votes and letters are of what there is."""
    good = within(forum.posts, POSTS + 1) and within(forum.remarks, COMMENTS + 1)
    good = good and within(forum.subscribed, 1 << BOARDS) and within(forum.letters, LETTERS + 1)
    for p in range(POSTS):
        post = forum.post[p]
        good = good and within(post.board, BOARDS) and within(post.fresh, 2)
        good = good and within(post.gone, 2) and within(post.vote + 1, 3)
        begun = p < forum.posts and post.fresh == 0
        mine = begun and post.author[0] == YOU and post.author[1] == 0
        good = good and (mine or by_good(post.author, begun))
        good = good and title_good(post.title, post.fresh) and tokens_good(post.body)
    for r in range(COMMENTS):
        remark = forum.remark[r]
        good = good and within(remark.fresh, 2) and tokens_good(remark.words)
        good = good and by_good(remark.author, r < forum.remarks and remark.fresh == 0)
        if r < forum.remarks:
            good = good and within(remark.post, forum.posts)
    for i in range(LETTERS):
        letter = forum.letter[i]
        good = good and within(letter.fresh, 2) and tokens_good(letter.words)
        good = good and by_good(letter.name, i < forum.letters)
    return good


def by_good(name, known):
    """Whether a name is some person's, or blank where none is known."""
    return is_person(name) if known else name[0] == 0 and name[1] == 0


@rare
def title_good(words, fresh):
    """Whether a title is a text; one that was there before has no numbers that were typed."""
    good = tokens_good(words)
    for k in range(LONGEST):
        good = good and (fresh != 0 or words[k] < NUMBER)
    return good


@rare
def rows_good(now):
    """Whether rows are of tables, groups and values that there are."""
    good = within(now.rows, ROWS + 1)
    for r in range(ROWS):
        row = now.row[r]
        if not within(row.table, len(TABLES)) or row.group < 0:
            return False
        start = FIRST_GROUP[SITE_OF_TABLE[row.table] - OFFICE]
        good = good and row.group < FIRST_GROUP[SITE_OF_TABLE[row.table] - OFFICE + 1] - start
        good = good and within(row.fresh, 2) and within(row.gone, 2) and within(row.forgiven, 2)
        good = good and title_good(row.title, row.fresh)
        good = good and (r >= now.rows or row.screen == screen_of(now, r))
        for column in range(COLUMNS):
            c = COLUMNS * row.table + column
            good = good and row.value[column] >= 0
            good = good and (COUNT[c] == 0 or row.value[column] < COUNT[c])
        if row.table == RATINGS and not within(row.value[4], REVIEWS):
            return False
        if row.table == PLACES and not (within(row.value[4], TOWN) and within(row.value[5], TOWN)):
            return False
        if r < now.rows and row.table == PRODUCTS:
            if not within(row.value[4], PRODUCTS_AT_MOST):
                return False
            good = good and row.value[0] == now.shop[0].stock[row.value[4]].price
    return good
