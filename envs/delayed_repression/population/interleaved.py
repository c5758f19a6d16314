"""Many populations on one graph, side by side: the rule of `dynamics`, laid out for wide registers.

The arrays of LANES worlds are interleaved, citizen by citizen: `action[i, l]` is citizen i of world
l. A link of the shared graph is then read once for all of them, and every line below works on LANES
numbers at once. Arithmetic is on 32 bits and wraps as the rule's masked integers do, so that the
records end with the same bytes as after as many calls of the rule.
"""

import numpy as np

from midcourse.core.engine.rng import mix2
from midcourse.envs.delayed_repression.population.dynamics import (
    FEW,
    FIXED_LEFT,
    FIXED_MIDDLE,
    MANY,
    UNSURE_LEFT,
    UNSURE_MIDDLE,
    alarm_bucket,
    delayed_alarm,
    pressure_of,
    raise_alarm,
    step_key,
    watch,
)
from midcourse.envs.delayed_repression.population.state import REACTIVE, RING

LANES = 64
MOST_RECENT = 100  # citizens counted in a byte
FIRST, SECOND = np.uint32(0x21F0AAAD), np.uint32(0xD35A2D97)  # multipliers of `rng.mix`


# Fields of one record cannot overlap, which the compiler must know before it takes wide registers.
SIDE = np.dtype(
    [
        ("seen", np.uint32, (LANES,)),  # detectability
        ("action", np.int8, (LANES,)),
        ("code", np.int8, (LANES,)),  # bucket of influence, and PUNISHED
    ]
)  # one citizen of every world
PUNISHED = 4
DESK = np.dtype(
    [
        ("low", np.uint32, (LANES,)),  # the step's two keys
        ("high", np.uint32, (LANES,)),
        ("pressure", np.uint32, (LANES,)),
        ("total", np.int32, (LANES,)),  # alarm of this step's actions
        ("radicals", np.int32, (LANES,)),
        ("recent", np.int8, (LANES,)),  # radicals not yet added to those: 64 lanes in one register
        ("influence", np.int32, (LANES,)),
        ("loudness", np.int8, (LANES,)),  # bucket of the alarm that is read
    ]
)  # of all worlds


def live_in_lanes(worlds, shared, steps, forces, thresholds, smoothings, sides, desks, counts):
    """Let LANES worlds live some steps under levers that stay as they are.

    Args:
        worlds: records, at most LANES, of reactive or of fixed citizens, all of one kind.
        shared: one record, with the graph.
        forces, thresholds, smoothings: float64, one for each world.
        sides, desks: room for the interleaved arrays: SIDE (citizens,), DESK (1,).
        counts: int32 (steps + 1, worlds), takes the radicals before each step, and at the end.
    """
    common = shared[0]
    desk = desks[0]
    n = len(sides)
    width = len(worlds)
    reactive = worlds[0].kind[0] == REACTIVE
    for k in range(width):
        gather(worlds[k], k, sides, desk)
        counts[0, k] = worlds[k].radicals
    for step in range(steps):
        for k in range(width):
            world = worlds[k]
            alarm = delayed_alarm(world, world.step)
            desk.low[k] = step_key(world, world.step)
            desk.high[k] = mix2(world.key[1], desk.low[k])
            desk.pressure[k] = pressure_of(forces[k], common.slope, alarm, thresholds[k])
            desk.total[k] = 0
            desk.radicals[k] = 0
        if reactive:
            for i in range(n):
                react_in_lanes(np.uint32(i), sides[i], desk)
        else:
            for i in range(n):
                draw_in_lanes(np.uint32(i), sides[i], desk)
        for i in range(n):
            for k in range(LANES):
                desk.influence[k] = 0
            for link in range(common.row[i], common.row[i + 1]):
                hear_in_lanes(np.int32(common.weight[link]), sides[common.source[link]], desk)
            count_in_lanes(sides[i], desk)
            tally_in_lanes(sides[i], desk)
            if i % MOST_RECENT == MOST_RECENT - 1 or i == n - 1:
                add_recent(desk)
        for k in range(width):
            conclude(worlds[k], k, smoothings[k], desk)
            counts[step + 1, k] = desk.radicals[k]
    for k in range(width):
        world = worlds[k]
        for i in range(n):
            world.action[i] = sides[i].action[k]
            world.punished[i] = sides[i].code[k] // PUNISHED
        watch(world, common, world.published)


def gather(world, k, sides, desk):
    """Write world k into lane k."""
    desk.loudness[k] = (world.state[0] >> 2) % 3
    for i in range(len(sides)):
        sides[i].seen[k] = world.detectability[i]
        sides[i].action[k] = world.action[i]
        sides[i].code[k] = world.state[i] // 12 + PUNISHED * world.punished[i]


def conclude(world, k, smoothing, desk):
    """The end of `rules.population_step`, for the world of lane k."""
    raise_alarm(world, world.step, desk.total[k])
    world.step += 1
    alarm = delayed_alarm(world, world.step)
    world.published = smoothing * world.published + (1.0 - smoothing) * alarm
    world.history[world.step % RING] = desk.radicals[k]
    desk.loudness[k] = alarm_bucket(world.published)


def hash_in_lane(low, high, i):
    """`dynamics.citizen_draw` on 32 bits."""
    z = np.uint32(low ^ i)
    z = np.uint32(np.uint32(z ^ (z >> np.uint32(16))) * FIRST)
    z = np.uint32(np.uint32(z ^ (z >> np.uint32(15))) * SECOND)
    return again_in_lane(np.uint32(np.uint32(z ^ (z >> np.uint32(15))) ^ high))


def again_in_lane(z):
    """`dynamics.again` on 32 bits."""
    z = np.uint32(np.uint32(z ^ (z >> np.uint32(16))) * FIRST)
    return np.uint32(z ^ (z >> np.uint32(15)))


def react_in_lanes(i, side, desk):
    """`dynamics.react`, punishment and alarm, for one citizen of every world."""
    for k in range(LANES):
        z = hash_in_lane(desk.low[k], desk.high[k], i)
        choice = step_of(again_in_lane(z), np.uint32(UNSURE_LEFT), np.uint32(UNSURE_MIDDLE))
        code = np.int32(side.code[k])
        loudness = np.int32(desk.loudness[k])
        choice = choice if code == 0 else code
        choice = choice if loudness == 0 else np.int32(2 - loudness)
        choice = choice if code < PUNISHED else np.int32(0)
        settle_in_lane(k, z, choice, side, desk)


def draw_in_lanes(i, side, desk):
    """A fixed citizen's choice, punishment and alarm, in every world."""
    for k in range(LANES):
        z = hash_in_lane(desk.low[k], desk.high[k], i)
        choice = step_of(again_in_lane(z), np.uint32(FIXED_LEFT), np.uint32(FIXED_MIDDLE))
        settle_in_lane(k, z, choice, side, desk)


def step_of(x, first, second):
    """0 below the first bound, 1 below the second, 2 above."""
    return np.int32(np.int32(x >= first) + np.int32(x >= second))


def settle_in_lane(k, z, choice, side, desk):
    """What follows from one choice: the action, whether it is punished, its part of the alarm."""
    caught = np.uint32(z >> np.uint32(2)) < np.uint32(desk.pressure[k] * side.seen[k])
    side.action[k] = choice
    side.code[k] = np.int32(PUNISHED if caught else 0)
    desk.total[k] += np.int32(np.int32(side.seen[k]) * choice)


def hear_in_lanes(weight, side, desk):
    """A link carries its source's action to its target, in every world."""
    for k in range(LANES):
        desk.influence[k] += weight * np.int32(side.action[k])


def tally_in_lanes(side, desk):
    """Count who was radical, in bytes."""
    for k in range(LANES):
        desk.recent[k] += side.action[k] >> 1


def add_recent(desk):
    """Add the bytes up before they overflow."""
    for k in range(LANES):
        desk.radicals[k] += desk.recent[k]
        desk.recent[k] = 0


def count_in_lanes(side, desk):
    """Bucket of a citizen's influence, in every world."""
    for k in range(LANES):
        heard = np.int32(desk.influence[k])
        side.code[k] += np.int8(heard >= np.int32(FEW)) + np.int8(heard >= np.int32(MANY))
