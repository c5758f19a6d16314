"""The browser: tabs with their histories, and the page at hand as a table of elements."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.speech.words import ID, LONGEST
from midcourse.envs.web_tasks.state import (
    BUTTON,
    COMBOBOX,
    ELEMENTS,
    FIELDS,
    FORUM,
    HISTORY,
    LINK,
    NO_UNIT,
    OFFICE,
    SHOP,
    TABS,
    TEXT,
)
from midcourse.envs.web_tasks.tables.layout import PER_SITE, TABLE_KINDS

FORUM_KINDS = 20  # kinds of page from here on are the forum's, those below the shop's
FORUM_EFFECTS, TABLE_EFFECTS = 125, 140  # and so with effects
NOT_FOUND = 0  # kind of the page for addresses that lead nowhere
NO_EFFECT, FILL = 100, 101  # effects; those below 100 open the page of that kind
MORE_BELOW = ID["More below"]  # caption of the last element where a list goes on further down


def tab_of(world):
    """The tab at hand."""
    now = world.now[0]
    return now.tab[now.tab_at]


def address_of(world):
    """The address of the page at hand."""
    tab = tab_of(world)
    return tab.page[tab.at]


def site_of(page):
    """The site of an address."""
    if page.kind >= TABLE_KINDS:
        return OFFICE + (page.kind - TABLE_KINDS) // PER_SITE
    return SHOP if page.kind < FORUM_KINDS else FORUM


@rare
def visit(world, kind, item, sort):
    """Open a page in the tab at hand; what lay ahead is forgotten, and the oldest when full."""
    tab = tab_of(world)
    if tab.at == HISTORY - 1:
        for i in range(HISTORY - 1):
            copy_address(tab.page[i], tab.page[i + 1])
    else:
        tab.at += 1
    tab.last = tab.at
    page = tab.page[tab.at]
    page.kind = kind
    page.item = item
    page.sort = sort
    page.least = 0
    page.most = 0
    clear_words(page.words)
    clear_form(tab)


@rare
def revisit(world):
    """Open the page at hand again, to be sorted or filtered otherwise; returns its address."""
    tab = tab_of(world)
    visit(world, tab.page[tab.at].kind, 0, 0)
    copy_address(tab.page[tab.at], tab.page[tab.at - 1])
    return tab.page[tab.at]


def copy_address(to, source):
    """Copy an address."""
    to.kind = source.kind
    to.item = source.item
    to.sort = source.sort
    to.least = source.least
    to.most = source.most
    for k in range(LONGEST):
        to.words[k] = source.words[k]


def clear_form(tab):
    """Forget what was filled in, and how far was scrolled."""
    tab.scrolled = 0
    for f in range(FIELDS):
        for k in range(LONGEST):
            tab.field[f, k] = 0


@rare
def go_back(world):
    """One page back in the tab at hand; False where there is none."""
    tab = tab_of(world)
    if tab.at == 0:
        return False
    tab.at -= 1
    clear_form(tab)
    return True


@rare
def go_forward(world):
    """One page forward again; False where there is none."""
    tab = tab_of(world)
    if tab.at == tab.last:
        return False
    tab.at += 1
    clear_form(tab)
    return True


def goes_on(now):
    """Whether the list at hand goes on further down; its last element says so."""
    return now.elements > 0 and now.element[now.elements - 1].caption == MORE_BELOW


@rare
def scroll_down(world):
    """One screen further down in the list at hand; False where nothing lies further down."""
    if not goes_on(world.now[0]):
        return False
    tab_of(world).scrolled += 1
    return True


@rare
def open_tab(world, kind):
    """A new tab with a page of some kind; False if all are open."""
    now = world.now[0]
    for t in range(TABS):
        if now.tab[t].open == 0:
            tab = now.tab[t]
            tab.open = 1
            tab.at = -1
            go_to_tab(world, t)
            visit(world, kind, 0, 0)
            return True
    return False


@rare
def switch_tab(world, t):
    """Go to another open tab; False if there is no such."""
    now = world.now[0]
    if t < 0 or t >= TABS or t == now.tab_at or now.tab[t].open == 0:
        return False
    go_to_tab(world, t)
    return True


def go_to_tab(world, t):
    """Make another tab the one at hand; lists begin at their top where one comes back."""
    tab_of(world).scrolled = 0
    world.now[0].tab_at = t


@rare
def close_tab(world):
    """Close the tab at hand and go to the first of the others; False if it is the only one."""
    now = world.now[0]
    for t in range(TABS):
        if t != now.tab_at and now.tab[t].open != 0:
            tab_of(world).open = 0
            go_to_tab(world, t)
            return True
    return False


def copy_words(to, words):
    """Copy a text."""
    for k in range(LONGEST):
        to[k] = words[k]


def clear_words(words):
    """Make a text blank."""
    for k in range(LONGEST):
        words[k] = 0


# --- the page -------------------------------------------------------------------------------------


@rare
def put(now, role, caption):
    """The next element of the page, blank but for these; a page that is full keeps its last."""
    if now.elements < ELEMENTS:
        now.elements += 1
    element = now.element[now.elements - 1]
    element.role = role
    element.unit = NO_UNIT
    element.field = -1
    element.effect = NO_EFFECT
    element.argument = 0
    element.caption = caption
    element.options = 0
    element.value = 0
    clear_words(element.words)
    return element


@rare
def put_link(now, caption, kind, item):
    """A link to a page."""
    element = put(now, LINK, caption)
    element.effect = kind
    element.argument = item
    return element


@rare
def put_button(now, caption, effect, argument):
    """A button."""
    button = put(now, BUTTON, caption)
    button.effect = effect
    button.argument = argument


@rare
def put_value(now, caption, unit, value):
    """A text with a number."""
    element = put(now, TEXT, caption)
    element.unit = unit
    element.value = value


@rare
def put_field(now, tab, role, caption, field, effect):
    """A field of the form, with what has been filled in."""
    element = put(now, role, caption)
    element.field = field
    element.effect = effect
    for k in range(LONGEST):
        element.words[k] = tab.field[field, k]
    return element


@rare
def put_options(now, tab, caption, field, options, offered, usual):
    """A choice among those words from `options` on whose bit is set; shows which is chosen."""
    element = put(now, COMBOBOX, caption)
    element.field = field
    element.effect = FILL
    element.options = options
    element.argument = offered
    element.words[0] = options + chosen(tab, field, offered, usual)


def chosen(tab, field, offered, usual):
    """The option that a form's field holds: the one selected, else the first offered."""
    if tab.field[field, 0] != 0:
        return tab.field[field, 0] - 1
    option = usual
    while (offered >> option) & 1 == 0:
        option += 1
    return option
