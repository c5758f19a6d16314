"""What tells states apart in the search: 128 bits of all that the actions left can come to.

Left out of the record, and why nothing is lost:
- clock, reply, the reward terms, what was answered: no rule reads them before the stop, which ends
  the search there; clock, limit and draws matter to messages and truncation, and there are none;
- goal, web, messages: the same in all states of one search;
- the elements of the page at hand: built anew from what is left after every action;
- tabs that are closed, and pages beyond the last that `forward` reaches: overwritten before they
  are ever shown;
- pages of histories, and other tabs, that lie farther than the moves left. A move is an action on
  the way, which sends no form and fills in none; the bound leaves so many of them (`moves`). One is
  a step back or forward, down a list, or to another tab.
"""

import numpy as np

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.speech.words import LONGEST
from midcourse.envs.web_tasks.state import FIELDS, TABS

ONE, OTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
SHIFT = np.uint64(29)


@rare
def mixed(one, other, value):
    """Two independent hashes, and one number more in them."""
    value = np.uint64(np.int64(value) + 1)
    one = (one ^ value) * ONE
    other = (other + value) * OTHER
    return one ^ (one >> SHIFT), other ^ (other >> SHIFT)


@rare
def digest_of_content(raw, first, last):
    """Hashes of the words of a record that hold the content of all sites."""
    one = OTHER
    other = ONE
    for i in range(first, last):
        one, other = mixed(one, other, raw[i])
    return one, other


@rare
def with_page(one, other, page):
    """Hashes with a page."""
    one, other = mixed(one, other, page.kind)
    one, other = mixed(one, other, page.item)
    one, other = mixed(one, other, page.sort)
    one, other = mixed(one, other, page.least)
    one, other = mixed(one, other, page.most)
    for k in range(LONGEST):
        one, other = mixed(one, other, page.words[k])
    return one, other


@rare
def with_tab(one, other, tab, moves):
    """Hashes with a tab: its form, how far it is scrolled, the pages to which some moves lead."""
    back = min(moves, tab.at)
    ahead = min(moves, tab.last - tab.at)
    one, other = mixed(one, other, back)
    one, other = mixed(one, other, ahead)
    one, other = mixed(one, other, tab.scrolled)
    for i in range(tab.at - back, tab.at + ahead + 1):
        one, other = with_page(one, other, tab.page[i])
    for f in range(FIELDS):
        for k in range(LONGEST):
            if tab.field[f, k] != 0:
                one, other = mixed(one, other, LONGEST * f + k)
                one, other = mixed(one, other, tab.field[f, k])
    return one, other


@rare
def view(world, one, other, budget, moves):
    """Hashes of a state of some content, from which so many actions are left, and moves of them."""
    now = world.now[0]
    one, other = mixed(one, other, budget)
    one, other = mixed(one, other, moves)
    one, other = with_tab(one, other, now.tab[now.tab_at], moves)
    if moves > 0:
        one, other = mixed(one, other, now.tab_at)
        for t in range(TABS):
            if t != now.tab_at and now.tab[t].open != 0:
                one, other = mixed(one, other, t)
                one, other = with_tab(one, other, now.tab[t], moves - 1)
    return one, other


@rare
def is_new(one, other, table, count):
    """Put a state down; False if it stands there already. `table` has one row empty at least."""
    size = len(table)
    at = np.int64(one & np.uint64(size - 1))
    while table[at, 0] != 0 or table[at, 1] != 0:
        if table[at, 0] == one and table[at, 1] == other:
            return False
        at = at + 1 if at + 1 < size else 0
    table[at, 0] = one
    table[at, 1] = other
    count[0] += 1
    return True
