"""What the shop's catalogue and its changing state are made of."""

import numpy as np

from midcourse.envs.web_tasks.speech.words import COLOURS, LONGEST

PRODUCTS = 48
REVIEWS = 80
CART = 4  # lines
ORDERS = 16
ADDRESSES = ("home", "office", "parents")
SHIPPINGS = ("standard", "express", "pickup")
SHIPPING_PRICES = (390, 990, 0)  # cents
COUPON_SHARES = (10, 15, 20, 5, 25, 30)  # per cent off, by the code's place in words.CODES
STATUSES = ("placed", "shipped", "delivered", "cancelled", "returned")
PLACED, SHIPPED, DELIVERED, CANCELLED, RETURNED = range(len(STATUSES))

PRODUCT = np.dtype(
    [
        ("name", np.int16, (3,)),  # brand, material, noun: words
        ("category", np.int8),
        ("colours", np.uint8),  # bit c: comes in COLOURS[c]
        ("sizes", np.uint8),  # bit s: comes in SIZES[s]; 0: has no sizes
        ("rating", np.int8),  # tenths of a star
    ],
    align=True,
)  # what a product is
STOCK = np.dtype([("price", np.int16), ("stock", np.int16)], align=True)  # cents, items
LINE = np.dtype(
    [
        ("product", np.int16),  # -1: none
        ("quantity", np.int16),
        ("colour", np.int8),
        ("size", np.int8),  # -1: the product has none
    ],
    align=True,
)
ORDER = np.dtype(
    [
        ("number", np.int16),
        ("status", np.int8),
        ("was", np.int8),  # status at the start
        ("forgiven", np.int8),  # 1: undone as was wanted, wrong since a message
        ("address", np.int8),
        ("shipping", np.int8),
        ("coupon", np.int8),  # -1: none
        ("fresh", np.int8),  # 1: placed in this episode
        ("lines", np.int8),
        ("total", np.int32),  # cents
        ("line", LINE, (CART,)),
    ],
    align=True,
)
REVIEW = np.dtype(
    [
        ("product", np.int16),
        ("author", np.int16, (2,)),
        ("stars", np.int8),
        ("fresh", np.int8),  # 1: written in this episode
        ("hidden", np.int8),  # 1: the back office does not show it
        ("words", np.int16, (LONGEST,)),
    ],
    align=True,
)
CATALOGUE = np.dtype([("product", PRODUCT, (PRODUCTS,))], align=True)  # what nobody changes
SHOP_STATE = np.dtype(
    [
        ("lines", np.int16),  # of the cart
        ("orders", np.int16),
        ("reviews", np.int16),
        ("next_number", np.int16),  # of the next order
        ("cart", LINE, (CART,)),
        ("order", ORDER, (ORDERS,)),
        ("stock", STOCK, (PRODUCTS,)),
        ("review", REVIEW, (REVIEWS,)),
    ],
    align=True,
)

if len(COLOURS) > 8:
    raise ImportError("colours are bits of a byte")
