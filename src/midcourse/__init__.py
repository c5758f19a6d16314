"""Reinforcement-learning environments in which the plan has to change midway.

Importing this package registers its ids with Gymnasium and imports nothing heavy.
"""

from midcourse.envs import register_all

__version__ = "0.1.0"

register_all()
