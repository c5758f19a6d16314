"""The dynamics of the web: one action, and the user who says something in between."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.browser import (
    FORUM_EFFECTS,
    TABLE_EFFECTS,
    address_of,
    close_tab,
    go_back,
    go_forward,
    open_tab,
    revisit,
    scroll_down,
    site_of,
    switch_tab,
    tab_of,
    visit,
)
from midcourse.envs.web_tasks.forum.acts import forum_act
from midcourse.envs.web_tasks.forum.pages import FORUM_HOME, forum_page
from midcourse.envs.web_tasks.goal.done import achieved, right_answer
from midcourse.envs.web_tasks.goal.messages import amend
from midcourse.envs.web_tasks.shop.acts import shop_act
from midcourse.envs.web_tasks.shop.layout import (
    FILTER_PRICE,
    FILTER_RATING,
    RESULTS,
    SEARCH,
    SHOP_HOME,
    SORT,
)
from midcourse.envs.web_tasks.shop.lists import (
    count_listed,
)
from midcourse.envs.web_tasks.shop.pages import (
    shop_page,
)
from midcourse.envs.web_tasks.speech.words import LONGEST, NUMBER
from midcourse.envs.web_tasks.state import (
    ACHIEVED,
    BACK,
    BAD_NUMBER,
    BUTTON,
    COMBOBOX,
    ELEMENTS,
    FORUM,
    FORWARD,
    FROM_GOAL,
    FROM_NUMBERS,
    GOTO,
    LINK,
    LIST,
    MAP,
    NEW_TAB,
    NO_ACTION,
    NO_ANSWER,
    NO_ELEMENT,
    NO_OPTION,
    NO_PAGE,
    NO_SITE,
    NO_TAB,
    NO_TEXT,
    NO_UNIT,
    NOT_ACTIVE,
    NOTHING_BELOW,
    OFFICE,
    OPTIONS,
    QUIET,
    REASON,
    SCROLL,
    SHOP,
    SITES,
    STOP,
    SWITCH_TAB,
    TABS_FULL,
    TEXTBOX,
    THE_LIST,
    UNWANTED,
)
from midcourse.envs.web_tasks.tables.acts import table_act
from midcourse.envs.web_tasks.tables.layout import DIRECTIONS, HOME_KIND, ROUTE_KIND
from midcourse.envs.web_tasks.tables.pages import kind_of, table_page


def step(world, shared, action):
    """One action; every one costs a step, also those that the world refuses."""
    verb = int(action[0])
    choice = int(action[1])
    world.reply = QUIET
    world.terms[2] = shared.step_reward
    if not offered(world, choice):
        world.reply = NO_TEXT
        return
    if verb == STOP:
        if can_answer(world, choice):
            stop(world, shared, choice)
        else:
            world.reply = NO_ANSWER
        return
    if verb < ELEMENTS:
        use(world, shared, verb, choice)
    elif verb == BACK:
        if not go_back(world):
            world.reply = NO_PAGE
    elif verb == FORWARD:
        if not go_forward(world):
            world.reply = NO_PAGE
    elif verb == GOTO:
        if choice < len(SITES):
            visit(world, home_of(choice), 0, 0)
        else:
            world.reply = NO_SITE
    elif verb == NEW_TAB:
        if not open_tab(world, SHOP_HOME):
            world.reply = TABS_FULL
    elif verb == SWITCH_TAB:
        if not switch_tab(world, choice):
            world.reply = NO_TAB
    elif verb == SCROLL:
        if not scroll_down(world):
            world.reply = NOTHING_BELOW
    elif not close_tab(world):
        world.reply = NO_TAB
    if world.reply == QUIET:
        show(world, shared)


def home_of(site):
    """The kind of a site's first page."""
    if site >= OFFICE:
        return kind_of(site, HOME_KIND)
    return SHOP_HOME if site == SHOP else FORUM_HOME


def refuse(world, shared):
    """What was meant is unclear, so nothing happens; that costs as much as any step."""
    world.reply = NO_ACTION
    world.terms[2] = shared.step_reward


@rare
def stop(world, shared, choice):
    """End the episode; the state of the web decides, and the answer if one was asked for."""
    now = world.now[0]
    world.terminated = 1
    if choice < FROM_GOAL:
        answer(world, shared, now.element[choice])
    elif choice > FROM_NUMBERS and choice < THE_LIST:
        world.answer_unit = REASON
        world.answer = choice - FROM_NUMBERS
    elif choice == THE_LIST:
        world.answer_unit = LIST
        world.answer = count_listed(now)
    if achieved(world, shared):
        world.success = 1
        world.reply = ACHIEVED
        world.terms[0] = shared.goal_reward
    else:
        world.reply = UNWANTED
        world.terms[1] = shared.wrong_stop_reward


@rare
def answer(world, shared, pointed):
    """Answer with what an element says; where else on the page that stands makes no difference."""
    now = world.now[0]
    world.answer_unit = pointed.unit
    world.answer_caption = pointed.caption
    world.answer = pointed.value
    for e in range(now.elements):
        element = now.element[e]
        same = element.unit == pointed.unit and element.value == pointed.value
        if same and right_answer(world, shared, element.caption, element.unit, element.value):
            world.answer_caption = element.caption


@rare
def show(world, shared):
    """Build the page at hand anew."""
    world.now[0].elements = 0
    site = site_of(address_of(world))
    if site == SHOP:
        shop_page(world, shared)
    elif site == FORUM:
        forum_page(world)
    else:
        table_page(world, shared)


@rare
def use(world, shared, number, choice):
    """Click an element, type a text into it, or select one of its options."""
    now = world.now[0]
    if number >= now.elements:
        world.reply = NO_ELEMENT
        return
    element = now.element[number]
    role = element.role
    if role == LINK:
        visit(world, element.effect, element.argument, 0)
    elif role == BUTTON:
        if element.effect < FORUM_EFFECTS:
            shop_act(world, shared, element.effect, element.argument)
        elif element.effect < TABLE_EFFECTS:
            forum_act(world, element.effect, element.argument)
        else:
            table_act(world, shared, element.effect, element.argument)
    elif role == COMBOBOX:
        select(world, element, choice)
    elif role == TEXTBOX:
        type_text(world, element, choice)
    else:
        world.reply = NOT_ACTIVE


@rare
def select(world, element, option):
    """Select an option of a combobox."""
    if option >= OPTIONS or (element.argument >> option) & 1 == 0:
        world.reply = NO_OPTION
    elif element.effect == SORT:
        revisit(world).sort = option
    elif element.effect == FILTER_RATING:
        revisit(world).least = option
    else:
        tab_of(world).field[element.field, 0] = option + 1


@rare
def type_text(world, element, choice):
    """Type the text of an element or of a requirement; a search or directions begin at once."""
    if not can_type(world, choice):
        world.reply = NO_TEXT
        return
    if element.effect == FILTER_PRICE:
        filter_price(world, choice)
        return
    tab = tab_of(world)
    field = element.field
    ways = element.effect == DIRECTIONS
    search = ways or element.effect == SEARCH
    if ways:
        visit(world, kind_of(MAP, ROUTE_KIND), element.argument, 0)
    elif search:
        visit(world, RESULTS, 0, 0)
    for k in range(LONGEST):
        token = token_of(world, choice, k)
        if search:
            tab.page[tab.at].words[k] = token
        else:
            tab.field[field, k] = token


@rare
def filter_price(world, choice):
    """List only what costs no more than a number that was typed, in cents."""
    number = token_of(world, choice, 0) - NUMBER
    if number <= 0 or token_of(world, choice, 1) != 0:
        world.reply = BAD_NUMBER
    else:
        revisit(world).most = number


def offered(world, choice):
    """Whether an action's second number stands for something, whatever the first may be."""
    now = world.now[0]
    if choice < OPTIONS or choice >= FROM_NUMBERS:
        return True
    if choice < now.elements and now.element[choice].unit != NO_UNIT:
        return True
    return token_of(world, choice, 0) != 0


def can_answer(world, choice):
    """Whether an answer is one: an element's value, none, a reason, or the list if there is one."""
    now = world.now[0]
    if choice < FROM_GOAL:
        return choice < now.elements and now.element[choice].unit != NO_UNIT
    if choice == THE_LIST:
        return count_listed(now) > 0
    return choice >= FROM_NUMBERS and choice < THE_LIST


def can_type(world, choice):
    """Whether there is such a text: of an element, of a requirement, or a small number."""
    if choice >= FROM_NUMBERS:
        return True
    return token_of(world, choice, 0) != 0


def token_of(world, choice, k):
    """Token k of a text."""
    now = world.now[0]
    if choice < FROM_GOAL:
        return now.element[choice].words[k] if choice < now.elements else 0
    if choice < FROM_NUMBERS:
        constraint = world.goal.constraint[choice - FROM_GOAL]
        return constraint.words[k] if constraint.live != 0 else 0
    return NUMBER + choice - FROM_NUMBERS if k == 0 else 0


def disturb(world, shared, kind):
    """The user says something; False, and only draws have been taken, if there is nothing."""
    return amend(world, shared, kind)
