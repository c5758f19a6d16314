"""Two variants of one family that differ in a rule which only a long function reaches."""

import sys

import numpy as np
import tiny

from midcourse.core.engine import bind
from midcourse.core.engine.compiler import rare
from midcourse.core.engine.rng import mix


def cost_to_go(world, shared):
    return search(world, world.place) * 100 + search(world, world.goal)


@rare
def search(world, depth):
    """A symbol of its own in the machine code, being rare and long."""
    found = depth
    for i in range(depth):
        found = mix(found + mix(found ^ mix(i + mix(found * 3 + mix(i * 5 + mix(found ^ 1))))))
        found = mix(found + mix(found ^ mix(i + mix(found * 5 + mix(i * 7 + mix(found ^ 2))))))
        found = mix(found + mix(found ^ mix(i + mix(found * 7 + mix(i * 9 + mix(found ^ 3))))))
        found = mix(found + mix(found ^ mix(i + mix(found * 9 + mix(i * 3 + mix(found ^ 4))))))
    return answer(world) + (found == 12345)


def answer(world):
    return 1


def other_answer(world):
    return 2


def cost(twin):
    """What a variant answers: 101 or 202."""
    replace = {answer: other_answer} if twin == "other" else {}
    rules = {**tiny.FAMILY.rules, "observe": tiny.observe, "cost_to_go": cost_to_go}
    entries = bind.bind("Twins", rules, replace)
    program = tiny.single().program
    return entries["cost_one"](np.zeros(1, program.world_dtype), program.shared)


if __name__ == "__main__":
    print(*(cost(twin) for twin in sys.argv[1:]))
