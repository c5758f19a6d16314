"""Whether a record holds what an episode could have left there: every index in range."""
