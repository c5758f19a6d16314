"""Random draws inside rules: counter-based, keyed by names, the same in every way of running.

A draw is a hash of (key, stream, counter): nothing is carried along but one counter per stream,
so a draw added to one stream shifts no other, and equal records draw equal numbers. All
arithmetic is on integers of which only the lowest 32 bits count, so that Python's integers and
compiled ones, which wrap at 64 bits, agree. The mixer's constants are those of a published search
for good 32-bit hashes (hash-prospector, "21f0aaad"); the way it is keyed is ours.
"""

MASK = 0xFFFFFFFF
GOLDEN = 0x9E3779B9
SILVER = 0x6A09E667

LAYOUT = 0  # the instance: apps, starts, goals; keyed by the task
DYNAMICS = 1  # chance in the transitions
EVENTS = 2  # which disturbance comes, and when
FAULTS = 3  # where and how it strikes
USERS = 4  # what people in the world do
STREAMS = 5


def mix(x):
    """Hash of one 32-bit integer, a bijection on [0, 2**32)."""
    x = x & MASK
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & MASK
    x = ((x ^ (x >> 15)) * 0xD35A2D97) & MASK
    return x ^ (x >> 15)


def mix2(x, y):
    """Hash of two 32-bit integers into one; the order matters."""
    return mix(mix(x) + (y & MASK) * GOLDEN + SILVER)


def draw(world, stream):
    """The next integer of a stream, uniform in [0, 2**32)."""
    count = world.counters[stream]
    world.counters[stream] = (count + 1) & MASK
    if stream == LAYOUT:
        low = world.task_key[0]
        high = world.task_key[1]
    else:
        low = world.key[0]
        high = world.key[1]
    x = mix((low + stream * GOLDEN) ^ count)
    return mix(x + high + stream * SILVER)


def below(world, stream, n):
    """The next integer of a stream, uniform in [0, n) but for a bias under n / 2**32; n < 2**31."""
    return (draw(world, stream) * n) >> 32


def uniform(world, stream):
    """The next float64 of a stream, uniform in [0, 1) on a grid of 2**-53 (two draws)."""
    high = draw(world, stream) >> 5
    low = draw(world, stream) >> 6
    return (high * 67108864.0 + low) / 9007199254740992.0
