"""Language models that play: what a model is, the players, and the models themselves.

Nothing heavy is imported here.
"""
