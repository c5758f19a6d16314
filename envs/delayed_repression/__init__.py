"""Delayed repression: institutions that answer late, from theory to population."""
