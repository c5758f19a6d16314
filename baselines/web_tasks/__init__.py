"""A policy that reads pages of midcourse/WebTasks-v0, trained by MaskablePPO."""
