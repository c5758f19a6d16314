"""Webs and tasks: how a web's content is drawn, and how a task is laid out in one.

Each split has webs of its own: no product, order or review of one stands in another's.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np

from midcourse.core import tasks
from midcourse.core.engine.copying import copy
from midcourse.core.engine.record import Record
from midcourse.core.engine.rng import LAYOUT, STREAMS, below
from midcourse.core.family import Program
from midcourse.envs.web_tasks.forum.pages import BOARDS, YOU
from midcourse.envs.web_tasks.forum.wishes import TOPICS_OF_BOARD
from midcourse.envs.web_tasks.goal.drawing import lay_out_goal
from midcourse.envs.web_tasks.goal.requirements import clear_message
from midcourse.envs.web_tasks.goal.wishes import TEMPLATES
from midcourse.envs.web_tasks.rules import show
from midcourse.envs.web_tasks.shop import records
from midcourse.envs.web_tasks.shop.layout import (
    SHOP_HOME,
)
from midcourse.envs.web_tasks.speech.words import (
    BRANDS,
    CATEGORIES,
    COLOURS,
    FIRST_NAMES,
    JUDGEMENTS,
    LAST_NAMES,
    MATERIALS,
    NOUNS,
    SIZES,
    TOPICS,
    VERBS,
    first,
)
from midcourse.envs.web_tasks.state import MESSAGES, QUIET, WEBS, WebParams
from midcourse.envs.web_tasks.tables.content import fill_tables

POSTS_AT_FIRST, REMARKS_AT_FIRST, LETTERS_AT_FIRST = 20, 24, 4
PER_NOUN = 3  # products of one noun: so few that a category fits on one page
COUNTS = {"train": 0, "validation": 50, "test": 165}
SIZED = ("scarf", "jacket", "shirt", "apron", "belt", "backpack")  # nouns that come in sizes


def count(params: WebParams) -> dict[str, int]:
    """Tasks in each split; training has no end."""
    return COUNTS


def lay_out(world, shared):
    """Write the task into the record: a web as it begins, and what the user wants there."""
    world.web = below(world, LAYOUT, WEBS)
    copy(world.now, shared.web[world.web].start)
    world.reply = QUIET
    world.answer_unit = 0
    world.answer_caption = 0
    world.answer = 0
    for i in range(min(world.said, MESSAGES)):
        clear_message(world.message[i])
    world.said = 0
    world.goal.template = below(world, LAYOUT, shared.templates)
    lay_out_goal(world, shared, LAYOUT)


# --- the content of a web, in plain Python: drawn once for each environment -------------------


def build(program: Program) -> None:
    """Fill the shared record: the knobs that rules read, and the webs of the split."""
    params, shared = program.params, program.shared[0]
    assert isinstance(params, WebParams)
    shared["products"] = params.products
    shared["templates"] = min(params.templates, len(TEMPLATES))
    for name in ("goal_reward", "wrong_stop_reward", "step_reward"):
        shared[name] = getattr(params, name)
    for number in range(WEBS):
        address = ("web", program.family.id, params.split, params.level, params.products, number)
        draws = SimpleNamespace(task_key=tasks.hash_words(*address), counters=[0] * STREAMS)
        web = shared["web"][number]
        _stock_shop(_Draws(draws), web, params.products)
        _fill_forum(_Draws(draws), web["start"][0]["forum"][0])
        start = web["start"][0]
        fill_tables(_Draws(draws), web["shop"][0], start, params.products)
        _fill_letters(_Draws(draws), start["forum"][0])
        _begin(program, number)


class _Draws:
    """Draws for content."""

    def __init__(self, world: Any):
        self.world = world

    def below(self, n: int) -> int:
        return below(self.world, LAYOUT, n)

    def of(self, group: tuple[str, ...]) -> int:
        """A word of a group."""
        return first(group) + self.below(len(group))

    def some(self, n: int, least: int, most: int) -> int:
        """A set of numbers below n, as bits."""
        bits, wanted = 0, least + self.below(most - least + 1)
        while bits.bit_count() < wanted:
            bits |= 1 << self.below(n)
        return bits


def _begin(program: Program, number: int) -> None:
    """Open the first tab of a web at the shop's first page, and build that page."""
    start = program.shared[0]["web"][number]["start"][0]
    tab = start["tab"][0]
    tab["open"] = 1
    tab["page"][0]["kind"] = SHOP_HOME
    world = np.zeros(1, program.world_dtype)
    world["web"], world["now"][0, 0] = number, start
    show(Record(world[0]), Record(program.shared[0]))
    start["element"] = world["now"][0, 0]["element"]
    start["elements"] = world["now"][0, 0]["elements"]


def _stock_shop(draws: _Draws, web: Any, products: int) -> None:
    start = web["start"][0]["shop"][0]
    web["shop"][0]["product"]["name"] = 0
    names: set[tuple[int, ...]] = set()
    nouns = _spread(draws, -(-products // PER_NOUN))
    for p in range(products):
        noun = nouns[p % len(nouns)]
        name = (0, 0, 0)
        while name in names or not any(name):
            name = (draws.of(BRANDS), draws.of(MATERIALS), first(NOUNS) + noun)
        names.add(name)
        product, stock = web["shop"][0]["product"][p], start["stock"][p]
        product["name"] = name
        product["category"] = noun // (len(NOUNS) // len(CATEGORIES))
        product["colours"] = draws.some(len(COLOURS), 2, 4)
        product["sizes"] = draws.some(len(SIZES), 2, 4) if NOUNS[noun] in SIZED else 0
        product["rating"] = 20 + draws.below(31)
        stock["price"] = 395 + 100 * draws.below(180)
        stock["stock"] = 12 + draws.below(40)
    _fill_orders(draws, web, products)
    _fill_reviews(draws, start, products)


def _spread(draws: _Draws, wanted: int) -> list[int]:
    """Some nouns, as many of each category as can be."""
    per = len(NOUNS) // len(CATEGORIES)
    kinds = sorted(range(len(CATEGORIES)), key=lambda _: draws.below(1 << 30))
    within = sorted(range(per), key=lambda _: draws.below(1 << 30))
    return [kind * per + place for place in within for kind in kinds][:wanted]


def _fill_orders(draws: _Draws, web: Any, products: int) -> None:
    """Eight orders of the past: some placed, some shipped, some delivered."""
    start = web["start"][0]["shop"][0]
    start["cart"]["product"], start["cart"]["size"] = -1, -1
    start["order"]["line"]["product"], start["order"]["line"]["size"] = -1, -1
    start["orders"] = 8
    start["next_number"] = 1001 + draws.below(5000)
    for o in range(8):
        order = start["order"][o]
        p = draws.below(products)
        product, line = web["shop"][0]["product"][p], order["line"][0]
        order["number"] = int(start["next_number"]) - 8 + o
        order["status"] = order["was"] = (records.DELIVERED, records.SHIPPED, records.PLACED)[
            o * 3 // 8
        ]
        order["address"], order["shipping"] = draws.below(3), draws.below(3)
        order["coupon"], order["lines"] = -1, 1
        line["product"], line["quantity"] = p, 1 + draws.below(3)
        line["colour"] = _bit(draws, product["colours"])
        line["size"] = _bit(draws, product["sizes"]) if product["sizes"] else -1
        price = int(start["stock"][p]["price"]) * int(line["quantity"])
        order["total"] = price + records.SHIPPING_PRICES[order["shipping"]]


def _bit(draws: _Draws, offered: int) -> int:
    bits = [bit for bit in range(8) if int(offered) >> bit & 1]
    return bits[draws.below(len(bits))]


def _fill_reviews(draws: _Draws, start: Any, products: int) -> None:
    start["review"]["product"] = -1
    start["reviews"] = min(products, records.REVIEWS - 16)
    for r in range(int(start["reviews"])):
        review = start["review"][r]
        review["product"] = draws.below(products)
        review["stars"] = 1 + draws.below(5)
        review["author"] = draws.of(FIRST_NAMES), draws.of(LAST_NAMES)
        review["words"][:2] = _judgement(draws)


def _fill_forum(draws: _Draws, forum: Any) -> None:
    """Twenty posts, two of them one's own, their scores, and what is said below them."""
    forum["posts"], forum["remarks"] = POSTS_AT_FIRST, REMARKS_AT_FIRST
    forum["remark"]["post"] = -1
    for p in range(POSTS_AT_FIRST):
        post = forum["post"][p]
        post["board"] = p % BOARDS
        post["score"] = draws.below(200) - 20
        post["author"] = draws.of(FIRST_NAMES), draws.of(LAST_NAMES)
        topic = p % BOARDS * TOPICS_OF_BOARD + draws.below(TOPICS_OF_BOARD)
        post["title"][:2] = draws.of(VERBS), first(TOPICS) + topic
        post["body"][:2] = _judgement(draws)
    mine = draws.below(BOARDS)
    for p in (mine, BOARDS + (mine + 1 + draws.below(BOARDS - 1)) % BOARDS):  # on two boards
        forum["post"][p]["author"], forum["post"][p]["body"] = (YOU, 0), 0
    for r in range(REMARKS_AT_FIRST):
        remark = forum["remark"][r]
        remark["post"] = draws.below(POSTS_AT_FIRST)
        remark["author"] = draws.of(FIRST_NAMES), draws.of(LAST_NAMES)
        remark["words"][:2] = _judgement(draws)


def _fill_letters(draws: _Draws, forum: Any) -> None:
    """Four letters from others."""
    forum["letters"] = LETTERS_AT_FIRST
    for letter in forum["letter"][:LETTERS_AT_FIRST]:
        letter["name"] = draws.of(FIRST_NAMES), draws.of(LAST_NAMES)
        letter["words"][:2] = _judgement(draws)


def _judgement(draws: _Draws) -> tuple[int, int]:
    """Two different words."""
    one = draws.below(len(JUDGEMENTS))
    two = (one + 1 + draws.below(len(JUDGEMENTS) - 1)) % len(JUDGEMENTS)
    return first(JUDGEMENTS) + one, first(JUDGEMENTS) + two
