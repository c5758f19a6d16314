"""Delayed repression: institutions that answer late, from theory to population."""

import gymnasium

_FOLDER = "midcourse.envs.delayed_repression"

for _name, _folder in (
    ("DelayedReplicator", "replicator"),
    ("DelayedRepression", "regulator"),
    ("DelayedRepressionCitizens", "citizens"),
):
    gymnasium.register(
        id=f"midcourse/{_name}-v0",
        entry_point=f"{_FOLDER}.{_folder}.env:{_name}",
        vector_entry_point=f"{_FOLDER}.{_folder}.env:{_name}Vector",
        order_enforce=False,
        disable_env_checker=True,
    )
