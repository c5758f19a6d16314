"""Rules of the corridor, each broken in one way that the battery has to find."""

import random

import tiny

HIDDEN = {"value": 0}


def keep_message(world, shared):
    kept = world.message
    tiny.lay_out(world, shared)
    world.message = kept


def impure(world, shared, action):
    tiny.step(world, shared, action)
    HIDDEN["value"] += 1
    world.fog = HIDDEN["value"] % 2


def drag_goal(world, shared, action):
    tiny.step(world, shared, action)
    if world.message:
        world.goal = (world.goal + 1) % shared.cells


def silent(world, shared, action):
    tiny.step(world, shared, action)
    world.message = 0


def confused(world, shared):
    world.place = 0 if world.place else 1


def not_a_number(world, shared, action):
    tiny.step(world, shared, action)
    if action == tiny.WAIT:
        world.terms[1] = math_nan()


def math_nan():
    return float("nan")


def raises(world, shared, action):
    tiny.step(world, shared, action)
    if action == tiny.LEFT and world.place == 1:
        world.place = 10**9


def gambles(world, shared, action):
    tiny.step(world, shared, action)
    random.random()


def gives_up(world, shared, action):
    tiny.step(world, shared, action)
    if world.terminated == 0 and world.clock == 5:
        world.truncated = 1
        world.running = 0


def succeeds_by_waiting(world, shared, action):
    tiny.step(world, shared, action)
    if action == tiny.WAIT:
        world.terminated = 1
        world.success = 1


def beyond(world, shared, frame):
    tiny.observe(world, shared, frame)
    frame.place = world.place + 14


def too_dear(world, shared):
    cost = tiny.cost_to_go(world, shared)
    return cost + 1 if cost > 0 else cost


def despairing(world, shared):
    cost = tiny.cost_to_go(world, shared)
    return -1 if cost == 2 else cost


def too_cheap(world, shared):
    cost = tiny.cost_to_go(world, shared)
    return cost - 1 if cost > 2 else cost


def away(world, shared):
    return tiny.LEFT if world.place < world.goal else tiny.act(world, shared)
