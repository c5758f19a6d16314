"""Whether a whole record is in range: what counts the others first, then each part of it."""

from midcourse.envs.web_tasks.goal.wishes import TEMPLATES
from midcourse.envs.web_tasks.integrity.goal import goal_good, targets_good
from midcourse.envs.web_tasks.integrity.ranges import token_good, within
from midcourse.envs.web_tasks.integrity.sites import forum_good, rows_good, shop_good
from midcourse.envs.web_tasks.integrity.tabs import page_good, tabs_good
from midcourse.envs.web_tasks.state import (
    CONSTRAINTS,
    ELEMENTS,
    MESSAGES,
    REPLIES,
    TABS,
    UNITS,
    WEBS,
)


def validate(world, shared):
    """Whether every index in the record is in range, and its page the one that the rule builds."""
    now = world.now[0]
    goal = world.goal
    good = within(world.web, WEBS) and within(world.reply, len(REPLIES))
    good = good and within(world.said, MESSAGES + 1) and within(world.answer_unit, len(UNITS))
    good = good and token_good(world.answer_caption)
    good = good and within(goal.template, len(TEMPLATES)) and within(goal.count, CONSTRAINTS + 1)
    good = good and within(now.tab_at, TABS) and within(now.elements, ELEMENTS + 1)
    if not good or now.tab[now.tab_at].open != 1:
        return False
    good = shop_good(now.shop[0], shared) and forum_good(now.forum[0]) and rows_good(now)
    good = good and tabs_good(now, shared) and goal_good(world)
    return good and targets_good(world, shared) and page_good(world, shared)
