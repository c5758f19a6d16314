"""The dynamics of GUI navigation: one step, and what disturbs it."""

import numpy as np

from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import FAULTS, below
from midcourse.envs.gui_navigation.oracle import (
    FAR,
    cheapest,
    fill_distances,
    find_app,
    find_page,
    lead_after_faults,
    lead_of_icon,
)
from midcourse.envs.gui_navigation.state import (
    ACTIONS,
    ARRIVED,
    BACK,
    DEAD_LINK,
    DONE,
    ENDS,
    FIRST_NAME,
    ICONS,
    KILL_LINK,
    LAYOUTS,
    MESSAGES,
    MISSING,
    MOVE_ICONS,
    NAMES,
    NO_ICON,
    NOTHING,
    NOWHERE,
    PAGES,
    POPUP,
    POPUP_CLOSED,
    POPUP_OPEN,
    POPUP_SHAPES,
    QUIET,
    REDIRECT,
    REDIRECTED,
    RELABEL,
    SCREENS,
    SCROLL,
    SCROLLS,
    SLOTS,
    WRONG_SCREEN,
)

ATTEMPTS = 16  # draws before a disturbance gives up for this step


def step(world, shared, action):
    """One action; every one costs a step, also those that the world refuses."""
    world.terms[2] = shared.step_reward
    if world.popup != 0:
        answer_popup(world, action)
        return
    app = find_app(world, shared)
    screen = world.screen
    page = world.page
    lead = find_page(world, app).lead[action]
    message = QUIET if lead >= 0 else NOTHING - 1 - lead
    if world.move + world.dead + world.redirects != 0 and action < SLOTS:
        lead, message = lead_now(world, shared, app, action)
    if lead == ENDS:
        declare_done(world, shared)
    elif lead == SCROLLS:
        world.page = 0 if page + 1 == app.pages[screen] else page + 1
        world.message = QUIET
    else:
        # Values are chosen, not ways through the code: no processor foresees where a way leads.
        world.screen = lead if lead >= 0 else screen
        world.page = 0 if lead >= 0 else page
        world.message = message


def refuse(world, shared):
    """What was meant is unclear, so nothing happens; that costs as much as any step."""
    world.message = NOTHING
    world.terms[2] = shared.step_reward


def answer_popup(world, action):
    """A popup lets nothing through but a click on its button."""
    if action == world.popup - 1:
        world.popup = 0
        world.message = POPUP_CLOSED
    else:
        world.message = POPUP_OPEN


@rare
def lead_now(world, shared, app, slot):
    """Where the icon in a slot leads after moves, dead links and redirects, and the message."""
    screen = world.screen
    if slot >= app.page[screen, world.page].count:
        return MISSING, NO_ICON
    icon = world.page * shared.per_page + slot
    if world.move != 0:
        icon = (icon + world.move) % app.icons[screen]
    number = icon // shared.per_page
    built = int(app.page[screen, number].lead[icon - number * shared.per_page])
    lead = lead_after_faults(world, screen, icon, built)
    if lead == built:
        return lead, QUIET if lead >= 0 else NOTHING
    return lead, DEAD_LINK if lead == NOWHERE else REDIRECTED


def declare_done(world, shared):
    """End the episode; where we are decides, not what it is called."""
    world.terminated = 1
    if world.screen == world.goal:
        world.success = 1
        world.message = ARRIVED
        world.terms[0] = shared.goal_reward
    else:
        world.message = WRONG_SCREEN
        world.terms[1] = shared.wrong_done_reward


def disturb(world, shared, kind):
    """Let a disturbance strike; False, and only draws have been taken, if it cannot now."""
    if kind == POPUP:
        if world.popup != 0:
            return False
        world.popup = 1 + below(world, FAULTS, SLOTS)
        return True
    if kind == MOVE_ICONS:
        return move_icons(world, shared)
    if kind == RELABEL:
        world.rename = 1 + (world.rename + below(world, FAULTS, NAMES - 2)) % (NAMES - 1)
        return True
    if kind == KILL_LINK:
        return kill_link(world, shared)
    if kind == REDIRECT:
        return redirect(world, shared)
    return False


def move_icons(world, shared):
    """Rotate the icons of every screen and lay them out anew; here at least, the order changes."""
    icons = find_app(world, shared).icons[world.screen]
    for _ in range(ATTEMPTS):
        move = 1 + below(world, FAULTS, LAYOUTS - 1)
        if move != world.move and (icons < 2 or (move - world.move) % icons != 0):
            world.move = move
            return True
    return False


def kill_link(world, shared):
    """Kill the first link on the cheapest way without which there is still another way."""
    app = find_app(world, shared)
    distance = np.empty(SCREENS, np.int64)
    fill_distances(world, shared, distance)
    screen = int(world.screen)
    page = int(world.page)
    last = world.dead
    if last == len(world.dead_screen) or distance[screen] >= FAR:
        return False
    scratch = np.empty(SCREENS, np.int64)
    while screen != world.goal:
        action, icon, _ = cheapest(world, shared, distance, screen, page)
        if icon >= 0:
            world.dead_screen[last] = screen
            world.dead_icon[last] = icon
            world.dead = last + 1
            fill_distances(world, shared, scratch)
            if scratch[world.screen] < FAR:
                return True
            world.dead = last
            world.dead_screen[last] = 0
            world.dead_icon[last] = 0
            screen = lead_of_icon(world, shared, app, screen, icon)
        elif action == BACK:
            screen = int(app.parent[screen])
        else:
            screen = 0
        page = 0
    return False


def redirect(world, shared):
    """Let the first screen ahead on the cheapest way that allows it redirect to a costlier one."""
    app = find_app(world, shared)
    distance = np.empty(SCREENS, np.int64)
    fill_distances(world, shared, distance)
    screen = int(world.screen)
    page = int(world.page)
    last = world.redirects
    before = distance[screen]
    if last == len(world.redirect_from) or before >= FAR:
        return False
    scratch = np.empty(SCREENS, np.int64)
    while screen != world.goal:
        action, icon, _ = cheapest(world, shared, distance, screen, page)
        if icon >= 0:
            ahead = lead_of_icon(world, shared, app, screen, icon)
            if ahead != world.goal:
                world.redirect_from[last] = ahead
                world.redirects = last + 1
                for _ in range(ATTEMPTS):
                    other = below(world, FAULTS, shared.screens)
                    if other != ahead:
                        world.redirect_to[last] = other
                        fill_distances(world, shared, scratch)
                        if before < scratch[world.screen] and scratch[world.screen] < FAR:
                            return True
                world.redirects = last
                world.redirect_from[last] = 0
                world.redirect_to[last] = 0
            screen = ahead
        elif action == BACK:
            screen = int(app.parent[screen])
        else:
            screen = 0
        page = 0
    return False


def validate(world, shared):
    """Whether every index in the record is in range."""
    screens = shared.screens
    app = find_app(world, shared)
    good = within(world.screen, screens) and within(world.goal, screens)
    good = good and within(world.start, screens) and within(world.message, len(MESSAGES))
    good = good and within(world.popup, SLOTS + 1) and within(world.move, LAYOUTS)
    good = good and within(world.rename, NAMES) and within(world.dead, len(world.dead_screen) + 1)
    good = good and within(world.redirects, len(world.redirect_from) + 1)
    if not good or not valid_app(app, shared):
        return False
    for i in range(len(world.dead_screen)):
        good = good and within(world.dead_screen[i], screens)
        good = good and within(world.dead_icon[i], ICONS)
        good = good and within(world.redirect_from[i], screens)
        good = good and within(world.redirect_to[i], screens)
    return good and within(world.page, app.pages[world.screen])


def within(value, end):
    """Whether a value lies in [0, end)."""
    return value >= 0 and value < end


def valid_app(app, shared):
    """Whether an app's numbers are in range."""
    for screen in range(shared.screens):
        icons = app.icons[screen]
        good = within(icons, ICONS + 1)
        good = good and app.pages[screen] == max(1, -(-icons // shared.per_page))
        good = good and within(app.parent[screen], max(1, screen))
        good = good and within(app.layout[screen], LAYOUTS)
        good = good and within(app.name[screen] - FIRST_NAME, NAMES)
        if not good:
            return False
        for number in range(PAGES):
            first = number * shared.per_page
            page = app.page[screen, number]
            good = good and page.count == max(0, min(shared.per_page, icons - first))
            good = good and within(page.shape, POPUP_SHAPES)
            for action in range(ACTIONS):
                lead = page.lead[action]
                good = good and lead >= ENDS and lead < shared.screens
                good = good and (lead >= SCROLLS or action == DONE)
                good = good and (lead != SCROLLS or action == SCROLL)
            for slot in range(SLOTS):
                good = good and within(page.label[slot], FIRST_NAME + NAMES)
        if not good:
            return False
    return True
