"""The regulator's seat over a population of citizens."""
