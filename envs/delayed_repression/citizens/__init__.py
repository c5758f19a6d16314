"""The citizens' seats: everybody in a population acts at once."""
