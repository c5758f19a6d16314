"""Random hidden states, heads and targets, some of them ignored."""

import torch


def vocabulary(rows, features, words, seed=0, dtype=torch.float64):
    """hidden, weight, targets, bias."""
    generator = torch.Generator().manual_seed(seed)
    sizes = (rows, features), (words, features), (words,)
    made = [torch.randn(size, generator=generator, dtype=torch.float64) for size in sizes]
    hidden, weight, bias = (x.to(dtype) for x in made)
    targets = torch.randint(0, words, (rows,), generator=generator)
    targets[1::3] = -100
    return hidden, weight, targets, bias


def differentiated(function, hidden, weight, targets, bias, **more):
    """Outputs, and gradients of a sum in which each cell of both has a weight of its own."""
    inputs = [x.detach().clone().requires_grad_() for x in (hidden, weight, bias)]
    outputs = function(inputs[0], inputs[1], targets, bias=inputs[2], **more)
    own = torch.linspace(-1, 2, len(hidden), dtype=outputs[0].dtype)
    loss = (outputs[0] * own).sum() + (outputs[1] * own.flip(0)).sum()
    return *outputs, *torch.autograd.grad(loss, inputs)
