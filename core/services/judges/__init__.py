"""LLM judges: whether their scores can be relied on."""
