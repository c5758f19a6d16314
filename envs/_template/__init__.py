"""A corridor: the family to copy. A folder that begins with `_` is neither found nor installed."""

import gymnasium

gymnasium.register(
    id="midcourse/Corridor-v0",
    entry_point="midcourse.envs._template.env:Corridor",
    vector_entry_point="midcourse.envs._template.env:CorridorVector",
    order_enforce=False,
    disable_env_checker=True,
)
