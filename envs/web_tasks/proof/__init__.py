"""The oracle's lower bound, proved by a search over all actions that knows nothing of it."""
