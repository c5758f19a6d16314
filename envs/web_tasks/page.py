"""The page at hand as plain values, see `core/page.py`."""

from typing import Any

import numpy as np

from midcourse.core.page import Element, Page, Tab
from midcourse.envs.web_tasks import state
from midcourse.envs.web_tasks.browser import FORUM_KINDS
from midcourse.envs.web_tasks.forum.pages import (
    BOARD_PAGE,
    FORUM_HOME,
    LETTER_BOX,
    NEW_POST,
    POST_PAGE,
)
from midcourse.envs.web_tasks.goal.wishes import (
    BUY,
    ELSEWHERE,
    OF_SHOP,
    OF_TABLES,
    REASONS,
    asks,
    class_of,
)
from midcourse.envs.web_tasks.shop.layout import (
    CART_PAGE,
    CHECKOUT,
    LISTING,
    ORDER_LIST,
    ORDER_PAGE,
    PRODUCT_PAGE,
    RESULTS,
    SHOP_HOME,
)
from midcourse.envs.web_tasks.speech.commands import THE_LIST_SAID
from midcourse.envs.web_tasks.speech.phrases import messages, task
from midcourse.envs.web_tasks.speech.words import BOARD_NAMES, CATEGORIES, WORDS, spell
from midcourse.envs.web_tasks.tables.layout import (
    FIRST_GROUP,
    GROUP_CAPTIONS,
    GROUP_KIND,
    HOME_KIND,
    NEW_CAPTION,
    NEW_KIND,
    PER_SITE,
    ROW_KIND,
    SITE_CAPTIONS,
    SITE_OF_TABLE,
    TABLE_KINDS,
)
from midcourse.envs.web_tasks.text import goes_on, listed, options, said_value

TITLES = {SHOP_HOME: "Welcome", RESULTS: "Results", CART_PAGE: "Cart", CHECKOUT: "Checkout",
          ORDER_LIST: "Orders", FORUM_HOME: "Forum", NEW_POST: "New post",
          LETTER_BOX: "Messages"}  # fmt: skip
FOLDERS = {RESULTS: "search", LISTING: "category", PRODUCT_PAGE: "product", CART_PAGE: "cart",
           CHECKOUT: "checkout", ORDER_LIST: "orders", ORDER_PAGE: "order",
           BOARD_PAGE: "board", POST_PAGE: "post", NEW_POST: "new",
           LETTER_BOX: "messages"}  # fmt: skip
TABLE_FOLDERS = ("", "group", "entry", "new", "way")
NAMED = (
    RESULTS,
    LISTING,
    PRODUCT_PAGE,
    ORDER_PAGE,
    BOARD_PAGE,
    POST_PAGE,
)  # kinds of page with many pages


def page(world: Any, shared: Any) -> Page:
    """What the browser shows."""
    now, notes = world["now"][0], world["message"][: int(world["said"])]
    shown = elements(now)
    tabs = open_tabs(world, shared)
    tab = now["tab"][now["tab_at"]]
    return Page(
        task=task(world["goal"], notes),
        messages=tuple(messages(world["goal"], notes)),
        wants_answer=bool(asks(int(world["goal"]["act"][0]))),
        elements=shown,
        tabs=tabs,
        can_open_tab=len(tabs) < state.TABS,
        can_go_back=bool(tab["at"] > 0),
        can_go_forward=bool(tab["at"] < tab["last"]),
        can_scroll=goes_on(now),
        sites=state.SITES,
        reply=state.REPLIES[int(world["reply"])],
        clock=int(world["clock"]),
        limit=int(world["limit"]),
        answers={
            e: np.array([state.STOP, e]) for e in range(len(shown)) if now["element"][e]["unit"]
        },
        reasons=REASONS[1:],
        answer_list=THE_LIST_SAID if listed(world) else "",
    )


def elements(now: Any) -> tuple[Element, ...]:
    """The elements of the page at hand. A site's navigation comes first on each of its pages."""
    found = []
    in_navigation = True
    for e in range(int(now["elements"])):
        row = now["element"][e]
        role, said = int(row["role"]), spell(row["words"].tolist())
        value = said_value(row)
        plain_link = role == state.LINK and not said and not value
        in_navigation = in_navigation and (plain_link or role == state.TEXTBOX)
        found.append(
            Element(
                number=e,
                role=state.ROLES[role],
                caption=WORDS[row["caption"]],
                text=said,
                value=value,
                options=tuple(options(row).values()) if role == state.COMBOBOX else (),
                in_navigation=in_navigation,
            )
        )
    return tuple(found)


def open_tabs(world: Any, shared: Any) -> tuple[Tab, ...]:
    """The open tabs."""
    now = world["now"][0]
    found = []
    for t, tab in enumerate(now["tab"]):
        if tab["open"]:
            address = tab["page"][tab["at"]]
            title = title_of(world, shared, address)
            here = t == int(now["tab_at"])
            found.append(Tab(t + 1, title, url_of(int(address["kind"]), title), here))
    return tuple(found)


def title_of(world: Any, shared: Any, address: Any) -> str:
    """What a page is called."""
    kind, item = int(address["kind"]), int(address["item"])
    if kind == LISTING:
        return CATEGORIES[item]
    if kind == PRODUCT_PAGE:
        web = shared["web"][int(world["web"])]
        return spell(web["shop"][0]["product"][item]["name"].tolist())
    if kind == ORDER_PAGE:
        return f"Order #{int(world['now'][0]['shop'][0]['order'][item]['number'])}"
    if kind == BOARD_PAGE:
        return BOARD_NAMES[item]
    if kind == POST_PAGE:
        return spell(world["now"][0]["forum"][0]["post"][item]["title"].tolist())
    if kind >= TABLE_KINDS:
        return table_title(world["now"][0], kind, item)
    if kind == RESULTS:
        return f"Results for {spell(address['words'].tolist())}"
    return TITLES.get(kind, "Page not found")


def group(world: Any) -> str:
    """The site that a task is about; "several" where it is about two."""
    goal = world["goal"]
    is_counted = goal["act"][0] == BUY and goal["field"] == ELSEWHERE
    if int(goal["parts"]) > 1 or is_counted:
        return "several"
    act = int(goal["act"][0])
    if class_of(act) == OF_TABLES:
        return state.SITES[SITE_OF_TABLE[int(goal["table"])]]
    return "shop" if class_of(act) == OF_SHOP else "forum"


def table_title(now: Any, kind: int, item: int) -> str:
    """What a page of the back office, the tracker or the map is called."""
    site, kind = divmod(kind - TABLE_KINDS, PER_SITE)
    if kind == GROUP_KIND:
        return WORDS[GROUP_CAPTIONS[FIRST_GROUP[site] + item]]
    if kind == NEW_KIND:
        return WORDS[NEW_CAPTION[item]]
    if kind == HOME_KIND:
        return WORDS[SITE_CAPTIONS[site]]
    title = spell(now["row"][item]["title"].tolist())
    return title if kind == ROW_KIND else f"Directions from {title}"


def url_of(kind: int, title: str) -> str:
    """The address of a page as a browser shows it, made of nothing but what the page says."""
    if kind >= TABLE_KINDS:
        site, place = divmod(kind - TABLE_KINDS, PER_SITE)
        start = f"http://{state.SITES[state.OFFICE + site]}/{TABLE_FOLDERS[place]}"
        return start if place == HOME_KIND else f"{start}/{title.lower().replace(' ', '-')}"
    site = state.SHOP if kind < FORUM_KINDS else state.FORUM
    start = f"http://{state.SITES[site]}/{FOLDERS.get(kind, '')}"
    if kind not in NAMED:
        return start
    name = title.removeprefix("Results for ").removeprefix("Order #")
    return f"{start}/{name.lower().replace(' ', '-')}"
