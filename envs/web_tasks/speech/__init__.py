"""The web's words: every word there is, what the user says, and actions in words."""
