"""Evaluation: episodes, what is measured in them, the results file, and its statistics."""
