"""Small populations. Each number is compiled for, for tens of seconds: tests share these."""

REGULATED = {"citizens": 24, "communities": 3}  # of DelayedRepression-v0
CITIZENS = {"citizens": 24, "communities": 2}  # of DelayedRepressionCitizens-v0
