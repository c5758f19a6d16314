"""Language models that play: what a model is, the players, and the models themselves.

Nothing heavy is imported here. `local` and `kept` need torch and transformers, the extra `llm`.
"""
