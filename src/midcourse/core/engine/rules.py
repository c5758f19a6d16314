"""What a family of worlds supplies to the engine: the signatures of its rules.

These functions only stand for a family's own, which `bind` puts in their place. A family may leave
out those that have a sensible default here. `world` is one record of the family's world dtype,
`shared` the one record that all worlds of an environment read.
"""
# pyright: reportUnusedParameter=false, reportReturnType=false


def lay_out(world, shared):
    """Write the task `world.task` into the record: every field of the family's own."""


def step(world, shared, action):
    """Take one action: move the state, write the reward terms, say whether the task is over."""


def refuse(world, shared):
    """Charge for words or a click that mean no action: reward terms and message, nothing else."""


def legal(action, shared):
    """Whether an action lies in the action space."""
    return True


def observe(world, shared, frame):
    """Write the observation into a record."""


def mask(world, shared, frame):
    """Write 1 for each legal action and 0 for the others into `frame.action_mask`, int8."""
    for k in range(len(frame.action_mask)):
        frame.action_mask[k] = 1


def disturb(world, shared, kind):
    """Let a disturbance strike; False if it cannot now: then only draws have been taken."""
    return False


def cost_to_go(world, shared):
    """Fewest actions to success from here; negative if there is no way."""
    return -1


def act(world, shared):
    """An action that begins a cheapest way to success, or the reference controller's.

    Where an action is an array: its numbers, as a tuple.
    """
    return 0


def validate(world, shared):
    """Whether every index in the record is in range; `world` is a copy, and may be written to."""
    return True
