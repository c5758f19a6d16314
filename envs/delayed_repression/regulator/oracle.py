"""The reference controller: smooth what is published until the crowd forgets to swing."""


def act(world, shared):
    """Levers (force, smoothing, shift) of the reference controller."""
    return 2, 3, 2
