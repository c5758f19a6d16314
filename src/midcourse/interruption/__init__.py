"""The interrupt suite: its sets, the moments of its messages, its episodes, and its measures."""
