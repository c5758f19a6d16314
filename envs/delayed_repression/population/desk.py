"""What LANES worlds carry from step to step, side by side: keys, levers, alarms and their delay.

A field of DESK holds one number of every world, so that each loop below works on LANES worlds at
once: 0.03 ns an update, where one world after the other took 0.19. Worlds may be at different steps
and have different delays: the rows of `alarms` count from the step at which a world was taken in.
"""

import numpy as np

from midcourse.core.engine.rng import mix2
from midcourse.envs.delayed_repression.population.dynamics import alarm_bucket, pressure_of
from midcourse.envs.delayed_repression.population.state import RING, UNIT

LANES = 64

# Fields of one record cannot overlap, which the compiler must know before it takes wide registers.
DESK = np.dtype(
    [
        ("low", np.uint32, (LANES,)),  # the step's two keys, the first folded: see `begin_step`
        ("high", np.uint32, (LANES,)),
        ("pressure", np.uint32, (LANES,)),
        ("total", np.int32, (LANES,)),  # alarm of this step's actions
        ("radicals", np.int32, (LANES,)),
        ("influence", np.int32, (LANES,)),  # on one citizen
        ("recent", np.int8, (LANES,)),  # radicals not yet added up: 64 lanes in one register
        ("loudness", np.int8, (LANES,)),  # bucket of the alarm that is read
        ("key", np.uint32, (2, LANES)),
        ("step", np.int32, (LANES,)),  # steps that the population has lived
        ("turn", np.int32, (LANES,)),  # index, in the world's ring, of row 0 of `alarms`
        ("delay", np.int32, (LANES,)),
        ("shock", np.int32, (LANES,)),
        ("shock_left", np.int32, (LANES,)),
        ("alarms", np.uint32, (RING, LANES)),  # past totals: below 2.5 * UNIT * citizens
        ("heard", np.uint32, (LANES,)),  # the one of them that reaches the institutions
        ("alarm", np.float64, (LANES,)),  # the same, as an alarm
        ("published", np.float64, (LANES,)),  # alarm that citizens read
        ("force", np.float64, (LANES,)),
        ("threshold", np.float64, (LANES,)),
        ("smoothing", np.float64, (LANES,)),
    ]
)


def take_in(world, k, desk):
    """Copy what world k carries into lane k; its levers are set elsewhere."""
    for j in range(2):
        desk.key[j, k] = world.key[j]
    desk.step[k] = world.step
    desk.turn[k] = world.step % RING
    desk.delay[k] = world.delay
    desk.shock[k] = world.shock
    desk.shock_left[k] = world.shock_left
    desk.published[k] = world.published
    desk.loudness[k] = (world.state[0] >> 2) % 3
    for i in range(RING):
        desk.alarms[i, k] = world.alarms[(world.step + i) % RING]


def write_back(world, k, desk, counts):
    """Copy lane k back into world k, after the steps whose radicals are in counts."""
    for i in range(RING):
        world.alarms[(desk.turn[k] + i) % RING] = desk.alarms[i, k]
    lived = len(counts) - 1
    for i in range(max(1, lived + 1 - RING), lived + 1):
        world.history[(world.step + i) % RING] = counts[i, k]
    world.step = desk.step[k]
    world.shock_left = desk.shock_left[k]
    world.published = desk.published[k]


def begin_step(slope, desk):
    """Keys, and the pressure that answers the alarm that is heard.

    A citizen's draw begins with `mix(low ^ i)`, and that with folding its upper half onto its
    lower. No i reaches 2**16, so the fold is of `low` alone and is made here, once for all.
    """
    for k in range(LANES):
        desk.low[k] = mix2(desk.key[0, k], desk.step[k])
    for k in range(LANES):
        desk.high[k] = mix2(desk.key[1, k], desk.low[k])
    for k in range(LANES):
        desk.low[k] = desk.low[k] ^ (desk.low[k] >> 16)
        desk.total[k] = 0
        desk.radicals[k] = 0
    for k in range(LANES):
        desk.pressure[k] = pressure_of(desk.force[k], slope, desk.alarm[k], desk.threshold[k])


def end_step(row, citizens, desk):
    """The end of `rules.population_step`: the alarm goes into a row, an earlier one is heard."""
    for k in range(LANES):
        desk.alarms[row, k] = desk.total[k]
    add_shocks(row, citizens, desk)
    for k in range(LANES):
        desk.step[k] += 1
    hear_alarms(citizens, desk)
    for k in range(LANES):
        weight = desk.smoothing[k]
        desk.published[k] = weight * desk.published[k] + (1.0 - weight) * desk.alarm[k]
    for k in range(LANES):
        desk.loudness[k] = alarm_bucket(desk.published[k])


def add_shocks(row, citizens, desk):
    """What `dynamics.raise_alarm` adds to the alarm, in the worlds where a shock lasts."""
    lasting = 0
    for k in range(LANES):
        lasting |= desk.shock_left[k]
    if lasting == 0:
        return
    for k in range(LANES):
        if desk.shock_left[k] > 0:
            desk.shock_left[k] -= 1
            added = desk.shock[k] * citizens * UNIT // 1000
            desk.alarms[row, k] = max(0, np.int64(desk.alarms[row, k]) + added)


def hear_alarms(citizens, desk):
    """`dynamics.delayed_alarm`, in every world."""
    for k in range(LANES):
        row = np.uint32(max(0, desk.step[k] - desk.delay[k]) - desk.turn[k]) % np.uint32(RING)
        desk.heard[k] = desk.alarms[row, k]
    for k in range(LANES):
        desk.alarm[k] = np.int64(desk.heard[k]) / (citizens * float(UNIT))
