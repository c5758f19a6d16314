"""The engine's hash and logistic function for Triton: the same bits, without fused multiply-adds.

Kernels that call these must be launched with `enable_fp_fusion=False`.
"""

import triton
import triton.language as tl

from midcourse.kernels.population import reference

BITS_1: tl.constexpr = tl.constexpr(0x21F0AAAD)
BITS_2: tl.constexpr = tl.constexpr(0xD35A2D97)
GOLDEN: tl.constexpr = tl.constexpr(0x9E3779B9)
SILVER: tl.constexpr = tl.constexpr(0x6A09E667)
INVERSE_LN2: tl.constexpr = tl.constexpr(reference.INVERSE_LN2)
LN2_HIGH: tl.constexpr = tl.constexpr(reference.LN2_HIGH)
LN2_LOW: tl.constexpr = tl.constexpr(reference.LN2_LOW)


@triton.jit
def mix(x):
    """Hash of uint32; its products wrap."""
    x = (x ^ (x >> 16)) * BITS_1
    x = (x ^ (x >> 15)) * BITS_2
    return x ^ (x >> 15)


@triton.jit
def mix2(x, y):
    """Hash of two uint32 into one."""
    return mix(mix(x) + y * GOLDEN + SILVER)


@triton.jit
def again(z):
    """The next draw after z, uint32."""
    z = (z ^ (z >> 16)) * BITS_1
    return z ^ (z >> 15)


@triton.jit
def sigmoid(x):
    """The portable logistic function of float64."""
    x = tl.minimum(tl.maximum(-x, tl.full(x.shape, -700.0, tl.float64)), 700.0)
    n = tl.floor(x * INVERSE_LN2 + 0.5)
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    value = tl.full(x.shape, 1.0 / 6227020800.0, tl.float64)
    value = value * r + 1.0 / 479001600.0
    value = value * r + 1.0 / 39916800.0
    value = value * r + 1.0 / 3628800.0
    value = value * r + 1.0 / 362880.0
    value = value * r + 1.0 / 40320.0
    value = value * r + 1.0 / 5040.0
    value = value * r + 1.0 / 720.0
    value = value * r + 1.0 / 120.0
    value = value * r + 1.0 / 24.0
    value = value * r + 1.0 / 6.0
    value = value * r + 0.5
    value = value * r + 1.0
    value = value * r + 1.0
    power = ((n.to(tl.int64) + 1023) << 52).to(tl.float64, bitcast=True)
    return 1.0 / (1.0 + value * power)


@triton.jit
def draws(key_0, key_1, tick, i):
    """Three draws of each citizen at a step, uint32 (worlds, citizens)."""
    key_a = mix2(key_0, tick)
    key_b = mix2(key_1, key_a)
    z1 = again(mix(key_a[:, None] ^ i[None, :].to(tl.uint32)) ^ key_b[:, None])
    z2 = again(z1)
    return z1, z2, again(z2)
