"""Models of transformers', on this machine.

Nothing heavy is imported here. `model`, `loading` and `kept` need torch and transformers, the extra
`llm`.
"""
