"""Many populations on one graph, side by side: the rule of `dynamics`, laid out for wide registers.

The arrays of LANES worlds are interleaved, citizen by citizen: `action[i, l]` is citizen i of world
l. A link of the shared graph is then read once for all of them, and every line below works on LANES
numbers at once. Arithmetic is on 32 bits and wraps as the rule's masked integers do, so that the
records end with the same bytes as after as many calls of the rule.

A store of a wide register takes as long as four additions of two; hence citizens in groups, links
in pairs, and bytes wherever a number fits into one.
"""

import numpy as np

from midcourse.envs.delayed_repression.population.desk import (
    LANES,
    begin_step,
    end_step,
    hear_alarms,
    take_in,
    write_back,
)
from midcourse.envs.delayed_repression.population.dynamics import (
    FEW,
    FIXED_LEFT,
    FIXED_MIDDLE,
    MANY,
    UNSURE_LEFT,
    UNSURE_MIDDLE,
    watch,
)
from midcourse.envs.delayed_repression.population.state import RADICAL, REACTIVE, RING

GROUP = 4  # citizens who draw at once: 0.57 ns an update; with 1, 2 and 8 0.64, 0.60 and 0.62
MOST_RECENT = 100  # citizens counted in a byte
FIRST, SECOND = np.uint32(0x21F0AAAD), np.uint32(0xD35A2D97)  # multipliers of `rng.mix`
CHOICE, PUNISHED = 3, 4  # bits of a code: an action or a bucket of influence, and punishment

# Fields of one record cannot overlap, which the compiler must know before it takes wide registers.
SIDE = np.dtype(
    [
        ("seen", np.uint16, (GROUP, LANES)),  # detectability
        ("action", np.int8, (GROUP, LANES)),
        ("code", np.int8, (GROUP, LANES)),  # bucket of influence, and PUNISHED
        ("drawn", np.int8, (GROUP, LANES)),  # the action of who decides by chance, and PUNISHED
    ]
)  # GROUP citizens of every world; those beyond the last are never seen, heard or counted


def live_in_lanes(worlds, shared, steps, forces, thresholds, smoothings, sides, desks, counts):
    """Let LANES worlds live some steps under levers that stay as they are.

    Args:
        worlds: records, at most LANES, of reactive or of fixed citizens, all of one kind, and
            fewer than 2**16.
        shared: one record, with the graph.
        steps: how many.
        forces, thresholds, smoothings: float64, one for each world.
        sides, desks: room for the interleaved arrays, zeroed, each at the beginning of a cache
            line: SIDE (citizens / GROUP, rounded up,), DESK (1,).
        counts: int32 (steps + 1, worlds), takes the radicals before each step, and at the end.
    """
    graph = shared[0]
    desk = desks[0]
    n = len(worlds[0].action)
    reactive = worlds[0].kind[0] == REACTIVE
    for k in range(len(worlds)):
        desk.force[k] = forces[k]
        desk.threshold[k] = thresholds[k]
        desk.smoothing[k] = smoothings[k]
        take_in(worlds[k], k, desk)
        gather(worlds[k], k, sides)
        counts[0, k] = worlds[k].radicals
    hear_alarms(n, desk)
    for step in range(steps):
        begin_step(graph.slope, desk)
        for g in range(len(sides)):
            act(np.uint32(GROUP * g), reactive, sides[g], desk)
        for i in range(n):
            hear_neighbours(graph, i, sides, desk)
            count_in_lanes(sides[i // GROUP], i % GROUP, desk)
            if i % MOST_RECENT == MOST_RECENT - 1 or i == n - 1:
                add_recent(desk)
        end_step((step + 1) % RING, n, desk)
        for k in range(len(worlds)):
            counts[step + 1, k] = desk.radicals[k]
    for k in range(len(worlds)):
        scatter(worlds[k], k, sides)
        write_back(worlds[k], k, desk, counts)
        watch(worlds[k], graph, worlds[k].published)


def gather(world, k, sides):
    """Write the citizens of world k into lane k."""
    for i in range(len(world.action)):
        side = sides[i // GROUP]
        side.seen[i % GROUP, k] = world.detectability[i]
        side.action[i % GROUP, k] = world.action[i]
        side.code[i % GROUP, k] = world.state[i] // 12 + PUNISHED * world.punished[i]


def scatter(world, k, sides):
    """Write what citizens did, and whether they were punished, back into world k."""
    for i in range(len(world.action)):
        side = sides[i // GROUP]
        world.action[i] = side.action[i % GROUP, k]
        world.punished[i] = side.code[i % GROUP, k] // PUNISHED


# --- a group acts -------------------------------------------------------------------------------


def act(i, reactive, side, desk):
    """`dynamics.live` for the citizens from i on, in every world."""
    if reactive:
        draw_in_lanes(i, np.uint32(UNSURE_LEFT), np.uint32(UNSURE_MIDDLE), side, desk)
        for j in range(GROUP):
            react_in_lanes(side, j, desk)
    else:
        draw_in_lanes(i, np.uint32(FIXED_LEFT), np.uint32(FIXED_MIDDLE), side, desk)
        for j in range(GROUP):
            obey_in_lanes(side, j)
    sum_in_lanes(side, desk)


def draw_in_lanes(i, first, second, side, desk):
    """Who is punished, and the action by chance: L below the first bound, M below the second."""
    for k in range(LANES):
        for j in range(GROUP):
            z = hash_in_lane(desk.low[k], desk.high[k], np.uint32(i + np.uint32(j)))
            chance = np.uint32(desk.pressure[k] * np.uint32(side.seen[j, k]))
            side.drawn[j, k] = code_of(z, chance, first, second)


def hash_in_lane(low, high, i):
    """`dynamics.citizen_draw` on 32 bits, from a first key that `desk.begin_step` has folded."""
    z = np.uint32(np.uint32(low ^ i) * FIRST)
    z = np.uint32(np.uint32(z ^ (z >> np.uint32(15))) * SECOND)
    return again_in_lane(np.uint32(np.uint32(z ^ (z >> np.uint32(15))) ^ high))


def again_in_lane(z):
    """`dynamics.again` on 32 bits."""
    z = np.uint32(np.uint32(z ^ (z >> np.uint32(16))) * FIRST)
    return np.uint32(z ^ (z >> np.uint32(15)))


def code_of(z, chance, first, second):
    """The code of one citizen's draw."""
    x = again_in_lane(z)
    choice = np.int8(1) if x >= first else np.int8(0)
    choice = np.int8(2) if x >= second else choice
    caught = np.uint32(z >> np.uint32(2)) < chance
    return choice | (np.int8(PUNISHED) if caught else np.int8(0))


def react_in_lanes(side, j, desk):
    """`dynamics.react`, for one citizen of every world."""
    for k in range(LANES):
        drawn = side.drawn[j, k]
        code = side.code[j, k]
        loudness = desk.loudness[k]
        choice = np.int8(drawn & CHOICE) if code == 0 else code
        choice = choice if loudness == 0 else np.int8(2 - loudness)
        side.action[j, k] = choice if code < PUNISHED else np.int8(0)
        side.code[j, k] = drawn & PUNISHED


def obey_in_lanes(side, j):
    """A fixed citizen does what it drew, in every world."""
    for k in range(LANES):
        drawn = side.drawn[j, k]
        side.action[j, k] = drawn & CHOICE
        side.code[j, k] = drawn & PUNISHED


def sum_in_lanes(side, desk):
    """Add a group's part of the alarm."""
    for k in range(LANES):
        total = np.int32(0)
        for j in range(GROUP):
            total += np.int32(np.int32(side.seen[j, k]) * np.int32(side.action[j, k]))
        desk.total[k] += total


# --- a citizen hears its neighbours -------------------------------------------------------------


def hear_neighbours(graph, i, sides, desk):
    """`dynamics.influence_on`, in every world: links by twos, which halves the stores."""
    link = np.uint32(graph.row[i])
    end = np.uint32(graph.row[i + 1])
    if (end - link) % 2 == 1:
        source = np.uint32(graph.source[link])
        hear_one(np.int32(graph.weight[link]), sides[source // GROUP], source % GROUP, desk)
        link += np.uint32(1)
    else:
        hear_nobody(desk)
    while link < end:
        one = np.uint32(graph.source[link])
        other = np.uint32(graph.source[link + 1])
        hear_two(
            np.int32(graph.weight[link]), sides[one // GROUP], one % GROUP,
            np.int32(graph.weight[link + 1]), sides[other // GROUP], other % GROUP, desk,
        )  # fmt: skip
        link += np.uint32(2)


def hear_nobody(desk):
    """No influence so far."""
    for k in range(LANES):
        desk.influence[k] = 0


def hear_one(weight, side, j, desk):
    """The first link carries its source's action to its target."""
    for k in range(LANES):
        desk.influence[k] = weight * np.int32(side.action[j, k])


def hear_two(weight, side, j, other_weight, other_side, other_j, desk):
    """Two more links do."""
    for k in range(LANES):
        heard = np.int32(weight * np.int32(side.action[j, k]))
        heard += np.int32(other_weight * np.int32(other_side.action[other_j, k]))
        desk.influence[k] += heard


def count_in_lanes(side, j, desk):
    """Bucket of a citizen's influence, and whether it was radical, in every world."""
    for k in range(LANES):
        heard = desk.influence[k]
        bucket = np.int8(1) if heard >= np.int32(FEW) else np.int8(0)
        bucket = np.int8(2) if heard >= np.int32(MANY) else bucket
        side.code[j, k] |= bucket
    for k in range(LANES):
        desk.recent[k] += side.action[j, k] // RADICAL


def add_recent(desk):
    """Add the bytes up before they overflow."""
    for k in range(LANES):
        desk.radicals[k] += desk.recent[k]
        desk.recent[k] = 0
