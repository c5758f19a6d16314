"""Models behind servers that speak OpenAI's protocol; `model` needs the `openai` package."""
