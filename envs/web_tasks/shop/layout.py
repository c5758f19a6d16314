"""What the pages of the shop are made of: kinds, fields, effects and captions; and its records."""

from midcourse.envs.web_tasks.speech.words import (
    CATEGORIES,
    CODES,
    COLOURS,
    ID,
    LEAST_RATINGS,
    SIZES,
    first,
)

(
    SHOP_HOME,
    LISTING,
    RESULTS,
    PRODUCT_PAGE,
    CART_PAGE,
    CHECKOUT,
    ORDER_LIST,
    ORDER_PAGE,
) = range(1, 9)
SORTS = 4  # relevance, price up, price down, rating
SHOWN = 12  # products of a list, and reviews of a page, at most
RATING_STEP, LEAST_RATING = 5, 20  # tenths of a star, of the ratings that lists are filtered by
SEARCH_FIELD, SORT_FIELD, LEAST_FIELD, MOST_FIELD = range(4)
COLOUR_FIELD, SIZE_FIELD, QUANTITY_FIELD = 1, 2, 3
STARS_FIELD, WORDS_FIELD = 4, 5
ADDRESS_FIELD, SHIPPING_FIELD, COUPON_FIELD = 1, 2, 3
(
    SEARCH,
    SORT,
    FILTER_RATING,
    FILTER_PRICE,
    ADD,
    REMOVE,
    PLACE,
    CANCEL_IT,
    RETURN_IT,
    POST_REVIEW,
    DELETE_REVIEW,
) = range(110, 121)  # effects

HOME, CART, ORDERS, FIND = ID["Home"], ID["Cart"], ID["Orders"], ID["Search"]
SORT_BY, RELEVANCE, PRICE, RATING = ID["Sort by"], ID["relevance"], ID["Price"], ID["Rating"]
RATED, COSTS, ANY_RATING = ID["Rating at least"], ID["Highest price in cents"], first(LEAST_RATINGS)
IN_STOCK, COLOUR, SIZE, QUANTITY = ID["In stock"], ID["Colour"], ID["Size"], ID["Quantity"]
ADD_TO_CART, REVIEWS, REVIEW_STARS = ID["Add to cart"], ID["Review"], ID["Stars"]
YOUR_REVIEW, POST, BY = ID["Your review"], ID["Post review"], ID["by"]
DELETE = ID["Delete review"]
TAKE_OUT, TOTAL, CHECK_OUT, EMPTY = (
    ID["Remove"],
    ID["Total"],
    ID["Checkout"],
    ID["The cart is empty"],
)
SHIP_TO, SHIPPING, COUPON = ID["Ship to"], ID["Shipping"], ID["Coupon"]
PLACE_ORDER, ORDER, STATUS = ID["Place order"], ID["Order"], ID["Status"]
CANCEL_ORDER, RETURN_ORDER = ID["Cancel order"], ID["Return order"]
FOUND, NOTHING_FOUND, WELCOME = ID["Results"], ID["Nothing found"], ID["Welcome"]
HOME_ADDRESS, STANDARD, PLACED_WORD = ID["home"], ID["standard"], ID["placed"]
FIRST_COLOUR, FIRST_SIZE, FIRST_CATEGORY = first(COLOURS), first(SIZES), first(CATEGORIES)
FIRST_CODE = first(CODES)


def shop_of(world):
    """The shop as it stands."""
    return world.now[0].shop[0]


def catalogue_of(world, shared):
    """What the shop of this web sells."""
    return shared.web[world.web].shop[0]
