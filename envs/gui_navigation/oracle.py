"""The exact oracle of GUI navigation: shortest paths over screens, with all that has happened.

Every action of the world is canonical. A click on page p of a screen costs p scrolls and itself,
`back` and `home` cost one, the final `done` one. Dead links, redirects and moved icons are read
from the record; disturbances that have yet to come are not.
"""

import numpy as np

from midcourse.envs.gui_navigation.state import BACK, DONE, HOME, NOWHERE, SCREENS, SCROLL

FAR = 1 << 30  # farther than any way


def find_app(world, shared):
    """The app that a world is in: the common one."""
    return shared.app


def own_app(world, shared):
    """The app that a world is in: its own (stands in for `find_app` in fresh mode)."""
    return world.app


def find_page(world, app):
    """The page at hand."""
    # An unsigned index is never counted from the end; that question made a step 1 ns longer.
    return app.page[np.uint16(world.screen), np.uint16(world.page)]


def lead_after_faults(world, screen, icon, built):
    """Where an icon leads now that was built to lead to `built`; NOWHERE for a dead link."""
    if built < 0:
        return built
    for i in range(world.dead):
        if world.dead_screen[i] == screen and world.dead_icon[i] == icon:
            return NOWHERE
    for i in range(world.redirects):
        if world.redirect_from[i] == built:
            return int(world.redirect_to[i])
    return built


def lead_of_icon(world, shared, app, screen, icon):
    """Where an icon of a screen leads now: a screen, or NOWHERE."""
    number = icon // shared.per_page
    built = int(app.page[screen, number].lead[icon - number * shared.per_page])
    return lead_after_faults(world, screen, icon, built)


def scrolls_to(world, shared, app, screen, number, icon, page):
    """Scrolls from a page of a screen to an icon that was built on page `number`."""
    if world.move != 0:
        number = (icon - world.move) % int(app.icons[screen]) // shared.per_page
    return number - page if number >= page else number - page + int(app.pages[screen])


def cheapest_click(world, shared, app, distance, screen, page):
    """The fewest actions to success by way of an icon, and that icon (FAR and -1 if there is none).

    Counted from a page of a screen, given the distances from the top of every screen.
    """
    best = FAR
    chosen = -1
    for number in range(app.pages[screen]):
        built = app.page[screen, number]
        first = number * shared.per_page
        for slot in range(built.count):
            lead = int(built.lead[slot])
            if world.dead + world.redirects != 0:
                lead = lead_after_faults(world, screen, first + slot, lead)
            if lead >= 0 and distance[lead] + 1 < best:
                scrolls = scrolls_to(world, shared, app, screen, number, first + slot, page)
                if scrolls + 1 + distance[lead] < best:
                    best = scrolls + 1 + distance[lead]
                    chosen = first + slot
    return best, chosen


def fill_distances(world, shared, distance):
    """Write the fewest actions from the top of each screen to success, FAR where there is none.

    Relaxation over the screens, deepest first and then back: parents come before their children,
    so a tree settles in one round and each cross link adds little.
    """
    app = find_app(world, shared)
    screens = shared.screens
    for screen in range(screens):
        distance[screen] = FAR
    distance[world.goal] = 1
    changed = True
    while changed:
        changed = False
        for sweep in range(2 * screens):
            screen = screens - 1 - sweep if sweep < screens else sweep - screens
            best = 1 + min(distance[0], distance[app.parent[screen]])
            best = min(best, cheapest_click(world, shared, app, distance, screen, 0)[0])
            if best < distance[screen]:
                distance[screen] = best
                changed = True


def cheapest(world, shared, distance, screen, page):
    """The first action of a cheapest way from a page of a screen.

    Returns (action, icon, cost): the icon is the one that the way clicks, also when it has to
    scroll there first, and -1 when it clicks none. A popup is not counted.
    """
    app = find_app(world, shared)
    if screen == world.goal:
        return DONE, -1, 1
    cost, icon = cheapest_click(world, shared, app, distance, screen, page)
    action = HOME
    if icon >= 0:
        number = icon // shared.per_page
        if scrolls_to(world, shared, app, screen, number, icon, page) > 0:
            action = SCROLL
        else:
            position = (icon - world.move) % int(app.icons[screen])
            action = position % shared.per_page
    if screen != 0:
        if 1 + distance[app.parent[screen]] < cost:
            cost = 1 + distance[app.parent[screen]]
            action = BACK
            icon = -1
        if 1 + distance[0] < cost:
            cost = 1 + distance[0]
            action = HOME
            icon = -1
    return action, icon, cost


def cost_to_go(world, shared):
    """Fewest actions from here to success; -1 if there is no way, or the episode has ended."""
    if world.running == 0:
        return -1
    distance = np.empty(SCREENS, np.int64)
    fill_distances(world, shared, distance)
    cost = cheapest(world, shared, distance, int(world.screen), int(world.page))[2]
    if cost >= FAR:
        return -1
    return cost + (1 if world.popup != 0 else 0)


def act(world, shared):
    """An action that begins a cheapest way to success."""
    if world.popup != 0:
        return int(world.popup) - 1
    distance = np.empty(SCREENS, np.int64)
    fill_distances(world, shared, distance)
    return cheapest(world, shared, distance, int(world.screen), int(world.page))[0]
