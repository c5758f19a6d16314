"""Whether a record holds what an episode could have left there: every index in range."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import site_of
from midcourse.envs.web_tasks.forum.pages import (
    BOARD_PAGE,
    BOARDS,
    FORUM_HOME,
    LETTER_BOX,
    POST_PAGE,
)
from midcourse.envs.web_tasks.forum.records import COMMENTS, LETTERS, POSTS
from midcourse.envs.web_tasks.goals import target_of, targets
from midcourse.envs.web_tasks.rules import show
from midcourse.envs.web_tasks.shop.acts import MOST_AT_ONCE
from midcourse.envs.web_tasks.shop.pages import LISTING, ORDER_PAGE, PRODUCT_PAGE, SHOP_HOME, SORTS
from midcourse.envs.web_tasks.shop.quantities import SOURCES
from midcourse.envs.web_tasks.shop.records import (
    ADDRESSES,
    CART,
    ORDERS,
    REVIEWS,
    SHIPPINGS,
    STATUSES,
)
from midcourse.envs.web_tasks.shop.records import (
    PRODUCTS as PRODUCTS_AT_MOST,
)
from midcourse.envs.web_tasks.state import (
    ADDITION,
    CONSTRAINTS,
    ELEMENTS,
    FIELDS,
    GREATEST,
    HISTORY,
    KINDS,
    MESSAGES,
    NUMBERS,
    REPLIES,
    RETRACTION,
    TABS,
    UNITS,
    WEBS,
)
from midcourse.envs.web_tasks.tables.layout import (
    COLUMNS,
    COUNT,
    FIRST_GROUP,
    GROUP_KIND,
    MAP,
    NEW_CAPTION,
    NEW_KIND,
    OFFICE,
    PER_SITE,
    PLACES,
    PRODUCTS,
    RATINGS,
    ROUTE_KIND,
    ROW_KIND,
    SITE_OF_TABLE,
    TABLE_KINDS,
    TABLE_SITES,
    TABLES,
)
from midcourse.envs.web_tasks.tables.pages import kind_at, screen_of
from midcourse.envs.web_tasks.tables.records import FOLD, ROWS, TOWN
from midcourse.envs.web_tasks.wishes import (
    ACTS,
    ADDRESS,
    ATTRIBUTES,
    AUTHOR,
    BOARD,
    BODY,
    BRAND,
    CATEGORY,
    COLOUR,
    COMMENT,
    COUPON,
    DESTINATION,
    ENTRY,
    EXTRA,
    FIRM,
    FIRST_ATTRIBUTE,
    GROUP,
    INTO,
    KEY,
    MATERIAL,
    NOUN,
    PARTS,
    PLACE,
    QUANTITY,
    RECIPIENT,
    SHIPPING,
    SIZE,
    STARS,
    TEMPLATES,
    TITLE,
    TOPIC,
    WITH,
    class_of,
)
from midcourse.envs.web_tasks.wishes import (
    WORDS as REVIEW_WORDS,
)
from midcourse.envs.web_tasks.words import (
    CATEGORIES,
    CODES,
    COLOURS,
    FIRST_NAMES,
    JUDGEMENTS,
    LAST_NAMES,
    LEAST_RATINGS,
    LONGEST,
    MATERIALS,
    NOUNS,
    NUMBER,
    SIZES,
    TOPICS,
    VERBS,
    WORDS,
)

SUM = (1 << 40) - 1  # checksums are taken modulo this plus one
MOST_TARGETS = max(PRODUCTS_AT_MOST, ORDERS, POSTS, ROWS)
_PEOPLE, _PHRASES = len(FIRST_NAMES) * len(LAST_NAMES), len(JUDGEMENTS) * (len(JUDGEMENTS) - 1)
_ENDS = {
    CATEGORY: len(CATEGORIES), NOUN: len(WORDS), MATERIAL: len(WORDS), BRAND: len(WORDS),
    COLOUR: len(COLOURS), SIZE: len(SIZES), QUANTITY: NUMBERS * (len(SOURCES) + 1),
    ADDRESS: len(ADDRESSES), SHIPPING: len(SHIPPINGS), COUPON: len(CODES), STARS: 6,
    REVIEW_WORDS: _PHRASES, TOPIC: len(WORDS), AUTHOR: _PEOPLE, PLACE: BOARDS, BOARD: BOARDS,
    TITLE: len(VERBS) * len(TOPICS), BODY: _PHRASES, RECIPIENT: _PEOPLE, COMMENT: _PHRASES,
    KEY: len(WORDS), EXTRA: len(WORDS), GROUP: FIRST_GROUP[-1], WITH: max(COUNT),
    DESTINATION: ROWS, ENTRY: max(_PEOPLE, len(MATERIALS) * len(NOUNS)),
    INTO: FIRST_GROUP[-1],
}  # fmt: skip
# For each attribute, the least number that is no value of it; what is not here is a number.
VALUE_ENDS = tuple(_ENDS.get(what, GREATEST + 1) for what in range(len(ATTRIBUTES)))


def validate(world, shared):
    """Whether every index in the record is in range."""
    now = world.now[0]
    goal = world.goal
    good = within(world.web, WEBS) and within(world.reply, len(REPLIES))
    good = good and within(world.said, MESSAGES + 1) and within(world.answer_unit, len(UNITS))
    good = good and token_good(world.answer_caption)
    good = good and within(goal.template, len(TEMPLATES)) and within(goal.parts - 1, PARTS)
    good = good and within(goal.count, CONSTRAINTS + 1) and within(goal.table, len(TABLES))
    good = good and within(goal.field, COLUMNS)
    for part in range(PARTS):
        good = (
            good and within(goal.act[part], len(ACTS)) and within(goal.target[part], MOST_TARGETS)
        )
    good = good and within(now.tab_at, TABS) and within(now.elements, ELEMENTS + 1)
    shop = now.shop[0]
    good = good and within(shop.lines, CART + 1) and within(shop.orders, ORDERS + 1)
    good = good and within(shop.reviews, REVIEWS + 1)
    if not good or now.tab[now.tab_at].open != 1:
        return False
    good = rows_good(now) and tabs_good(now, shared) and said_good(world)
    good = good and shop_good(shop, shared) and forum_good(now.forum[0])
    return good and target_good(world, shared) and page_good(world, shared)


def target_good(world, shared):
    """Whether the targets of the goal's parts are there."""
    goal = world.goal
    good = True
    for part in range(goal.parts):
        end = targets(world, shared, goal.act[part])
        good = good and within(goal.target[part], end)
        good = good and (end == 1 or target_of(world, part) >= 0)
    return good


def within(value, end):
    """Whether a value lies in [0, end)."""
    return value >= 0 and value < end


def token_good(token):
    """Whether a token is nothing, a word, or a number."""
    return within(token, len(WORDS)) or token >= NUMBER


@rare
def tokens_good(words):
    """Whether a text is made of tokens."""
    good = True
    for k in range(LONGEST):
        good = good and token_good(words[k])
    return good


@rare
def tabs_good(now, shared):
    """Whether every tab shows a page that there is."""
    for t in range(TABS):
        tab = now.tab[t]
        good = within(tab.open, 2) and within(tab.at, HISTORY) and within(tab.last, HISTORY)
        good = good and tab.at <= tab.last and within(tab.scrolled, ROWS // FOLD + 1)
        good = good and (t == now.tab_at or tab.scrolled == 0)
        for f in range(FIELDS):
            good = good and tokens_good(tab.field[f])
        for i in range(HISTORY):
            page = tab.page[i]
            forums = within(page.kind - FORUM_HOME, LETTER_BOX + 1 - FORUM_HOME)
            tables = within(page.kind - TABLE_KINDS, PER_SITE * len(TABLE_SITES))
            known = forums or tables or within(page.kind, ORDER_PAGE + 1)
            good = good and known and within(page.sort, SORTS) and page.most >= 0
            good = good and within(page.least, len(LEAST_RATINGS))
            if tables:
                good = good and table_address_good(now, page)
            if tab.open != 0 and i <= tab.last:
                good = good and page.kind >= SHOP_HOME
            if page.kind == LISTING:
                good = good and within(page.item, len(CATEGORIES))
            elif page.kind == PRODUCT_PAGE:
                good = good and within(page.item, shared.products)
            elif page.kind == ORDER_PAGE:
                good = good and within(page.item, now.shop[0].orders)
            elif page.kind == BOARD_PAGE:
                good = good and within(page.item, BOARDS)
            elif page.kind == POST_PAGE:
                good = good and within(page.item, now.forum[0].posts)
            good = good and tokens_good(page.words)
        if not good:
            return False
    return True


@rare
def table_address_good(now, page):
    """Whether an address leads to a group, a row or a form that there is."""
    kind = kind_at(page)
    site = site_of(page)
    if kind == GROUP_KIND:
        start = FIRST_GROUP[site - OFFICE]
        return within(page.item, FIRST_GROUP[site - OFFICE + 1] - start)
    if kind == NEW_KIND:
        return within(page.item, len(TABLES)) and NEW_CAPTION[page.item] != 0
    if kind == ROW_KIND:
        return within(page.item, now.rows) and SITE_OF_TABLE[now.row[page.item].table] == site
    if kind == ROUTE_KIND:
        return site == MAP and within(page.item, now.rows)
    return page.item == 0


@rare
def page_good(world, shared):
    """Whether the page at hand is the one that the rule builds; it is built anew to see that."""
    now = world.now[0]
    count = now.elements
    before = page_sum(now)
    show(world, shared)
    return now.elements == count and page_sum(now) == before


@rare
def page_sum(now):
    """A number that is another one if any one entry of the page's elements is."""
    total = 0
    for e in range(now.elements):
        element = now.element[e]
        total = added(total, element.role)
        total = added(total, element.unit)
        total = added(total, element.field)
        total = added(total, element.effect)
        total = added(total, element.argument)
        total = added(total, element.caption)
        total = added(total, element.options)
        total = added(total, element.value)
        for k in range(LONGEST):
            total = added(total, element.words[k])
    return total


def added(total, entry):
    """A checksum with one entry more."""
    return (total * 31 + int(entry)) & SUM


@rare
def shop_good(shop, shared):
    """Whether cart, orders, stock and reviews are of products that there are."""
    good = True
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
        good = good and within(review.hidden, 2)
        good = good and token_good(review.author[0]) and token_good(review.author[1])
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
        good = good and token_good(post.author[0]) and token_good(post.author[1])
        good = good and tokens_good(post.title) and tokens_good(post.body)
    for r in range(COMMENTS):
        remark = forum.remark[r]
        good = good and within(remark.fresh, 2) and tokens_good(remark.words)
        good = good and token_good(remark.author[0]) and token_good(remark.author[1])
        if r < forum.remarks:
            good = good and within(remark.post, forum.posts)
    for i in range(LETTERS):
        letter = forum.letter[i]
        good = good and within(letter.fresh, 2) and tokens_good(letter.words)
        good = good and token_good(letter.name[0]) and token_good(letter.name[1])
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
        good = good and tokens_good(row.title)
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


@rare
def said_good(world):
    """Whether the goal and the messages are of attributes that there are."""
    goal = world.goal
    template = TEMPLATES[goal.template]
    good = goal.act[0] == template[0] and goal.table == template[3] and asked_good(goal)
    good = good and goal.field == template[4] and goal.parts == (2 if template[5] >= 0 else 1)
    good = good and goal.act[1] == max(0, template[5])
    for k in range(CONSTRAINTS):
        constraint = goal.constraint[k]
        good = good and constraint_good(constraint)
        if constraint.what == DESTINATION:
            good = good and within(constraint.value, world.now[0].rows)
        if k < goal.count:
            good = good and ((template[1] | template[2]) >> constraint.what) & 1 != 0
    for m in range(MESSAGES):
        message = world.message[m]
        good = good and within(message.kind, len(KINDS)) and within(message.place, CONSTRAINTS)
        good = good and (m >= world.said or message.place < world.goal.count)
        good = good and constraint_good(message.old) and constraint_good(message.new)
        if m < world.said:
            if not within(message.place, goal.count):
                return False
            about = goal.constraint[message.place].what
            if about == DESTINATION:
                good = good and within(message.new.value, world.now[0].rows)
            added_one = message.kind == ADDITION
            good = good and message.new.what == about
            good = good and (added_one or message.old.what == about)
            good = good and message.old.live == (0 if added_one else 1)
            good = good and message.new.live == (0 if message.kind == RETRACTION else 1)
    return good


@rare
def asked_good(goal):
    """Whether a goal begins with what its template asks, and what no message strikes out lives."""
    asked = TEMPLATES[goal.template][1]
    good = True
    k = 0
    for part in range(goal.parts):
        leads = k
        its_class = class_of(goal.act[part])
        for what in range(FIRST_ATTRIBUTE[its_class], FIRST_ATTRIBUTE[its_class + 1]):
            if (asked >> what) & 1 != 0:
                constraint = goal.constraint[k]
                stays = k == leads or (FIRM >> what) & 1 != 0
                good = good and constraint.what == what and (constraint.live == 1 or not stays)
                k += 1
    return good and goal.count >= k


@rare
def constraint_good(constraint):
    """Whether a requirement is of an attribute and has a value of it."""
    if not within(constraint.what, len(ATTRIBUTES)) or not within(constraint.live, 2):
        return False
    good = within(constraint.value, VALUE_ENDS[constraint.what])
    return good and tokens_good(constraint.words) and constraint.words[0] >= constraint.live
