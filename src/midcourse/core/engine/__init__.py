"""Records, random streams, and the compiled loops over a family's rules."""
