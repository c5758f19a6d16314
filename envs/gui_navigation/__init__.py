"""GUI navigation: apps of screens and icons, made exact, fast and interactive."""

import gymnasium

gymnasium.register(
    id="midcourse/GuiNavigation-v0",
    entry_point="midcourse.envs.gui_navigation.env:GuiNavigation",
    vector_entry_point="midcourse.envs.gui_navigation.env:GuiNavigationVector",
    order_enforce=False,
    disable_env_checker=True,
)
