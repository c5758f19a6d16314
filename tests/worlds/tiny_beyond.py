"""A corridor whose step writes beyond an array, which compiled code does without a word."""

import tiny


def step(world, shared, action):
    tiny_step(world, shared, action)
    world.terms[action] += 0.0


tiny_step = tiny.step
ID = tiny.variant("Beyond", step=step)
