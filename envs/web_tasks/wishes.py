"""What can be wanted: attributes, acts, and the templates that tasks are made from.

Numbers only: the rules of goals, checker and oracle read them, `phrases.py` gives them words.
"""

ATTRIBUTES = (
    "noun", "material", "brand", "most", "rating", "colour", "size", "quantity", "address",
    "shipping", "coupon", "stars", "words", "topic", "author", "place", "board", "title", "body",
    "comment",
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
    TOPIC,
    AUTHOR,
    PLACE,
    BOARD,
    TITLE,
    BODY,
    COMMENT,
) = range(len(ATTRIBUTES))

ACTS = (
    "buy", "cancel", "return", "review", "price", "cheapest",
    "post", "comment", "upvote", "downvote", "score", "subscribe",
)  # fmt: skip
(
    BUY,
    CANCEL,
    RETURN,
    REVIEW,
    PRICE,
    CHEAPEST,
    WRITE,
    REPLY,
    UPVOTE,
    DOWNVOTE,
    SCORE,
    SUBSCRIBE,
) = range(len(ACTS))
FORUM_ACTS = WRITE  # acts from here on are the forum's

# Attributes as bits. What is free stands in no target.
FREE = (
    1 << QUANTITY | 1 << ADDRESS | 1 << SHIPPING | 1 << COUPON | 1 << STARS | 1 << WORDS
    | 1 << BOARD | 1 << TITLE | 1 << BODY | 1 << COMMENT
)  # fmt: skip
DELIVERY = 1 << ADDRESS | 1 << SHIPPING | 1 << COUPON
NAME = 1 << MATERIAL | 1 << BRAND
WHOSE = 1 << AUTHOR | 1 << PLACE
# For each template: the act, what the goal says from the start, what a message may add. The first
# attribute in the order above is what the goal is about; no message strikes it out.
TEMPLATES = (
    (BUY, 1 << NOUN | 1 << COLOUR, 1 << MATERIAL | 1 << MOST | 1 << QUANTITY | DELIVERY),
    (PRICE, 1 << NOUN | 1 << MATERIAL, 1 << BRAND),
    (UPVOTE, 1 << TOPIC, WHOSE),
    (CANCEL, 1 << NOUN, NAME),
    (SCORE, 1 << TOPIC, WHOSE),
    (BUY, 1 << NOUN | 1 << MATERIAL | 1 << ADDRESS, 1 << MOST | 1 << QUANTITY | 1 << COLOUR),
    (REPLY, 1 << TOPIC | 1 << COMMENT, WHOSE),
    (CHEAPEST, 1 << NOUN, 1 << MATERIAL | 1 << RATING),
    (SUBSCRIBE, 1 << BOARD, 0),
    (REVIEW, 1 << NOUN | 1 << STARS | 1 << WORDS, NAME),
    (WRITE, 1 << BOARD | 1 << TITLE, 1 << BODY),
    (RETURN, 1 << NOUN, NAME),
    (BUY, 1 << NOUN | 1 << MOST | 1 << QUANTITY | 1 << SHIPPING, 1 << COLOUR | 1 << ADDRESS),
    (DOWNVOTE, 1 << TOPIC | 1 << AUTHOR, 1 << PLACE),
    (BUY, 1 << NOUN | 1 << RATING | 1 << COUPON, 1 << COLOUR | 1 << QUANTITY | 1 << ADDRESS),
    (BUY, 1 << NOUN | 1 << COLOUR | 1 << SIZE, 1 << QUANTITY | DELIVERY),
    (REPLY, 1 << TOPIC | 1 << AUTHOR | 1 << COMMENT, 1 << PLACE),
    (WRITE, 1 << BOARD | 1 << TITLE | 1 << BODY, 0),
)
