"""Web tasks: a small web of sites with persistent state, and a user who changes their mind."""

import gymnasium

gymnasium.register(
    id="midcourse/WebTasks-v0",
    entry_point="midcourse.envs.web_tasks.env:WebTasks",
    vector_entry_point="midcourse.envs.web_tasks.env:WebTasksVector",
    order_enforce=False,
    disable_env_checker=True,
)
