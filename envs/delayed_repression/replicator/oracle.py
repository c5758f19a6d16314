"""The reference controller: predictor feedback, which the delay cannot unsettle.

What arrives during the next step has happened already, so the chance of punishment in it is known;
and with it the force that moves the share's logit by just so much. A regulator who knows the
equation can compute the present from the delayed alarms and its own past actions; this one reads it
from the record. It does not know disturbances that have yet to come.
"""

from midcourse.core.engine.portable import logarithm, sigmoid
from midcourse.envs.delayed_repression.replicator.rules import arriving, shock_in_step
from midcourse.envs.delayed_repression.replicator.state import FORCES, SHIFTS, SUBSTEPS

BELOW = 0.03  # the share's target stays at least so far below its bound
REACH = 0.5  # share of the logit's error to be made good in one step
LEAST, MOST = 0.02, 0.95  # share aimed at, at least; share a / C reckoned with, at most


def target(world, shift):
    """The share that force 1 holds under a shift of the threshold, or one below the bound."""
    rho = min(MOST, world.advantage / world.cost)
    rest = world.threshold + shift + logarithm(rho / (1.0 - rho)) / world.slope
    return max(LEAST, min(rest, world.bounds[0] - BELOW))


def chance(world, alarm, shift):
    """The chance of punishment under an alarm and a shift of the threshold."""
    return sigmoid(world.slope * (alarm - world.threshold - shift))


def wanted_force(world, shift):
    """The force that closes REACH of the way to the target in the next step, unsmoothed."""
    aim = target(world, shift)
    error = logarithm(aim / (1.0 - aim)) - world.logit
    shock = shock_in_step(world, world.clock + 1)
    chances = 0.0  # Simpson's rule over the sub-steps, as in the dynamics
    for i in range(SUBSTEPS):
        n = world.time + i
        first = chance(world, arriving(world, n - 1, 1, shock), shift)
        half = chance(world, arriving(world, n, 0, shock), shift)
        chances += first + 4.0 * half + chance(world, arriving(world, n, 1, shock), shift)
    push = world.cost * world.duration / 6.0 * chances  # of force 1 over the step
    drift = world.advantage * world.duration * SUBSTEPS
    return min(FORCES, max(0.0, (drift - REACH * error) / push))


def force_action(force):
    """The number in [-1, 1] that asks for a force."""
    return force - 1.0 if force < 1.0 else (force - 1.0) / (FORCES - 1.0)


def act(world, shared):
    """Predictor feedback on force, the threshold as low as it goes, no smoothing."""
    return (force_action(wanted_force(world, -SHIFTS)), 0.0, -1.0)


def act_by_force(world, shared):
    """The same where force is the only lever."""
    return (force_action(wanted_force(world, 0.0)),)
