"""Random packed episodes, and the estimates by the textbook's loops in float64."""

import torch


def episodes(lengths, seed=0, dtype=torch.float64):
    """rewards, values, offsets, bootstrap, terminated."""
    generator = torch.Generator().manual_seed(seed)
    steps = sum(lengths)

    def noise(size):
        return torch.randn(size, generator=generator, dtype=torch.float64).to(dtype)

    offsets = torch.tensor([0, *lengths], dtype=torch.int64).cumsum(0)
    terminated = torch.rand(len(lengths), generator=generator) < 0.5
    return noise(steps), noise(steps), offsets, noise(len(lengths)), terminated


def looped(rewards, values, offsets, bootstrap, terminated, discount, trace):
    """Discounted returns, lambda-returns and advantages, step by step from each episode's end."""
    rewards, values, bootstrap = rewards.double(), values.double(), bootstrap.double()
    returns, mixed, advantages = ([None] * len(rewards) for _ in range(3))
    for episode in range(len(offsets) - 1):
        after = torch.zeros(()) if terminated[episode] else bootstrap[episode]
        plain, blended, value, advantage = after, after, after, 0.0
        for t in reversed(range(int(offsets[episode]), int(offsets[episode + 1]))):
            plain = returns[t] = rewards[t] + discount * plain
            blended = rewards[t] + discount * ((1 - trace) * value + trace * blended)
            mixed[t] = blended
            delta = rewards[t] + discount * value - values[t]
            advantage = advantages[t] = delta + discount * trace * advantage
            value = values[t]
    empty = rewards.new_zeros(0)
    return tuple(torch.stack(x) if x else empty for x in (returns, mixed, advantages))
