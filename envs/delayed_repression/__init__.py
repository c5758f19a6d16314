"""Delayed repression: institutions that answer late, from theory to population."""

import gymnasium

gymnasium.register(
    id="midcourse/DelayedReplicator-v0",
    entry_point="midcourse.envs.delayed_repression.replicator.env:DelayedReplicator",
    vector_entry_point="midcourse.envs.delayed_repression.replicator.env:DelayedReplicatorVector",
    order_enforce=False,
    disable_env_checker=True,
)
