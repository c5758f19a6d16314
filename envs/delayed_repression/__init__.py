"""Delayed repression: institutions that answer late."""

import gymnasium

gymnasium.register(
    id="midcourse/DelayedRepression-v0",
    entry_point="midcourse.envs.delayed_repression.regulator.env:DelayedRepression",
    vector_entry_point="midcourse.envs.delayed_repression.regulator.env:DelayedRepressionVector",
    order_enforce=False,
    disable_env_checker=True,
)
gymnasium.register(
    id="midcourse/DelayedRepressionCitizens-v0",
    entry_point="midcourse.envs.delayed_repression.citizens.env:DelayedRepressionCitizens",
    vector_entry_point=(
        "midcourse.envs.delayed_repression.citizens.env:DelayedRepressionCitizensVector"
    ),
    order_enforce=False,
    disable_env_checker=True,
)
